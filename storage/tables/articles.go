package tables

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"archivist"

	"github.com/klauspost/compress/zstd"
)

// keptVersions is how many former texts of an article are kept.
const keptVersions = 5

// maxPage bounds a page that is read back: what is stored was fetched under a smaller limit.
const maxPage = 64 << 20

var (
	packer   = mustZstd(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)))
	unpacker = mustZstd(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxPage)))
)

// mustZstd: the options above are constants, and right.
func mustZstd[T any](coder T, err error) T {
	if err != nil {
		panic(err)
	}
	return coder
}

// PutArticles stores articles with their segments and closes their jobs, all in one transaction that raises the library's version by one
// if anything changed. The results are in the order given. What an article is, its key and then its hash decide: the same key with the
// same text is Unchanged, with another text Updated; the same text under another key is Duplicate and keeps the new key as a link.
func (s *Store) PutArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) ([]archivist.Stored, error) {
	var results []archivist.Stored
	err := s.write(ctx, func(t *tx) (err error) {
		if err := t.ensureLibrary(library); err != nil {
			return err
		}
		w := &articleWriter{tx: t, library: library}
		if _, err := t.row(`SELECT version, next FROM library WHERE id = ?`, []any{library}, &w.version, &w.next); err != nil {
			return err
		}
		results = make([]archivist.Stored, len(puts))
		for i, put := range puts {
			if put.Article.Channels, err = w.channels(put.Intake); err != nil {
				return err
			}
			result, err := w.put(put)
			if err != nil {
				return fmt.Errorf("store %s: %w", put.Article.URL, err)
			}
			results[i] = result
		}
		if w.parts > 0 || w.shared {
			if _, err := t.exec(`UPDATE library SET version = ?, next = ? WHERE id = ?`, w.version+1, w.next, library); err != nil {
				return err
			}
			w.version++
		}
		for i := range results {
			results[i].Version = w.version
			if err := t.closeJob(puts[i].Intake, results[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// An articleWriter puts articles into one library within one transaction.
type articleWriter struct {
	*tx
	library archivist.LibraryID
	version uint64 // before the transaction
	next    archivist.ArticleID
	parts   int  // segments written, all with seq version+1
	shared  bool // whether an article is seen where it was not
}

func (w *articleWriter) put(put archivist.Put) (archivist.Stored, error) {
	article := &put.Article
	id, hash, err := w.find(article.Key)
	if err != nil {
		return archivist.Stored{}, err
	}
	outcome := archivist.Added
	switch {
	case id != 0 && bytes.Equal(hash, put.Hash[:]):
		outcome = archivist.Unchanged
	case id != 0:
		outcome = archivist.Updated
		err = w.replace(id, put)
	default:
		found, lookErr := w.row(`SELECT id FROM article WHERE library = ? AND hash = ?`, []any{w.library, put.Hash[:]}, &id)
		if err = lookErr; err == nil && found {
			outcome = archivist.Duplicate
			err = w.link(id, article.Key)
		} else if err == nil {
			id, err = w.insert(put)
		}
	}
	if err != nil {
		return archivist.Stored{}, err
	}
	for _, key := range put.Links {
		if err := w.link(id, key); err != nil {
			return archivist.Stored{}, err
		}
	}
	learned := false
	if outcome == archivist.Added || outcome == archivist.Updated {
		if learned, err = w.learn(id, put); err != nil {
			return archivist.Stored{}, err
		}
		err = w.segment(archivist.SegmentArticle, id, put.Segment)
		if err == nil && put.Page != nil {
			err = w.page(id, put.Page)
		}
	}
	if err == nil && put.Check != nil && outcome != archivist.Duplicate {
		err = w.check(w.library, id, *put.Check)
	}
	if err == nil && outcome != archivist.Added {
		outcome, err = w.share(id, article.Channels, outcome)
	}
	return archivist.Stored{ID: id, Outcome: outcome, Learned: learned}, err
}

// find is the article of a key, its own or a link's; 0 if there is none.
func (w *articleWriter) find(key string) (id archivist.ArticleID, hash []byte, err error) {
	if _, err = w.row(`SELECT id, hash FROM article WHERE library = ? AND key = ?`, []any{w.library, key}, &id, &hash); err != nil || id != 0 {
		return id, hash, err
	}
	_, err = w.row(`SELECT id, hash FROM article WHERE library = ?1 AND id = (SELECT article FROM link WHERE library = ?1 AND key = ?2)`,
		[]any{w.library, key}, &id, &hash)
	return id, hash, err
}

func (w *articleWriter) link(id archivist.ArticleID, key string) error {
	_, err := w.exec(`INSERT INTO link (library, key, article) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, w.library, key, id)
	return err
}

func (w *articleWriter) insert(put archivist.Put) (archivist.ArticleID, error) {
	id := w.next
	w.next++
	a, now := put.Article, w.store.now()
	authors, about, err := listed(a)
	if err != nil {
		return 0, err
	}
	_, err = w.exec(`INSERT INTO article (library, id, url, key, title, site, authors, published, day_only, language, words, added, added_by, updated, hash, channels, archived, about)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		w.library, id, a.URL, a.Key, a.Title, a.Site, authors, millis(a.Published), a.DayOnly, a.Language, a.Words,
		now.UnixMilli(), a.AddedBy, now.UnixMilli(), put.Hash[:], strings.Join(a.Channels, " "), a.Archived, about)
	if err != nil {
		return 0, err
	}
	return id, w.paragraphs(id, a.Paragraphs)
}

// listed is the columns of an article that are JSON.
func listed(a archivist.Article) (authors, about string, err error) {
	names, err := json.Marshal(append([]string{}, a.Authors...))
	if err != nil {
		return "", "", err
	}
	rest, err := json.Marshal(a.About)
	return string(names), string(rest), err
}

// replace gives an article its new text and keeps the former one as a version.
func (w *articleWriter) replace(id archivist.ArticleID, put archivist.Put) error {
	if err := w.keepVersion(id); err != nil {
		return err
	}
	a := put.Article
	authors, about, err := listed(a)
	if err != nil {
		return err
	}
	_, err = w.exec(`UPDATE article SET title = ?, site = ?, authors = ?, published = ?, day_only = ?, language = ?, words = ?, updated = ?, hash = ?, archived = ?, dead = 0,
		about = ? WHERE library = ? AND id = ?`,
		a.Title, a.Site, authors, millis(a.Published), a.DayOnly, a.Language, a.Words, w.store.now().UnixMilli(), put.Hash[:], a.Archived, about, w.library, id)
	if err != nil {
		return err
	}
	if _, err := w.exec(`DELETE FROM paragraph WHERE library = ? AND article = ?`, w.library, id); err != nil {
		return err
	}
	return w.paragraphs(id, a.Paragraphs)
}

func (w *articleWriter) keepVersion(id archivist.ArticleID) error {
	paragraphs, err := w.texts(id)
	if err != nil {
		return err
	}
	text, err := json.Marshal(paragraphs)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO article_version (library, article, replaced, title, text)
		SELECT library, id, ?, title, ? FROM article WHERE library = ? AND id = ? ON CONFLICT DO NOTHING`,
		w.store.now().UnixMilli(), packer.EncodeAll(text, nil), w.library, id)
	if err != nil {
		return err
	}
	_, err = w.exec(`DELETE FROM article_version WHERE library = ?1 AND article = ?2 AND replaced NOT IN
		(SELECT replaced FROM article_version WHERE library = ?1 AND article = ?2 ORDER BY replaced DESC LIMIT ?3)`, w.library, id, keptVersions)
	return err
}

// texts are the paragraphs that an article has.
func (w *articleWriter) texts(id archivist.ArticleID) (paragraphs []archivist.Paragraph, err error) {
	err = w.rows(`SELECT kind, text FROM paragraph WHERE library = ? AND article = ? ORDER BY number`, []any{w.library, id}, func(scan Scan) error {
		var kind int64
		var text string
		err := scan(&kind, &text)
		paragraphs = append(paragraphs, paragraphOf(kind, text))
		return err
	})
	return paragraphs, err
}

// segment writes one row of the index. All rows of a transaction have the same seq and are told apart by their part.
func (w *articleWriter) segment(kind archivist.SegmentKind, id archivist.ArticleID, bytes []byte) error {
	_, err := w.exec(`INSERT INTO segment (library, seq, part, kind, article, bytes) VALUES (?, ?, ?, ?, ?, ?)`,
		w.library, w.version+1, w.parts, kind, id, bytes)
	w.parts++
	return err
}

func (w *articleWriter) page(id archivist.ArticleID, p *archivist.Page) error {
	_, err := w.exec(`INSERT INTO page (library, article, fetched, url, type, etag, modified, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (library, article) DO UPDATE SET fetched = excluded.fetched, url = excluded.url, type = excluded.type,
			etag = excluded.etag, modified = excluded.modified, body = excluded.body`,
		w.library, id, p.Fetched.UnixMilli(), p.URL, p.ContentType, p.ETag, p.Modified, packer.EncodeAll(p.Body, nil))
	return err
}

const headColumns = `id, url, key, title, site, authors, published, day_only, language, words, added, added_by, updated, channels, archived, dead`

// headWidth is the number of headColumns.
const headWidth = 16

// scanHead reads headColumns.
func scanHead(scan Scan, h *archivist.Head) error {
	row := newRecord(headWidth)
	err := row.read(scan)
	if err == nil {
		*h, err = row.head()
	}
	return err
}

// head takes headColumns.
func (r *record) head() (archivist.Head, error) {
	h := archivist.Head{
		ID: archivist.ArticleID(take[int64](r)), URL: take[string](r), Key: take[string](r), Title: take[string](r), Site: take[string](r),
	}
	authors := take[string](r)
	h.Published, h.DayOnly, h.Language, h.Words = takeTime(r), take[int64](r) != 0, take[string](r), int(take[int64](r))
	h.Added, h.AddedBy, h.Updated = takeTime(r), take[string](r), takeTime(r)
	if private := take[string](r); private != "" {
		h.Channels = strings.Fields(private)
	}
	h.Archived, h.Dead = take[string](r), take[int64](r) != 0
	return h, errors.Join(r.err, json.Unmarshal([]byte(authors), &h.Authors))
}

// Article reads an article with its paragraphs, or archivist.ErrNotFound.
func (s *Store) Article(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error) {
	return s.article(ctx, library, `id = ?2`, id)
}

// ArticleByKey reads the article that is found under a key, its own or a link's, or archivist.ErrNotFound.
func (s *Store) ArticleByKey(ctx context.Context, library archivist.LibraryID, key string) (archivist.Article, error) {
	return s.article(ctx, library, `id = coalesce((SELECT id FROM article WHERE library = ?1 AND key = ?2), (SELECT article FROM link WHERE library = ?1 AND key = ?2))`, key)
}

func (s *Store) article(ctx context.Context, library archivist.LibraryID, where string, arg any) (archivist.Article, error) {
	var a archivist.Article
	found := false
	err := s.rows(ctx, `SELECT `+headColumns+` FROM article WHERE library = ?1 AND `+where, []any{library, arg}, func(scan Scan) error {
		found = true
		return scanHead(scan, &a.Head)
	})
	if err != nil || !found {
		return a, errors.Join(err, notFound(err == nil))
	}
	var about string
	if _, err := s.row(ctx, `SELECT about FROM article WHERE library = ? AND id = ?`, []any{library, a.ID}, &about); err != nil {
		return a, err
	}
	if err := json.Unmarshal([]byte(about), &a.About); err != nil {
		return a, fmt.Errorf("about article %d: %w", a.ID, err)
	}
	err = s.rows(ctx, `SELECT kind, text FROM paragraph WHERE library = ? AND article = ? ORDER BY number`, []any{library, a.ID}, func(scan Scan) error {
		var kind int64
		var text string
		err := scan(&kind, &text)
		a.Paragraphs = append(a.Paragraphs, paragraphOf(kind, text))
		return err
	})
	return a, err
}

func notFound(missing bool) error {
	if missing {
		return archivist.ErrNotFound
	}
	return nil
}

// Articles lists up to n articles of a view, newest first, of those with an id below before; 0 begins at the newest.
func (s *Store) Articles(ctx context.Context, library archivist.LibraryID, view archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	var heads []archivist.Head
	err := s.rows(ctx, `SELECT `+headColumns+` FROM article WHERE library = ?1 AND `+seen+` AND id < ?5 ORDER BY id DESC LIMIT ?6`, []any{library, view.Whole, view.Channel, view.Thread, before, n}, func(scan Scan) error {
		var h archivist.Head
		err := scanHead(scan, &h)
		heads = append(heads, h)
		return err
	})
	return heads, err
}

// Addresses calls take with the address of each article of a library, in no order.
func (s *Store) Addresses(ctx context.Context, library archivist.LibraryID, take func(id archivist.ArticleID, url string)) error {
	return s.rows(ctx, `SELECT id, url FROM article WHERE library = ?`, []any{library}, func(scan Scan) error {
		var id archivist.ArticleID
		var url string
		if err := scan(&id, &url); err != nil {
			return err
		}
		take(id, url)
		return nil
	})
}

// Sites counts the articles of a view by site, the most first.
func (s *Store) Sites(ctx context.Context, library archivist.LibraryID, view archivist.View) ([]archivist.SiteCount, error) {
	var sites []archivist.SiteCount
	err := s.rows(ctx, `SELECT site, count(*), max(coalesce(published, added)) FROM article WHERE library = ?1 AND `+seen+` GROUP BY site ORDER BY count(*) DESC, site`,
		[]any{library, view.Whole, view.Channel, view.Thread}, func(scan Scan) error {
			var c archivist.SiteCount
			var newest sql.NullInt64
			err := scan(&c.Site, &c.Articles, &newest)
			c.Newest = fromMillis(newest)
			sites = append(sites, c)
			return err
		})
	return sites, err
}

// Page reads the page that an article came from, or archivist.ErrNotFound.
func (s *Store) Page(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Page, error) {
	var p archivist.Page
	var fetched sql.NullInt64
	var packed []byte
	found, err := s.row(ctx, `SELECT url, type, etag, modified, fetched, body FROM page WHERE library = ? AND article = ?`, []any{library, id},
		&p.URL, &p.ContentType, &p.ETag, &p.Modified, &fetched, &packed)
	if err != nil || !found {
		return p, errors.Join(err, notFound(err == nil))
	}
	p.Fetched = fromMillis(fetched)
	p.Body, err = unpacker.DecodeAll(packed, nil)
	return p, err
}
