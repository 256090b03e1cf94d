package retrieval

import (
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
