package ingest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"archivist"
)

// bombs is a store that panics once for each of its methods that is asked, and ends what is run on it when it has nothing more to give.
type bombs struct {
	Bench
	FeedDesk
	mu   sync.Mutex
	left map[string]int // of which so many calls panic
	jobs int            // to be claimed
	done chan string
}

func (b *bombs) ticks(method string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left[method] > 0 {
		b.left[method]--
		panic("a bomb in " + method)
	}
}

func (b *bombs) Claim(context.Context, string, time.Time, time.Time) (archivist.Job, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs--
	return archivist.Job{ID: archivist.JobID(b.jobs + 1), Kind: archivist.JobPage}, b.jobs >= 0, nil
}

func (b *bombs) Finish(context.Context, archivist.JobID, string) error {
	b.ticks("Finish")
	b.done <- "Finish"
	return nil
}

func (b *bombs) ClaimFeed(context.Context, time.Time, time.Time) (archivist.Feed, bool, error) {
	b.ticks("ClaimFeed")
	b.done <- "ClaimFeed"
	return archivist.Feed{}, false, nil
}

type nothing struct{}

func (nothing) Do(context.Context, archivist.Job, func(archivist.Stage)) (bool, error) {
	return false, nil
}

// TestPanicBesideJobs: a store that panics when a job is settled, or a feed is looked for, costs that job or look alone.
func TestPanicBesideJobs(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	b := &bombs{left: map[string]int{"Finish": 1, "ClaimFeed": pollers}, jobs: 2, done: make(chan string, 100)}
	log := slog.New(slog.DiscardHandler)
	q := NewQueue(nil, b, Handlers{archivist.JobPage: nothing{}}, Options{Owner: "p", Workers: 1, Poll: time.Millisecond, Logger: log})
	p := &Poller{Desk: b, Logger: log, Every: time.Millisecond}
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{q.Run, p.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for seen := map[string]bool{}; len(seen) < 2; {
		select {
		case method := <-b.done:
			seen[method] = true
		case <-ctx.Done():
			t.Fatalf("after the panics came only %v", seen)
		}
	}
	stop()
	go func() { // so that nobody waits to tell
		for range b.done {
		}
	}()
	running.Wait()
	close(b.done)
}
