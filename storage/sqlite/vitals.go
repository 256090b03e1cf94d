package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"archivist"
)

// Vitals tells how the store fares. Its cost grows with the open jobs, not with those that are over.
func (s *Store) Vitals(ctx context.Context) (v archivist.Vitals, err error) {
	err = s.rows(ctx, `SELECT state, kind, count(*), min(max(created, due)) FROM job WHERE state IN ('queued', 'running', 'waiting')
		GROUP BY state, kind ORDER BY state, kind`, nil, func(scan func(...any) error) error {
		var t archivist.JobTally
		var since sql.NullInt64
		err := scan(&t.State, &t.Kind, &t.Jobs, &since)
		if at := fromMillis(since); t.State == archivist.JobQueued && (v.Oldest.IsZero() || at.Before(v.Oldest)) {
			v.Oldest = at
		}
		v.Jobs = append(v.Jobs, t)
		return err
	})
	if err != nil {
		return v, err
	}
	if v.Bytes, err = size(s.path); err == nil {
		v.Log, err = size(s.path + "-wal")
	}
	return v, err
}

func size(file string) (int64, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Writable writes, and changes nothing: nil says that what is written now is on the disk.
func (s *Store) Writable(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(fmt.Sprintf("PRAGMA user_version = %d", schemaVersion()))
		return err
	})
}
