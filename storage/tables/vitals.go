package tables

import (
	"context"
	"database/sql"

	"archivist"
)

// Vitals tells how the store fares, but for its size, which is the engine's to know. Its cost grows with the open jobs, not with those that
// are over.
func (s *Store) Vitals(ctx context.Context) (v archivist.Vitals, err error) {
	err = s.rows(ctx, `SELECT state, kind, count(*), min(CASE WHEN created > due THEN created ELSE due END) FROM job
		WHERE state IN ('queued', 'running', 'waiting') GROUP BY state, kind ORDER BY state, kind`, nil, func(scan Scan) error {
		var t archivist.JobTally
		var since sql.NullInt64
		err := scan(&t.State, &t.Kind, &t.Jobs, &since)
		if at := fromMillis(since); t.State == archivist.JobQueued && (v.Oldest.IsZero() || at.Before(v.Oldest)) {
			v.Oldest = at
		}
		v.Jobs = append(v.Jobs, t)
		return err
	})
	return v, err
}

// Writable writes a row: nil says that what is written now is durable.
func (s *Store) Writable(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.count("written")
		return err
	})
}
