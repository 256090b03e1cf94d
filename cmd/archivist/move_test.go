package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/storage"
	"archivist/storage/postgres/pgtest"
	"archivist/storage/tables"
)

// moving runs archivist move, and wants an exit code and what it says.
func moving(t *testing.T, code int, says string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	got := run(t.Context(), append([]string{"move"}, args...), streams{in: strings.NewReader(""), out: &out, err: &out}, func(string) string { return "" })
	if got != code || !strings.Contains(out.String(), says) {
		t.Errorf("move %q ended with %d, want %d and %q:\n%s", args, got, code, says, &out)
	}
}

// lamp is an article.
func lamp(n, street int) archivist.Intake {
	text := fmt.Sprintf("Lamp number %d of street %d was lit in %d. It stands where the old mill burned down.", n, street, 1900+n)
	in := archivist.Intake{Article: archivist.Article{
		Head: archivist.Head{
			URL: fmt.Sprintf("https://herald.example/%d", n), Key: fmt.Sprintf("herald.example/%d", n), Title: fmt.Sprintf("Lamp %d is lit", n),
			Language: "en", Published: time.UnixMilli(1_700_000_000_000),
		},
		Paragraphs: []archivist.Paragraph{{Text: text}},
	}}
	copy(in.Hash[:], text)
	return in
}

// lamps are the articles of each library of a household, of which one is removed.
const lamps = 12

// nextJob is the number of the next job of a household.
const nextJob = 7

// opened is a database for the time of a test.
func opened(t *testing.T, address string) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// household fills a database with something in every part: articles in several libraries, a removed one, a private one, a job, a feed, questions.
func household(t *testing.T, address string) {
	t.Helper()
	s, err := storage.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() // a server has connections for few tests
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000)
	e := retrieval.New(s, retrieval.Options{})
	for l := range 3 {
		library := archivist.LibraryID(fmt.Sprintf("guild:%d", l+1))
		for n := range lamps {
			_, err := e.Put(ctx, library, []archivist.Intake{lamp(n, l)})
			must(err)
		}
		must(e.Merge(ctx, library))
		_, err = s.RemoveArticles(ctx, library, []archivist.ArticleID{3}, archivist.Act{Actor: "7", Verb: "remove"})
		must(err)
		must(s.SetSetting(ctx, library, "mode", "links", archivist.Act{}))
		must(s.SaveQuestion(ctx, archivist.Asked{Library: library, Person: "p", Text: "When?", At: now, Grade: archivist.GradeAnswer, Confidence: .1 + .2}))
		for _, feed := range []string{"https://herald.example/feed", fmt.Sprintf("https://herald.example/street/%d/feed", l)} {
			_, err := s.Subscribe(ctx, archivist.Subscription{Library: library, Feed: archivist.Feed{URL: feed}, Channel: "9", Added: now}, 9)
			must(err)
			_, _, err = s.SavePoll(ctx, feed, archivist.Feed{URL: feed, State: archivist.FeedActive, Due: now, Good: now, Polled: now}, []archivist.FeedItem{{Key: "herald.example/1", URL: "https://herald.example/1", Title: "Lamps"}}, 9)
			must(err)
		}
		_, err = s.Enqueue(ctx, archivist.Job{Library: library, Kind: archivist.JobPage, URL: "https://herald.example/new", Key: "herald.example/new", Due: now, Created: now})
		must(err)
	}
	must(s.SetGuild(ctx, "1", time.Time{}))
}

// second is an empty database of a kind, for the time of a test.
func second(t *testing.T, kind string) string {
	t.Helper()
	if kind == "server" {
		return pgtest.Start(t).Database(t)
	}
	return filepath.Join(t.TempDir(), "second.db")
}

