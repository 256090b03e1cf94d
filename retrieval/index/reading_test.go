package index

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestReadingLooksAround compares what a reading says of a hit's article and of the passages beside it with the documents themselves, in
// snapshots of several parts from which articles have left. The same memory serves one reading after another.
func TestReadingLooksAround(t *testing.T) {
	for seed := range uint64(20) {
		chance := rand.New(rand.NewPCG(seed, 11))
		documents, s := map[int64]Document{}, Empty()
		for range 6 {
			var batch []Change
			for range 1 + chance.IntN(80) {
				id := 1 + chance.Int64N(200)
				documents[id] = randomDocument(chance)
				batch = append(batch, Change{Add, id, encoded(t, documents[id])})
			}
			var err error
			if s, err = s.Apply(batch); err != nil {
				t.Fatal(err)
			}
		}
		for range 10 {
			q := randomQuery(chance)
			hits := s.Top(q, 1+chance.IntN(60), nil)
			asked := []string{"unheard"}
			for _, term := range q.Terms {
				if !slices.Contains(asked, term) {
					asked = append(asked, term)
				}
			}
			r := s.Read(hits, asked)
			for i, h := range hits {
				passages := documents[h.Article].Passages
				has := func(passage int, term string) bool {
					return passage >= 0 && passage < len(passages) && slices.Contains(termsOf(passages[passage]), term)
				}
				for number, term := range asked {
					if got, want := r.InArticle(i, number), slices.Contains(wholeText(documents[h.Article]), term); got != want {
						t.Fatalf("seed %d, article %d, %q: in the article is %v", seed, h.Article, term, got)
					}
					if got, want := slices.Contains(r.Beside(i), number), has(h.Passage-1, term) || has(h.Passage+1, term); got != want {
						t.Fatalf("seed %d, article %d, passage %d, %q: beside is %v", seed, h.Article, h.Passage, term, got)
					}
				}
			}
			r.Release()
		}
	}
}
