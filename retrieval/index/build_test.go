package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAssemble makes parts of random articles, in chunks and buckets of all numbers, and compares postings, usage and words with what counting in
// the documents gives. One article has a word more often than a run in a bucket can tell.
func TestAssemble(t *testing.T) {
	for seed := range uint64(40) {
		chance := rand.New(rand.NewPCG(seed, 21))
		var documents []Document
		for range chance.IntN(60) {
			d := randomDocument(chance)
			for _, p := range d.Passages {
				for i := range p.Tokens {
					p.Tokens[i].Marks = Marks(chance.IntN(256))
				}
			}
			documents = append(documents, d)
		}
		often := make([]Token, 300)
		for i := range often {
			often[i] = Token{"w1", Inside | Capital | Placed | Person}
		}
		documents = append(documents, Document{Passages: []Passage{
			{Tokens: often}, {Extent{0, 70_000, 1, elsewhere - 1}, often[:2]}, {Extent{elsewhere, 0, elsewhere, elsewhere}, nil}, {Extent: Extent{elsewhere, 0, elsewhere, 9}},
		}})

		buckets := 1 << chance.IntN(8)
		var chunks []*chunk
		for rest, first := documents, int64(1); len(rest) > 0; {
			n := 1 + chance.IntN(len(rest))
			var sources []source
			for i, d := range rest[:n] {
				sources = append(sources, source{encoded(t, d), first + int64(i), func(int64) bool { return true }})
			}
			c, err := read(sources, buckets)
			if err != nil {
				t.Fatal(err)
			}
			chunks, rest, first = append(chunks, c), rest[n:], first+int64(n)
		}
		p, err := assemble(chunks)
		if err != nil {
			t.Fatal(err)
		}
		comparePart(t, p, documents)
		if t.Failed() {
			t.Fatalf("seed %d: %d chunks, %d buckets", seed, len(chunks), buckets)
		}
	}
}

// comparePart counts in documents, whose ids are 1, 2 and so on, what a part must have.
func comparePart(t *testing.T, p *part, documents []Document) {
	t.Helper()
	var postings [fields]map[string][]uint32
	for f := range fields {
		postings[f] = map[string][]uint32{}
	}
	add := func(f field, ordinal int, terms []string) {
		counts := map[string]int{}
		for _, term := range terms {
			counts[term]++
		}
		for term, tf := range counts {
			postings[f][term] = append(postings[f][term], uint32(ordinal)<<8|codeIn(f, tf, len(terms)))
		}
	}
	usage := map[string]Usage{}
	passage := 0
	for i, d := range documents {
		if p.ids[i] != int64(i+1) || p.days[i] != d.Day || p.languageNames[p.languages[i]] != d.Language || p.byID[int64(i+1)] != uint32(i) {
			t.Errorf("article %d is %d of day %d", i+1, p.ids[i], p.days[i])
		}
		add(inTitle, i, d.Title)
		add(inArticle, i, wholeText(d))
		if got := p.spellTerms(p.title(uint32(i)), 0); !slices.Equal(got, d.Title) {
			t.Errorf("title of article %d is %q, want %q", i+1, got, d.Title)
		}
		for _, one := range d.Passages {
			add(inPassage, passage, termsOf(one))
			for _, token := range one.Tokens {
				u := usage[token.Term]
				u.count(token.Marks)
				usage[token.Term] = u
			}
			text := p.text(nil, uint32(passage))
			if got := p.spellTerms(text, 8); !slices.Equal(got, termsOf(one)) || p.owner[passage] != uint32(i) || p.extent(uint32(passage)) != one.Extent {
				t.Errorf("passage %d of article %d at %v is %q, want %q", passage, p.owner[passage], p.extent(uint32(passage)), got, termsOf(one))
			}
			for j, token := range one.Tokens {
				if Marks(text[j]) != token.Marks {
					t.Errorf("marks of token %d of passage %d are %x, want %x", j, passage, Marks(text[j]), token.Marks)
				}
			}
			passage++
		}
	}
	if p.articles() != len(documents) || p.passages() != passage {
		t.Errorf("%d articles and %d passages, want %d and %d", p.articles(), p.passages(), len(documents), passage)
	}
	for f := range fields {
		total := 0
		for term, want := range postings[f] {
			total += len(want)
			number, ok := p.terms.find([]byte(term))
			if !ok || !slices.Equal(p.list(f, number), want) {
				t.Errorf("postings of %q in field %d differ", term, f)
				return
			}
			if p.usage[number] != usage[term] || p.forms[number] != formOf([]byte(term)) {
				t.Errorf("usage of %q is %v, want %v", term, p.usage[number], usage[term])
			}
		}
		if total != len(p.postings[f]) {
			t.Errorf("%d postings in field %d, want %d", len(p.postings[f]), f, total)
		}
	}
}

