package retrieval

import (
	"testing"

	"archivist"
)

// TestOldIndex: what an older version has indexed is found after an upgrade, and its rows are replaced once.
func TestOldIndex(t *testing.T) {
	store := openStore(t)
	put(t, New(store, Options{}), bridge, ferry, honey)
	rows, err := store.Segments(t.Context(), town, 0)
	if err != nil {
		t.Fatal(err)
	}
	old := make([]archivist.Segment, len(rows.Rows))
	for i, row := range rows.Rows {
		old[i] = archivist.Segment{Seq: row.Seq, Part: row.Part, Kind: row.Kind, Article: row.Article, Bytes: []byte{1, 1, 0}}
	}
	if err := store.ReplaceSegments(t.Context(), town, rows.Rows, old); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a, err := New(store, Options{}).Ask(t.Context(), archivist.Question{Library: town, Text: "What does the ferry have?"})
		if err != nil || len(a.Passages) == 0 || a.Passages[0].Article.Title != "Ferry line 4 returns" {
			t.Fatalf("answer %+v, %v", a, err)
		}
	}
	rows, err = store.Segments(t.Context(), town, 0)
	if err != nil || len(rows.Rows) != 1 || rows.Rows[0].Kind != archivist.SegmentMerged || outdated(rows.Rows[0]) {
		t.Errorf("rows are %+v, %v; want one merged row of this version", rows.Rows, err)
	}
}
