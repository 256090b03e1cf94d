package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/storage"
)

// releasedSchemas has a database of each schema that was released: schema-0018.db.gz and so on. One of today's is written by
// `go test ./cmd/archivist -run Released -update` at a release, and is never changed again.
const releasedSchemas = "../../storage/sqlite/testdata"

// TestReleasedSchemas gives each released database to today's program: it is brought up to date, answers, is sound, and is kept as it was.
func TestReleasedSchemas(t *testing.T) {
	if *update {
		release(t)
	}
	files, err := filepath.Glob(releasedSchemas + "/schema-*.db.gz")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, packed := range files {
		t.Run(filepath.Base(packed), func(t *testing.T) {
			database := filepath.Join(t.TempDir(), "old.db")
			old := released(t, packed)
			if err := os.WriteFile(database, old, 0o600); err != nil {
				t.Fatal(err)
			}
			do := func(want string, args ...string) string {
				t.Helper()
				var out, problems syncBuffer
				code := run(t.Context(), append(args, "--database", database), streams{strings.NewReader(""), &out, &problems}, noEnvironment)
				if code != exitDone || !strings.Contains(out.String(), want) {
					t.Errorf("%v: exit code %d, no %q\n%s%s", args, code, want, out.String(), problems.String())
				}
				return problems.String()
			}
			told := do("from 40 to 212", "ask", "--library", "town", "How many hives are within the town limits?")
			var number int
			if _, err := fmt.Sscanf(filepath.Base(packed), "schema-%d", &number); err != nil {
				t.Fatal(err)
			}
			kept := fmt.Sprintf("%s.schema-%d", database, number)
			if text, err := os.ReadFile(kept); err == nil {
				if !bytes.Equal(text, old) || !strings.Contains(told, "kept="+kept) {
					t.Errorf("kept otherwise than it was, or not told:\n%s", told)
				}
			} else if number < currentSchema(t) {
				t.Error(err)
			}
			do("is sound", "doctor")
			do("Harbour Herald", "article", "list", "--library", "town")
			do("https://herald.example.com/not-yet", "jobs", "--library", "town")
			do("checked", "backup", database+".copy")
		})
	}
}

func released(t *testing.T, packed string) []byte {
	t.Helper()
	text, err := os.ReadFile(packed)
	if err != nil {
		t.Fatal(err)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(unzip)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// currentSchema is the number of the schema that today's program makes.
func currentSchema(t *testing.T) int {
	t.Helper()
	names, err := filepath.Glob("../../storage/sqlite/migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// release writes a database of today's schema with some of everything.
func release(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	database, compact := filepath.Join(folder, "release.db"), filepath.Join(folder, "compact.db")
	var out, problems syncBuffer
	if code := run(t.Context(), []string{"ingest", "--library", "town", "samples", "--database", database}, streams{strings.NewReader(""), &out, &problems}, noEnvironment); code != exitDone {
		t.Fatalf("exit code %d: %s", code, problems.String())
	}
	store, err := storage.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(fill(t.Context(), store), store.Backup(t.Context(), compact), store.Close())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := os.ReadFile(compact)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, err = zip.Write(plain)
	err = errors.Join(err, zip.Close(), os.MkdirAll(releasedSchemas, 0o755),
		os.WriteFile(fmt.Sprintf("%s/schema-%04d.db.gz", releasedSchemas, currentSchema(t)), packed.Bytes(), 0o644))
	if err != nil {
		t.Fatal(err)
	}
}

// fill adds what an ingest does not make.
func fill(ctx context.Context, store *storage.Store) error {
	now := time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC)
	const link = "https://herald.example.com/not-yet"
	_, err := store.Enqueue(ctx, archivist.Job{
		Library: "town", Kind: archivist.JobPage, URL: link, Key: "herald.example.com/not-yet", Person: "1", State: archivist.JobQueued, Due: now, Created: now,
	})
	return errors.Join(err, store.SetSetting(ctx, "town", "mode", "mention", archivist.Act{}))
}
