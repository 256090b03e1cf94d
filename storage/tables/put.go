package tables

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"archivist"
)

// keptVersions is how many former texts of an article are kept.
const keptVersions = 5

// PutArticles stores articles with their segments and closes their jobs, all in one transaction that raises the library's version by one
// if anything changed. The results are in the order given. What an article is, its key and then its hash decide: the same key with the
// same text is Unchanged, with another text Updated; the same text under another key is Duplicate and keeps the new key as a link. Where what is
// read anew (Intake.Reread) finds its text no more, the error is archivist.ErrNotFound; where another process has stored what a put may be a copy of
// since it was compared, archivist.ErrOutdated. Nothing is stored then.
func (s *Store) PutArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) ([]archivist.Stored, error) {
	var results []archivist.Stored
	puts = cleanKeys(puts)
	// Packing takes milliseconds a page: others may write meanwhile, and a transaction that runs again has it done.
	pages := make([][]byte, len(puts))
	for i, put := range puts {
		if put.Page != nil {
			pages[i] = packer.EncodeAll(put.Page.Body, nil)
		}
	}
	err := s.write(ctx, func(t *tx) (err error) {
		if err := t.ensureLibrary(library); err != nil {
			return err
		}
		w := &articleWriter{tx: t, library: library}
		if w.known, err = w.lookUp(puts); err != nil {
			return err
		}
		if w.version == 0 {
			if err := w.begin(); err != nil {
				return err
			}
		}
		if err := w.unseen(puts); err != nil {
			return err
		}
		results = make([]archivist.Stored, len(puts))
		for i, put := range puts {
			if put.Article.Channels, err = w.channels(put.Intake); err != nil {
				return err
			}
			result, err := w.put(put, pages[i])
			if err != nil {
				return fmt.Errorf("store %s: %w", put.Article.URL, err)
			}
			results[i] = result
		}
		if err := w.flush(); err != nil {
			return err
		}
		if w.parts > 0 || w.shared {
			if err := t.do(`UPDATE library SET version = ?, next = ? WHERE id = ?`, w.version+1, w.next, library); err != nil {
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

// An articleWriter puts articles into one library within one transaction. New rows are gathered and written together, so that the number of
// statements, each of which may be a journey over a network, does not grow with the number of articles.
type articleWriter struct {
	*tx
	library archivist.LibraryID
	version uint64 // before the transaction
	next    archivist.ArticleID
	known   known
	parts   int  // segments written, all with seq version+1
	shared  bool // whether an article is seen where it was not

	articles, words, links, segments, prints [][]any // rows that are not written yet; words are paragraphs
}

// The columns of rows that are gathered.
var (
	articleInsert = []string{
		"library", "id", "url", "key", "title", "site", "authors", "published", "day_only", "language", "words", "added", "added_by", "updated", "hash", "channels", "archived", "about",
	}
	paragraphInsert = []string{"library", "article", "number", "kind", "text"}
	linkInsert      = []string{"library", "key", "article"}
	seenInsert      = []string{"library", "hash", "article"}
	segmentInsert   = []string{"library", "seq", "part", "kind", "article", "bytes"}
)

// flush writes what is gathered. It goes before whatever reads what may be among it.
func (w *articleWriter) flush() error {
	for _, g := range []struct {
		table   string
		columns []string
		rows    *[][]any
	}{
		{"article", articleInsert, &w.articles},
		{"paragraph", paragraphInsert, &w.words},
		{"link", linkInsert, &w.links},
		{"segment", segmentInsert, &w.segments},
		{"seen", seenInsert, &w.prints},
	} {
		if len(*g.rows) == 0 {
			continue
		}
		if err := w.tx.insertRows(g.table, g.columns, *g.rows); err != nil {
			return err
		}
		*g.rows = nil
	}
	return nil
}

// put puts one article; page is its page's body as stored.
func (w *articleWriter) put(put archivist.Put, page []byte) (archivist.Stored, error) {
	article := &put.Article
	outcome := archivist.Added
	a, found := w.known.byKey[article.Key]
	original := w.known.original(put)
	err := w.rereads(a, put.Reread)
	switch {
	case err != nil:
	case found && a.hash == put.Hash:
		outcome = archivist.Unchanged
	case found && a == original:
		outcome = archivist.Duplicate
	case found && hostOf(a.key) == hostOf(article.Key):
		outcome = archivist.Updated
		err = w.replace(a, put)
	default:
		if found { // it was another site's copy, and is one no more
			if err := w.unlink(article.Key); err != nil {
				return archivist.Stored{}, err
			}
		}
		if a = original; a != nil {
			outcome = archivist.Duplicate
			w.link(a, article.Key)
		} else {
			a, err = w.insert(put)
		}
	}
	if err != nil {
		return archivist.Stored{}, err
	}
	id := a.id
	for _, key := range put.Links {
		w.link(a, key)
	}
	if put.Web || put.Page != nil || put.Check != nil { // whose rows belong to an article's
		if err := w.flush(); err != nil {
			return archivist.Stored{}, err
		}
	}
	unmarked := false
	if outcome == archivist.Added || outcome == archivist.Updated {
		if unmarked, err = w.learn(id, put, outcome); err != nil {
			return archivist.Stored{}, err
		}
		w.segment(archivist.SegmentArticle, id, put.Segment)
		switch {
		case put.Page != nil:
			err = w.page(id, put.Page, page)
		case outcome == archivist.Updated: // the page that is kept is the former text's
			err = w.do(`DELETE FROM page WHERE library = ? AND article = ?`, w.library, id)
		}
	}
	if err == nil && put.Check != nil && outcome != archivist.Duplicate {
		err = w.check(w.library, id, *put.Check)
	}
	if err == nil && outcome != archivist.Added {
		outcome, err = w.share(a, article.Channels, outcome)
	}
	return archivist.Stored{ID: id, Outcome: outcome, Unmarked: unmarked}, err
}

// rereads is archivist.ErrNotFound where what is read anew from the page of a text, of the time updated, meets another text or none (nil).
func (w *articleWriter) rereads(a *knownArticle, updated time.Time) error {
	if updated.IsZero() {
		return nil
	}
	if a == nil {
		return archivist.ErrNotFound
	}
	found, err := w.row(`SELECT id FROM article WHERE library = ? AND id = ? AND updated = ?`, []any{w.library, a.id, updated.UnixMilli()}, new(archivist.ArticleID))
	return errors.Join(err, notFound(err == nil && !found))
}

func (w *articleWriter) insert(put archivist.Put) (*knownArticle, error) {
	id := w.next
	w.next++
	a, now := put.Article, w.store.now().UnixMilli()
	authors, about, err := listed(a)
	if err != nil {
		return nil, err
	}
	w.articles = append(w.articles, []any{
		w.library, id, a.URL, a.Key, a.Title, a.Site, authors, millis(a.Published), flag(a.DayOnly), a.Language, a.Words,
		now, a.AddedBy, now, put.Hash[:], strings.Join(a.Channels, " "), a.Archived, about,
	})
	w.paragraphs(id, a.Paragraphs)
	return w.known.add(&knownArticle{id, a.Key, put.Hash, a.Channels}, a.Key), nil
}

func (w *articleWriter) paragraphs(id archivist.ArticleID, paragraphs []archivist.Paragraph) {
	for number, p := range paragraphs {
		w.words = append(w.words, []any{w.library, id, number, storedKind(p), p.Text})
	}
}

// link lets an article be found under a further key, unless that is another's link.
func (w *articleWriter) link(a *knownArticle, key string) {
	if w.known.link(a, key) {
		w.links = append(w.links, []any{w.library, key, a.id})
	}
}

func (w *articleWriter) unlink(key string) error {
	w.known.unlink(key)
	if err := w.flush(); err != nil {
		return err
	}
	return w.do(`DELETE FROM link WHERE library = ? AND key = ?`, w.library, key)
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
func (w *articleWriter) replace(former *knownArticle, put archivist.Put) error {
	id := former.id
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.keepVersion(id); err != nil {
		return err
	}
	w.known.rehash(former, put.Hash)
	a := put.Article
	authors, about, err := listed(a)
	if err != nil {
		return err
	}
	err = w.do(`UPDATE article SET title = ?, site = ?, authors = ?, published = ?, day_only = ?, language = ?, words = ?, updated = ?, hash = ?, archived = ?, dead = dead * ?,
		about = ? WHERE library = ? AND id = ?`,
		a.Title, a.Site, authors, millis(a.Published), flag(a.DayOnly), a.Language, a.Words, w.store.now().UnixMilli(), put.Hash[:], a.Archived,
		flag(!put.Reread.IsZero()), about, w.library, id)
	if err != nil {
		return err
	}
	if err := w.do(`DELETE FROM paragraph WHERE library = ? AND article = ?`, w.library, id); err != nil {
		return err
	}
	w.paragraphs(id, a.Paragraphs)
	return nil
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
	err = w.do(`INSERT INTO article_version (library, article, replaced, title, text)
		SELECT library, id, ?, title, ? FROM article WHERE library = ? AND id = ? ON CONFLICT DO NOTHING`,
		w.store.now().UnixMilli(), packer.EncodeAll(text, nil), w.library, id)
	if err != nil {
		return err
	}
	err = w.do(`DELETE FROM article_version WHERE library = ?1 AND article = ?2 AND replaced NOT IN
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

// segment is one row of the index. All rows of a transaction have the same seq and are told apart by their part.
func (w *articleWriter) segment(kind archivist.SegmentKind, id archivist.ArticleID, bytes []byte) {
	w.segments = append(w.segments, []any{w.library, w.version + 1, w.parts, kind, id, bytes})
	w.parts++
}

func (w *articleWriter) page(id archivist.ArticleID, p *archivist.Page, body []byte) error {
	return w.do(`INSERT INTO page (library, article, fetched, url, type, etag, modified, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (library, article) DO UPDATE SET fetched = excluded.fetched, url = excluded.url, type = excluded.type,
			etag = excluded.etag, modified = excluded.modified, body = excluded.body`,
		w.library, id, p.Fetched.UnixMilli(), p.URL, p.ContentType, p.ETag, p.Modified, body)
}
