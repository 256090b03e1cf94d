package bench

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval/bench/synthetic"

	"github.com/google/go-cmp/cmp"
)

const ms = time.Millisecond

func TestQuantile(t *testing.T) {
	ten := func() []time.Duration {
		return []time.Duration{7 * ms, 1 * ms, 3 * ms, 10 * ms, 2 * ms, 9 * ms, 5 * ms, 4 * ms, 8 * ms, 6 * ms}
	}
	for _, c := range []struct {
		times []time.Duration
		q     float64
		want  time.Duration
	}{
		{ten(), .5, 5 * ms},
		{ten(), .51, 6 * ms},
		{ten(), .9, 9 * ms},
		{ten(), .99, 10 * ms},
		{ten(), .01, 1 * ms},
		{ten(), 1, 10 * ms},
		{[]time.Duration{4 * ms}, .999, 4 * ms},
		{nil, .5, 0},
	} {
		if got := Quantile(slices.Clone(c.times), c.q); got != c.want {
			t.Errorf("the %v-quantile of %v is %v, want %v", c.q, c.times, got, c.want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		at   float64
		want float64
	}{
		{[]float64{1, 2, 4}, []float64{5, 8, 14}, 10, 32},   // 2 + 3x
		{[]float64{2}, []float64{8}, 10, 40},                // one point: through the origin
		{[]float64{3, 3}, []float64{6, 6}, 5, 10},           // the same twice
		{[]float64{1, 1, 2}, []float64{1, 2, 3}, 1, 6. / 5}, // at 1 the least (1-y)² + ((2-y)/2)² is at y = 6/5
		{nil, nil, 5, 0},
	} {
		if got := Fit(c.x, c.y).At(c.at); got < c.want-1e-6 || got > c.want+1e-6 {
			t.Errorf("the line through %v, %v is %v at %v, want %v", c.x, c.y, got, c.at, c.want)
		}
	}
}

func TestParseSizes(t *testing.T) {
	got, err := ParseSizes("25k, 1M,1000a,all,2x,7", true)
	want := []Size{{Passages: 25_000}, {Passages: 1_000_000}, {Articles: 1000}, {Corpora: 1}, {Corpora: 2}, {Passages: 7}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	for _, bad := range []string{"", "k", "0", "-3", "1.5k", "21m", "99999999999999999999", "9223372036854775807k", "x", "all2"} {
		if sizes, err := ParseSizes(bad, true); err == nil {
			t.Errorf("%q is taken for %v", bad, sizes)
		}
	}
	if _, err := ParseSizes("2x", false); err == nil {
		t.Error("twice a corpus that has no end")
	}
}

// corpus is a corpus of the first articles of made-up news, and a line that is none.
func corpus(count int) Articles {
	return func(yield func(archivist.Article, error) bool) {
		n := 0
		for a := range synthetic.NewNewsroom(1).Articles() {
			if n == count {
				break
			}
			if n++; !yield(a, nil) {
				return
			}
		}
		yield(archivist.Article{}, errors.New("no article"))
	}
}

func TestSizeOf(t *testing.T) {
	count := func(s Size, corpus Articles) (urls map[string]bool, failed int) {
		urls = map[string]bool{}
		for a, err := range s.Of(corpus, 1) {
			if err != nil {
				failed++
			} else {
				urls[a.URL] = true
			}
		}
		return urls, failed
	}
	for _, c := range []struct {
		size           Size
		corpus, failed int
		want           int
	}{
		{Size{Corpora: 1}, 5, 1, 5},
		{Size{Corpora: 3}, 5, 3, 15},
		{Size{Articles: 3}, 5, 0, 3},
		{Size{Articles: 12}, 5, 2, 12},
		{Size{Passages: 1}, 5, 0, 1},
		{Size{Articles: 12}, 0, 1, 0}, // an empty corpus ends, whatever is wanted
	} {
		urls, failed := count(c.size, corpus(c.corpus))
		if len(urls) != c.want || failed != c.failed {
			t.Errorf("%+v of %d articles is %d with %d failures, want %d with %d", c.size, c.corpus, len(urls), failed, c.want, c.failed)
		}
	}
}

// TestRaceTakesTurns wants every contender asked every question in every round, another one first each time, and all of them for each rate.
func TestRaceTakesTurns(t *testing.T) {
	var order []string
	var asked [2]atomic.Int64
	contender := func(i int, name string) Contender {
		return Contender{name, func(_ context.Context, question int) error {
			if question == 0 && asked[i].Load()%9 == 1 { // the first of a round: one is asked beforehand, then 3 a round and 3 a rate
				order = append(order, name)
			}
			asked[i].Add(1)
			return nil
		}}
	}
	told := 0
	results, err := Race(t.Context(), Course{Questions: 3, Rounds: 4, Cores: []int{1, 2}, Told: func(int) { told++ }}, []Contender{contender(0, "a"), contender(1, "b")})
	if err != nil || len(results) != 2 || told != 4 {
		t.Fatalf("%v, %d results, told %d times", err, len(results), told)
	}
	for i, r := range results {
		if n := asked[i].Load(); n != 1+4*9 {
			t.Errorf("%s was asked %d times, want 37", r.Name, n)
		}
		if len(r.Rates) != 2 || r.Rates[0] <= 0 || r.Rates[1] <= 0 || r.P50 <= 0 || r.P50 > r.P99 || r.P99 > r.P999 {
			t.Errorf("%+v", r)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "b", "a", "a", "b", "b", "a"}, order); diff != "" {
		t.Errorf("order: %s", diff)
	}
	broken := errors.New("broken")
	for _, first := range []int{0, 2, 4} { // beforehand, in the round, while counting a rate
		n := 0
		_, err := Race(t.Context(), Course{Questions: 2, Rounds: 1, Cores: []int{1}}, []Contender{{"c", func(context.Context, int) error {
			if n++; n > first {
				return broken
			}
			return nil
		}}})
		if !errors.Is(err, broken) {
			t.Errorf("an error after %d questions: %v", first, err)
		}
	}
}

// TestRaceByAnotherClock wants times read from the course's clock: here each question takes as many seconds as its number.
func TestRaceByAnotherClock(t *testing.T) {
	now := time.Duration(0)
	results, err := Race(t.Context(), Course{Questions: 5, Rounds: 1, Clock: func() time.Duration { return now }}, []Contender{{"a", func(_ context.Context, i int) error {
		now += time.Duration(i) * time.Second
		return nil
	}}})
	if err != nil || results[0].P50 != 2*time.Second || results[0].P99 != 4*time.Second {
		t.Errorf("%+v, %v", results, err)
	}
}

func TestMedianOfRounds(t *testing.T) {
	r := rounds{p50: []time.Duration{9 * ms, 1 * ms, 3 * ms}, p99: []time.Duration{8 * ms, 4 * ms}, rates: [][]float64{{5, 1, 2}}}
	want := Result{Name: "a", P50: 3 * ms, P99: 4 * ms, Rates: []float64{2}}
	if diff := cmp.Diff(want, r.result("a")); diff != "" {
		t.Error(diff)
	}
}

func some() []Figures {
	f := Figures{
		Size: "25k", Articles: 1250, Passages: 25_000, Postings: 1_000_000, Build: 3 * time.Second, Resident: 4_500_000, Stored: 4_000_000, StoredMerged: 1_600_000,
		Load: 40 * ms, LoadMerged: 9 * ms, Found: 2 * ms,
		Results: []Result{
			{"index", 100 * time.Microsecond, 200 * time.Microsecond, 300 * time.Microsecond, []float64{9000, 17000}},
			{"a < b", 1 * ms, 2 * ms, 3 * ms, []float64{900, 1700}},
		},
	}
	g := f
	g.Size, g.Passages = "50k", 50_000
	g.Results = []Result{{"index", 150 * time.Microsecond, 300 * time.Microsecond, 400 * time.Microsecond, []float64{6000, 11000}}, {"a < b", 1 * ms, 2 * ms, 3 * ms, []float64{900, 1700}}}
	return []Figures{f, g}
}

func TestTable(t *testing.T) {
	table := Table(some(), []int{1, 2})
	for _, line := range []string{
		"|  | 25k | 50k | 10M on paper |",
		"| --- | ---: | ---: | ---: |",
		"| index: p50, µs | 100 | 150 | 20,050 |", // 50 µs + 2 ns a passage
		"| … p99 / p99.9, µs | 200 / 300 | 300 / 400 |  |",
		"| … questions/s on 1 / 2 cores | 9,000 / 17,000 | 6,000 / 11,000 |  |",
		"| bytes a posting in memory | 4.50 | 4.50 |  |",
		"| … stored / merged | 4.00 / 1.60 | 4.00 / 1.60 |  |",
		"| loaded in / merged, ms | 40 / 9.0 | 40 / 9.0 |  |",
	} {
		if !strings.Contains(table, line+"\n") {
			t.Errorf("the table lacks %s\n%s", line, table)
		}
	}
	width := -1
	for line := range strings.Lines(table) {
		if n := strings.Count(line, "|"); width >= 0 && n != width {
			t.Errorf("a row of another width: %s", line)
		} else {
			width = n
		}
	}
	if alone := Table(some()[:1], nil); strings.Contains(alone, "on paper") || strings.Contains(alone, "questions/s") {
		t.Errorf("one size has no slope, and no rates were taken:\n%s", alone)
	}
}

// TestPlot wants an SVG that a reader of XML takes, with the name of each line and of each axis in it.
func TestPlot(t *testing.T) {
	var b strings.Builder
	if err := Plot(&b, some()); err != nil {
		t.Fatal(err)
	}
	texts, paths := map[string]bool{}, 0
	decoder := xml.NewDecoder(strings.NewReader(b.String()))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			texts[string(token)] = true
		case xml.StartElement:
			if token.Name.Local == "path" {
				paths++
			}
		}
	}
	for _, want := range []string{"index", "a < b", "passages of the library", "p50 of one question, µs", "10,000", "100,000"} {
		if !texts[want] {
			t.Errorf("the plot does not say %q", want)
		}
	}
	if paths < 2*2+2 { // two lines, their points, the axes
		t.Errorf("%d paths", paths)
	}
	if err := Plot(io.Discard, nil); err == nil {
		t.Error("nothing was drawn without an error")
	}
}

func TestDecades(t *testing.T) {
	for _, c := range [][4]float64{{43, 9800, 10, 10_000}, {10, 10, 10, 100}, {.3, 7, .1, 10}, {25_000, 1_060_000, 10_000, 10_000_000}} {
		if from, to := decades(c[0], c[1]); from != c[2] || to != c[3] {
			t.Errorf("%v to %v lies within %v to %v, want %v to %v", c[0], c[1], from, to, c[2], c[3])
		}
	}
}

func TestKeep(t *testing.T) {
	file := filepath.Join(t.TempDir(), "figures.md")
	for _, c := range []struct{ before, text, want string }{
		{"", "new\n", "<!-- b -->\nnew\n<!-- /b -->\n"},
		{"Title", "new\n", "Title\n<!-- b -->\nnew\n<!-- /b -->\n"},
		{"Title\n<!-- b -->\nold\n<!-- /b -->\nend\n", "new\n", "Title\n<!-- b -->\nnew\n<!-- /b -->\nend\n"},
		{"<!-- b -->\nold\n", "new\n", ""}, // no end: nothing is overwritten
	} {
		if err := os.WriteFile(file, []byte(c.before), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Keep(file, "b", c.text)
		got, _ := os.ReadFile(file)
		if c.want == "" && (err == nil || string(got) != c.before) || c.want != "" && (err != nil || string(got) != c.want) {
			t.Errorf("%q became %q, %v; want %q", c.before, got, err, c.want)
		}
	}
}
