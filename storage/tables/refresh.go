package tables

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"archivist"
)

// check keeps when an article's page is looked at again.
func (t *tx) check(library archivist.LibraryID, id archivist.ArticleID, c archivist.Check) error {
	var pending any
	if c.Pending != ([32]byte{}) {
		pending = c.Pending[:]
	}
	err := t.do(`INSERT INTO refresh (library, article, url, etag, modified, checked, due, step, missed, missed_since, pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (library, article) DO UPDATE SET url = excluded.url, etag = excluded.etag, modified = excluded.modified, checked = excluded.checked,
			due = excluded.due, step = excluded.step, missed = excluded.missed, missed_since = excluded.missed_since, pending = excluded.pending`,
		library, id, c.URL, c.ETag, c.Modified, c.Checked.UnixMilli(), c.Due.UnixMilli(), c.Step, c.Missed, millis(c.MissedSince), pending)
	return err
}

// checkAgain lets the page of an article that was put back be looked at in a day.
func (w *articleWriter) checkAgain(id archivist.ArticleID) error {
	now := w.store.now()
	err := w.do(`INSERT INTO refresh (library, article, url, etag, modified, checked, due, step, missed)
		SELECT library, id, url, '', '', ?, ?, 2, 0 FROM article WHERE library = ? AND id = ? AND url LIKE 'http%' AND archived = '' AND dead = 0`,
		now.UnixMilli(), now.Add(24*time.Hour).UnixMilli(), w.library, id)
	return err
}

// SaveCheck keeps when an article's page is looked at again, and whether there is no page at its address any more; archivist.ErrNotFound if the
// article is not there.
func (s *Store) SaveCheck(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID, c archivist.Check, dead bool) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE article SET dead = ? WHERE library = ? AND id = ?`, flag(dead), library, id)
		if err == nil && n == 0 {
			err = archivist.ErrNotFound
		}
		if err != nil {
			return err
		}
		return t.check(library, id, c)
	})
}

// NextCheck reads when an article's page is looked at again, or archivist.ErrNotFound where it is not.
func (s *Store) NextCheck(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Check, error) {
	var c archivist.Check
	var checked, due, since sql.NullInt64
	var pending []byte
	found, err := s.row(ctx, `SELECT url, etag, modified, checked, due, step, missed, missed_since, pending FROM refresh WHERE library = ? AND article = ?`,
		[]any{library, id}, &c.URL, &c.ETag, &c.Modified, &checked, &due, &c.Step, &c.Missed, &since, &pending)
	if err == nil && !found {
		err = archivist.ErrNotFound
	}
	c.Checked, c.Due, c.MissedSince = fromMillis(checked), fromMillis(due), fromMillis(since)
	copy(c.Pending[:], pending)
	return c, err
}

// keptLooks is how long a job that looked at a page again stays in the list of jobs once it is done.
const keptLooks = 7 * 24 * time.Hour

// ClaimChecks makes jobs of kind archivist.JobRefresh for up to n articles whose pages are due to be looked at, the longest due first, and makes
// them due again at until, should nothing come of their jobs. It tells how many there were. Such jobs that were done a week ago are forgotten.
func (s *Store) ClaimChecks(ctx context.Context, now, until time.Time, n int) (jobs int, err error) {
	const due = `FROM refresh WHERE due <= ?`
	if found, err := s.row(ctx, `SELECT 1 `+due+` LIMIT 1`, []any{now.UnixMilli()}, new(int)); err != nil || !found {
		return 0, err
	}
	err = s.write(ctx, func(t *tx) error {
		jobs = 0
		type article struct {
			library            archivist.LibraryID
			id                 archivist.ArticleID
			url, key, channels string
		}
		var articles []article
		if err := t.rows(`SELECT a.library, a.id, a.url, a.key, a.channels FROM (SELECT library, article, due `+due+` ORDER BY due, library, article LIMIT ?) r
			JOIN article a ON a.library = r.library AND a.id = r.article ORDER BY r.due, r.library, r.article`, []any{now.UnixMilli(), n}, func(scan Scan) error {
			var a article
			err := scan(&a.library, &a.id, &a.url, &a.key, &a.channels)
			articles = append(articles, a)
			return err
		}); err != nil {
			return err
		}
		for _, a := range articles {
			if _, err := t.enqueue(archivist.Job{
				Library: a.library, Kind: archivist.JobRefresh, URL: a.url, Key: a.key, Lane: archivist.LaneRefresh, Channels: strings.Fields(a.channels), Due: now, Created: now,
			}); err != nil {
				return err
			}
			if err := t.do(`UPDATE refresh SET due = ? WHERE library = ? AND article = ?`, until.UnixMilli(), a.library, a.id); err != nil {
				return err
			}
			jobs++
		}
		err := t.do(`DELETE FROM job WHERE kind = 'refresh' AND state = 'done' AND created < ?`, now.Add(-keptLooks).UnixMilli())
		return err
	})
	return jobs, err
}

// Retime takes the checks of articles and the polls of feeds that were made later than now, by a clock that was ahead, for made at now: each is due
// again as long after it as it was to be. It tells how many there were.
func (s *Store) Retime(ctx context.Context, now time.Time) (n int, err error) {
	args := []any{now.UnixMilli(), now.Add(clockAhead).UnixMilli()}
	found, err := s.row(ctx, `SELECT 1 WHERE EXISTS (SELECT 1 FROM refresh WHERE checked > ?1) OR EXISTS (SELECT 1 FROM feed WHERE polled > ?1)`, args[1:], new(int))
	if err != nil || !found {
		return 0, err
	}
	err = s.write(ctx, func(t *tx) error {
		checks, err := t.exec(`UPDATE refresh SET due = due - checked + ?1, checked = ?1, missed_since = CASE WHEN missed_since > ?1 THEN ?1 ELSE missed_since END
			WHERE checked > ?2`, args...)
		if err != nil {
			return err
		}
		polls, err := t.exec(`UPDATE feed SET due = due - polled + ?1, polled = ?1, good = CASE WHEN good > ?1 THEN ?1 ELSE good END WHERE polled > ?2`, args...)
		n = int(checks + polls)
		return err
	})
	return n, err
}

// Formers reads the texts that an article had before, the last one first.
func (s *Store) Formers(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) ([]archivist.Former, error) {
	var list []archivist.Former
	err := s.rows(ctx, `SELECT title, replaced, text FROM article_version WHERE library = ? AND article = ? ORDER BY replaced DESC`, []any{library, id}, func(scan Scan) error {
		var f archivist.Former
		var until sql.NullInt64
		var packed []byte
		if err := scan(&f.Title, &until, &packed); err != nil {
			return err
		}
		f.Until = fromMillis(until)
		text, err := unpacker.DecodeAll(packed, nil)
		if err != nil {
			return err
		}
		err = json.Unmarshal(text, &f.Paragraphs)
		list = append(list, f)
		return err
	})
	return list, err
}
