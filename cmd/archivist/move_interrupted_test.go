package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/storage"
	"archivist/storage/tables"
)

// moves runs a move, of a library alone where only is not "", whose writing meets each: before rows are put, it is called with their number among all
// puts and their table. It gives the number of puts, what was said, and the exit code.
func moves(t *testing.T, from, to string, only archivist.LibraryID, each func(put int, table string, stop context.CancelFunc)) (puts int, said string, code int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out bytes.Buffer
	m := &move{program: &program{streams: streams{in: strings.NewReader(""), out: &out, err: &out}}, only: only}
	if err := m.open(ctx, from, to); err != nil {
		t.Fatal(err)
	}
	m.put = func(ctx context.Context, table tables.Table, rows [][]any) error {
		puts++
		each(puts, table.Name, stop)
		return m.to.PutRows(ctx, table, rows)
	}
	err := m.run(ctx)
	if err := m.close(); err != nil {
		t.Fatal(err)
	}
	return puts, out.String(), exitCode(ctx, err)
}

// TestMoveInterrupted ends a move at its first put of rows, its second, and so on in steps: what is there then is no database to answer from, until
// the same move has run again.
func TestMoveInterrupted(t *testing.T) {
	for _, kind := range []string{"file", "server"} {
		t.Run(kind, func(t *testing.T) {
			first, second := filepath.Join(t.TempDir(), "first.db"), second(t, kind)
			household(t, first)
			end := 1
			for ; ; end += 1 + end/4 {
				_, said, code := moves(t, first, second, "", func(put int, _ string, stop context.CancelFunc) {
					if put == end {
						stop()
					}
				})
				if code == exitDone {
					break
				}
				if code != exitInterrupted {
					t.Fatalf("ended at put %d with %d: %s", end, code, said)
				}
				var invalid *archivist.Invalid
				_, err := storage.Open(t.Context(), second)
				if !errors.As(err, &invalid) || !strings.Contains(invalid.Text, "run the same move again") {
					t.Fatalf("interrupted at put %d, and opened: %v", end, err)
				}
				if end%4 == 0 {
					// Those that are complete are passed over in the next round: begin anew with one.
					forget(t, second, "guild:1")
				}
			}
			if end < 10 {
				t.Errorf("complete after %d puts", end)
			}
			s := opened(t, second)
			findings, err := s.Check(t.Context(), retrieval.Inspect)
			if err != nil || len(findings) > 0 {
				t.Errorf("%+v, %v", findings, err)
			}
			moving(t, exitDone, "0 libraries moved, 3 were there", "--from", first, "--to", second, "--verify-only")
		})
	}
}

// TestMoveOneInterrupted ends the move of one library at its first put, its second, and so on: the new database is open to the others all the time,
// and has nothing of that one, until it has all of it. A move that was killed before it subscribed to the library's feeds does so when it runs again.
func TestMoveOneInterrupted(t *testing.T) {
	for _, kind := range []string{"file", "server"} {
		t.Run(kind, func(t *testing.T) {
			first, second := filepath.Join(t.TempDir(), "first.db"), second(t, kind)
			household(t, first)
			if err := opened(t, first).PauseFeed(t.Context(), "guild:2", "https://herald.example/feed", true, archivist.Act{}); err != nil {
				t.Fatal(err)
			}
			moving(t, exitDone, "1 library moved", "--from", first, "--to", second, "--library", "guild:1")
			end := 1
			for ; ; end++ {
				_, said, code := moves(t, first, second, "guild:2", func(put int, _ string, stop context.CancelFunc) {
					if put == end {
						stop()
					}
				})
				if code == exitDone {
					break
				}
				if code != exitInterrupted {
					t.Fatalf("ended at put %d with %d: %s", end, code, said)
				}
				wantLibraries(t, second, "guild:1")
			}
			if end < 5 {
				t.Errorf("complete after %d puts", end)
			}
			wantLibraries(t, second, "guild:1", "guild:2")
			feeds := []string{"https://herald.example/feed paused", "https://herald.example/street/1/feed"}
			wantFeeds(t, second, "guild:2", feeds...)
			there := opened(t, second)
			for _, feed := range []string{"https://herald.example/feed", "https://herald.example/street/1/feed"} {
				if err := there.Unsubscribe(t.Context(), "guild:2", feed, archivist.Act{}); err != nil {
					t.Fatal(err)
				}
			}
			moving(t, exitDone, "0 libraries moved, 1 was there", "--from", first, "--to", second, "--library", "guild:2")
			wantFeeds(t, second, "guild:2", feeds...)
		})
	}
}

