package tables

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"archivist"
)

// SaveQuestion keeps a question for moderators, whose ID is given here, and with it the card of its reply, in the same library, for its buttons: all
// of it or nothing. Nothing is read, so that it is one journey to a server.
func (s *Store) SaveQuestion(ctx context.Context, q archivist.Asked, reply ...archivist.CardState) error {
	cards := make([][]any, len(reply))
	for i, c := range reply {
		cards[i] = cardRow(c)
	}
	return s.writeTogether(ctx, func(t *tx) error {
		if err := t.do(`INSERT INTO library (id, asked) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET asked = library.asked + 1`, q.Library); err != nil {
			return err
		}
		// The library's row is ours until the end, and its number so the question's.
		if err := t.do(`INSERT INTO question (library, id, channel, person, text, at, grade, confidence, took, channels) SELECT id, asked, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
			FROM library WHERE id = ?1`,
			q.Library, q.Channel, q.Person, q.Text, q.At.UnixMilli(), q.Grade, q.Confidence, q.Took.Microseconds(), strings.Join(q.Channels, " ")); err != nil {
			return err
		}
		for _, row := range cards {
			if err := t.do(insertCard, row...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Questions lists the newest n questions of a library.
func (s *Store) Questions(ctx context.Context, library archivist.LibraryID, n int) ([]archivist.Asked, error) {
	var questions []archivist.Asked
	err := s.rows(ctx, `SELECT id, channel, person, text, at, grade, confidence, took, channels FROM question WHERE library = ? ORDER BY id DESC LIMIT ?`,
		[]any{library, n}, func(scan Scan) error {
			q := archivist.Asked{Library: library}
			var at sql.NullInt64
			var took int64
			var channels string
			err := scan(&q.ID, &q.Channel, &q.Person, &q.Text, &at, &q.Grade, &q.Confidence, &took, &channels)
			q.At, q.Took = fromMillis(at), time.Duration(took)*time.Microsecond
			if channels != "" {
				q.Channels = strings.Fields(channels)
			}
			questions = append(questions, q)
			return err
		})
	return questions, err
}

// Spend takes one of each of the quotas of a day in a library, or, where one of them is used up, none: then the error is an *archivist.Invalid
// with TooManyRequests. Days are UTC.
func (s *Store) Spend(ctx context.Context, library archivist.LibraryID, at time.Time, quotas ...archivist.Quota) error {
	day := at.UTC().Unix() / 86400
	return s.writeTogether(ctx, func(t *tx) error {
		if err := t.ensureLibrary(library); err != nil {
			return err
		}
		for _, q := range quotas {
			used := 0
			if _, err := t.row(`SELECT used FROM quota WHERE library = ? AND person = ? AND what = ? AND day = ?`, []any{library, q.Person, q.What, day}, &used); err != nil {
				return err
			}
			if used >= q.Limit {
				return &archivist.Invalid{Code: archivist.TooManyRequests, Text: fmt.Sprintf("that is more than %d a day; try again tomorrow", q.Limit)}
			}
			if err := t.do(`DELETE FROM quota WHERE library = ? AND person = ? AND day < ?`, library, q.Person, day-1); err != nil {
				return err
			}
			if err := t.do(`INSERT INTO quota (library, person, what, day, used) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (library, person, what, day) DO UPDATE SET used = excluded.used`, library, q.Person, q.What, day, used+1); err != nil {
				return err
			}
		}
		return nil
	})
}
