package retrieval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/storage/sqlite"
)

// TestOldIndex: what an older version has indexed is found after an upgrade, and its rows are replaced once.
func TestOldIndex(t *testing.T) {
	store := openStore(t)
	put(t, New(store, Options{}), bridge, ferry, honey)
	rows, err := store.Segments(t.Context(), town, 0)
	if err != nil {
		t.Fatal(err)
	}
	old := make([]archivist.Segment, len(rows.Rows))
	for i, row := range rows.Rows {
		old[i] = archivist.Segment{Seq: row.Seq, Part: row.Part, Kind: row.Kind, Article: row.Article, Bytes: []byte{1, 1, 0}}
	}
	if err := store.ReplaceSegments(t.Context(), town, rows.Rows, old); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a, err := New(store, Options{}).Ask(t.Context(), archivist.Question{Library: town, Text: "What does the ferry have?"})
		if err != nil || len(a.Passages) == 0 || a.Passages[0].Article.Title != "Ferry line 4 returns" {
			t.Fatalf("answer %+v, %v", a, err)
		}
	}
	rows, err = store.Segments(t.Context(), town, 0)
	if err != nil || len(rows.Rows) != 1 || rows.Rows[0].Kind != archivist.SegmentMerged || outdated(rows.Rows[0]) {
		t.Errorf("rows are %+v, %v; want one merged row of this version", rows.Rows, err)
	}
}

// A late store reads articles only after another engine on it has done what it was about to.
type late struct {
	*sqlite.Store
	first *func()
}

func (l late) Articles(ctx context.Context, library archivist.LibraryID, view archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error) {
	if do := *l.first; do != nil {
		*l.first = nil
		do()
	}
	return l.Store.Articles(ctx, library, view, before, n)
}

// TestOldIndexTwice: of two processes that make an index anew at the same time the later one goes on with what the other has made.
func TestOldIndexTwice(t *testing.T) {
	store := openStore(t)
	put(t, New(store, Options{}), bridge, ferry)
	damage(t, store, []byte{1, 1, 0})
	other := New(store, Options{})
	first := func() { ask(t, other, "What does the ferry have?") }
	if a := ask(t, New(late{store, &first}, Options{}), "What does the ferry have?"); len(a.Passages) == 0 || first != nil {
		t.Errorf("the later of two: %+v", a)
	}
}

// damage puts bytes in the place of a library's last segment.
func damage(t *testing.T, store *sqlite.Store, bytes []byte) {
	t.Helper()
	rows, err := store.Segments(t.Context(), town, 0)
	if err != nil {
		t.Fatal(err)
	}
	last := rows.Rows[len(rows.Rows)-1:]
	damaged := last[0]
	damaged.Bytes = bytes
	if err := store.ReplaceSegments(t.Context(), town, last, []archivist.Segment{damaged}); err != nil {
		t.Fatal(err)
	}
}

// sound wants an index of which nothing is broken.
func sound(t *testing.T, store *sqlite.Store) {
	t.Helper()
	if findings, err := store.Check(t.Context(), Inspect); err != nil || len(findings) != 0 {
		t.Errorf("doctor: %+v, %v", findings, err)
	}
}

// TestBrokenSegment: a damaged segment is made anew by the next load, and by a merge that comes upon it.
func TestBrokenSegment(t *testing.T) {
	store := openStore(t)
	put(t, New(store, Options{}), bridge)
	put(t, New(store, Options{}), honey)
	damage(t, store, []byte("damaged"))
	findings, err := store.Check(t.Context(), Inspect)
	if err != nil || len(findings) != 2 { // the segment, and its article
		t.Errorf("doctor of a damaged index: %+v, %v", findings, err)
	}
	for _, f := range findings {
		if !strings.Contains(f.Advice, "archivist ask --library town") {
			t.Errorf("%s: the advice is to %s, which mends nothing", f.Problem, f.Advice)
		}
	}
	if a := ask(t, New(store, Options{}), "Who won the prize at the honey festival?"); len(a.Passages) != 1 {
		t.Errorf("of a damaged segment: %+v", a)
	}
	sound(t, store)

	e := New(store, Options{})
	for i := range mergeRows {
		put(t, e, intake(fmt.Sprint("lamp", i), fmt.Sprint("Lamp ", i), fmt.Sprintf("Lamp number %d stands in street %d.", i, i*7)))
	}
	damage(t, store, []byte("damaged"))
	if err := e.Merge(t.Context(), town); err != nil {
		t.Error(err)
	}
	sound(t, store)
}

// A torn store has lost the text of an article, and counts who reads others.
type torn struct {
	*sqlite.Store
	lost  archivist.ArticleID
	reads *int
}

var errTorn = errors.New("the page of a table is lost")

func (s torn) Article(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error) {
	if id == s.lost {
		return archivist.Article{}, errTorn
	}
	*s.reads++
	return s.Store.Article(ctx, library, id)
}

// TestBrokenForGood: where an index cannot be made anew, the articles of its damaged segments do not answer, the others do. That it cannot is
// found once: later loads read no articles, and later merges do without those segments. It is tried again after mendRest.
func TestBrokenForGood(t *testing.T) {
	store, reads := openStore(t), 0
	put(t, New(store, Options{}), honey)
	damage(t, store, []byte("damaged"))
	rows, err := store.Segments(t.Context(), town, 0)
	if err != nil {
		t.Fatal(err)
	}
	put(t, New(store, Options{}), bridge)
	e := New(torn{store, rows.Rows[0].Article, &reads}, Options{})
	bridges := func() {
		t.Helper()
		if a := ask(t, e, "When was the bridge closed?"); len(a.Passages) != 1 {
			t.Errorf("beside a damaged segment: %+v", a)
		}
	}
	bridges()
	if reads != 1 {
		t.Fatalf("%d articles were read, to find that another one cannot be", reads)
	}
	for i := range mergeRows {
		put(t, e, intake(fmt.Sprint("lamp", i), fmt.Sprint("Lamp ", i), fmt.Sprintf("Lamp number %d stands in street %d.", i, i*7)))
		if err := e.Merge(t.Context(), town); err != nil {
			t.Error(err)
		}
		e.library(town).snapshot.Store(nil) // as if it had left memory
		bridges()
	}
	if reads != 1 {
		t.Errorf("%d articles were read again", reads-1)
	}
	if rows, err = store.Segments(t.Context(), town, 0); err != nil || len(rows.Rows) > 3 || !broken(rows.Rows[0]) {
		t.Errorf("%d segments are left, %v; want the damaged one, and the others merged", len(rows.Rows), err)
	}

	e.corpus = store // the table is whole again
	long := time.Now().Add(-mendRest)
	e.library(town).lost.Store(&long)
	e.library(town).snapshot.Store(nil)
	if a := ask(t, e, "Who won the prize at the honey festival?"); len(a.Passages) != 1 {
		t.Errorf("of a segment that can be mended again: %+v", a)
	}
	sound(t, store)
}
