package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"archivist/retrieval/bench"
	"archivist/retrieval/bench/synthetic"
)

// TestRivalsFind wants each rival to find the passage from which a question takes its words before all others, and one that has a word
// twice before one that has it once: they rank, and are not merely quick.
func TestRivalsFind(t *testing.T) {
	var passages []string
	for a := range synthetic.NewNewsroom(1).Articles() {
		for _, p := range a.Paragraphs {
			passages = append(passages, p.Text)
		}
		if len(passages) >= 500 {
			break
		}
	}
	once, twice := len(passages)+1, len(passages)+2
	passages = append(passages, "The quibble was seen near the old harbour today.", "The quibble was the last quibble near the old harbour.")
	for name, open := range map[string]func(context.Context, string, []string) (*rival, error){"bleve": newBleve, "FTS5": newFTS5} {
		r, err := open(t.Context(), t.TempDir(), passages)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.bytes == 0 || r.build <= 0 {
			t.Errorf("%s: %d bytes in %v", name, r.bytes, r.build)
		}
		for _, n := range []int{1, 77, 250, 500} {
			asked := words(passages[n-1])
			got, err := r.top(t.Context(), asked)
			if err != nil || len(got) != wanted || got[0] != n {
				t.Errorf("%s: passage %d: found %v, %v", name, n, got, err)
			}
		}
		got, err := r.top(t.Context(), []string{"quibble"})
		if err != nil || !slices.Equal(got, []int{twice, once}) {
			t.Errorf("%s: found %v, %v; want %d before %d", name, got, err, twice, once)
		}
		if err := r.close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWords(t *testing.T) {
	got := words(`When was the "stone" bridge, the old bridge, closed?`)
	if want := []string{"stone", "bridge", "old", "closed"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestRun races at two small sizes and wants every contender in table and plot.
func TestRun(t *testing.T) {
	plot, markdown := filepath.Join(t.TempDir(), "p.svg"), filepath.Join(t.TempDir(), "m.md")
	var out, progress bytes.Buffer
	err := run(t.Context(), []string{"-sizes", "200,400", "-rounds", "1", "-limit", "5", fmt.Sprintf("-cpu=%t", bench.ProcessorTime() > 0), "-plot", plot, "-markdown", markdown}, &out, &progress)
	if err != nil {
		t.Fatal(err)
	}
	svg, _ := os.ReadFile(plot)
	document, _ := os.ReadFile(markdown)
	for _, name := range []string{"index, one field", "index, three fields", "whole ask", "bleve, top 10", "FTS5, top 10"} {
		if !strings.Contains(out.String(), name+": p50 / p99, µs | ") || !strings.Contains(string(svg), ">"+name+"<") {
			t.Errorf("%s is not in the table or not in the plot:\n%s", name, out.String())
		}
	}
	for _, line := range []string{"|  | 200 | 400 |", "bleve, top 10, times our index, three fields", "bleve, top 10, times our whole ask", "FTS5, top 10 on disk"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the table lacks %q:\n%s", line, out.String())
		}
	}
	if !strings.Contains(string(document), out.String()) {
		t.Errorf("the document does not hold the table:\n%s", document)
	}
	for _, bad := range [][]string{{"-sizes", "all"}, {"-rounds", "0"}, {"-limit", "0"}, {"-articles", "x"}, {"more"}, {"-nonsense"}} {
		if err := run(t.Context(), bad, &out, &progress); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := run(ctx, []string{"-sizes", "200"}, &out, &progress); err == nil {
		t.Error("interrupted, and no error")
	}
}
