package postgres

import (
	"path/filepath"
	"testing"

	"archivist/storage/postgres/pgtest"
	"archivist/storage/sqlite"
	"archivist/storage/storagetest"
)

// BenchmarkEngines takes the times of both engines in one run: go test ./storage/postgres -run XXX -bench Engines.
func BenchmarkEngines(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		storagetest.Bench(b, func(b *testing.B) storagetest.Store {
			s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"), sqlite.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				if err := s.Close(); err != nil {
					b.Error(err)
				}
			})
			return s
		})
	})
	b.Run("postgres", func(b *testing.B) {
		storagetest.Bench(b, func(b *testing.B) storagetest.Store { return openTest(b, pgtest.Database(b), Options{}) })
	})
}
