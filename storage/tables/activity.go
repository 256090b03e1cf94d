package tables

import (
	"context"
	"database/sql"
	"time"

	"archivist"
)

// Unanswered lists up to n of the refused questions that a view may know, those asked in the same words as one, the last asked first, after
// the first skip of them.
func (s *Store) Unanswered(ctx context.Context, library archivist.LibraryID, view archivist.View, skip, n int) ([]archivist.Unanswered, error) {
	var list []archivist.Unanswered
	err := s.rows(ctx, `SELECT text, times, at FROM (
			SELECT text, at, id, count(*) OVER same AS times, row_number() OVER (same ORDER BY at DESC, id DESC) AS place FROM question
			WHERE library = ?1 AND grade = ?5 AND `+seen+` WINDOW same AS (PARTITION BY lower(trim(text)))) AS asked
		WHERE place = 1 ORDER BY id DESC LIMIT ?6 OFFSET ?7`,
		[]any{library, flag(view.Whole), view.Channel, view.Thread, archivist.GradeRefusal, n, skip}, func(scan Scan) error {
			var u archivist.Unanswered
			var last sql.NullInt64
			err := scan(&u.Text, &u.Times, &last)
			u.Last = fromMillis(last)
			list = append(list, u)
			return err
		})
	return list, err
}

// activityQuery counts by day what happened from day ?2 (since 1970, UTC) on: what is kept no longer, and what still is.
const activityQuery = `SELECT day, what, CAST(sum(n) AS BIGINT) FROM (
	SELECT day, what, n FROM daily WHERE library = ?1 AND day >= ?2
	UNION ALL SELECT at / ` + dayLength + `, 'question.' || grade, count(*) FROM question WHERE library = ?1 AND at >= ?2 * ` + dayLength + ` GROUP BY 1, 2
	UNION ALL SELECT at / ` + dayLength + `, CASE WHEN vote > 0 THEN 'vote.up' ELSE 'vote.down' END, count(*) FROM feedback WHERE library = ?1 AND at >= ?2 * ` + dayLength + ` GROUP BY 1, 2
	UNION ALL SELECT added / ` + dayLength + `, 'article', count(*) FROM article WHERE library = ?1 AND added >= ?2 * ` + dayLength + ` GROUP BY 1
) AS counts GROUP BY day, what ORDER BY day, what`

// Activity tells what happened in a library from the day of since on. How long questions took is known of those that are still kept.
func (s *Store) Activity(ctx context.Context, library archivist.LibraryID, since time.Time) (archivist.Activity, error) {
	var a archivist.Activity
	first := since.UnixMilli() / millisPerDay
	err := s.rows(ctx, activityQuery, []any{library, first}, func(scan Scan) error {
		var c archivist.DayCount
		var day int64
		err := scan(&day, &c.What, &c.N)
		c.Day = time.UnixMilli(day * millisPerDay).UTC()
		a.Days = append(a.Days, c)
		return err
	})
	if err != nil {
		return a, err
	}
	const measured = ` FROM question WHERE library = ?1 AND at >= ?2 AND took > 0`
	from := first * millisPerDay
	if _, err := s.row(ctx, `SELECT count(*)`+measured, []any{library, from}, &a.Measured); err != nil || a.Measured == 0 {
		return a, err
	}
	for share, target := range map[int]*time.Duration{50: &a.Median, 99: &a.Slowest} {
		// The smallest value that at least so many of a hundred do not exceed.
		rank := (a.Measured*share + 99) / 100
		var took int64
		if _, err := s.row(ctx, `SELECT took`+measured+` ORDER BY took LIMIT 1 OFFSET ?3`, []any{library, from, rank - 1}, &took); err != nil {
			return a, err
		}
		*target = time.Duration(took) * time.Microsecond
	}
	return a, nil
}
