package tables

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"archivist"
)

// SaveFeedback keeps a person's vote on a card; it takes the place of an earlier one.
func (s *Store) SaveFeedback(ctx context.Context, f archivist.Feedback) error {
	return s.writeTogether(ctx, func(t *tx) error {
		if err := t.ensureLibrary(f.Library); err != nil {
			return err
		}
		err := t.do(`INSERT INTO feedback (library, card, person, vote, reason, text, question, article, at, channels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (library, card, person) DO UPDATE SET vote = excluded.vote, reason = excluded.reason, text = excluded.text,
				article = excluded.article, at = excluded.at`,
			f.Library, f.Card, f.Person, f.Vote, f.Reason, f.Text, f.Question, f.Article, f.At.UnixMilli(), strings.Join(f.Channels, " "))
		return err
	})
}

// Feedback lists the newest n votes of a library.
func (s *Store) Feedback(ctx context.Context, library archivist.LibraryID, n int) ([]archivist.Feedback, error) {
	var list []archivist.Feedback
	err := s.rows(ctx, `SELECT card, person, vote, reason, text, question, article, at, channels FROM feedback WHERE library = ? ORDER BY at DESC, card, person LIMIT ?`,
		[]any{library, n}, func(scan Scan) error {
			f := archivist.Feedback{Library: library}
			var at sql.NullInt64
			var channels string
			err := scan(&f.Card, &f.Person, &f.Vote, &f.Reason, &f.Text, &f.Question, &f.Article, &at, &channels)
			f.At = fromMillis(at)
			if channels != "" {
				f.Channels = strings.Fields(channels)
			}
			list = append(list, f)
			return err
		})
	return list, err
}

const (
	millisPerDay = 24 * 60 * 60 * 1000
	dayLength    = "86400000" // the same within SQL
)

// countQuestions and countVotes, with a condition between them and addCounts, add to the counts by day.
const (
	countQuestions = `INSERT INTO daily (library, day, what, n) SELECT library, at / ` + dayLength + `, 'question.' || grade, count(*) FROM question WHERE `
	countVotes     = `INSERT INTO daily (library, day, what, n) SELECT library, at / ` + dayLength + `, CASE WHEN vote > 0 THEN 'vote.up' ELSE 'vote.down' END, count(*) FROM feedback WHERE `
	addCounts      = ` GROUP BY 1, 2, 3 ON CONFLICT (library, day, what) DO UPDATE SET n = daily.n + excluded.n`
)

// The sweeps take away what is older than ?1, in milliseconds.
var (
	sweepQuestions = []string{
		countQuestions + `at < ?1` + addCounts, `DELETE FROM question WHERE at < ?1`,
		countVotes + `at < ?1` + addCounts, `DELETE FROM feedback WHERE at < ?1`,
		`UPDATE card SET question = '' WHERE created < ?1 AND question != ''`,
	}
	sweepCards = []string{`DELETE FROM card WHERE created < ?1`}
	sweepAudit = []string{`DELETE FROM audit WHERE at < ?1`}
	sweepJobs  = []string{
		`DELETE FROM notice WHERE job <> 0 AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = notice.job AND (j.created >= ?1
			OR j.state IN ('queued', 'running', 'waiting') OR (j.state = 'done' AND j.outcome = 'added')))`,
		`DELETE FROM job WHERE created < ?1 AND state IN ('done', 'failed', 'cancelled') AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.job = job.id)`,
	}
	sweepBin = []string{
		`DELETE FROM removed_page WHERE (library, article) IN (SELECT library, id FROM removed WHERE at <= ?1)`, `DELETE FROM removed WHERE at <= ?1`,
	}
	sweepLimits = []string{`DELETE FROM quota WHERE day < CAST(?1 AS BIGINT) / ` + dayLength, `DELETE FROM bucket WHERE at < ?1`}
)

// Sweep takes away what has been kept long enough at now, what was removed among it, and counts by day what was asked and voted. Quotas and buckets are of no use
// after a day.
func (s *Store) Sweep(ctx context.Context, now time.Time, keep archivist.Retention) error {
	if err := s.sweepPages(ctx, now.Add(-keep.Pages)); err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		if _, err := t.count("sweep"); err != nil { // one at a time, as two would count twice
			return err
		}
		for _, sweep := range []struct {
			statements []string
			age        time.Duration
		}{{sweepQuestions, keep.Questions}, {sweepCards, keep.Cards}, {sweepAudit, keep.Audit}, {sweepJobs, keep.Jobs}, {sweepBin, archivist.UndoWindow}, {sweepLimits, 24 * time.Hour}} {
			for _, statement := range sweep.statements {
				if err := t.do(statement, now.Add(-sweep.age).UnixMilli()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// sweptPages is how many pages one transaction takes away: they are large, and others want to write.
const sweptPages = 500

// sweepPages takes away pages that were fetched before a time.
func (s *Store) sweepPages(ctx context.Context, before time.Time) error {
	for {
		var n int64
		err := s.write(ctx, func(t *tx) (err error) {
			n, err = t.exec(`DELETE FROM page WHERE (library, article) IN (SELECT library, article FROM page WHERE fetched < ? LIMIT ?)`, before.UnixMilli(), sweptPages)
			return err
		})
		if err != nil || n < sweptPages {
			return err
		}
	}
}

// Daily lists what was counted from a day on, in order.
func (s *Store) Daily(ctx context.Context, library archivist.LibraryID, since time.Time) ([]archivist.DayCount, error) {
	var counts []archivist.DayCount
	err := s.rows(ctx, `SELECT day, what, n FROM daily WHERE library = ? AND day >= ? ORDER BY day, what`, []any{library, since.UnixMilli() / millisPerDay},
		func(scan Scan) error {
			var c archivist.DayCount
			var day int64
			err := scan(&day, &c.What, &c.N)
			c.Day = time.UnixMilli(day * millisPerDay).UTC()
			counts = append(counts, c)
			return err
		})
	return counts, err
}

// Buckets gives all token buckets that are stored.
func (s *Store) Buckets(ctx context.Context, each func(archivist.Bucket)) error {
	return s.rows(ctx, `SELECT library, key, tokens, at FROM bucket ORDER BY library, key`, nil, func(scan Scan) error {
		var b archivist.Bucket
		var at sql.NullInt64
		err := scan(&b.Library, &b.Key, &b.Tokens, &at)
		b.At = fromMillis(at)
		each(b)
		return err
	})
}

// SaveBuckets stores token buckets in the place of those of the same keys.
func (s *Store) SaveBuckets(ctx context.Context, buckets []archivist.Bucket) error {
	if len(buckets) == 0 {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		for _, b := range buckets {
			if err := t.do(`INSERT INTO bucket (library, key, tokens, at) VALUES (?, ?, ?, ?)
				ON CONFLICT (library, key) DO UPDATE SET tokens = excluded.tokens, at = excluded.at`, b.Library, b.Key, b.Tokens, b.At.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}
