package sqlite

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"archivist"
)

// TestReadOnly: what is opened to read alone is made by nobody, brought up to date by nobody, and cannot be written.
func TestReadOnly(t *testing.T) {
	folder := t.TempDir()
	path, backup := filepath.Join(folder, "test.db"), filepath.Join(folder, "backup.db")
	_, err := Open(t.Context(), path, Options{ReadOnly: true})
	code(t, err, archivist.InvalidArgument)
	if there := aside(t, folder); len(there) > 0 {
		t.Errorf("there are %v", slices.Collect(maps.Keys(there)))
	}
	stored(t, path)
	s := openTest(t, path, Options{})
	if err := s.Backup(t.Context(), backup); err != nil { // which has no log, and gets none
		t.Fatal(err)
	}
	before := aside(t, folder)
	read, err := Open(t.Context(), backup, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	heads, err := read.Articles(t.Context(), "town", archivist.Everything, 0, 10)
	if err != nil || len(heads) != 1 {
		t.Errorf("%+v, %v", heads, err)
	}
	if err := read.SetSetting(t.Context(), "town", "k", "v", archivist.Act{}); err == nil {
		t.Error("it was written")
	}
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	if after := aside(t, folder); !maps.Equal(before, after) {
		t.Errorf("there are %v, and the backup was changed: %v", slices.Collect(maps.Keys(after)), before["backup.db"] != after["backup.db"])
	}
}
