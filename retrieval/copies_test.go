package retrieval

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

var reported = []string{
	"The stone bridge over the Ebb was closed to all traffic on 4 March after divers found cracks in two of its five piers.",
	"Engineers from the region expect repairs to last until the end of July. Until then, cars must use the motorway bridge upstream.",
	"The bridge was built in 1787 and carried about 3,000 vehicles a day. The divers had come to inspect it after the January flood.",
	"“The bridge is not about to fall,” said the chief engineer. “But nobody should find out with a lorry,” she added on Monday evening.",
}

// TestSameArticle: what a paper adds to an agency's text makes no other article of it; what may be an update or another report does.
func TestSameArticle(t *testing.T) {
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	first := intake("first", "Old stone bridge closes", reported...).Article
	first.Published = day
	if short := intake("short", "Old stone bridge closes", reported[:3]...).Article; printOf(short) != 0 || sameArticle(short, short) {
		t.Error("fewer than 80 words are known by themselves")
	}
	verse := make([]string, 30)
	for i := range verse {
		verse[i] = "O river under the old bridge"
	}
	if printOf(intake("verse", "The river", verse...).Article) != 0 {
		t.Error("lines alone are known by themselves: all such texts would have one print")
	}
	for what, test := range map[string]struct {
		change func(a *archivist.Article, p []string) []string
		want   bool
	}{
		"a headline": {func(a *archivist.Article, p []string) []string { a.Title = "Cracks in old bridge"; return p }, true},
		"an agency's line": {func(_ *archivist.Article, p []string) []string {
			return slices.Concat([]string{"By Ana Ruiz"}, p, []string{"Harbour Press"})
		}, true},
		"a caption": {func(_ *archivist.Article, p []string) []string {
			return slices.Insert(p, 2, "The bridge from the harbour")
		}, true},
		"a dateline":       {func(_ *archivist.Article, p []string) []string { p[0] = "EBBTON (HP) — " + p[0]; return p }, true},
		"another dateline": {func(_ *archivist.Article, p []string) []string { p[0] = "(Harbour Press) " + p[0]; return p }, true},
		"only capitals":    {func(_ *archivist.Article, p []string) []string { p[0] = "HP – " + p[0]; return p }, true},
		"other quotes": {func(_ *archivist.Article, p []string) []string {
			p[3] = strings.NewReplacer("“", `"`, "”", `"`).Replace(p[3])
			return p
		}, true},
		"six days":   {func(a *archivist.Article, p []string) []string { a.Published = day.AddDate(0, 0, -6); return p }, true},
		"no day":     {func(a *archivist.Article, p []string) []string { a.Published = time.Time{}; return p }, true},
		"eight days": {func(a *archivist.Article, p []string) []string { a.Published = day.AddDate(0, 0, 8); return p }, false},
		"a number": {func(_ *archivist.Article, p []string) []string {
			p[2] = strings.Replace(p[2], "3,000", "4,000", 1)
			return p
		}, false},
		"a word": {func(_ *archivist.Article, p []string) []string {
			p[3] = strings.Replace(p[3], "not about", "now about", 1)
			return p
		}, false},
		"a sentence":         {func(_ *archivist.Article, p []string) []string { return append(p, "It fell on Tuesday.") }, false},
		"a line with a time": {func(_ *archivist.Article, p []string) []string { return append(p, "Last look at 5:02 pm") }, false},
		"a paragraph": {func(_ *archivist.Article, p []string) []string {
			return append(p, "Divers will go down again in May when the water is warm")
		}, false},
		"a paragraph less":       {func(_ *archivist.Article, p []string) []string { return p[:3] }, false},
		"a denial":               {func(_ *archivist.Article, p []string) []string { p[3] = "It is not true that " + p[3]; return p }, false},
		"a denial as a dateline": {func(_ *archivist.Article, p []string) []string { p[3] = "This is false. (HP) " + p[3]; return p }, false},
		"the sum of lines": {func(_ *archivist.Article, p []string) []string {
			return slices.Concat(p, strings.Split(strings.Repeat("a line of its own here\n", 4)+"and one", "\n"))
		}, false},
	} {
		other := intake("other", first.Title).Article
		other.Published = day
		for _, p := range test.change(&other, slices.Clone(reported)) {
			other.Paragraphs = append(other.Paragraphs, archivist.Paragraph{Text: p})
		}
		if got, back := sameArticle(first, other), sameArticle(other, first); got != test.want || back != got {
			t.Errorf("%s: %t and %t", what, got, back)
		}
		if test.want && printOf(first) != printOf(other) {
			t.Errorf("%s: a copy has another print", what)
		}
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{{"98 dead", "82 dead", false}, {"98 dead", "Many dead", true}, {"5 of 7", "7 of 5", true}} {
		if got := sameNumbers(test.a, test.b); got != test.want {
			t.Errorf("headlines %q and %q: %t", test.a, test.b, got)
		}
	}
}

// TestCopies: a copy is a link of the first, from the same Put or a later one; what is one no more is an article of its own.
func TestCopies(t *testing.T) {
	e := New(openStore(t), Options{})
	named := func(host, title string, paragraphs ...string) archivist.Intake {
		in := intake(host, title, paragraphs...)
		in.Article.URL, in.Article.Key = "https://"+host+"/bridge", host+"/bridge"
		return in
	}
	agency := named("agency.example", "Old stone bridge closes", reported...)
	paper := named("paper.example", "Cracks in old bridge", append(slices.Clone(reported), "Harbour Press")...)
	later := named("later.example", "No more lorries", append([]string{"By Ana Ruiz"}, reported...)...)
	stored := put(t, e, agency, paper, honey)
	if stored[0].Outcome != archivist.Added || stored[1].Outcome != archivist.Duplicate || stored[1].ID != stored[0].ID || stored[2].Outcome != archivist.Added {
		t.Fatalf("stored %+v", stored)
	}
	for range 2 {
		if again := put(t, e, later)[0]; again.Outcome != archivist.Duplicate || again.ID != stored[0].ID {
			t.Fatalf("a later copy: %+v", again)
		}
	}
	if a := ask(t, e, "When was the stone bridge over the Ebb closed?"); len(a.Passages) == 0 || a.Passages[0].Article.URL != agency.Article.URL || len(a.Passages[0].Also) != 0 {
		t.Errorf("asked: %+v", a.Passages)
	}
	changed := named("paper.example", "Cracks in old bridge", append(slices.Clone(reported), "The bridge fell on Tuesday night, and nobody was hurt.")...)
	own := put(t, e, changed)[0]
	if own.Outcome != archivist.Added || own.ID == stored[0].ID {
		t.Errorf("a copy that has become another text: %+v", own)
	}
	if first := put(t, e, agency)[0]; first.Outcome != archivist.Unchanged || first.ID != stored[0].ID {
		t.Errorf("the first: %+v", first)
	}
	// What anybody may write leads nothing, but may follow.
	file := intake("file", "Old stone bridge closes", append(slices.Clone(reported), "Written by nobody")...)
	file.Article.URL, file.Article.Key = "file:bridge.txt", "file:bridge.txt"
	if followed := put(t, e, file)[0]; followed.Outcome != archivist.Duplicate || followed.ID != stored[0].ID {
		t.Errorf("a file: %+v", followed)
	}
	other := New(openStore(t), Options{})
	if led := put(t, other, file, agency); led[1].Outcome != archivist.Added {
		t.Errorf("behind a file: %+v", led)
	}
}

// A meanwhileCorpus has another process store something between the look for copies and the put.
type meanwhileCorpus struct {
	Corpus
	meanwhile func()
}

func (c *meanwhileCorpus) PutArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) ([]archivist.Stored, error) {
	if c.meanwhile != nil {
		meanwhile := c.meanwhile
		c.meanwhile = nil
		meanwhile()
	}
	return c.Corpus.PutArticles(ctx, library, puts)
}

// TestCopiesOfTwoProcesses: of a text that two processes store at the same time, under two headlines, one is the article and the other its copy.
func TestCopiesOfTwoProcesses(t *testing.T) {
	store := openStore(t)
	other := New(store, Options{})
	corpus := &meanwhileCorpus{Corpus: store, meanwhile: func() { put(t, other, intake("first", "Old stone bridge closes", reported...)) }}
	e := New(corpus, Options{})
	stored := put(t, e, intake("alone", "Another matter", "It rained."), intake("second", "Cracks in old bridge", reported...))
	if stored[0].Outcome != archivist.Added || stored[1].Outcome != archivist.Duplicate {
		t.Errorf("stored %+v", stored)
	}
	library, err := store.Library(t.Context(), town)
	if err != nil || library.Articles != 2 {
		t.Errorf("the library has %+v, %v", library, err)
	}
}
