package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"archivist"
)

func asked(n int) archivist.Asked {
	return archivist.Asked{Library: "town", Channel: "9", Person: "hash", Text: fmt.Sprint("question ", n), At: time.UnixMilli(1), Grade: archivist.GradeRefusal}
}

// queued waits until n writes wait for the next transaction.
func queued(t *testing.T, s *Store, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		s.shares.mu.Lock()
		waiting := len(s.shares.waiting)
		s.shares.mu.Unlock()
		if waiting == n {
			return
		}
	}
	t.Fatalf("there are not %d writes that wait", n)
}

// TestWritesTogether: what waits while the turn is another's is written in one transaction. One part that fails costs the others nothing,
// and one whose caller went away is not written.
func TestWritesTogether(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	ctx := t.Context()
	s.turn <- struct{}{}
	const n = 50
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() { errs[i] = s.SaveQuestion(ctx, asked(i)) })
	}
	var tooMuch, left error
	all.Go(func() { _, tooMuch = s.Spend(ctx, "town", "7", "ingest", time.UnixMilli(1), 2, 1) })
	leaving, leave := context.WithCancel(ctx)
	queued(t, s, n+1)
	gone := make(chan error)
	go func() { gone <- s.SaveQuestion(leaving, asked(n)) }()
	queued(t, s, n+2)
	leave()
	if left = <-gone; !errors.Is(left, context.Canceled) {
		t.Errorf("whoever left was told %v", left)
	}
	s.writeShares(ctx) // which gives the turn back
	if rest := len(s.shares.take()); rest != 0 {
		t.Errorf("%d writes were left over", rest)
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	code(t, tooMuch, archivist.TooManyRequests)
	if kept, err := s.Questions(ctx, "town", 2*n); err != nil || len(kept) != n {
		t.Errorf("%d questions were kept, want %d (%v)", len(kept), n, err)
	}
}

// TestWritesTogetherAreBounded: one transaction takes sharesAtMost of them.
func TestWritesTogetherAreBounded(t *testing.T) {
	var s shares
	for range sharesAtMost + 1 {
		s.add(&share{})
	}
	if first, second := len(s.take()), len(s.take()); first != sharesAtMost || second != 1 {
		t.Errorf("took %d and %d", first, second)
	}
}

// TestWritesTogetherOnAFullDisk: each is told why, and the store goes on.
func TestWritesTogetherOnAFullDisk(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{MaxPages: 120})
	var err error
	for i := 0; err == nil && i < 100_000; i++ {
		err = s.SaveQuestion(t.Context(), asked(i))
	}
	code(t, err, archivist.DatabaseFull)
	if _, err := s.Questions(t.Context(), "town", 1); err != nil {
		t.Error(err)
	}
	code(t, s.SaveQuestion(t.Context(), asked(0)), archivist.DatabaseFull)
}

// BenchmarkQuestions keeps questions of so many askers at once.
func BenchmarkQuestions(b *testing.B) {
	for _, askers := range []int{1, 8, 64} {
		b.Run(fmt.Sprint(askers), func(b *testing.B) {
			s := openTest(b, filepath.Join(b.TempDir(), "bench.db"), Options{})
			var all sync.WaitGroup
			for a := range askers {
				all.Go(func() {
					for i := a; i < b.N; i += askers {
						if err := s.SaveQuestion(b.Context(), asked(i)); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
		})
	}
}
