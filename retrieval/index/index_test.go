package index

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plain are terms as tokens without marks.
func plain(terms ...string) []Token {
	tokens := make([]Token, len(terms))
	for i, term := range terms {
		tokens[i].Term = term
	}
	return tokens
}

func termsOf(p Passage) []string {
	terms := make([]string, len(p.Tokens))
	for i, token := range p.Tokens {
		terms[i] = token.Term
	}
	return terms
}

func near(a, b float64) bool { return math.Abs(a-b) < 5e-5 }

// TestByHand holds each formula to values worked out on paper.
func TestByHand(t *testing.T) {
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"IDF(10, 100) = ln(1 + 90.5/10.5)", IDF(10, 100), 2.2637},
		{"IDF(90, 100) = ln(1 + 10.5/90.5): a common word weighs little", IDF(90, 100), .1098},
		{"IDF(0, 1) = ln(1 + 1.5/.5)", IDF(0, 1), 1.3863},
		{"IDF(1, 1) = ln(1 + .5/1.5)", IDF(1, 1), .2877},
		{"gain: 2 / (2 + .9 (1 - .4 + .4 · 30/20))", BM25{K1: .9, B: .4}.gain(2, 30, 20), .6494},
		{"gain at the mean length: 1 / (1 + .6)", BM25{K1: .6, B: .2}.gain(1, 20, 20), .625},
		{"gain without lengths: 3 / (3 + .6)", BM25{K1: .6}.gain(3, 99, 20), .8333},
	} {
		if !near(test.got, test.want) {
			t.Errorf("%s: %.4f, want %.4f", test.name, test.got, test.want)
		}
	}
}

// TestScoreByHand scores two passages of one article on paper. Lengths fall into buckets of two: 4 stays 4.
//
//	passage 0: bridge bridge river town      N = 2 passages, mean length 4
//	passage 1: ferry river town town         title: bridge town; one article, one title
//
// "bridge": n = 1 of 2, idf = ln(1 + 1.5/1.5) = .6931; tf 2: 2 / (2 + .6 (1 - .2 + .2 · 4/4)) = .7692; .6931 · .7692 = .5332.
// title: idf(1, 1) = .2877; 1 / (1 + .9) = .5263; · .3 = .0454.
// article: idf .2877; tf 2, length 8 falls into the bucket of 16, mean 8: 2 / (2 + .9 (.6 + .4 · 16/8)) = .6135; · .6 = .1059.
func TestScoreByHand(t *testing.T) {
	s := snapshotOf(t, map[int64]Document{7: {
		Day: 3, Title: []string{"bridge", "town"},
		Passages: []Passage{
			{Extent{0, 0, 0, 9}, plain([]string{"bridge", "bridge", "river", "town"}...)},
			{Extent{1, 0, 2, 5}, plain([]string{"ferry", "river", "town", "town"}...)},
		},
	}})
	q := Query{Terms: []string{"bridge", "unknown", "bridge"}, Weights: FirstStage}
	hits := s.Top(q, 10, nil)
	if len(hits) != 2 {
		t.Fatalf("%d hits, want both passages: the second one shares title and article", len(hits))
	}
	h := hits[0]
	if h.Article != 7 || h.Passage != 0 || h.Day != 3 || h.Extent != (Extent{0, 0, 0, 9}) {
		t.Errorf("hit is %+v", h)
	}
	if !near(h.InPassage, .5332) || !near(h.InTitle, .0454) || !near(h.InArticle, .1059) || h.Score != h.InPassage+h.InTitle+h.InArticle {
		t.Errorf("passage %.4f title %.4f article %.4f score %.4f", h.InPassage, h.InTitle, h.InArticle, h.Score)
	}
	if hits[1].InPassage != 0 || !near(hits[1].Score, .0454+.1059) {
		t.Errorf("the other passage scores %.4f", hits[1].Score)
	}
}

