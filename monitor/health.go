package monitor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	aliveWithin  = 5 * time.Second // what is in memory answers in microseconds: whoever takes so long hangs
	writesEvery  = 5 * time.Second // how often a write is tried, however many ask
	writesWithin = 3 * time.Second
)

// Alive is nil while the process does its work, else says what hangs. It takes the locks that answers and jobs take, and asks neither the
// store nor Discord: a new process could not mend those.
func (m *Monitor) Alive(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, aliveWithin)
	defer cancel()
	select {
	case <-m.look():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the process hangs: it has not told of itself within %s", aliveWithin)
	}
}

// look begins a look at all that is in memory, unless one is under way, and returns what is closed at its end. So one goroutine at most is
// left behind where something hangs.
func (m *Monitor) look() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.looking == nil {
		done, sources := make(chan struct{}), m.sources
		m.looking = done
		go func() {
			if sources != nil {
				sources.Discord.Health()
				sources.Libraries()
			}
			m.mu.Lock()
			m.looking = nil
			m.mu.Unlock()
			close(done)
		}()
	}
	return m.looking
}

// Missing lists what keeps the process from serving: nothing where it is ready. It names shards, and no error of the store's own, which may
// have a path or an address in it: those are in the log.
func (m *Monitor) Missing(ctx context.Context) (missing []string) {
	if err := m.Alive(ctx); err != nil {
		return []string{err.Error()}
	}
	s := m.watched()
	if s == nil {
		return []string{"starting"}
	}
	missing = lacking(s)
	if err := m.writes.try(ctx, s.Store); err != nil {
		missing = append(missing, "store: it takes no writes")
	}
	return missing
}

// status is what Missing can tell from memory, in one line.
func (m *Monitor) status() string {
	s := m.watched()
	if s == nil {
		return "starting"
	}
	if missing := lacking(s); len(missing) > 0 {
		return "not ready: " + strings.Join(missing, "; ")
	}
	return "serving"
}

func (m *Monitor) watched() *Sources {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sources
}

// lacking lists what Discord and the queue lack.
func lacking(s *Sources) (missing []string) {
	shards, away := s.Discord.Health().Shards, 0
	for _, shard := range shards {
		if !shard.Ready {
			away++
		}
	}
	if away > 0 || len(shards) == 0 {
		missing = append(missing, fmt.Sprintf("gateway: %d of %d shards are connected to Discord", len(shards)-away, len(shards)))
	}
	if err := s.Queue(); err != nil {
		missing = append(missing, "queue: "+err.Error())
	}
	return missing
}

// written remembers whether the last write that was tried succeeded: a probe must not cost a disk more than its users do.
type written struct {
	mu    sync.Mutex
	tried time.Time
	err   error
}

func (w *written) try(ctx context.Context, s Store) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.tried) > writesEvery {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writesWithin)
		defer cancel()
		w.err = s.Writable(ctx)
		w.tried = time.Now()
	}
	return w.err
}
