package fetch

import (
	"context"
	"sync"
	"time"

	"archivist"
)

// A Pause is the cause (Failure.Err) of a Failure with the code Busy: the site does not want to be asked before Until.
type Pause struct{ Until time.Time }

func (p *Pause) Error() string { return "not before " + p.Until.UTC().Format(time.RFC3339) }

func busy(detail string, until time.Time) error {
	return &archivist.Failure{Code: archivist.Busy, Detail: detail, Err: &Pause{until}}
}

// maxDomains is how many domains are remembered before those that need not be any more are forgotten.
const maxDomains = 1024

// pauses are how long a site rests that said it is busy and not how long: by how often it said so in a row.
var pauses = [...]time.Duration{time.Minute, 4 * time.Minute, 15 * time.Minute, time.Hour}

// maxPause is the longest that Retry-After may ask for.
const maxPause = 24 * time.Hour

// A queue lets one visitor at a time into a domain, with a gap between two visits. A visit is a chain's consecutive requests to the
// domain (robots.txt, redirects, the page), which follow each other without a gap, as a reader's browser would have it.
type queue struct {
	mu      sync.Mutex
	domains map[string]*domain
}

type domain struct {
	held   chan struct{} // holds a token while somebody visits
	users  int           // visiting or waiting; a domain with users is not forgotten
	ready  time.Time     // the next visit may begin
	closed time.Time     // the site asked to be left alone until then
	times  int           // it did so in a row
}

// A turn is the right to visit a domain, until leave.
type turn struct {
	queue *queue
	name  string
	*domain
	gap time.Duration // to the next visit
}

// enter waits for the domain's turn. It does not wait where the site asked to be left alone, but returns Busy. Other errors are ctx's.
func (q *queue) enter(ctx context.Context, name string, gap time.Duration) (*turn, error) {
	t := &turn{queue: q, name: name, domain: q.join(name), gap: gap}
	if err := t.open(); err != nil {
		t.part()
		return nil, err
	}
	select {
	case t.held <- struct{}{}:
	case <-ctx.Done():
		t.part()
		return nil, ctx.Err()
	}
	wait := time.NewTimer(time.Until(t.ready)) // ready is only written by who holds the token
	defer wait.Stop()
	var err error
	select {
	case <-wait.C:
		err = t.open() // it may have been closed while we waited
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		<-t.held
		t.part()
		return nil, err
	}
	return t, nil
}

func (q *queue) join(name string) *domain {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.domains) >= maxDomains {
		now := time.Now()
		for name, d := range q.domains {
			if d.users == 0 && now.After(d.ready) && now.After(d.closed) {
				delete(q.domains, name)
			}
		}
	}
	d := q.domains[name]
	if d == nil {
		d = &domain{held: make(chan struct{}, 1)}
		q.domains[name] = d
	}
	d.users++
	return d
}

func (t *turn) part() {
	t.queue.mu.Lock()
	t.users--
	t.queue.mu.Unlock()
}

// leave ends the visit.
func (t *turn) leave() {
	t.ready = time.Now().Add(t.gap)
	<-t.held
	t.part()
}

func (t *turn) open() error {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	if time.Now().Before(t.closed) {
		return busy("the site asked for a pause", t.closed)
	}
	return nil
}

// close keeps everybody out for the pause that the site asked for, at most 24 hours; 0 means that it named none. It returns the end.
func (t *turn) close(pause time.Duration) time.Time {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	if pause <= 0 {
		pause = pauses[min(t.times, len(pauses)-1)]
	}
	t.times++
	t.closed = time.Now().Add(min(pause, maxPause))
	return t.closed
}

// welcome forgets how often the site was busy.
func (t *turn) welcome() {
	t.queue.mu.Lock()
	t.times = 0
	t.queue.mu.Unlock()
}
