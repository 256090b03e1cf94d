package sqlite

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"archivist"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
)

// migrations are the files up to a number, in memory.
func migrations(t *testing.T, upTo int) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names[:upTo] {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = &fstest.MapFile{Data: text}
	}
	return all
}

// aside lists what stands in a folder, and what it holds: but the lock, what processes share, and an empty log.
func aside(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if name := entry.Name(); !strings.HasSuffix(name, ".lock") && !strings.HasSuffix(name, "-shm") && (len(text) > 0 || !strings.HasSuffix(name, "-wal")) {
			files[entry.Name()] = string(text)
		}
	}
	return files
}

// stored makes a database with an article, and nothing in its log.
func stored(t *testing.T, path string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.PutArticles(t.Context(), "town", []archivist.Put{article("kept", "as it was")})
	_, flushed := s.writer.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := errors.Join(err, flushed, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestFailedMigrationChangesNothing: of two further migrations the first is fine, the second breaks half way; the file is as it was, to the byte,
// nothing is left beside it, and it opens.
func TestFailedMigrationChangesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "old.db")
	stored(t, path)
	before := aside(t, folder)
	next := schemaVersion() + 1
	broken := migrations(t, schemaVersion())
	broken[fmt.Sprintf("%04d_fine.sql", next)] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE fine (library TEXT NOT NULL PRIMARY KEY);\n")}
	broken[fmt.Sprintf("%04d_broken.sql", next+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\nDROP TABLE fine;\nDELETE FROM article;\nINSERT INTO nowhere VALUES (1);\n")}
	if _, err := upgrade(t.Context(), path, Options{}, broken, next+1); err == nil || !strings.Contains(err.Error(), "it is as it was") {
		t.Errorf("the broken migration: %v", err)
	}
	if after := aside(t, folder); !maps.Equal(before, after) {
		t.Errorf("there are %v, and the file was changed: %v", slices.Collect(maps.Keys(after)), before["old.db"] != after["old.db"])
	}
	large := migrations(t, schemaVersion())
	large[fmt.Sprintf("%04d_large.sql", next)] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE large AS SELECT randomblob(4000000) AS x;\n")}
	_, err := upgrade(t.Context(), path, Options{MaxPages: 200}, large, next)
	if code(t, err, archivist.DatabaseFull); !strings.Contains(err.Error(), "it is as it was") {
		t.Error(err)
	}
	if after := aside(t, folder); !maps.Equal(before, after) {
		t.Errorf("without room: %v", slices.Collect(maps.Keys(after)))
	}
	opens(t, path)
}

func opens(t *testing.T, path string) {
	t.Helper()
	heads, err := openTest(t, path, Options{}).Articles(t.Context(), "town", archivist.Everything, 0, 10)
	if err != nil || len(heads) != 1 || heads[0].Title != "kept" {
		t.Errorf("%+v, %v", heads, err)
	}
}

// TestUpgradeKeepsTheFile: what was there is kept under its schema's number until the next upgrade, also what lay in its log only; a link stays one,
// the mode too; of an empty file nothing is kept.
func TestUpgradeKeepsTheFile(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "real.db"), filepath.Join(folder, "link.db")
	stored(t, path)
	if err := errors.Join(os.Symlink(path, link), os.Chmod(path, 0o640), os.WriteFile(path+".schema-3", nil, 0o600), os.WriteFile(path+".schema-notes", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	crashed(t, path)
	now, next := schemaVersion(), schemaVersion()+1
	more := migrations(t, now)
	more[fmt.Sprintf("%04d_more.sql", next)] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE more (library TEXT NOT NULL PRIMARY KEY);\n")}
	u, err := upgrade(t.Context(), link, Options{}, more, next)
	kept := fmt.Sprintf("%s.schema-%d", path, now)
	if err != nil || u != (Upgrade{From: now, To: next, Kept: kept}) {
		t.Fatalf("%+v, %v", u, err)
	}
	var names []string
	for name := range aside(t, folder) {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"link.db", "real.db", filepath.Base(kept), "real.db.schema-notes"}; !slices.Equal(names, want) {
		t.Errorf("there are %v, want %v", names, want)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if target, err := os.Readlink(link); err != nil || target != path {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	if _, err := Open(t.Context(), path, Options{}); err == nil {
		t.Error("a newer schema was opened")
	}
	if _, err := Restore(t.Context(), kept, path, true); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, path, Options{})
	if heads, err := s.Articles(t.Context(), "town", archivist.Everything, 0, 10); err != nil || len(heads) != 2 {
		t.Errorf("restored: %+v, %v", heads, err)
	}
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if u := openTest(t, empty, Options{}).Upgraded(); u != (Upgrade{}) {
		t.Errorf("of an empty file %+v", u)
	}
}

// crashed leaves an article in the log beside a database, as a process does that is killed.
func crashed(t *testing.T, path string) {
	t.Helper()
	other := filepath.Join(t.TempDir(), "other.db")
	if err := copyFile(path, other); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, other, Options{})
	if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("in the log", "only")}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(copyFile(other, path+".new"), copyFile(other+"-wal", path+"-wal"), os.Chmod(path+".new", 0o640), os.Rename(path+".new", path)); err != nil {
		t.Fatal(err)
	}
}

// TestTwoUpgrade: of two processes that find an old schema at the same time one brings it up to date, and both have the file.
func TestTwoUpgrade(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "old.db")
		failed := make(chan error, 2)
		for range cap(failed) {
			go func() {
				s, err := Open(t.Context(), path, Options{LockWait: time.Minute}) // a slow disk takes seconds over all migrations
				if err == nil {
					t.Cleanup(func() { _ = s.Close() }) // only now: who was first has it open while the other waits
				}
				failed <- err
			}()
		}
		if err := errors.Join(<-failed, <-failed); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpenWhileUpgrading: who cannot wait until another process has brought the schema up to date is told that it does, and not to stop it.
func TestOpenWhileUpgrading(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "old.db"), filepath.Join(folder, "link.db")
	lock := flock.New(link + ".lock")
	if err := errors.Join(lock.Lock(), os.WriteFile(path, nil, 0o600), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	_, err := Open(t.Context(), link, Options{LockWait: 50 * time.Millisecond})
	if code(t, err, archivist.DatabaseBusy); !strings.Contains(err.Error(), "stop it") {
		t.Error(err)
	}
	if err := os.WriteFile(path+".upgrading", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), link, Options{LockWait: 50 * time.Millisecond})
	if code(t, err, archivist.DatabaseBusy); !strings.Contains(err.Error(), "let it end") || strings.Contains(err.Error(), "stop it") {
		t.Error(err)
	}
}

// TestEverySchemaUpgrades makes a database of each schema so far, with the rows of the first released one as far as it has their columns, and
// brings it up to date: the articles are all there, and all is sound.
func TestEverySchemaUpgrades(t *testing.T) {
	files, err := filepath.Glob("testdata/schema-*.db.gz")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	rows := filepath.Join(t.TempDir(), "rows.db")
	unpack(t, files[0], rows)
	var last int
	if _, err := fmt.Sscanf(filepath.Base(files[0]), "schema-%d", &last); err != nil {
		t.Fatal(err)
	}
	var want []archivist.Head
	for number := last; number > 0; number-- {
		path := filepath.Join(t.TempDir(), "old.db")
		made(t, path, rows, number)
		s := openTest(t, path, Options{})
		if u := s.Upgraded(); number < schemaVersion() && (u.From != number || u.To != schemaVersion()) {
			t.Errorf("schema %d: %+v", number, u)
		}
		heads, err := s.Articles(t.Context(), "town", archivist.Everything, 0, 100)
		if err != nil || len(heads) < 3 {
			t.Fatalf("schema %d: %d articles, %v", number, len(heads), err)
		}
		if want == nil {
			want = heads
		}
		for i := range heads {
			if len(heads) != len(want) || heads[i].Title != want[i].Title || heads[i].URL != want[i].URL {
				t.Errorf("schema %d: %+v", number, heads[i])
			}
		}
		findings, err := s.Check(t.Context(), func(archivist.Segment) ([]archivist.Range, error) { return nil, nil })
		if err != nil || len(findings) > 0 {
			t.Errorf("schema %d: %+v, %v", number, findings, err)
		}
		if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("new", "to the old")}); err != nil {
			t.Errorf("schema %d: %v", number, err)
		}
	}
}

