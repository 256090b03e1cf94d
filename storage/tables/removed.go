package tables

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"

	"archivist"
)

// articleColumns are those that article and removed share.
const articleColumns = `library, id, url, key, title, site, authors, published, day_only, language, words, added, added_by, updated, hash, channels, archived, dead, about`

// pageColumns are those of page and removed_page.
const pageColumns = `library, article, fetched, url, type, etag, modified, body`

// A rest is what a removed article had in other tables.
type rest struct {
	Paragraphs []archivist.Paragraph
	Links      []string
	Versions   []formerText
	Seen       []int64 // rows of seen: the print, and what may be furniture
	Unwatched  bool    // no row of refresh: a file, which no page takes the place of
}

// A formerText is a row of article_version.
type formerText struct {
	Replaced int64
	Title    string
	Text     []byte // as stored
}

// nameOfArticle is what the audit log calls one article that goes or comes back; of several it has the number.
const nameOfArticle = `SELECT title || ' ' || url FROM article WHERE library = ? AND id = ?`

// RemoveArticles takes articles out of a library in one transaction and keeps them for archivist.UndoWindow. Those that are not there are passed over;
// archivist.ErrNotFound says that none was.
func (s *Store) RemoveArticles(ctx context.Context, library archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error) {
	var done archivist.Removal
	err := s.write(ctx, func(t *tx) error {
		act := act // a transaction may run again
		done.Articles = 0
		if _, err := t.row(`UPDATE library SET removals = removals + 1, version = version + 1 WHERE id = ? RETURNING removals, version`,
			[]any{library}, &done.ID, &done.Version); err != nil {
			return err
		}
		w := &articleWriter{tx: t, library: library, version: done.Version - 1}
		for _, id := range ids {
			if act.Before == "" && act.Verb != "" && len(ids) == 1 {
				if _, err := t.row(nameOfArticle, []any{library, id}, &act.Before); err != nil {
					return err
				}
			}
			found, err := w.remove(id, done.ID)
			if err != nil {
				return err
			}
			if found {
				done.Articles++
			}
		}
		if done.Articles == 0 {
			return archivist.ErrNotFound
		}
		if err := w.flush(); err != nil {
			return err
		}
		if len(ids) > 1 && act.Verb != "" {
			act.Before = strconv.Itoa(done.Articles)
		}
		return t.audit(library, act)
	})
	return done, err
}

// remove moves one article to what is removed; false says that it is not there.
func (w *articleWriter) remove(id archivist.ArticleID, removal archivist.RemovalID) (bool, error) {
	packed, err := w.pack(id)
	if err != nil {
		return false, err
	}
	n, err := w.exec(`INSERT INTO removed (`+articleColumns+`, removal, at, rest) SELECT `+articleColumns+`, ?, ?, ? FROM article WHERE library = ? AND id = ?`,
		removal, w.store.now().UnixMilli(), packed, w.library, id)
	if err != nil || n == 0 {
		return false, err
	}
	if err := w.do(`INSERT INTO removed_page (`+pageColumns+`) SELECT `+pageColumns+` FROM page WHERE library = ? AND article = ?`, w.library, id); err != nil {
		return false, err
	}
	if err := w.deleteArticle(id); err != nil {
		return false, err
	}
	w.segment(archivist.SegmentGone, id, nil)
	return true, nil
}

// pack is an article's rest as stored.
func (w *articleWriter) pack(id archivist.ArticleID) ([]byte, error) {
	r := rest{}
	var err error
	if r.Paragraphs, err = w.texts(id); err != nil {
		return nil, err
	}
	if err := w.rows(`SELECT key FROM link WHERE library = ? AND article = ? ORDER BY key`, []any{w.library, id}, func(scan Scan) error {
		var key string
		err := scan(&key)
		r.Links = append(r.Links, key)
		return err
	}); err != nil {
		return nil, err
	}
	if err := w.rows(`SELECT replaced, title, text FROM article_version WHERE library = ? AND article = ? ORDER BY replaced`, []any{w.library, id}, func(scan Scan) error {
		var v formerText
		err := scan(&v.Replaced, &v.Title, &v.Text)
		r.Versions = append(r.Versions, v)
		return err
	}); err != nil {
		return nil, err
	}
	if err := w.rows(`SELECT hash FROM seen WHERE library = ? AND article = ? ORDER BY hash`, []any{w.library, id}, func(scan Scan) error {
		var hash int64
		err := scan(&hash)
		r.Seen = append(r.Seen, hash)
		return err
	}); err != nil {
		return nil, err
	}
	watched, err := w.row(`SELECT 1 FROM refresh WHERE library = ? AND article = ?`, []any{w.library, id}, new(int))
	if err != nil {
		return nil, err
	}
	r.Unwatched = !watched
	text, err := json.Marshal(r)
	return packer.EncodeAll(text, nil), err
}

func unpack(packed []byte) (r rest, err error) {
	text, err := unpacker.DecodeAll(packed, nil)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	return r, err
}

// oldest is the time of the oldest removal that can still be undone, in milliseconds.
func (s *Store) oldest() int64 { return s.now().Add(-archivist.UndoWindow).UnixMilli() }

