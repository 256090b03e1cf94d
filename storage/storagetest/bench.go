package storagetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist"
)

// Bench takes the times of an engine that people feel: of putting articles, one or 250 with a transaction; of reading 20 passages with the version;
// of loading a library of 1,000 articles; of claiming a job. open gives an empty store, closed by the benchmark's end. Articles are as long as
// news are: 40 paragraphs of 35 words, a segment of 3 KB.
func Bench(b *testing.B, open func(b *testing.B) Store) {
	for _, size := range []int{1, 250} {
		b.Run(fmt.Sprintf("put=%d", size), func(b *testing.B) {
			s, n := open(b), 0
			for b.Loop() {
				fill(b, s, n, size)
				n += size
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
		})
	}
	b.Run("passages", func(b *testing.B) {
		s := open(b)
		for i := range 8 {
			fill(b, s, 250*i, 250)
		}
		n := 0
		for b.Loop() {
			var ranges []archivist.Range
			for i := range 20 {
				n++
				ranges = append(ranges, archivist.Range{Article: archivist.ArticleID(n*997%2000 + 1), First: i, Last: i + 3})
			}
			texts, err := s.Passages(b.Context(), town, ranges)
			if err != nil || len(texts.Heads) != 20 || texts.Version != 8 {
				b.Fatalf("%d heads of version %d, %v", len(texts.Heads), texts.Version, err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		s := open(b)
		for i := range 4 {
			fill(b, s, 250*i, 250)
		}
		for b.Loop() {
			segments, err := s.Segments(b.Context(), town, 0)
			if err != nil || len(segments.Rows) != 1000 {
				b.Fatalf("%d segments, %v", len(segments.Rows), err)
			}
		}
	})
	b.Run("claim", func(b *testing.B) {
		s, now := open(b), time.Now()
		for n := 0; b.Loop(); n++ {
			b.StopTimer()
			if _, err := s.Enqueue(b.Context(), newJob(fmt.Sprint(n), now)); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			job, found, err := s.Claim(b.Context(), "bench", now, now.Add(time.Minute))
			if err != nil || !found {
				b.Fatal(found, err)
			}
			b.StopTimer()
			if err := s.Finish(b.Context(), job.ID, "bench"); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

// fill puts articles in one transaction.
func fill(b *testing.B, s Store, first, n int) {
	b.Helper()
	words, segment := strings.Repeat("word ", 35), []byte(strings.Repeat("segment ", 384))
	var puts []archivist.Put
	for i := range n {
		p := put(fmt.Sprint("article-", first+i), fmt.Sprint("text ", first+i))
		for range 38 {
			p.Article.Paragraphs = append(p.Article.Paragraphs, archivist.Paragraph{Text: words})
		}
		p.Segment = segment
		puts = append(puts, p)
	}
	if _, err := s.PutArticles(b.Context(), town, puts); err != nil {
		b.Fatal(err)
	}
}
