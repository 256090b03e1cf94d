package tables

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"archivist"

	"github.com/klauspost/compress/zstd"
)

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
	err := s.rows(ctx, `SELECT `+headColumns+` FROM article WHERE library = ?1 AND `+seen+` AND id < ?5 ORDER BY id DESC LIMIT ?6`, []any{library, flag(view.Whole), view.Channel, view.Thread, before, n}, func(scan Scan) error {
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
		[]any{library, flag(view.Whole), view.Channel, view.Thread}, func(scan Scan) error {
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
