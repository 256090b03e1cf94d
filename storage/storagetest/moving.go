package storagetest

import (
	"context"
	"testing"
	"time"
)

type moves interface {
	BeginMove(ctx context.Context) error
	EndMove(ctx context.Context) error
	Moving(ctx context.Context) (since time.Time, moving bool, err error)
}

// moveMarks: a mark stays until the move ends, and tells when the first try of it began.
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
	step(s.EndMove(ctx))
	step(s.BeginMove(ctx))
	first := moving("begun", true)
	time.Sleep(2 * time.Millisecond) // a mark's time is in milliseconds
	step(s.BeginMove(ctx))
	if again := moving("begun again", true); !again.Equal(first) {
		t.Errorf("it began at %v, and then at %v", first, again)
	}
	step(s.EndMove(ctx))
	moving("ended", false)
}
