package retrieval

import (
	"testing"

	"archivist"
	"archivist/retrieval/index"
)

// TestHits: the first stage has the passages with a question's terms, the best first, no more than k, and those of no other library.
func TestHits(t *testing.T) {
	e := New(openStore(t), Options{})
	stored := put(t, e, bridge, ferry, honey)
	terms, err := e.Terms(t.Context(), archivist.Question{Library: town, Text: "When was the stone bridge closed, and the ferry?"})
	if err != nil || len(terms) == 0 {
		t.Fatal(terms, err)
	}
	query := index.Query{Terms: terms, Weights: index.FirstStage}
	hits, err := e.Hits(t.Context(), town, query, 10)
	if err != nil || len(hits) < 2 || hits[0].Article != int64(stored[0].ID) || hits[0].Score < hits[1].Score {
		t.Errorf("%+v, %v; want the bridge first", hits, err)
	}
	if best, err := e.Hits(t.Context(), town, query, 1); err != nil || len(best) != 1 || best[0] != hits[0] {
		t.Errorf("%+v, %v; want the best alone", best, err)
	}
	if others, err := e.Hits(t.Context(), "guild:9", query, 10); err != nil || len(others) != 0 {
		t.Errorf("another library has %+v, %v", others, err)
	}
	if terms, err := e.Terms(t.Context(), archivist.Question{Library: town, Text: "who was it?"}); err != nil || len(terms) != 0 {
		t.Errorf("stop words alone: %v, %v", terms, err)
	}
}
