package storage

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

// A shop is a folder with a clock that only Run's pauses move, and a store whose backups may fail.
type shop struct {
	Keeper
	t      *testing.T
	now    time.Time
	broken error
	tries  []time.Duration // since the beginning
	log    bytes.Buffer
	began  time.Time
	after  map[time.Duration]func() // what happens when the clock has gone so far
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, began: time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC), after: map[time.Duration]func(){}}
	s.now = s.began
	s.Keeper = Keeper{
		Store: s, Folder: filepath.Join(t.TempDir(), "a [folder]", "backups"), Every: 24 * time.Hour, Keep: 3,
		Now: func() time.Time { return s.now }, Logger: slog.New(slog.NewTextHandler(&s.log, nil)),
	}
	s.pause = func(_ context.Context, d time.Duration) error {
		if d <= 0 || d > look {
			t.Errorf("a pause of %v", d)
		}
		s.now = s.now.Add(d)
		for at, do := range s.after {
			if s.now.Sub(s.began) >= at {
				delete(s.after, at)
				do()
			}
		}
		return nil
	}
	return s
}

func (s *shop) Backup(_ context.Context, file string) error {
	s.tries = append(s.tries, s.now.Sub(s.began))
	if s.broken != nil {
		return s.broken
	}
	if _, err := os.Stat(file); err == nil {
		return errors.New("it exists")
	}
	return os.WriteFile(file, []byte(s.now.String()), 0o600)
}

// pass lets the keeper run for so long.
func (s *shop) pass(d time.Duration) {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	s.after[s.now.Add(d).Sub(s.began)] = stop
	if err := s.Run(ctx); err != nil {
		s.t.Error(err)
	}
}

func (s *shop) holds(want ...string) {
	s.t.Helper()
	entries, err := os.ReadDir(s.Folder)
	if err != nil {
		s.t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("the folder holds %v, want %v", got, want)
	}
}

func TestKeeperKeeps(t *testing.T) {
	s := newShop(t)
	s.pass(5*24*time.Hour + time.Hour)
	s.holds("archivist-20261130-040000.db", "archivist-20261201-040000.db", "archivist-20261202-040000.db")
	// Another process goes on where this one ended. What somebody else has put there stays; what was left half done goes.
	for _, name := range []string{"archivist-20261202-050000.db.part", "archivist-20261202-050000.db.part-journal", "notes.db.part", "mine.db"} {
		if err := os.WriteFile(filepath.Join(s.Folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.pass(24 * time.Hour)
	s.holds("archivist-20261201-040000.db", "archivist-20261202-040000.db", "archivist-20261203-040000.db", "mine.db", "notes.db.part")
	if n := len(s.tries); n != 7 {
		t.Errorf("%d backups in six days and two hours: %v", n, s.tries)
	}
	// The clock goes back ten days: a backup is made at once, and not removed because of its name.
	s.now = s.now.Add(-10 * 24 * time.Hour)
	s.pass(time.Hour)
	s.holds("archivist-20261123-050000.db", "archivist-20261202-040000.db", "archivist-20261203-040000.db", "mine.db", "notes.db.part")
	s.pass(2 * 24 * time.Hour)
	s.holds("archivist-20261123-050000.db", "archivist-20261124-050000.db", "archivist-20261125-050000.db", "mine.db", "notes.db.part")
}

// TestKeeperFails: a failure is told once, tried again ever later, costs no old backup, and its end is told.
func TestKeeperFails(t *testing.T) {
	s := newShop(t)
	s.Keep = 1
	s.pass(time.Hour)
	s.broken = errors.New("the disk is full")
	s.after[60*time.Hour] = func() { s.broken = errors.New("the folder is gone") }
	s.after[70*time.Hour] = func() { s.broken = nil }
	s.pass(80 * time.Hour)
	told := s.log.String()
	if strings.Count(told, "the disk is full") != 1 || strings.Count(told, "the folder is gone") != 1 || strings.Count(told, "work again") != 1 || strings.Count(told, "a backup was made") != 2 {
		t.Errorf("told:\n%s", told)
	}
	var gaps []time.Duration
	for i, at := range s.tries[2:8] {
		gaps = append(gaps, at-s.tries[1+i])
	}
	if want := []time.Duration{1, 2, 4, 8, 16, 32}; s.tries[1] != 24*time.Hour || !slices.EqualFunc(gaps, want, func(a, b time.Duration) bool { return a == b*time.Minute }) {
		t.Errorf("tried at %v", s.tries)
	}
	if len(s.tries) > 60 {
		t.Errorf("%d tries in two days", len(s.tries))
	}
	entries, err := os.ReadDir(s.Folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestKeeperRestores makes a backup of a real store while others write, and opens it.
func TestKeeperRestores(t *testing.T) {
	folder := t.TempDir()
	live, err := Open(t.Context(), filepath.Join(folder, "live.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if err := live.SetSetting(t.Context(), "town", "mode", "mention", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	s := newShop(t)
	s.Store = live
	s.pass(time.Hour)
	if err := live.SetSetting(t.Context(), "town", "mode", "auto", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	s.holds("archivist-20261127-040000.db")
	restored := filepath.Join(folder, "restored.db")
	if _, err := Restore(t.Context(), filepath.Join(s.Folder, "archivist-20261127-040000.db"), restored, false); err != nil {
		t.Fatal(err)
	}
	store, err := Open(t.Context(), restored)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if settings, err := store.Settings(t.Context(), "town"); err != nil || settings["mode"] != "mention" {
		t.Errorf("%v, %v", settings, err)
	}
}
