package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"archivist"
	"archivist/storage/postgres/pgtest"

	"github.com/jackc/pgx/v5"
)

// TestMoveRefuses: what only the new database has is told, and never lost without a word.
func TestMoveRefuses(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "first.db"), filepath.Join(t.TempDir(), "second.db")
	household(t, first)
	args := []string{"--from", first, "--to", second}
	verify := append(args, "--verify-only")
	moving(t, exitDone, "3 libraries moved", args...)
	opened := opened(t, second)
	if err := opened.SetSetting(t.Context(), "guild:9", "mode", "links", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	moving(t, exitFailed, "different: library guild:9: only in the new database", verify...)
	moving(t, exitUsage, "library guild:9 and 0 others are only in the new database: add --delete", args...)
	moving(t, exitDone, "0 libraries moved, 1 was there", append(args, "--library", "guild:2")...)
	if _, err := opened.Library(t.Context(), "guild:9"); err != nil {
		t.Fatal(err)
	}
	moving(t, exitDone, "0 libraries moved, 3 were there", append(args, "--delete")...)
	moving(t, exitDone, "0 libraries moved, 3 were there", verify...)
	// A question has been asked of the new one: it would be lost.
	if err := opened.SaveQuestion(t.Context(), archivist.Asked{Library: "guild:3", Text: "Who?", At: time.Now(), Grade: archivist.GradeRefusal}); err != nil {
		t.Fatal(err)
	}
	moving(t, exitFailed, "different: library guild:3: [library question], written to in the new database", verify...)
	moving(t, exitUsage, "library guild:3 was written to in the new database", args...)
	moving(t, exitUsage, "library guild:3 was written to in the new database", append(args, "--library", "guild:3")...)
	if asked, err := opened.Questions(t.Context(), "guild:3", 9); err != nil || len(asked) != 2 {
		t.Errorf("%+v, %v", asked, err)
	}
}

// TestMoveMakesNothing: neither a look alone nor the old database's part in a move makes or changes a file, a folder, a table.
func TestMoveMakesNothing(t *testing.T) {
	folder := t.TempDir()
	first, none := filepath.Join(folder, "first.db"), filepath.Join(folder, "none.db")
	household(t, first)
	older := filepath.Join(folder, "older.db")
	text, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	text[63]-- // the last byte of the number of its schema
	if err := os.WriteFile(older, text, 0o600); err != nil {
		t.Fatal(err)
	}
	holds := func() string {
		t.Helper()
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		list := ""
		for _, entry := range entries {
			text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			list += fmt.Sprintf("%s %d bytes\n", entry.Name(), len(text))
			if entry.Name() == "older.db" {
				list += string(text)
			}
		}
		return list
	}
	before := holds()
	moving(t, exitUsage, "there is no database "+none+"; name yours with --to", "--from", first, "--to", none, "--verify-only")
	moving(t, exitUsage, "there is no database "+none+"; name yours with --from", "--from", none, "--to", first)
	moving(t, exitUsage, "first.db has no library nowhere", "--from", first, "--to", none, "--library", "nowhere")
	moving(t, exitFailed, "older.db has schema", "--from", first, "--to", older, "--verify-only")
	moving(t, exitFailed, "older.db has schema", "--from", older, "--to", none)
	if after := holds(); after != before {
		t.Errorf("there was\n%.300s\nand there is\n%.300s", before, after)
	}
	server := pgtest.Start(t).Database(t)
	moving(t, exitFailed, "holds nothing of Archivist yet", "--from", first, "--to", server, "--verify-only")
	moving(t, exitFailed, "holds nothing of Archivist yet", "--from", server, "--to", none)
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	made := 0
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'`).Scan(&made); err != nil || made != 0 {
		t.Errorf("%d tables were made, %v", made, err)
	}
}

// TestMoveOntoItself: one database under two names loses nothing.
func TestMoveOntoItself(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "first.db"), filepath.Join(folder, "link.db")
	household(t, file)
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	server := pgtest.Start(t).Database(t)
	household(t, server)
	for _, names := range [][2]string{{file, file}, {file, folder + "/./first.db"}, {link, file}, {server, server}, {server, server + "&application_name=again"}} {
		before := opened(t, names[0])
		args := []string{"--from", names[0], "--to", names[1]}
		for _, more := range [][]string{nil, {"--library", "guild:2"}, {"--delete"}} {
			moving(t, exitUsage, "are the same database", append(args, more...)...)
		}
		if names[0] == names[1] { // a look alone cannot write, to find other names
			moving(t, exitUsage, "are the same database", append(args, "--verify-only")...)
		}
		if heads, err := before.Articles(t.Context(), "guild:2", archivist.Everything, 0, 100); err != nil || len(heads) != lamps-1 {
			t.Errorf("%v left %d articles, %v", names, len(heads), err)
		}
		if feeds, err := before.Subscriptions(t.Context(), "guild:2"); err != nil || len(feeds) != 2 {
			t.Errorf("%v left %d feeds, %v", names, len(feeds), err)
		}
		if err := before.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMoveTakesItsTime: an address that gives statements little time gives a move as much as it takes.
func TestMoveTakesItsTime(t *testing.T) {
	t.Parallel() // as it waits, most of its time
	first := filepath.Join(t.TempDir(), "first.db")
	household(t, first)
	server := pgtest.Start(t).Database(t)
	moving(t, exitDone, "3 libraries moved", "--from", first, "--to", server)
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("statement_timeout", "300")
	u.RawQuery = query.Encode()
	hasty := u.String()
	for _, args := range [][]string{{"--from", hasty, "--to", first, "--verify-only"}, {"--from", first, "--to", hasty, "--verify-only"}} {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), `LOCK TABLE paragraph IN ACCESS EXCLUSIVE MODE`); err != nil {
			t.Fatal(err)
		}
		let := make(chan error, 1)
		time.AfterFunc(time.Second, func() { let <- tx.Rollback(t.Context()) })
		moving(t, exitDone, "3 were there", args...)
		if err := <-let; err != nil {
			t.Fatal(err)
		}
	}
}
