package sqlite

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"archivist"
)

// TestUndoWindow: what was removed can be put back for seven days to the millisecond, and is then forgotten with its page.
func TestUndoWindow(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{Now: func() time.Time { return now }})
	put := archivist.Put{Intake: archivist.Intake{
		Article: archivist.Article{Head: archivist.Head{URL: "https://example.com/a", Key: "example.com/a"}, Paragraphs: []archivist.Paragraph{{Text: "One."}}},
		Page:    &archivist.Page{Body: []byte("page")},
	}, Segment: []byte("segment")}
	stored, err := s.PutArticles(t.Context(), "town", []archivist.Put{put})
	if err != nil {
		t.Fatal(err)
	}
	id := stored[0].ID
	if _, err := s.RemoveArticles(t.Context(), "town", []archivist.ArticleID{id}, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	count := func(want int) {
		t.Helper()
		listed, err := s.Removed(t.Context(), "town", archivist.Everything, 0, 9)
		kept, err2 := s.RemovedArticles(t.Context(), "town", archivist.Pick{Article: id})
		if errors.Join(err, err2) != nil || len(listed) != want || len(kept) != want {
			t.Errorf("%d are listed and %d kept, want %d; %v", len(listed), len(kept), want, errors.Join(err, err2))
		}
	}
	now = now.Add(archivist.UndoWindow - time.Millisecond)
	count(1)
	now = now.Add(time.Millisecond)
	count(0)
	if _, err := s.RestoreArticles(t.Context(), "town", map[archivist.ArticleID][]byte{id: nil}, archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("restored too late: %v", err)
	}
	forEver := archivist.Retention{Questions: 1 << 60, Cards: 1 << 60, Audit: 1 << 60, Jobs: 1 << 60, Pages: 1 << 60}
	for _, age := range []time.Duration{-time.Millisecond, 0} { // a millisecond early, nothing goes
		if err := s.Sweep(t.Context(), now.Add(age), forEver); err != nil {
			t.Fatal(err)
		}
		left := -1
		if _, err := raw(t, s).Row(`SELECT count(*) FROM removed`, nil, &left); err != nil || (left == 1) != (age < 0) {
			t.Errorf("%d are left, %v", left, err)
		}
	}
	pages := -1
	if _, err := raw(t, s).Row(`SELECT count(*) FROM removed_page`, nil, &pages); err != nil || pages != 0 {
		t.Errorf("%d pages are left, %v", pages, err)
	}
}
