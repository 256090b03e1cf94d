//go:build unix

package sqlite

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"archivist"
)

// watchRights collects the rights that a file has at any moment, until its result is called.
func watchRights(file string) func() map[fs.FileMode]bool {
	seen, stop, stopped := map[fs.FileMode]bool{}, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if info, err := os.Stat(file); err == nil {
				seen[info.Mode().Perm()] = true
			}
		}
	}()
	return func() map[fs.FileMode]bool {
		close(stop)
		<-stopped
		return seen
	}
}

// TestCopiesAreTheOwnersAlone: a copy of the database may be read by no more people than it may at its end at any moment while it is written.
// It is not to be run beside others (t.Parallel): the umask is the process's.
func TestCopiesAreTheOwnersAlone(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	folder := t.TempDir()
	path := filepath.Join(folder, "test.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("long", strings.Repeat("text ", 1<<20))}); err != nil {
		t.Fatal(err)
	}
	only := func(what string, seen map[fs.FileMode]bool, want fs.FileMode) {
		t.Helper()
		if len(seen) != 1 || !seen[want] {
			t.Errorf("%s had the rights %v, want %v alone", what, seen, want)
		}
	}
	seen := watchRights(filepath.Join(folder, "backup"+PartSuffix))
	if err := s.Backup(t.Context(), filepath.Join(folder, "backup")); err != nil {
		t.Fatal(err)
	}
	only("a backup", seen(), 0o600)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	next := schemaVersion() + 1
	more := migrations(t, schemaVersion())
	more[fmt.Sprintf("%04d_more.sql", next)] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE more (library TEXT NOT NULL PRIMARY KEY);\n")}
	seen = watchRights(path + ".upgrading")
	if _, err := upgrade(t.Context(), path, Options{}, more, next); err != nil {
		t.Fatal(err)
	}
	only("the draft of an upgrade", seen(), 0o600)
}
