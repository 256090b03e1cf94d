package retrieval_test

import (
	"cmp"
	"context"
	"flag"
	"maps"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/bench"
	"archivist/retrieval/eval"
	"archivist/storage/sqlite"
)

var (
	databaseFile  = flag.String("database", "", "ask the main library of this `FILE`, made by archivist ingest")
	questionsFile = flag.String("questions", "", "ask the questions of this `FILE`, as archivist eval reads them")
)

// opened is the store and the questions that the flags name.
func opened(b *testing.B) (*sqlite.Store, []archivist.Question) {
	b.Helper()
	if *databaseFile == "" || *questionsFile == "" {
		b.Skip("needs -database and -questions")
	}
	f, err := os.Open(*questionsFile)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	list, err := eval.ReadQuestions(f)
	if err != nil {
		b.Fatal(err)
	}
	asked := make([]archivist.Question, len(list))
	for i, q := range list {
		day, err := time.Parse(time.DateOnly, cmp.Or(q.Asked, "2026-01-01"))
		if err != nil {
			b.Fatal(err)
		}
		asked[i] = archivist.Question{Library: archivist.DefaultLibrary, Text: q.Text, Asked: day}
	}
	store, err := sqlite.Open(b.Context(), *databaseFile, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	return store, asked
}

// must asks; a question that the Engine finds invalid is an answer too.
func must(b *testing.B, e *retrieval.Engine, q archivist.Question) {
	if _, err := e.Ask(context.Background(), q); err != nil && archivist.CodeOf(err) == archivist.Internal {
		b.Error(err)
	}
}

// BenchmarkAsk asks whole questions, as people do and with the passages that eval wants, and reports the median, the 99th of a hundred,
// processor time, and both again of the least that each question took: with a -benchtime of several turns, such as 8000x, other work on the machine
// lengthens that hardly.
func BenchmarkAsk(b *testing.B) {
	store, questions := opened(b)
	e := retrieval.New(store, retrieval.Options{})
	for _, q := range questions {
		must(b, e, q)
	}
	for name, limit := range map[string]int{"5": 0, "20": archivist.MaxPassages} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var times []time.Duration
			least := map[int]time.Duration{} // by question
			processor := bench.ProcessorTime()
			for b.Loop() {
				n := len(times) % len(questions)
				q := questions[n]
				q.Limit = limit
				began := time.Now()
				must(b, e, q)
				took := time.Since(began)
				times = append(times, took)
				if before, asked := least[n]; !asked || took < before {
					least[n] = took
				}
			}
			b.ReportMetric(float64((bench.ProcessorTime()-processor).Microseconds())/float64(len(times)), "cpu-µs/op")
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
			quiet := slices.Sorted(maps.Values(least))
			b.ReportMetric(float64(quiet[len(quiet)/2].Microseconds()), "least-p50-µs")
			b.ReportMetric(float64(quiet[len(quiet)*99/100].Microseconds()), "least-p99-µs")
		})
	}
	b.Run("parallel", func(b *testing.B) {
		var n atomic.Uint64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				must(b, e, questions[n.Add(1)%uint64(len(questions))])
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "questions/s")
	})
}

// BenchmarkRank ranks what the first stage found for 300 questions: the second stage alone.
func BenchmarkRank(b *testing.B) {
	store, questions := opened(b)
	e := retrieval.New(store, retrieval.Options{})
	var rankings []func()
	for _, q := range questions[:min(len(questions), 300)] {
		ranking, err := e.Ranking(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		rankings = append(rankings, ranking)
	}
	b.ReportAllocs()
	n, processor := 0, bench.ProcessorTime()
	for ; b.Loop(); n++ {
		rankings[n%len(rankings)]()
	}
	b.ReportMetric(float64((bench.ProcessorTime()-processor).Microseconds())/float64(n), "cpu-µs/op")
}

// BenchmarkLoad loads the library from its rows as they stand.
func BenchmarkLoad(b *testing.B) {
	store, _ := opened(b)
	for b.Loop() {
		stats, err := retrieval.New(store, retrieval.Options{}).Stats(b.Context(), archivist.DefaultLibrary)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(stats.Bytes), "B")
		b.ReportMetric(float64(stats.Bytes)/float64(stats.Postings), "B/posting")
	}
}
