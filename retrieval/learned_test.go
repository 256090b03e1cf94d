package retrieval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"archivist"
	"archivist/storage/sqlite"
)

// A haunted store knows an article of each learned paragraph that was removed just now.
type haunted struct{ *sqlite.Store }

func (h haunted) SeenIn(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash) ([]archivist.ArticleID, error) {
	ids, err := h.Store.SeenIn(ctx, library, hash)
	return append([]archivist.ArticleID{999}, ids...), err
}

// TestRemovedWhileMarked: an article that goes while others are marked keeps none of them from it, and the list of what was learned is given.
func TestRemovedWhileMarked(t *testing.T) {
	e := New(haunted{openStore(t)}, Options{})
	for n := range 4 {
		in := intake(fmt.Sprint("page-", n), fmt.Sprint("Page number ", n), fmt.Sprintf("The harbour master counted %d boats on that morning, and wrote each name into a book.", 100+n), "The hedgehog fund of our readers pays for two young writers.")
		in.Web = true
		put(t, e, in)
	}
	a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: "What does the hedgehog fund pay for?"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range a.Passages {
		if strings.Contains(p.Text, "hedgehog") {
			t.Errorf("article %d is not marked", p.Article.ID)
		}
	}
	if all, err := e.Learned(t.Context(), town, ""); err != nil || len(all) != 1 {
		t.Errorf("learned %+v, %v", all, err)
	}
}

// TestFurnitureOfASite: what three pages of a site end with is in no passage, of those that were there and of those that come, until somebody
// says that it is none.
func TestFurnitureOfASite(t *testing.T) {
	e := New(openStore(t), Options{})
	const plea = "The hedgehog fund of our readers pays for two young writers."
	page := func(n int) archivist.Intake {
		in := intake(fmt.Sprint("page-", n), fmt.Sprint("Page number ", n),
			fmt.Sprintf("The harbour master counted %d boats on that morning, and wrote each name into a book of its own.", 100+n),
			"His own boat was not among them, since it lay in the yard of the brewery for all of that year, says page "+fmt.Sprint(n), plea)
		in.Web = true
		return in
	}
	found := func(question string) int {
		t.Helper()
		a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: question})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range a.Passages {
			if strings.Contains(p.Text, "hedgehog") {
				n++
			}
		}
		return n
	}
	const about, neighbour = "What does the hedgehog fund pay for?", "Whose boat lay in the yard of the brewery?"
	put(t, e, page(1), page(2))
	if found(about) == 0 || found(neighbour) == 0 {
		t.Fatal("two pages are not enough to learn from")
	}
	put(t, e, page(3))
	put(t, e, page(4))
	for _, question := range []string{about, neighbour} {
		if n := found(question); n != 0 {
			t.Errorf("%s: %d passages have what was learned", question, n)
		}
	}
	all, err := e.Learned(t.Context(), town, "example.com")
	if err != nil || len(all) != 1 || all[0].Text != plea || all[0].Articles != 4 {
		t.Fatalf("learned %+v, %v", all, err)
	}
	if err := e.Keep(t.Context(), town, all[0].Hash, archivist.Act{Actor: "cli", Verb: "paragraph.keep"}); err != nil {
		t.Fatal(err)
	}
	if found(about) == 0 {
		t.Error("what is kept is not found")
	}
}

// A careless store fails to mark, once.
type careless struct {
	*sqlite.Store
	failed bool
}

func (c *careless) MarkArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) (uint64, error) {
	if !c.failed {
		c.failed = true
		return 0, errors.New("the disk is full")
	}
	return c.Store.MarkArticles(ctx, library, puts)
}

// TestMarksAreMadeUp: what a process could not mark any more is marked with the next page of the site, and what is put back has the marks of its day.
func TestMarksAreMadeUp(t *testing.T) {
	e := New(&careless{Store: openStore(t)}, Options{})
	page := func(n int) archivist.Intake {
		in := intake(fmt.Sprint("page-", n), fmt.Sprint("Page number ", n), fmt.Sprintf("The harbour master counted %d boats on that morning, and wrote each name into a book.", 100+n), "The hedgehog fund of our readers pays for two young writers.")
		in.Web = true
		return in
	}
	marked := func(id archivist.ArticleID) bool {
		t.Helper()
		a, err := e.corpus.Article(t.Context(), town, id)
		if err != nil {
			t.Fatal(err)
		}
		return a.Paragraphs[len(a.Paragraphs)-1].Boilerplate
	}
	first := put(t, e, page(1))[0].ID
	put(t, e, page(2))
	put(t, e, page(3))
	if marked(first) {
		t.Fatal("marked, though the store failed")
	}
	removed := put(t, e, page(5))[0].ID // which finds the store well again
	if !marked(first) {
		t.Error("never marked")
	}
	if err := e.Remove(t.Context(), town, removed, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	all, err := e.Learned(t.Context(), town, "")
	if err != nil || len(all) != 1 {
		t.Fatalf("learned %+v, %v", all, err)
	}
	if err := e.Keep(t.Context(), town, all[0].Hash, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if n, err := e.Restore(t.Context(), town, archivist.Pick{Article: removed}, archivist.Act{}); err != nil || n != 1 {
		t.Fatalf("%d are back, %v", n, err)
	}
	if marked(first) || marked(removed) {
		t.Error("what is kept is marked")
	}
}

// A watched store counts how often a site's articles are marked.
type watched struct {
	*sqlite.Store
	marks int
}

func (w *watched) FurnitureMarked(ctx context.Context, library archivist.LibraryID, learned []archivist.Learned) error {
	w.marks++
	return w.Store.FurnitureMarked(ctx, library, learned)
}

// TestMarkedOnceAPut: many pages of one site that come together are marked in one go.
func TestMarkedOnceAPut(t *testing.T) {
	w := &watched{Store: openStore(t)}
	e := New(w, Options{})
	var pages []archivist.Intake
	for n := range 12 {
		in := intake(fmt.Sprint("page-", n), fmt.Sprint("Page number ", n), fmt.Sprintf("The harbour master counted %d boats on that morning, and wrote each name into a book.", 100+n), "The hedgehog fund of our readers pays for two young writers.")
		in.Web = true
		pages = append(pages, in)
	}
	put(t, e, pages...)
	if w.marks != 1 {
		t.Errorf("marked %d times", w.marks)
	}
}
