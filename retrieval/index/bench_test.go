package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// corpus makes articles of ten passages of 60 terms from a Zipf-like vocabulary, always the same for a size.
func corpus(b *testing.B, passages int) []Change {
	chance := rand.New(rand.NewPCG(7, uint64(passages)))
	word := func() string { return fmt.Sprintf("w%d", int(math.Exp(chance.Float64()*11.5))) }
	var changes []Change
	for id := range passages / 10 {
		d := Document{Day: int32(id), Language: "en"}
		for range 6 {
			d.Title = append(d.Title, word())
		}
		for p := range 10 {
			passage := Passage{Extent: Extent{p, 0, p, 400}}
			for range 60 {
				passage.Tokens = append(passage.Tokens, Token{Term: word()})
			}
			d.Passages = append(d.Passages, passage)
		}
		changes = append(changes, Change{Add, int64(id + 1), encoded(b, d)})
	}
	return changes
}

var sizes = []int{1e3, 1e4, 1e5}

func BenchmarkTop(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, err := Empty().Apply(corpus(b, size))
			if err != nil {
				b.Fatal(err)
			}
			chance := rand.New(rand.NewPCG(1, 1))
			var queries []Query
			for range 100 {
				q := Query{Weights: FirstStage}
				for range 10 {
					q.Terms = append(q.Terms, fmt.Sprintf("w%d", int(math.Exp(2+chance.Float64()*9))))
				}
				queries = append(queries, q)
			}
			postings, n := 0, 0
			for b.Loop() {
				q := queries[n%len(queries)]
				n++
				s.Top(q, 150, nil)
				for _, term := range q.Terms {
					for f := range fields {
						postings += s.df(f, term)
					}
				}
			}
			b.ReportMetric(float64(postings)/float64(n), "postings/op")
			stats := s.Stats()
			b.ReportMetric(float64(stats.Bytes)/float64(stats.Postings), "B/posting")
		})
	}
}

func BenchmarkApply(b *testing.B) {
	for _, size := range sizes {
		changes := corpus(b, size)
		b.Run(fmt.Sprintf("all/%d", size), func(b *testing.B) {
			for b.Loop() {
				if _, err := Empty().Apply(changes); err != nil {
					b.Fatal(err)
				}
			}
		})
		full, err := Empty().Apply(changes)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("one/%d", size), func(b *testing.B) {
			for b.Loop() {
				if _, err := full.Apply([]Change{{Add, 1 << 40, changes[0].Bytes}}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("replace/%d", size), func(b *testing.B) {
			for b.Loop() {
				if _, err := full.Apply([]Change{{Add, 5, changes[0].Bytes}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
