package index

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// reference scores every passage of every document, the plain way. It shares code, gain and IDF with the index, nothing else.
func reference(documents map[int64]Document, q Query, k int) []Hit {
	var lengths [fields]int
	var n [fields]map[string]int
	for f := range fields {
		n[f] = map[string]int{}
	}
	passages := 0
	countOnce := func(f field, terms []string) {
		lengths[f] += len(terms)
		seen := map[string]bool{}
		for _, term := range terms {
			if !seen[term] {
				n[f][term]++
			}
			seen[term] = true
		}
	}
	for _, d := range documents {
		countOnce(inTitle, d.Title)
		countOnce(inArticle, wholeText(d))
		for _, p := range d.Passages {
			countOnce(inPassage, termsOf(p))
			passages++
		}
	}
	of := [fields]int{passages, len(documents), len(documents)}
	var hits []Hit
	for id, d := range documents {
		for i, p := range d.Passages {
			h := Hit{Article: id, Passage: i, Extent: p.Extent, Day: d.Day}
			sums := [fields]*float64{&h.InPassage, &h.InTitle, &h.InArticle}
			for f, terms := range [fields][]string{termsOf(p), d.Title, wholeText(d)} {
				f := field(f)
				seen, place := map[string]bool{}, -1
				for i, term := range q.Terms {
					if !slices.Contains(q.Terms[:i], term) {
						place++
					}
					tf := 0
					for _, other := range terms {
						if other == term {
							tf++
						}
					}
					if tf == 0 || seen[term] {
						continue
					}
					seen[term] = true
					if f == inArticle && q.Weights.Article.Weight > 0 {
						h.Holds |= 1 << place
					}
					bucket := code(tf, len(terms))
					if f == inArticle {
						bucket = articleCode(tf, len(terms))
					}
					btf, length := decodeIn(f, bucket)
					w := q.Weights.of(f)
					*sums[f] += w.Weight * IDF(n[f][term], of[f]) * w.gain(btf, length, float64(lengths[f])/float64(of[f]))
				}
			}
			if h.Score = h.InPassage + h.InTitle + h.InArticle; h.Score > 0 {
				hits = append(hits, h)
			}
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Day, a.Day), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Passage, b.Passage))
	})
	return hits[:min(k, len(hits))]
}

func wholeText(d Document) (terms []string) {
	for _, p := range d.Passages {
		terms = append(terms, termsOf(p)...)
	}
	return terms
}

func randomDocument(chance *rand.Rand) Document {
	word := func() string { return fmt.Sprintf("w%d", int(math.Floor(math.Exp(chance.Float64()*5)))) } // Zipf-like
	d := Document{Day: int32(chance.IntN(3)), Language: []string{"en", "de"}[chance.IntN(2)]}
	if chance.IntN(5) == 0 {
		d.Day = NoDay
	}
	for range chance.IntN(6) {
		d.Title = append(d.Title, word())
	}
	place := 0
	for range chance.IntN(5) {
		p := Passage{Extent: Extent{place, chance.IntN(9), place + chance.IntN(2), 10 + chance.IntN(90)}}
		place = p.Last
		for range chance.IntN(60) {
			p.Tokens = append(p.Tokens, Token{Term: word()})
		}
		d.Passages = append(d.Passages, p)
	}
	return d
}

func randomQuery(chance *rand.Rand) Query {
	q := Query{Weights: []Weights{FirstStage, Plain}[chance.IntN(2)]}
	for range 1 + chance.IntN(8) {
		q.Terms = append(q.Terms, fmt.Sprintf("w%d", chance.IntN(140)))
	}
	return q
}

// TestLikeReference keeps a library of random articles through adds, replacements, removals and merges, in batches of all sizes, and
// wants the reference's hits with its scores, to the last bit, after each.
func TestLikeReference(t *testing.T) {
	for seed := range uint64(30) {
		chance := rand.New(rand.NewPCG(seed, 1))
		documents := map[int64]Document{}
		var history []Change
		s := Empty()
		for step := range 25 {
			var batch []Change
			for range 1 + chance.IntN(1+chance.IntN(40)) {
				id := 1 + chance.Int64N(120)
				if chance.IntN(4) == 0 {
					delete(documents, id)
					batch = append(batch, Change{Kind: Gone, Article: id})
				} else {
					documents[id] = randomDocument(chance)
					batch = append(batch, Change{Add, id, encoded(t, documents[id])})
				}
			}
			history = append(history, batch...)
			if chance.IntN(6) == 0 { // whoever loads now finds a merged history
				history = mergedHistory(t, history, 1<<chance.IntN(20))
				batch, s = history, Empty()
			}
			next, err := s.Apply(batch)
			if err != nil {
				t.Fatal(err)
			}
			s = next
			if len(s.parts) > maxParts {
				t.Fatalf("%d parts", len(s.parts))
			}
			for range 4 {
				q, k := randomQuery(chance), 1+chance.IntN(20)
				got, want := s.Top(q, k, nil), reference(documents, q, k)
				if !slices.EqualFunc(got, want, sameHit) {
					t.Fatalf("seed %d step %d, %v, k %d:\n got %+v\nwant %+v", seed, step, q.Terms, k, got, want)
				}
			}
		}
	}
}

// sameHit wants equal places, and scores equal but for the order in which a reference adds up.
func sameHit(a, b Hit) bool {
	return a.Article == b.Article && a.Passage == b.Passage && a.Extent == b.Extent && a.Day == b.Day && math.Abs(a.Score-b.Score) < 1e-12
}

// mergedHistory merges a random stretch from the beginning on, and keeps what Merge says must stay.
func mergedHistory(t *testing.T, history []Change, limit int) []Change {
	end := len(history) * 3 / 4
	merged, gone, err := Merge(history[:end], limit)
	if err != nil {
		t.Fatal(err)
	}
	var changes []Change
	for _, id := range gone {
		changes = append(changes, Change{Kind: Gone, Article: id})
	}
	for _, segment := range merged {
		entries, err := Inspect(segment)
		if err != nil {
			t.Fatal(err)
		}
		if len(segment) > limit && len(entries) > 1 {
			t.Errorf("a merged segment of %d articles has %d bytes, more than %d", len(entries), len(segment), limit)
		}
		changes = append(changes, Change{Kind: Merged, Bytes: segment})
	}
	return append(changes, history[end:]...)
}
