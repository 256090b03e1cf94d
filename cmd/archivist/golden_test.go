package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/storage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenFile = "testdata/golden/ranking.txt"

// TestRankingGolden asks the sample articles questions whose answers are known, and holds what comes first, so that a change of ranking
// shows as a diff: `go test ./cmd/archivist -run Golden -update` rewrites the file.
func TestRankingGolden(t *testing.T) {
	golden, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	database := t.TempDir() + "/golden.db"
	var out, errors syncBuffer
	if code := run(t.Context(), []string{"chat", "--samples", "--database", database}, streams{strings.NewReader(""), &out, &errors}, noEnvironment); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errors.String())
	}
	store, err := storage.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	engine := retrieval.New(store, retrieval.Options{})

	var now strings.Builder
	first, reciprocal, n := 0, 0., 0
	for block := range strings.SplitSeq(string(golden), "\n\n") {
		question, answer, found := strings.Cut(strings.Split(block, "\n")[0], " => ")
		if !found {
			continue // the figures at the end
		}
		a, err := engine.Ask(t.Context(), archivist.Question{
			Library: "samples", Text: question, Asked: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), Limit: 10,
		})
		if err != nil {
			t.Fatalf("%s: %v", question, err)
		}
		place := 0
		for i, p := range a.Passages {
			if answer != "nothing" && strings.Contains(p.Text, answer) {
				place = i + 1
				break
			}
		}
		fmt.Fprintf(&now, "%s => %s\n%s, place %d\n", question, answer, a.Grade, place)
		if len(a.Passages) > 0 {
			fmt.Fprintf(&now, "%s: %s\n", a.Passages[0].Article.Title, a.Passages[0].Answering())
		}
		now.WriteByte('\n')
		if answer == "nothing" {
			continue
		}
		n++
		if place == 1 {
			first++
		}
		if place > 0 {
			reciprocal += 1 / float64(place)
		}
	}
	fmt.Fprintf(&now, "hit@1 %.3f mrr %.3f of %d\n", float64(first)/float64(n), reciprocal/float64(n), n)
	if *update {
		if err := os.WriteFile(goldenFile, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if now.String() != string(golden) {
		t.Errorf("the ranking of the samples has changed; look at the diff after -update:\n%s", now.String())
	}
}