// TestMoveOneKilled: what a move of one library has left when it was killed is told by doctor, and any other move of the library puts it in order, also
// one from a database in which less has happened to it.
func TestMoveOneKilled(t *testing.T) {
	folder := t.TempDir()
	first, other, second := filepath.Join(folder, "first.db"), filepath.Join(folder, "other.db"), filepath.Join(folder, "second.db")
	household(t, first)
	household(t, other)
	if err := opened(t, first).SaveQuestion(t.Context(), archivist.Asked{Library: "guild:2", Text: "Which?", At: time.Now(), Grade: archivist.GradeAnswer}); err != nil {
		t.Fatal(err)
	}
	moving(t, exitDone, "1 library moved", "--from", first, "--to", second, "--library", "guild:1")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("it was not killed")
			}
		}()
		moves(t, first, second, "guild:2", func(put int, _ string, _ context.CancelFunc) {
			if put == 4 {
				panic("killed")
			}
		})
	}()
	doctor := func(code int, says string) {
		t.Helper()
		var out bytes.Buffer
		got := run(t.Context(), []string{"doctor", "--database", second}, streams{in: strings.NewReader(""), out: &out, err: &out}, noEnvironment)
		if got != code || !strings.Contains(out.String(), says) {
			t.Errorf("doctor ended with %d:\n%s", got, &out)
		}
	}
	doctor(exitFailed, "library guild:2 is half moved")
	moving(t, exitDone, "1 library moved", "--from", other, "--to", second, "--library", "guild:2")
	doctor(exitDone, "is sound")
	wantLibraries(t, second, "guild:1", "guild:2")
}

// wantLibraries opens a database as every command does.
func wantLibraries(t *testing.T, address string, want ...archivist.LibraryID) {
	t.Helper()
	s, err := storage.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	got, err := librariesOf(t.Context(), s)
	if err := errors.Join(err, s.Close()); err != nil || !slices.Equal(got, want) {
		t.Fatalf("there are %v, %v; want %v", got, err, want)
	}
}

// TestMoveHalf: what a move has left is told by what looks at it, and refused by all else.
func TestMoveHalf(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "first.db"), filepath.Join(t.TempDir(), "second.db")
	household(t, first)
	libraries := 0
	halfway := func(_ int, table string, stop context.CancelFunc) {
		if table == "library" {
			if libraries++; libraries == 3 {
				stop()
			}
		}
	}
	if _, said, code := moves(t, first, second, "", halfway); code != exitInterrupted {
		t.Fatal(code, said)
	}
	says := func(code int, want string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of a serve that is not refused
		defer cancel()
		got := run(ctx, append(args, "--database", second), streams{in: strings.NewReader(""), out: &out, err: &out}, func(name string) string {
			return map[string]string{"DISCORD_TOKEN": "none"}[name]
		})
		if got != code || !strings.Contains(out.String(), want) {
			t.Errorf("%v ended with %d, want %d and %q:\n%s", args, got, code, want, &out)
		}
	}
	const half = "the database is half moved: the archivist move into it that began on "
	says(exitFailed, half, "serve")
	says(exitFailed, half, "work")
	says(exitFailed, half, "ask", "--library", "guild:1", "Which lamp was lit in 1903?")
	says(exitFailed, "✗ "+half, "doctor")
	moving(t, exitFailed, "different: "+half, "--from", first, "--to", second, "--verify-only")
	moving(t, exitFailed, "the old database: "+half, "--from", second, "--to", filepath.Join(t.TempDir(), "third.db"))
	// A move of one library does not make all the others complete.
	moving(t, exitDone, "0 libraries moved, 1 was there", "--from", first, "--to", second, "--library", "guild:2")
	says(exitFailed, half, "ask", "--library", "guild:2", "Which lamp was lit in 1903?")
	moving(t, exitDone, "1 library moved, 2 were there", "--from", first, "--to", second)
	says(exitDone, "Lamp number 3", "ask", "--library", "guild:2", "Which lamp was lit in 1903?")
	says(exitDone, "is sound", "doctor")
}

