package sqlite

import (
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestCloseLeavesTheFileAlone: a database that was written to and closed is its one file, which can be copied.
func TestCloseLeavesTheFileAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetGuild(t.Context(), "5", time.Time{}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(path + "*"); err != nil || !slices.Equal(left, []string{path, path + ".lock"}) {
		t.Errorf("%v, %v; want the database and its lock", left, err)
	}
}
