package bench

import (
	"path/filepath"
	"testing"

	"archivist/retrieval/bench/synthetic"
	"archivist/storage/sqlite"
)

// TestManyLibraries: sizes follow Zipf's law, memory keeps to its budget, and with room for all nothing is loaded twice.
func TestManyLibraries(t *testing.T) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "many.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	m := Many{Count: 12, Largest: 24, Seed: 1, Asks: 400}
	if err := m.Fill(t.Context(), store, func(int) {}); err != nil {
		t.Fatal(err)
	}
	questions := synthetic.Questions(1, 50)
	little, err := m.Measure(t.Context(), questions, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	// By hand: 24 + 12 + 8 + 6 + 4 + 4 + 3 + 3 + 2 + 2 + 2 + 2.
	if little.Articles != 72 || little.Libraries != 12 || little.Asks != 400 || little.Budget != little.All/4 {
		t.Errorf("%+v", little)
	}
	if little.Cold == 0 || little.InMemory == 0 || little.InMemory > 11 || little.Held > max(little.Budget, little.All/2) {
		t.Errorf("memory for a quarter: %+v", little)
	}
	m.Budget = 2 * little.All
	if all, err := m.Measure(t.Context(), questions, func(int) {}); err != nil || all.Cold > 12 || all.HitRate() < .97 || all.WarmP50 <= 0 {
		t.Errorf("memory for all: %+v, %v", all, err)
	}
}

// TestAsker: the first of an order is asked about 1/H(n) of the time, twice as often as the second.
func TestAsker(t *testing.T) {
	a := newAsker(4, 1)
	counts := map[int]int{}
	const n = 100_000
	for range n {
		counts[a.next()]++
	}
	for rank, want := range []float64{.48, .24, .16, .12} { // 1/r by 25/12
		if got := float64(counts[a.order[rank]]) / n; got < want-.01 || got > want+.01 {
			t.Errorf("rank %d is asked %.3f of the time, want %.2f", rank+1, got, want)
		}
	}
}
