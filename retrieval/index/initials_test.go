package index

import (
	"fmt"
	"testing"
)

// TestExpand learns long forms from how they stand before their initials.
func TestExpand(t *testing.T) {
	name := func(term string, j Joint) Token { return Token{Term: term, Marks: Capital.With(j)} }
	who := []Token{{Term: "said"}, name("world", Apart), name("health", Beside), name("organ", Beside), name("who", Broken), {Term: "today"}}
	doj := []Token{name("depart", Broken), name("justic", Linked), name("doj", Broken)}
	cdc := []Token{name("center", Broken), name("diseas", Apart), name("control", Beside), name("prevent", Apart), name("cdc", Broken)}
	s := snapshotOf(t, map[int64]Document{
		1: {Passages: []Passage{{Tokens: who}, {Tokens: doj}, {Tokens: cdc}, {Tokens: who}}},
		2: {Passages: []Passage{{Tokens: doj}, {Tokens: cdc}, {Tokens: []Token{name("wild", Broken), name("hors", Beside), name("own", Beside), name("who", Broken)}}}},
		3: {Passages: []Passage{{Tokens: who}, {Tokens: []Token{name("big", Broken), name("wheel", Beside), name("bw", Broken)}}}},
		4: {Passages: []Passage{{Tokens: []Token{name("national", Broken), {Term: "health"}, name("servic", Beside), name("nhs", Broken)}}}},
		5: {Passages: []Passage{{Tokens: []Token{name("bank", Broken), name("of", Beside), name("time", Beside), name("bot", Beside)}}}},
	})
	for _, test := range []struct{ letters, want string }{
		{"who", "{[world health organ] 2} true"},
		{"doj", "{[depart justic] 2} true"},
		{"cdc", "{[center diseas control prevent] 2} true"},
		{"bw", "{[] 0} false"},  // two letters, one article
		{"nhs", "{[] 0} false"}, // a word without a capital between
		{"bot", "{[] 0} false"}, // no mark before the initials
		{"x", "{[] 0} false"},
		{"abcdefg", "{[] 0} false"},
	} {
		e, ok := s.Expand(test.letters, test.letters)
		if got := fmt.Sprint(e, ok); got != test.want {
			t.Errorf("%s: %s, want %s", test.letters, got, test.want)
		}
	}
	one := snapshotOf(t, map[int64]Document{1: {Passages: []Passage{{Tokens: who}, {Tokens: doj}}}})
	if e, ok := one.Expand("who", "who"); !ok || e.Articles != 1 {
		t.Errorf("exact initials of one article: %v %v", e, ok)
	}
	if e, ok := one.Expand("doj", "doj"); ok {
		t.Errorf("a letter of a stop word, in one article alone: %v", e)
	}
}