// made makes a database of an old schema with rows of a newer one.
func made(t *testing.T, path, rows string, number int) {
	t.Helper()
	db, err := sql.Open("sqlite", address(path, nil))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations(t, number))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatalf("schema %d: %s: %v", number, query, err)
		}
	}
	list := func(query string, args ...any) (values []string) {
		t.Helper()
		found, err := db.QueryContext(t.Context(), query, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer found.Close()
		for found.Next() {
			var value string
			if err := found.Scan(&value); err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		return values
	}
	exec(`ATTACH ? AS rows`, rows)
	for _, table := range list(`SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' AND name IN (SELECT name FROM rows.sqlite_master)`) {
		columns := strings.Join(list(`SELECT a.name FROM pragma_table_info(?1, 'main') a JOIN pragma_table_info(?1, 'rows') b ON a.name = b.name`, table), ", ")
		exec(fmt.Sprintf(`INSERT INTO main.%[1]s (%[2]s) SELECT %[2]s FROM rows.%[1]s`, table, columns))
	}
	exec(`DETACH rows`)
	exec(fmt.Sprintf(`PRAGMA application_id = %d`, applicationID))
	exec(fmt.Sprintf(`PRAGMA user_version = %d`, number))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, packed, path string) {
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
	if err := os.WriteFile(path, plain, 0o600); err != nil {
		t.Fatal(err)
	}
}