// TestMoveWhileWritten: rows of two moments that do not go together are told, and cost the other libraries nothing.
func TestMoveWhileWritten(t *testing.T) {
	for _, kind := range []string{"file", "server"} {
		t.Run(kind, func(t *testing.T) {
			first, second := filepath.Join(t.TempDir(), "first.db"), second(t, kind)
			household(t, first)
			old := opened(t, first)
			_, said, code := moves(t, first, second, "", func(_ int, table string, _ context.CancelFunc) {
				if table != "article" {
					return
				}
				// Articles of guild:1 have been read, their paragraphs not yet.
				if _, err := retrieval.New(old, retrieval.Options{}).Put(t.Context(), "guild:1", []archivist.Intake{lamp(77, 0)}); err != nil {
					t.Error(err)
				}
			})
			if code != exitPartly || !strings.Contains(said, "different: library guild:1") || strings.Contains(said, "guild:2") || !strings.Contains(said, "2 libraries are moved") {
				t.Errorf("ended with %d: %s", code, said)
			}
			movesTheRest(t, first, second)
			if head, err := opened(t, second).Articles(t.Context(), "guild:1", archivist.Everything, 0, 1); err != nil || len(head) != 1 || head[0].Title != "Lamp 77 is lit" {
				t.Errorf("%+v, %v", head, err)
			}
		})
	}
}

// movesTheRest moves again, after a move that one of three libraries was written to under; until then nobody else can open the new database.
func movesTheRest(t *testing.T, first, second string) {
	t.Helper()
	if _, err := storage.Open(t.Context(), second); err == nil {
		t.Error("the database is open to all, though it is not whole")
	}
	moving(t, exitDone, "1 library moved, 2 were there", "--from", first, "--to", second)
}

// TestMoveWrittenBeforeItAsks: what the old database is told of a library after that has been copied and compared makes other answers, which is
// no error, but a difference.
func TestMoveWrittenBeforeItAsks(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "first.db"), filepath.Join(t.TempDir(), "second.db")
	household(t, first)
	old := opened(t, first)
	libraries := 0
	_, said, code := moves(t, first, second, "", func(_ int, table string, _ context.CancelFunc) {
		if table != "library" {
			return
		}
		if libraries++; libraries != 2 {
			return
		}
		if _, err := retrieval.New(old, retrieval.Options{}).Put(t.Context(), "guild:1", []archivist.Intake{lamp(77, 0)}); err != nil {
			t.Error(err)
		}
	})
	if code != exitPartly || !strings.Contains(said, "different: library guild:1") || strings.Contains(said, "guild:2") || !strings.Contains(said, "3 libraries are moved") {
		t.Errorf("ended with %d: %s", code, said)
	}
	movesTheRest(t, first, second)
}

// TestMoveSharedWritten: what libraries share is compared again at the end.
func TestMoveSharedWritten(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "first.db"), filepath.Join(t.TempDir(), "second.db")
	household(t, first)
	old := opened(t, first)
	_, said, code := moves(t, first, second, "", func(_ int, table string, _ context.CancelFunc) {
		if table != "library" {
			return
		}
		if err := old.SetGuild(t.Context(), "2", time.Time{}); err != nil {
			t.Error(err)
		}
	})
	if code != exitPartly || strings.Count(said, "different: ") != 1 || !strings.Contains(said, "different: table guild") {
		t.Errorf("ended with %d: %s", code, said)
	}
	moving(t, exitDone, "0 libraries moved, 3 were there", "--from", first, "--to", second)
}

// TestMoveFails: what fails for another reason than that the old database was written to ends the move.
func TestMoveFails(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "first.db"), filepath.Join(t.TempDir(), "second.db")
	household(t, first)
	m := &move{program: &program{streams: streams{out: new(bytes.Buffer), err: new(bytes.Buffer)}}}
	if err := m.open(t.Context(), first, second); err != nil {
		t.Fatal(err)
	}
	defer m.close()
	m.put = func(ctx context.Context, table tables.Table, rows [][]any) error {
		if table.Name == "segment" {
			return errors.New("the new database broke")
		}
		return m.to.PutRows(ctx, table, rows)
	}
	if err := m.run(t.Context()); err == nil || !strings.Contains(err.Error(), "library guild:1: table segment: the new database broke") {
		t.Error(err)
	}
}

// forget deletes a library.
func forget(t *testing.T, address string, library archivist.LibraryID) {
	t.Helper()
	s, err := storage.OpenWith(t.Context(), address, storage.Options{HalfMoved: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.DeleteLibrary(t.Context(), library), s.Close()); err != nil {
		t.Fatal(err)
	}
}
