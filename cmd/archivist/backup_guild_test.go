package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"archivist"
	"archivist/storage/postgres/pgtest"
)

// TestBackupGuild: the backup of a guild is a database with its library alone, from a file or a server, and another bot takes it in with its feeds.
func TestBackupGuild(t *testing.T) {
	folder := t.TempDir()
	first, server := filepath.Join(folder, "first.db"), pgtest.Start(t).Database(t)
	household(t, first)
	if err := opened(t, first).PauseFeed(t.Context(), "guild:2", "https://herald.example/feed", true, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	moving(t, exitDone, "3 libraries moved", "--from", first, "--to", server)
	backup := func(code int, says, database string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		got := run(t.Context(), append([]string{"backup", "--database", database}, args...), streams{in: strings.NewReader(""), out: &out, err: &out}, func(string) string { return "" })
		if got != code || !strings.Contains(out.String(), says) {
			t.Errorf("backup %q ended with %d, want %d and %q:\n%s", args, got, code, says, &out)
		}
	}
	for i, database := range []string{first, server} {
		file := filepath.Join(folder, fmt.Sprintf("guild-%d.db", i))
		backup(exitDone, "MiB, checked", database, "--guild", "2", file)
		backup(exitFailed, "exists; name a new file", database, "--guild", "2", file)
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		theirs := opened(t, file)
		libraries, err := theirs.Libraries(t.Context(), "", 9)
		if err != nil || len(libraries) != 1 || libraries[0].ID != "guild:2" || libraries[0].Articles != lamps-1 {
			t.Errorf("%+v, %v", libraries, err)
		}
		wantFeeds(t, file, "guild:2", "https://herald.example/feed paused", "https://herald.example/street/1/feed")
		other := filepath.Join(folder, fmt.Sprintf("other-%d.db", i))
		moving(t, exitDone, "1 library moved", "--from", first, "--to", other, "--library", "guild:1")
		moving(t, exitDone, "1 library moved", "--from", file, "--to", other, "--library", "guild:2")
		wantFeeds(t, other, "guild:1", "https://herald.example/feed", "https://herald.example/street/0/feed")
		wantFeeds(t, other, "guild:2", "https://herald.example/feed paused", "https://herald.example/street/1/feed")
	}
	// The name is looked at before the library is.
	backup(exitFailed, "exists; name a new file", first, "--guild", "77", filepath.Join(folder, "guild-0.db"))
	backup(exitUsage, `"two" is no guild's id`, first, "--guild", "two", filepath.Join(folder, "x.db"))
	backup(exitUsage, first+" has no library guild:77", first, "--guild", "77", filepath.Join(folder, "x.db"))
	backup(exitUsage, "name yours with --database", filepath.Join(folder, "none.db"), "--guild", "2", filepath.Join(folder, "x.db"))
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasPrefix(name, ".archivist") || strings.HasPrefix(name, "x.db") || strings.HasPrefix(name, "none.db") {
			t.Errorf("%s was left", name)
		}
	}
}

func wantFeeds(t *testing.T, database string, library archivist.LibraryID, want ...string) {
	t.Helper()
	list, err := opened(t, database).Subscriptions(context.Background(), library)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, sub := range list {
		feed := sub.Feed.URL
		if sub.Paused {
			feed += " paused"
		}
		got = append(got, feed)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s of %s subscribes to %q, want %q", library, database, got, want)
	}
}
