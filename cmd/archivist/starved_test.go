package main

import (
	"crypto/sha256"
	"sync"
	"testing"
	"time"
)

const (
	// starvedAfter is how late a moment's work comes on a machine of which nobody may expect the seconds of Discord: a command on its way to its
	// acknowledgement waits for its turn about ten times, in two processes.
	starvedAfter = 300 * time.Millisecond
	missedMost   = 5 // of so many commands one may be lost to such a machine; a bot that waits for its store loses each one meanwhile
)

// A starvation is the longest that a moment's work has been kept waiting since it began, by whatever else the machine does.
type starvation struct {
	mu    sync.Mutex
	worst time.Duration
}

// watchStarvation does a millisecond of work twenty times a second until the test ends.
func watchStarvation(t *testing.T) *starvation {
	s, over := &starvation{}, make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		const every = 50 * time.Millisecond
		work := make([]byte, 1<<20)
		for {
			began := time.Now()
			select {
			case <-over:
				return
			case <-time.After(every):
			}
			sha256.Sum256(work)
			s.mu.Lock()
			s.worst = max(s.worst, time.Since(began)-every)
			s.mu.Unlock()
		}
	})
	t.Cleanup(func() { close(over); watching.Wait() })
	return s
}

func (s *starvation) longest() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worst.Round(time.Millisecond)
}

// acknowledged is an error where commands were not acknowledged within Discord's three seconds. Where the machine was starved, which is logged, so are
// some; too many are an error there too.
func (f *fleet) acknowledged(commands, acknowledged int) {
	f.t.Helper()
	missed, worst := commands-acknowledged, f.starved.longest()
	switch {
	case missed == 0:
	case worst < starvedAfter || missed*missedMost > commands:
		f.t.Errorf("%d of %d commands were not acknowledged; nothing had to wait for longer than %v", missed, commands, worst)
	default:
		f.t.Logf("the machine was starved, for up to %v: %d of %d commands were not acknowledged in time", worst, missed, commands)
	}
}
