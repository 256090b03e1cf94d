package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"archivist"
)

// Vitals tells how the store fares.
func (s *Store) Vitals(ctx context.Context) (archivist.Vitals, error) {
	v, err := s.Store.Vitals(ctx)
	if err != nil {
		return v, err
	}
	if v.Bytes, err = size(s.path); err == nil {
		v.Log, err = size(s.path + "-wal")
	}
	return v, err
}

// size is how many bytes a file has; one that is not there has none.
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
