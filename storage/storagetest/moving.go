package storagetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"archivist"
)

type moves interface {
	BeginMove(ctx context.Context, library archivist.LibraryID) error
	EndMove(ctx context.Context, library archivist.LibraryID) error
	HalfMoved(ctx context.Context) ([]archivist.LibraryID, error)
	Moving(ctx context.Context, library archivist.LibraryID) (since time.Time, moving bool, err error)
}

// moveMarks: a mark stays until the move ends, and tells when the first try of it began.
func moveMarks(t *testing.T, s Store) {
	ctx := t.Context()
	moving := func(when string, want bool) time.Time {
		t.Helper()
		since, moving, err := s.Moving(ctx, "")
		if err != nil || moving != want || moving != (time.Since(since) < time.Minute) {
			t.Errorf("%s: moving is %v since %v, %v; want %v", when, moving, since, err, want)
		}
		return since
	}
	step := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	moving("at first", false)
	step(s.EndMove(ctx, ""))
	step(s.BeginMove(ctx, ""))
	first := moving("begun", true)
	time.Sleep(2 * time.Millisecond) // a mark's time is in milliseconds
	step(s.BeginMove(ctx, ""))
	if again := moving("begun again", true); !again.Equal(first) {
		t.Errorf("it began at %v, and then at %v", first, again)
	}
	step(s.EndMove(ctx, ""))
	moving("ended", false)
	half := func(when string, want ...archivist.LibraryID) {
		t.Helper()
		if got, err := s.HalfMoved(ctx); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: half moved are %v, %v; want %v", when, got, err, want)
		}
	}
	step(s.BeginMove(ctx, town))
	half("nothing of it is there yet")
	must(t, s, town, archivist.Added, put("a", "one"))
	must(t, s, "village", archivist.Added, put("a", "one"))
	half("a half", town)
	moving("of a library alone", false)
	if _, own, err := s.Moving(ctx, town); err != nil || !own {
		t.Errorf("the library's own mark: %v, %v", own, err)
	}
	step(s.EndMove(ctx, "village"))
	half("another's mark is taken away", town)
	step(s.EndMove(ctx, town))
	half("ended")
}
