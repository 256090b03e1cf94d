package storagetest

import (
	"context"
	"testing"
	"time"

	"archivist"
)

type moves interface {
	BeginMove(ctx context.Context, library archivist.LibraryID) error
	EndMove(ctx context.Context, library archivist.LibraryID) error
	Moving(ctx context.Context) (since time.Time, moving bool, err error)
}

// moveMarks: a mark stays until its own move ends, or one of everything.
func moveMarks(t *testing.T, s Store) {
	ctx := t.Context()
	moving := func(when string, want bool) time.Time {
		t.Helper()
		since, moving, err := s.Moving(ctx)
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
	step(s.BeginMove(ctx, town))
	first := moving("a library", true)
	step(s.BeginMove(ctx, town))
	step(s.BeginMove(ctx, "village"))
	step(s.BeginMove(ctx, ""))
	if again := moving("all", true); !again.Equal(first) {
		t.Errorf("it began at %v, and then at %v", first, again)
	}
	step(s.EndMove(ctx, town))
	moving("without one", true)
	step(s.EndMove(ctx, ""))
	moving("ended", false)
	step(s.BeginMove(ctx, town))
	step(s.EndMove(ctx, town))
	moving("alone", false)
}
