package retrieval

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/rank"
)

// TestWordsOfAShownPassage: what is taken from the index and what is analysed anew are together the words of the whole as it is analysed at once,
// in passages with and without a sentence that the index has nothing of.
func TestWordsOfAShownPassage(t *testing.T) {
	words := strings.Repeat(" word", 40)
	for _, middle := range []string{"Noor opened the bridge. Ships passed in 1911.", "Noor opened the bridge. It is. Ships passed in 1911.", "It is."} {
		a := archivist.Article{Head: archivist.Head{Title: "Bridge", Language: "en"}, Paragraphs: []archivist.Paragraph{
			{Text: "Fog lay on the town" + words + ". Bells rang."}, {Text: middle}, {Text: "The mayor left. Rain fell" + words + "."},
		}}
		b, err := index.Encode(document(a))
		if err != nil {
			t.Fatal(err)
		}
		s, err := index.Empty().Apply([]index.Change{{Article: 1, Bytes: b}})
		if err != nil {
			t.Fatal(err)
		}
		terms := []string{"bridg", "rain", "fog"}
		hits := s.Top(index.Query{Terms: terms, Weights: index.FirstStage}, 9, nil)
		if len(hits) < 2 {
			t.Fatalf("%d hits", len(hits))
		}
		list, near := rank.Rank(rank.Question{Text: "Who?", Words: []rank.Word{{Terms: terms, IDF: 1}}, Mass: 1}, hits, s)
		for _, c := range list {
			paragraphs := map[int]archivist.Paragraph{}
			for i, p := range a.Paragraphs {
				paragraphs[i] = p
			}
			article := &reading{a.Head, answer.NewText(paragraphs, "en")}
			shown, ok := answer.Widen(article.text, c.Extent.First, c.Extent.Start, c.Extent.Last, c.Extent.End)
			if !ok {
				t.Fatal("a passage is not there")
			}
			got, ends := article.words(c, shown, near)
			want, wantEnds := article.analysed(nil, nil, shown, 0, len(shown.Sentences), near)
			sameTerm := func(a, b index.Word) bool { return a.Term() == b.Term() }
			if !slices.EqualFunc(got, want, sameTerm) || !slices.Equal(ends, wantEnds) {
				t.Errorf("%q: %d words that end at %v, want %d at %v", shown.Text, len(got), ends, len(want), wantEnds)
			}
		}
		near.Release()
	}
}

// TestWhereAPassageStands: a passage's paragraphs, from its start on, are its text, also where that begins in the middle of a paragraph.
func TestWhereAPassageStands(t *testing.T) {
	var long []string
	for i := range 30 {
		long = append(long, fmt.Sprintf("The harbour board heard report %d of the dredging on that day.", i))
	}
	long[20] = "Only then did the lighthouse keeper Ola Brandt ask for a new lamp."
	tale := intake("tale", "A long day at the harbour board", strings.Join(long, " "), "The board adjourned at noon.")
	e := New(openStore(t), Options{})
	put(t, e, bridge, ferry, honey, tale)
	within := 0
	for _, question := range []string{"What did Ola Brandt ask for?", "When did the board adjourn?", "When will ferry line 4 run again?", "Where did the prize of the honey festival go?"} {
		for _, p := range ask(t, e, question).Passages {
			var own []string
			for _, in := range []archivist.Intake{bridge, ferry, honey, tale} {
				if in.Article.Title == p.Article.Title {
					for _, paragraph := range in.Article.Paragraphs[p.First : p.Last+1] {
						own = append(own, paragraph.Text)
					}
				}
			}
			if got := strings.Join(own, "\n")[p.Start:]; !strings.HasPrefix(got, p.Text) {
				t.Errorf("%s: byte %d of paragraphs %d to %d is\n%q, not\n%q", question, p.Start, p.First, p.Last, got, p.Text)
			}
			if p.Start > 0 {
				within++
			}
		}
	}
	if within == 0 {
		t.Error("no passage begins within a paragraph")
	}
}
