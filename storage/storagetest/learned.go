package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"archivist"
)

// learned: a paragraph at the end of three pages of a host under different titles is furniture, but for copies, quotes and files, and where
// it is on fewer than one page in fifty. Marks are stored with their segments; what is kept stays kept.
func learned(t *testing.T, s Store) {
	const plea = "The hedgehog fund pays for our work."
	page := func(name, title string, own string, kind archivist.Kind) archivist.Put {
		p := put(name, own+" stands here, and much more than that, in words enough to be another text.")
		p.Web, p.Article.Title = true, title
		p.Article.Paragraphs = append(p.Article.Paragraphs, archivist.Paragraph{Kind: kind, Text: plea})
		return p
	}
	hash := archivist.HashParagraph("example.com", plea)
	stored := func(p archivist.Put) archivist.Stored { return must(t, s, town, archivist.Added, p)[0] }

	file := page("file", "A file", "What a file says", archivist.KindParagraph)
	file.Web = false
	stored(file)
	stored(page("quote", "A quote", "What a quote says", archivist.KindQuote))
	first := stored(page("1", "One", "What the first says", archivist.KindParagraph))
	stored(page("2", "Two", "What the second says", archivist.KindParagraph))
	if again := stored(page("2b", "Two", "What the third has as another text", archivist.KindParagraph)); again.Unmarked {
		t.Error("learned from two pages of one title")
	}
	if elsewhere, err := s.PutArticles(t.Context(), "elsewhere", []archivist.Put{page("3", "Three", "x", archivist.KindParagraph)}); err != nil || elsewhere[0].Unmarked {
		t.Errorf("another library: %+v, %v", elsewhere, err)
	}
	if third := stored(page("3", "Three", "What the fourth says", archivist.KindParagraph)); !third.Unmarked {
		t.Error("not learned from three pages")
	}
	all, err := s.Learned(t.Context(), town, "")
	if err != nil || len(all) != 1 || all[0].Hash != hash || all[0].Host != "example.com" || all[0].Articles != 4 || all[0].Kept {
		t.Fatalf("learned %+v, %v", all, err)
	}
	if none, err := s.Learned(t.Context(), town, "example.org"); err != nil || len(none) != 0 {
		t.Errorf("of another host: %+v, %v", none, err)
	}
	ids, err := s.SeenIn(t.Context(), town, hash)
	if err != nil || len(ids) != 4 || ids[0] != first.ID {
		t.Errorf("seen in %v, %v", ids, err)
	}

	a, err := s.Article(t.Context(), town, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	before := version(t, s, town)
	a.Paragraphs[2].Boilerplate = true
	stale := archivist.Put{Intake: archivist.Intake{Article: archivist.Article{Head: archivist.Head{ID: ids[1]}}}, Segment: []byte("stale")}
	v, err := s.MarkArticles(t.Context(), town, []archivist.Put{{Intake: archivist.Intake{Article: a}, Segment: []byte("marked")}, stale})
	if err != nil || v != before+1 || version(t, s, town) != v {
		t.Errorf("marked: version %d after %d, %v", v, before, err)
	}
	if b, err := s.Article(t.Context(), town, first.ID); err != nil || !b.Paragraphs[2].Boilerplate || b.Paragraphs[1].Boilerplate || b.Paragraphs[2].Kind != archivist.KindParagraph {
		t.Errorf("marked: %+v, %v", b.Paragraphs, err)
	}
	segments, err := s.Segments(t.Context(), town, before)
	if err != nil || len(segments.Rows) != 1 || string(segments.Rows[0].Bytes) != "marked" {
		t.Errorf("segments %+v, %v", segments, err)
	}
	unmarked := func(put archivist.Put, want bool, when string) archivist.ArticleID {
		t.Helper()
		done := stored(put)
		if done.Unmarked != want {
			t.Errorf("%s a page tells that marks are to be made: %v", when, done.Unmarked)
		}
		return done.ID
	}
	marked := func() {
		t.Helper()
		if err := s.FurnitureMarked(t.Context(), town, all); err != nil {
			t.Fatal(err)
		}
	}
	unmarked(page("3b", "Three and a half", "What another says", archivist.KindParagraph), true, "as nobody has said that they are made,")
	marked()
	inside := page("inside", "Inside", "What stands above", archivist.KindParagraph)
	inside.Article.Paragraphs[2].Boilerplate = true
	for n := range 20 {
		inside.Article.Paragraphs = append(inside.Article.Paragraphs, archivist.Paragraph{Text: fmt.Sprint("Paragraph below, number ", n)})
	}
	for n := range 5 {
		inside.Article.Paragraphs = append([]archivist.Paragraph{{Text: fmt.Sprint("Paragraph above, number ", n)}}, inside.Article.Paragraphs...)
	}
	id := unmarked(inside, false, "when they are made,")
	if ids, err := s.SeenIn(t.Context(), town, hash); err != nil || !slices.Contains(ids, id) {
		t.Errorf("an article with it in its middle is not found by it: %v, %v", ids, err)
	}
	unmarked(page("late", "Late", "What was on its way meanwhile", archivist.KindParagraph), true, "as it was made ready before,")
	marked()
	if err := s.KeepParagraph(t.Context(), town, hash, archivist.Act{Actor: "cli", Verb: "paragraph.keep"}); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepParagraph(t.Context(), town, 1, archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("a paragraph that was not learned: %v", err)
	}
	marked() // by what was known before
	unmarked(page("4", "Four", "What the fifth says", archivist.KindParagraph), true, "as one is kept,")
	all[0].Kept = true
	marked()
	unmarked(page("5", "Five", "What the sixth says", archivist.KindParagraph), false, "as it is not learned anew,")
	if all, err := s.Learned(t.Context(), town, "example.com"); err != nil || len(all) != 1 || !all[0].Kept || all[0].Articles != 9 {
		t.Errorf("kept: %+v, %v", all, err)
	}

	copies := func(name string) archivist.Put {
		p := page("copy-"+name, "Copy "+name, "Syndicated text", archivist.KindParagraph)
		p.Article.Paragraphs[2].Text = "This last line is the same in all copies."
		p.Article.Paragraphs[0].Text = name
		copy(p.Hash[:], "copy "+name)
		return p
	}
	for i := range 4 {
		if stored(copies(fmt.Sprint(i))).Unmarked {
			t.Error("learned from copies of one text")
		}
	}
}
