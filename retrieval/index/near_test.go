package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	s := snapshotOf(t, map[int64]Document{
		1: {Passages: []Passage{{Tokens: plain("bridg", "bridg", "ferri", "мост", "harbour")}, {Tokens: plain("ridg", "bridg")}}},
		2: {Passages: []Passage{{Tokens: plain("ridg", "fridg", "ridg")}, {Tokens: plain("ridg")}}},
	})
	for _, test := range []struct {
		word  string
		edits int
		want  string
	}{
		{"brdg", 1, "[{bridg 2 1}]"},                         // a letter left out
		{"bridgg", 1, "[{bridg 2 1}]"},                       // one too many
		{"brudg", 1, "[{bridg 2 1}]"},                        // another one
		{"birdg", 1, "[{bridg 2 1}]"},                        // two swapped
		{"cridg", 1, "[{ridg 3 1} {bridg 2 1} {fridg 1 1}]"}, // by frequency
		{"frirg", 1, "[{fridg 1 1}]"},
		{"bidg", 1, "[{bridg 2 1} {ridg 3 1}]"}, // the same first letter before the more frequent
		{"масt", 1, "[]"},
		{"масю", 2, "[{мост 1 2}]"},
		{"мотс", 1, "[{мост 1 1}]"},
		{"мозт", 1, "[{мост 1 1}]"},
		{"ост", 1, "[{мост 1 1}]"},
		{"hrabuor", 1, "[]"},
		{"hrabuor", 2, "[{harbour 1 2}]"},
		{"hrabuour", 2, "[{harbour 1 2}]"},
		{"harbour", 2, "[]"}, // itself is none, and nothing else is near
		{"unknown", 2, "[]"},
	} {
		if got := fmt.Sprint(s.Near(test.word, test.edits)); got != test.want {
			t.Errorf("Near(%q, %d) = %s, want %s", test.word, test.edits, got, test.want)
		}
	}
	without, err := s.Apply([]Change{{Kind: Gone, Article: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(without.Near("bidg", 1)); got != "[{ridg 2 1}]" {
		t.Errorf("after its article has left: %s", got)
	}
	if !snapshotOf(t, map[int64]Document{1: {Title: []string{"mole"}}}).InTitles([]string{"x", "mole"}) || s.InTitles([]string{"bridg"}) {
		t.Error("InTitles looks elsewhere")
	}
}

// distance is the slow twin: optimal string alignment by the whole table.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			default:
				cost := 1
				if x[i-1] == y[j-1] {
					cost = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
				if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(x)][len(y)]
}

// TestNearAgrees holds the quick looks at one and two edits to the whole table, over words of letters of one to four bytes.
func TestNearAgrees(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 9))
	letters := []rune("abж中𐍈")
	word := func() string {
		runes := make([]rune, 1+chance.IntN(7))
		for i := range runes {
			runes[i] = letters[chance.IntN(len(letters))]
		}
		return string(runes)
	}
	counts := [3]int{}
	for range 200_000 {
		a, b := word(), word()
		want := distance(a, b)
		if got := oneEdit([]byte(a), []byte(b)); got != (want == 1) {
			t.Fatalf("oneEdit(%q, %q) = %v at distance %d", a, b, got, want)
		}
		sameFirst := []rune(a)[0] == []rune(b)[0]
		if got := newTwoEdits(a).within(nil, []byte(b)); got != (want == 2 && sameFirst) {
			t.Fatalf("within(%q, %q) = %v at distance %d", a, b, got, want)
		}
		counts[min(want, 3)-min(want, 3)/3]++
	}
	if slices.Contains(counts[:], 0) {
		t.Errorf("distances met: %v", counts)
	}
}