func snapshotOf(t testing.TB, documents map[int64]Document) *Snapshot {
	var changes []Change
	for _, id := range sortedKeys(documents) {
		changes = append(changes, Change{Add, id, encoded(t, documents[id])})
	}
	s, err := Empty().Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func encoded(t testing.TB, d Document) []byte {
	segment, err := Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	return segment
}

func sortedKeys(m map[int64]Document) []int64 {
	var keys []int64
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestAllowAndTies(t *testing.T) {
	same := func(day int32) Document {
		return Document{Day: day, Passages: []Passage{{Tokens: plain([]string{"x", "y"}...)}, {Extent{1, 0, 1, 3}, plain([]string{"x", "y"}...)}}}
	}
	s := snapshotOf(t, map[int64]Document{1: same(5), 2: same(9), 3: same(NoDay), 4: same(9)})
	var order []string
	for _, h := range s.Top(Query{Terms: []string{"x"}, Weights: Plain}, 99, func(id int64) bool { return id != 4 }) {
		order = append(order, fmt.Sprintf("%d.%d", h.Article, h.Passage))
	}
	if want := []string{"2.0", "2.1", "1.0", "1.1", "3.0", "3.1"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if hits := s.Top(Query{Weights: Plain}, 9, nil); hits != nil {
		t.Errorf("no terms give %v", hits)
	}
	if hits := s.Top(Query{Terms: []string{"z"}, Weights: Plain}, 9, nil); hits != nil {
		t.Errorf("an unknown term gives %v", hits)
	}
}

// TestManyTerms wants the rarest 64 of many terms to count, in time.
func TestManyTerms(t *testing.T) {
	var all []string
	for i := range 100 {
		all = append(all, fmt.Sprintf("t%02d", i))
	}
	s := snapshotOf(t, map[int64]Document{
		1: {Passages: []Passage{{Tokens: plain(all...)}}}, 2: {Passages: []Passage{{Tokens: plain(all[:50]...)}}},
	})
	var l lookup
	l.prepare(s, Query{Terms: all, Weights: Plain})
	if n := len(l.terms); n != maxQueryTerms {
		t.Errorf("%d terms count, want %d", n, maxQueryTerms)
	}
	if terms := l.terms; terms[len(terms)-1].term != "t99" || terms[0].term != "t00" {
		t.Errorf("kept %s … %s", terms[0].term, terms[len(terms)-1].term)
	}
}

// TestExplainAddsUp wants the terms of a field to add up to the hit's share of it, to the last bit.
func TestExplainAddsUp(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 3))
	documents := map[int64]Document{}
	for id := range int64(50) {
		documents[id+1] = randomDocument(chance)
	}
	s := snapshotOf(t, documents)
	for range 50 {
		q := randomQuery(chance)
		for _, h := range s.Top(q, 5, nil) {
			sums := map[string]float64{}
			for _, score := range s.explain(q, h) {
				sums[score.Field] += score.Value
			}
			if sums["passage"] != h.InPassage || sums["title"] != h.InTitle || sums["article"] != h.InArticle {
				t.Fatalf("%v: %v does not add up to %+v", q.Terms, sums, h)
			}
		}
	}
}

// TestFormat holds the stored form: its first byte, and the refusal of any other.
func TestFormat(t *testing.T) {
	segment := encoded(t, Document{Day: 1, Language: "en", Title: []string{"b"}, Passages: []Passage{{Extent{0, 0, 1, 4}, plain([]string{"a", "b", "a"}...)}}})
	want := []byte{3, 1, 0, 2, 0, 1, 'a', 0, 1, 'b', 11, 2, 2, 'e', 'n', 1, 1, 0, 0, 1, 4, 3, 2, 1, 0, 4, 0, 0, 1, 2, 3, 0, 0, 0}
	if !slices.Equal(segment, want) {
		t.Errorf("segment is\n%v, want\n%v; a change of format needs a new first byte", segment, want)
	}
	for _, first := range []byte{0, 1, 2, 4, 255} {
		other := slices.Clone(segment)
		other[0] = first
		if _, err := Empty().Apply([]Change{{Add, 1, other}}); !errors.Is(err, ErrFormat) {
			t.Errorf("format %d: %v, want ErrFormat", first, err)
		}
	}
	for cut := range segment {
		if _, err := Inspect(segment[:cut]); !errors.Is(err, ErrFormat) {
			t.Errorf("cut at %d: %v, want ErrFormat", cut, err)
		}
	}
}

func TestStats(t *testing.T) {
	s := snapshotOf(t, map[int64]Document{
		1: {Language: "en", Title: []string{"a"}, Passages: []Passage{{Tokens: plain([]string{"a", "b"}...)}, {Tokens: plain([]string{"b"}...)}}},
		2: {Language: "de", Passages: []Passage{{Tokens: plain([]string{"b", "c"}...)}}},
	})
	if stats := s.Stats(); stats.Articles != 2 || stats.Passages != 3 || stats.Terms != 3 || stats.Postings != 5+1+4 || stats.Bytes == 0 {
		t.Errorf("stats %+v", stats)
	}
	if s.DF("b") != 3 || s.DF("x") != 0 || s.IDF("b") != IDF(3, 3) || s.IDF("x") != IDF(0, 3) {
		t.Errorf("DF(b) %d, IDF(b) %f", s.DF("b"), s.IDF("b"))
	}
	if languages := s.Languages(); len(languages) != 2 || languages["en"] != 1 {
		t.Errorf("languages %v", languages)
	}
	if s, _ = s.Apply([]Change{{Kind: Gone, Article: 1}, {Kind: Gone, Article: 9}}); s.Stats().Passages != 1 || s.DF("b") != 1 {
		t.Errorf("after a removal: %+v, DF(b) %d", s.Stats(), s.DF("b"))
	}
}

// FuzzSegment wants an error or a segment, never a panic, and nothing allocated that the bytes do not pay for.
func FuzzSegment(f *testing.F) {
	chance := rand.New(rand.NewPCG(1, 2))
	f.Add(encoded(f, randomDocument(chance)))
	merged, _, err := Merge([]Change{{Add, 1, encoded(f, randomDocument(chance))}, {Add, 2, encoded(f, randomDocument(chance))}}, 1<<20)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(merged[0])
	f.Add([]byte{1, 255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, segment []byte) {
		entries, err := Inspect(segment)
		s, applyErr := Empty().Apply([]Change{{Kind: Merged, Bytes: segment}})
		if (err == nil) != (applyErr == nil) {
			t.Fatalf("Inspect says %v, Apply %v", err, applyErr)
		}
		if err == nil && len(entries) > 0 {
			s.Top(Query{Terms: []string{"w1", "w2"}, Weights: FirstStage}, 10, nil)
		}
	})
}