// TestMove takes a database to another one, of either kind, and back, and finds what was changed.
func TestMove(t *testing.T) {
	for _, kind := range []string{"file", "server"} {
		t.Run(kind, func(t *testing.T) {
			first, last, second := filepath.Join(t.TempDir(), "first.db"), filepath.Join(t.TempDir(), "last.db"), second(t, kind)
			household(t, first)
			before, err := os.ReadFile(first)
			if err != nil {
				t.Fatal(err)
			}
			moving(t, exitDone, "1 library moved, 0 were there", "--from", first, "--to", second, "--library", "guild:2")
			moving(t, exitDone, "0 libraries moved, 1 was there", "--from", first, "--to", second, "--library", "guild:2", "--verify-only")
			moving(t, exitFailed, "different: library guild:1", "--from", first, "--to", second, "--verify-only")
			moving(t, exitDone, "3 libraries moved, 0 were there; all rows are the same, and 20 questions", "--from", first, "--to", second)
			moving(t, exitDone, "0 libraries moved, 3 were there", "--from", first, "--to", second, "--verify-only")
			if after, err := os.ReadFile(first); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the old file was written: %v", err)
			}
			damage(t, second, "guild:3")
			moving(t, exitFailed, "different: library guild:3: [paragraph]", "--from", first, "--to", second, "--verify-only")
			moving(t, exitDone, "1 library moved, 2 were there", "--from", first, "--to", second)
			moving(t, exitDone, "3 libraries moved", "--from", second, "--to", last)
			moving(t, exitDone, "0 libraries moved, 3 were there", "--from", first, "--to", last, "--verify-only")
			// The new database goes on where the old one was: numbers are not given twice.
			job, err := opened(t, second).Enqueue(t.Context(), archivist.Job{Library: "guild:1", Kind: archivist.JobPage, URL: "https://x.example/", Key: "x.example/", Due: time.Now(), Created: time.Now()})
			if err != nil || job.ID != nextJob {
				t.Errorf("the next job is %+v, %v", job, err)
			}
		})
	}
	moving(t, exitUsage, "two databases", "--from", "x.db")
	moving(t, exitUsage, "there is no database", "--from", filepath.Join(t.TempDir(), "none.db"), "--to", filepath.Join(t.TempDir(), "x.db"))
	moving(t, exitUsage, "--delete goes with all", "--from", "x.db", "--to", "y.db", "--library", "town", "--delete")
}

// TestMoveAgain: a second move takes what was written, removed, subscribed to and ended in the old database since the first, and what it shares with
// libraries that are the same stays.
func TestMoveAgain(t *testing.T) {
	for _, kind := range []string{"file", "server"} {
		t.Run(kind, func(t *testing.T) {
			first, second := filepath.Join(t.TempDir(), "first.db"), second(t, kind)
			household(t, first)
			moving(t, exitDone, "3 libraries moved", "--from", first, "--to", second)
			old := opened(t, first)
			must := func(_ any, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000)
			must(retrieval.New(old, retrieval.Options{}).Put(ctx, "guild:1", []archivist.Intake{lamp(77, 0)}))
			must(old.RemoveArticles(ctx, "guild:1", []archivist.ArticleID{5}, archivist.Act{Actor: "7", Verb: "remove"}))
			must(nil, old.Unsubscribe(ctx, "guild:2", "https://herald.example/street/1/feed", archivist.Act{}))
			must(old.Subscribe(ctx, archivist.Subscription{Library: "guild:2", Feed: archivist.Feed{URL: "https://herald.example/street/0/feed"}, Added: now}, 9))
			must(nil, old.SetGuild(ctx, "2", time.Time{}))
			moving(t, exitDone, "2 libraries moved, 1 was there", "--from", first, "--to", second)
			moving(t, exitDone, "0 libraries moved, 3 were there", "--from", first, "--to", second, "--verify-only")
			moving(t, exitDone, "0 libraries moved, 3 were there", "--from", first, "--to", second)
			for _, library := range []archivist.LibraryID{"guild:1", "guild:2", "guild:3"} {
				if feeds, err := opened(t, second).Subscriptions(ctx, library); err != nil || len(feeds) != 2 || feeds[0].Feed.Items != 1 || feeds[1].Feed.Items != 1 {
					t.Errorf("%s subscribes to %+v, %v", library, feeds, err)
				}
			}
		})
	}
}

// damage changes one paragraph of a library.
func damage(t *testing.T, address string, library archivist.LibraryID) {
	t.Helper()
	s, err := storage.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, table := range tables.Tables {
		if table.Name != "paragraph" {
			continue
		}
		var one [][]any
		if err := s.Rows(t.Context(), table, library, func(row []any) error { one = [][]any{row}; return nil }); err != nil {
			t.Fatal(err)
		}
		one[0][4] = "somebody else's words"
		if err := s.PutRows(context.Background(), table, one); err != nil {
			t.Fatal(err)
		}
	}
}
