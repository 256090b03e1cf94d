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
	"archivist/storage/tables"
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
	all.Go(func() {
		tooMuch = s.Spend(ctx, "town", time.UnixMilli(1), archivist.Quota{Person: "7", What: "ingest"})
	})
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

// TestWritesTogetherThatBreakOff: where SQLite takes the whole transaction back for one part, as it may on a full disk, everybody is told why,
// and nobody that his part is kept.
func TestWritesTogetherThatBreakOff(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	ctx := t.Context()
	errDisk := errors.New("the disk")
	s.turn <- struct{}{}
	var all sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		all.Go(func() {
			errs[i] = engine{s}.WriteTogether(ctx, func(in tables.Tx) error {
				if i != 1 {
					return in.Do(`INSERT INTO library (id) VALUES (?)`, fmt.Sprint(i))
				}
				return errors.Join(in.Do(`ROLLBACK`), errDisk)
			})
		})
		queued(t, s, i+1)
	}
	s.writeShares(ctx)
	all.Wait()
	for i, err := range errs {
		if !errors.Is(err, errDisk) {
			t.Errorf("part %d was told %v", i, err)
		}
	}
	if kept, err := s.Libraries(ctx, "", 9); err != nil || len(kept) != 0 {
		t.Errorf("%d were kept, %v", len(kept), err)
	}
	if err := s.SetSetting(ctx, "town", "k", "v", archivist.Act{}); err != nil {
		t.Error(err)
	}
}

// TestCancelledBefore: whoever had gone before he came writes nothing, each time.
func TestCancelledBefore(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	gone, leave := context.WithCancel(t.Context())
	leave()
	for i := range 20 {
		if err := s.SaveQuestion(gone, asked(i)); !errors.Is(err, context.Canceled) {
			t.Errorf("he was told %v", err)
		}
	}
	if kept, err := s.Questions(t.Context(), "town", 99); err != nil || len(kept) != 0 {
		t.Errorf("%d questions were kept, %v", len(kept), err)
	}
}

// TestPanic: a transaction that panics leaves nothing, and the next one is not hurt.
func TestPanic(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	for name, write := range map[string]func(context.Context, func(tables.Tx) error) error{"alone": engine{s}.Write, "together": engine{s}.WriteTogether} {
		t.Run(name, func(t *testing.T) {
			func() {
				defer func() { _ = recover() }()
				_ = write(t.Context(), func(in tables.Tx) error {
					if err := in.Do(`INSERT INTO library (id) VALUES ('half')`); err != nil {
						t.Error(err)
					}
					panic("test")
				})
			}()
			if err := s.SetSetting(t.Context(), "town", "k", "v", archivist.Act{}); err != nil {
				t.Error(err)
			}
			if list, err := s.Libraries(t.Context(), "", 9); err != nil || len(list) != 1 {
				t.Errorf("%+v, %v", list, err)
			}
		})
	}
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
