package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"archivist/retrieval/bench/synthetic"
)

// spell is a term of the benchmarks and tests by its number.
func spell(word uint32) string { return fmt.Sprintf("w%d", word) }

// corpus is a library of about so many passages as changes.
func corpus(b *testing.B, size int) (changes []Change) {
	news := synthetic.NewNewsroom(uint64(size))
	for count := 0; count < size; {
		title, passages := news.Words()
		d := Document{Day: int32(len(changes)), Language: "en"}
		for _, word := range title {
			d.Title = append(d.Title, spell(word))
		}
		for i, words := range passages {
			p := Passage{Extent: Extent{i, 0, i, 400}}
			for _, word := range words {
				p.Tokens = append(p.Tokens, Token{Term: spell(word)})
			}
			d.Passages = append(d.Passages, p)
		}
		count += len(passages)
		changes = append(changes, Change{Add, int64(len(changes) + 1), encoded(b, d)})
	}
	return changes
}

// largeSnapshot is a library of about so many passages in one part. It goes round the segments, which would take minutes at a million.
func largeSnapshot(t testing.TB, size int) *Snapshot {
	news, b := synthetic.NewNewsroom(uint64(size)), newChunk(4)
	for word := range uint32(synthetic.Vocabulary) {
		b.number([]byte(spell(word)))
	}
	for b.passages() < size {
		title, passages := news.Words()
		b.article(int64(b.articles()+1), int32(b.articles()/8), "en", title)
		for i, words := range passages {
			for j := range words {
				words[j] <<= 8
			}
			b.passage(Extent{i, 0, i, 400}, words)
		}
		b.close()
	}
	p := inverted(t, b)
	s := &Snapshot{parts: []view{{part: p}}}
	s.stats = p.totals()
	return s
}

// questions are ten different words each, drawn from one article.
func (s *Snapshot) questions(count int, w Weights) (queries []Query) {
	chance := rand.New(rand.NewPCG(1, 1))
	v := s.parts[0]
	for len(queries) < count {
		a := chance.IntN(v.articles())
		var words []uint32
		for passage := v.firsts[a]; passage < v.firsts[a+1]; passage++ {
			words = append(words, v.text(nil, passage)...)
		}
		q := Query{Weights: w}
		for tries := 0; len(q.Terms) < 10 && tries < 99; tries++ {
			if term := string(v.terms.term(words[chance.IntN(len(words))] >> 8)); !slices.Contains(q.Terms, term) {
				q.Terms = append(q.Terms, term)
			}
		}
		queries = append(queries, q)
	}
	return queries
}

// BenchmarkTop reports the median and the 99th of a hundred in microseconds, over different questions, and the postings of passages and
// of articles that one reads.
func BenchmarkTop(b *testing.B) {
	for _, size := range []int{25e3, 100e3, 212e3, 424e3, 1e6} {
		var s *Snapshot
		for _, stage := range []struct {
			name string
			Weights
		}{{"passage", Plain}, {"three", FirstStage}} {
			b.Run(fmt.Sprintf("%s/%d", stage.name, size), func(b *testing.B) {
				if s == nil {
					s = largeSnapshot(b, size)
				}
				queries := s.questions(500, stage.Weights)
				var postings [fields]int
				for _, q := range queries {
					for _, term := range q.Terms {
						for f := range fields {
							postings[f] += s.df(f, term)
						}
					}
				}
				var times []time.Duration
				b.ReportAllocs()
				for b.Loop() {
					q := queries[len(times)%len(queries)]
					start := time.Now()
					s.Top(q, 150, nil)
					times = append(times, time.Since(start))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-µs")
				b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds())/1e3, "p99-µs")
				b.ReportMetric(float64(postings[inPassage])/float64(len(queries)), "postings/op")
				b.ReportMetric(float64(postings[inArticle])/float64(len(queries)), "article-postings/op")
			})
		}
	}
}

// BenchmarkLoad makes the index of a library of so many articles from its segments: one an article, and merged as the background leaves them.
func BenchmarkLoad(b *testing.B) {
	for _, articles := range []int{100, 1000} {
		single := corpus(b, articles*20)
		single = single[:min(articles, len(single))]
		segments, _, err := Merge(single, 1<<20)
		if err != nil {
			b.Fatal(err)
		}
		var merged []Change
		for _, segment := range segments {
			merged = append(merged, Change{Kind: Merged, Bytes: segment})
		}
		for _, stored := range []struct {
			name    string
			changes []Change
		}{{"single", single}, {"merged", merged}} {
			b.Run(fmt.Sprintf("%s/%d", stored.name, articles), func(b *testing.B) {
				var s *Snapshot
				b.ReportAllocs()
				for b.Loop() {
					if s, err = Empty().Apply(stored.changes); err != nil {
						b.Fatal(err)
					}
				}
				stats := s.Stats()
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(stats.Postings), "ns/posting")
				b.ReportMetric(float64(stats.Bytes)/float64(stats.Postings), "B/posting")
			})
		}
	}
}

func BenchmarkApply(b *testing.B) {
	for _, size := range []int{1e3, 1e4, 1e5} {
		changes := corpus(b, size)
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

// BenchmarkNear looks a mistyped word up among the terms of made-up news.
func BenchmarkNear(b *testing.B) {
	terms := make([]string, 110_000)
	for i := range terms {
		terms[i] = fmt.Sprintf("%c%x%c", 'a'+i%26, i*2654435761%(1<<28), 'a'+i/26%26)
	}
	s := snapshotOf(b, map[int64]Document{1: {Passages: []Passage{{Tokens: plain(terms...)}}}})
	for _, edits := range []int{1, 2} {
		b.Run(fmt.Sprint(edits, " edits"), func(b *testing.B) {
			for b.Loop() {
				s.Near("qzzzzzzzz", edits)
			}
		})
	}
}
