package index

import (
	"fmt"
	"testing"
)

func TestPhrase(t *testing.T) {
	joined := func(j Joint, term string) Token { return Token{Term: term, Marks: Marks(0).With(j)} }
	s := snapshotOf(t, map[int64]Document{
		7: {Title: []string{"ferri", "line", "4"}, Passages: []Passage{
			{Tokens: []Token{joined(Broken, "old"), joined(Beside, "town"), joined(Linked, "kiel")}},
			{Tokens: []Token{joined(Broken, "old"), joined(Beside, "old"), joined(Beside, "town"), joined(Broken, "kiel")}},
		}},
		9: {Passages: []Passage{{Tokens: []Token{joined(Broken, "town"), joined(Apart, "old"), joined(Broken, "town")}}}},
	})
	for _, test := range []struct {
		tokens []Token
		want   string
	}{
		{[]Token{joined(Broken, "old"), joined(Beside, "town")}, "map[7:[0 1]]"},
		{[]Token{joined(Broken, "town"), joined(Linked, "kiel")}, "map[7:[0]]"},
		{[]Token{joined(Broken, "town"), joined(Beside, "old")}, "map[]"}, // stop words stand between them
		{[]Token{joined(Broken, "town"), joined(Apart, "old")}, "map[9:[0]]"},
		{[]Token{joined(Broken, "kiel")}, "map[7:[0 1]]"},
		{[]Token{joined(Broken, "old"), joined(Beside, "unknown")}, "map[]"},
		{nil, "map[]"},
	} {
		if got := fmt.Sprint(s.Phrase(test.tokens)); got != test.want {
			t.Errorf("Phrase(%v) = %s, want %s", test.tokens, got, test.want)
		}
	}
	for _, test := range []struct {
		article int64
		terms   []string
		want    bool
	}{
		{7, []string{"line"}, true},
		{7, []string{"ferri", "line"}, true},
		{7, []string{"line", "ferri"}, false},
		{7, []string{"old"}, false},
		{9, []string{"ferri"}, false},
		{8, []string{"ferri"}, false},
		{7, []string{"ferri", "line", "4", "x"}, false},
	} {
		if got := s.TitleHas(test.article, test.terms); got != test.want {
			t.Errorf("TitleHas(%d, %v) = %v", test.article, test.terms, got)
		}
	}
	gone, err := s.Apply([]Change{{Kind: Gone, Article: 7}})
	if err != nil {
		t.Fatal(err)
	}
	if len(gone.Phrase([]Token{joined(Broken, "kiel")})) != 0 || gone.TitleHas(7, []string{"line"}) {
		t.Error("an article that has left is found")
	}
}
