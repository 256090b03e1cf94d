package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRunOutlivesPanics: a sweep that panics each hour leaves the rest of the work to be done.
func TestRunOutlivesPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b, _ := limitedFixture()
		s.sweepPanics = true
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		time.Sleep(2*time.Hour + time.Minute)
		synctest.Wait()
		if s.swept() != 3 {
			t.Errorf("%d sweeps in two hours, want 3", s.swept())
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestCrashes: the first of the same panics in a minute has its stack; others are remembered within a bound.
func TestCrashes(t *testing.T) {
	var c Crashes
	at := time.Unix(0, 0)
	for _, test := range []struct {
		what  string
		after time.Duration
		stack bool
	}{{"a", 0, true}, {"a", 59 * time.Second, false}, {"b", 59 * time.Second, true}, {"a", time.Minute, true}, {"a", 61 * time.Second, false}} {
		err := c.caught(test.what, at.Add(test.after))
		if !strings.HasPrefix(err.Error(), "panic: "+test.what) || strings.Contains(err.Error(), "goroutine") != test.stack {
			t.Errorf("%q after %s, want a stack: %v; got %.80s", test.what, test.after, test.stack, err)
		}
	}
	for n := range 2 * crashesAtMost {
		_ = c.caught(fmt.Sprint(n), at) // an error in any case
	}
	if len(c.told) > crashesAtMost {
		t.Errorf("%d panics are remembered", len(c.told))
	}
	if err := c.Guard(func() error { return context.Canceled }); err != context.Canceled {
		t.Errorf("work's own error became %v", err)
	}
}
