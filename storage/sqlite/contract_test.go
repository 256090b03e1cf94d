package sqlite

import (
	"path/filepath"
	"testing"

	"archivist/storage/storagetest"
	"archivist/storage/tables"
)

func openTest(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Store {
		return openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	})
}

// raw runs queries past the store's methods.
func raw(t *testing.T, s *Store) tables.Reader { return engine{s}.Read(t.Context()) }
