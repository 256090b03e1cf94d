package postgres

import (
	"strings"
	"testing"

	"archivist/storage/postgres/pgtest"
	"archivist/storage/storagetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func openTest(t testing.TB, address string, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), address, o)
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
	// One database, emptied for each case: to make one takes longer than most cases.
	address := pgtest.Database(t)
	storagetest.Run(t, func(t *testing.T) storagetest.Store {
		s := openTest(t, address, Options{})
		empty(t, s)
		return s
	})
}

// empty takes all rows of all tables away.
func empty(t testing.TB, s *Store) {
	t.Helper()
	var tables []string
	for table := range s.types {
		if table != "schema_version" {
			tables = append(tables, table)
		}
	}
	if _, err := s.pool.Exec(t.Context(), "TRUNCATE "+strings.Join(tables, ", ")); err != nil {
		t.Fatal(err)
	}
}
