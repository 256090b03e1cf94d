package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval/bench/synthetic"
	"archivist/storage"
)

// build makes a library in a store of its own.
func build(t testing.TB, articles Articles) *Library {
	store, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "bench.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	brought := 0
	l, took, err := Build(t.Context(), store, "bench", articles, func(n int) { brought += n })
	if err != nil || brought == 0 || took <= 0 {
		t.Fatalf("%v; %d articles in %v", err, brought, took)
	}
	return l
}

// small is a library of a few made-up articles, with questions.
func small(t *testing.T) (*Library, []archivist.Question) {
	l := build(t, corpus(40))
	if l.Failed() == nil {
		t.Error("what is no article has not failed")
	}
	questions := []archivist.Question{{Library: l.ID, Text: "Who was it?"}} // stop words alone
	for _, text := range synthetic.Questions(1, 4) {
		questions = append(questions, archivist.Question{Library: l.ID, Text: text})
	}
	return l, questions
}

func TestMeasure(t *testing.T) {
	l, questions := small(t)
	f, err := l.Measure(t.Context(), Course{Rounds: 1, Cores: []int{1}}, questions)
	if err != nil {
		t.Fatal(err)
	}
	passages := 0
	for a, err := range corpus(40) {
		if err == nil {
			passages += len(a.Paragraphs)
		}
	}
	if f.Articles != 40 || f.Passages < passages/2 || f.Passages > 2*passages || f.Postings < 20*f.Passages {
		t.Errorf("%d articles, %d passages of %d paragraphs, %d postings", f.Articles, f.Passages, passages, f.Postings)
	}
	if f.StoredMerged >= f.Stored || f.StoredMerged <= 0 || f.Resident <= f.StoredMerged {
		t.Errorf("%d bytes stored, %d merged, %d in memory", f.Stored, f.StoredMerged, f.Resident)
	}
	if f.Load <= 0 || f.LoadMerged <= 0 || f.Found <= 0 || len(f.Results) != 3 {
		t.Errorf("%+v", f)
	}
	for _, r := range f.Results {
		if r.P50 <= 0 || len(r.Rates) != 1 {
			t.Errorf("%+v", r)
		}
	}
	answer, err := l.Engine.Ask(t.Context(), questions[1])
	if err != nil || answer.Passages[0].Article.URL != "https://synthetic.example.com/1" {
		t.Errorf("the question about the first article found %v, %v", answer.Passages, err)
	}
}

// BenchmarkAsk is the whole Ask on made-up news, with the texts of 20 passages from SQLite. Its median and 99th of a hundred are over
// different questions.
func BenchmarkAsk(b *testing.B) {
	for _, passages := range []int{25e3, 100e3} {
		b.Run(fmt.Sprint(passages), func(b *testing.B) {
			l := build(b, Size{Passages: passages}.Of(MadeUp(1), 1))
			var questions []archivist.Question
			for _, text := range synthetic.Questions(1, 500) {
				questions = append(questions, archivist.Question{Library: l.ID, Text: text, Limit: archivist.MaxPassages})
			}
			contenders, err := l.Contenders(b.Context(), questions)
			if err != nil {
				b.Fatal(err)
			}
			ask := contenders[len(contenders)-1]
			var times []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				if err := ask.Ask(b.Context(), len(times)%len(questions)); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(began))
			}
			b.ReportMetric(float64(Quantile(times, .5).Nanoseconds())/1e3, "p50-µs")
			b.ReportMetric(float64(Quantile(times, .99).Nanoseconds())/1e3, "p99-µs")
		})
	}
}

func TestDuringIngest(t *testing.T) {
	l, questions := small(t)
	busy, err := l.DuringIngest(t.Context(), Course{Rounds: 2}, questions, Size{Articles: 5}.Of(corpus(5), 1))
	if err != nil {
		t.Fatal(err)
	}
	if busy.Idle.P50 <= 0 || busy.Busy.P50 <= 0 || busy.Rate <= 0 || !strings.Contains(fmt.Sprint(busy), "ratio") {
		t.Errorf("%+v", busy)
	}
	if segments, err := l.Corpus.Segments(t.Context(), "bulk-1-0", 0); err != nil || len(segments.Rows) == 0 {
		t.Errorf("the library that was filled in the second round has %d segments, %v", len(segments.Rows), err)
	}
	if _, err := l.DuringIngest(t.Context(), Course{Rounds: 1}, questions, corpus(0)); err == nil {
		t.Error("there was nothing to bring in, and no error")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := l.DuringIngest(ctx, Course{Rounds: 1}, questions, corpus(5)); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