// Removed lists up to n of the articles of a view that were removed and can be put back, the last removed first, after the first skip of them.
func (s *Store) Removed(ctx context.Context, library archivist.LibraryID, view archivist.View, skip, n int) ([]archivist.Removed, error) {
	var list []archivist.Removed
	err := s.rows(ctx, `SELECT `+headColumns+`, removal, at FROM removed WHERE library = ?1 AND `+seen+` AND at > ?5 ORDER BY removal DESC, id DESC LIMIT ?6 OFFSET ?7`,
		[]any{library, flag(view.Whole), view.Channel, view.Thread, s.oldest(), n, skip}, func(scan Scan) error {
			row := newRecord(headWidth + 2)
			if err := row.read(scan); err != nil {
				return err
			}
			head, err := row.head()
			list = append(list, archivist.Removed{Head: head, Removal: archivist.RemovalID(take[int64](row)), At: takeTime(row)})
			return errors.Join(err, row.err)
		})
	return list, err
}

// RemovedArticles reads the removed articles that a pick names and that can still be put back, by ascending ids.
func (s *Store) RemovedArticles(ctx context.Context, library archivist.LibraryID, pick archivist.Pick) ([]archivist.Article, error) {
	where, number := `removal = ?`, int64(pick.Removal)
	if pick.Article != 0 {
		where, number = `id = ?`, int64(pick.Article)
	}
	var list []archivist.Article
	err := s.rows(ctx, `SELECT rest, `+headColumns+` FROM removed WHERE library = ? AND `+where+` AND at > ? ORDER BY id`,
		[]any{library, number, s.oldest()}, func(scan Scan) error {
			var packed []byte
			var a archivist.Article
			err := scanHead(func(targets ...any) error { return scan(append([]any{&packed}, targets...)...) }, &a.Head)
			if err != nil {
				return err
			}
			rest, err := unpack(packed)
			a.Paragraphs = rest.Paragraphs
			list = append(list, a)
			return err
		})
	return list, err
}

// RestoreArticles puts removed articles back with their numbers and the segments given, in one transaction, and tells how many. One whose address is
// stored anew by now stays removed, as does one that is not there to be put back; archivist.ErrNotFound says that all did.
func (s *Store) RestoreArticles(ctx context.Context, library archivist.LibraryID, segments map[archivist.ArticleID][]byte, act archivist.Act) (archivist.Removal, error) {
	var done archivist.Removal
	err := s.write(ctx, func(t *tx) error {
		act := act // a transaction may run again
		done.Articles = 0
		if _, err := t.row(`UPDATE library SET version = version + 1 WHERE id = ? RETURNING version`, []any{library}, &done.Version); err != nil {
			return err
		}
		w := &articleWriter{tx: t, library: library, version: done.Version - 1}
		var last archivist.ArticleID
		for _, id := range slices.Sorted(maps.Keys(segments)) {
			found, err := w.restore(id, segments[id])
			if err != nil {
				return err
			}
			if found {
				done.Articles++
				last = id
			}
		}
		if done.Articles == 0 {
			return archivist.ErrNotFound
		}
		if err := w.flush(); err != nil {
			return err
		}
		switch {
		case act.Verb == "":
		case done.Articles == 1:
			if _, err := t.row(nameOfArticle, []any{library, last}, &act.After); err != nil {
				return err
			}
		default:
			act.After = strconv.Itoa(done.Articles)
		}
		return t.audit(library, act)
	})
	return done, err
}

func (w *articleWriter) restore(id archivist.ArticleID, segment []byte) (bool, error) {
	var key, url string
	var packed []byte
	found, err := w.row(`SELECT key, url, rest FROM removed WHERE library = ? AND id = ? AND at > ?`, []any{w.library, id, w.store.oldest()}, &key, &url, &packed)
	if err != nil || !found {
		return false, err
	}
	if taken, err := w.row(`SELECT 1 FROM article WHERE library = ?1 AND key = ?2 UNION ALL SELECT 1 FROM link WHERE library = ?1 AND key = ?2 LIMIT 1`,
		[]any{w.library, key}, new(int)); err != nil || taken {
		return false, err
	}
	rest, err := unpack(packed)
	if err != nil {
		return false, err
	}
	if err := w.do(`INSERT INTO article (`+articleColumns+`) SELECT `+articleColumns+` FROM removed WHERE library = ? AND id = ?`, w.library, id); err != nil {
		return false, err
	}
	w.paragraphs(id, rest.Paragraphs)
	for _, link := range rest.Links {
		if err := w.do(`INSERT INTO link (library, key, article) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, w.library, link, id); err != nil {
			return false, err
		}
	}
	for _, hash := range rest.Seen {
		if err := w.do(`INSERT INTO seen (library, hash, article) VALUES (?, ?, ?)`, w.library, hash, id); err != nil {
			return false, err
		}
	}
	for _, v := range rest.Versions {
		if err := w.do(`INSERT INTO article_version (library, article, replaced, title, text) VALUES (?, ?, ?, ?, ?)`, w.library, id, v.Replaced, v.Title, v.Text); err != nil {
			return false, err
		}
	}
	if err := w.do(`INSERT INTO page (`+pageColumns+`) SELECT `+pageColumns+` FROM removed_page WHERE library = ? AND article = ?`, w.library, id); err != nil {
		return false, err
	}
	if err := w.do(`DELETE FROM removed WHERE library = ? AND id = ?`, w.library, id); err != nil {
		return false, err
	}
	if err := w.do(`DELETE FROM removed_page WHERE library = ? AND article = ?`, w.library, id); err != nil {
		return false, err
	}
	if err := w.do(`UPDATE learned SET marked = 0 WHERE library = ? AND host = ?`, w.library, archivist.HostOf(url)); err != nil { // its marks are of its day
		return false, err
	}
	if !rest.Unwatched {
		if err := w.checkAgain(id); err != nil {
			return false, err
		}
	}
	w.segment(archivist.SegmentArticle, id, segment)
	return true, nil
}