// spellTerms are the terms whose numbers stand above shift bits of words.
func (p *part) spellTerms(words []uint32, shift int) (terms []string) {
	for _, w := range words {
		terms = append(terms, string(p.terms.term(w>>shift)))
	}
	return terms
}

// TestLongNumbers reads back an article whose terms and their places need numbers of one, two and three bytes, and of which some have no code
// of their own; and asks for those.
func TestLongNumbers(t *testing.T) {
	chance := rand.New(rand.NewPCG(5, 21))
	var tokens []Token
	for i := range 70_000 {
		tokens = append(tokens, Token{fmt.Sprintf("w%d", i), Marks(i)}, Token{fmt.Sprintf("w%d", chance.IntN(i+1)), Marks(chance.IntN(256))})
	}
	d := Document{Title: []string{"w1", "title", "w39999"}}
	for len(tokens) > 0 {
		n := min(1+chance.IntN(100), len(tokens))
		d.Passages = append(d.Passages, Passage{Tokens: tokens[:n]})
		tokens = tokens[n:]
	}
	p, err := build([]source{{encoded(t, d), 1, func(int64) bool { return true }}})
	if err != nil {
		t.Fatal(err)
	}
	comparePart(t, p, []Document{d})

	s := recounted(&Snapshot{parts: []view{{part: p}}})
	other, err := build([]source{{encoded(t, Document{Passages: []Passage{{Tokens: plain("title", "elsewhere")}}}), 2, func(int64) bool { return true }}})
	if err != nil {
		t.Fatal(err)
	}
	s = recounted(&Snapshot{parts: []view{joined(s.parts[0]), {part: other}}})
	p = s.parts[0].part
	for range 50 {
		q := Query{Terms: []string{string(p.terms.term(rare % 1024)), "elsewhere"}, Weights: FirstStage} // the filter cannot tell this one from a rare one
		for range chance.IntN(7) {
			q.Terms = append(q.Terms, string(p.terms.term(uint32(rare-3+chance.IntN(6)))), string(p.terms.term(uint32(chance.IntN(p.terms.len())))))
		}
		if got, want := s.Top(q, 40, nil), everything(s, q, 40, nil); !slices.Equal(got, want) {
			t.Fatalf("%q: hits differ at %d", q.Terms, difference(got, want))
		}
	}
}

func TestDivide(t *testing.T) {
	sources := make([]source, 10)
	for i := range sources {
		sources[i] = source{segment: make([]byte, 100), article: int64(i)}
	}
	sources[2].segment = make([]byte, 700)
	for _, test := range []struct{ size, runs int }{{1, 10}, {100, 10}, {500, 3}, {900, 2}, {1600, 1}, {1 << 20, 1}} {
		runs := divide(sources, test.size)
		if len(runs) != test.runs {
			t.Errorf("%d runs of %d bytes, want %d", len(runs), test.size, test.runs)
		}
		if all := slices.Concat(runs...); !slices.EqualFunc(all, sources, func(a, b source) bool { return a.article == b.article }) {
			t.Errorf("runs of %d bytes are not the sources in order", test.size)
		}
	}
}

func codeIn(f field, tf, length int) uint32 {
	if f == inArticle {
		return articleCode(tf, length)
	}
	return code(tf, length)
}
