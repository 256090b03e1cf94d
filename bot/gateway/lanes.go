package gateway

import (
	"slices"
	"sync"
	"time"
)

const (
	laneDepth     = 1024 // events that wait in one lane
	laneCount     = 512  // lanes with something in them
	atOnce        = 512  // interactions under way
	takeUpsAtOnce = 64   // of those that an earlier process left: what is new need not wait for them
)

// A crew is a number of goroutines that can be waited for while others still join, which a sync.WaitGroup forbids.
type crew struct {
	guard func(func()) // runs all its work, keeping panics from the process; nil = nothing does

	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when n falls to 0; nil where nobody waits
}

// Go runs f in a goroutine of the crew.
func (c *crew) Go(f func()) {
	c.enter()
	go func() {
		defer c.leave()
		c.safely(f)
	}()
}

func (c *crew) safely(f func()) {
	if c.guard == nil {
		f()
		return
	}
	c.guard(f)
}

func (c *crew) enter() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func (c *crew) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 && c.idle != nil {
		close(c.idle)
		c.idle = nil
	}
}

// size is how many are at work.
func (c *crew) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// done is closed as soon as nobody of the crew is at work.
func (c *crew) done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == 0 {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	if c.idle == nil {
		c.idle = make(chan struct{})
	}
	return c.idle
}

// lanes run what belongs together in order, and what does not side by side. A lane is a goroutine that lives as long as it has work.
type lanes struct {
	crew    *crew
	mu      sync.Mutex
	waiting map[string][]func() // a lane without an entry has no goroutine
}

// push adds work to a lane without ever waiting. It reports whether there was room.
func (l *lanes) push(lane string, work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue, alive := l.waiting[lane]
	if len(queue) >= laneDepth || !alive && len(l.waiting) >= laneCount {
		return false
	}
	if l.waiting == nil {
		l.waiting = map[string][]func(){}
	}
	l.waiting[lane] = append(queue, work)
	if !alive {
		l.crew.Go(func() { l.run(lane) })
	}
	return true
}

func (l *lanes) run(lane string) {
	for {
		l.mu.Lock()
		queue := l.waiting[lane]
		if len(queue) == 0 {
			delete(l.waiting, lane)
			l.mu.Unlock()
			return
		}
		work := queue[0]
		l.waiting[lane] = queue[1:]
		l.mu.Unlock()
		l.crew.safely(work) // a panic ends neither the lane nor what waits in it
	}
}

// seen remembers keys for a while, so that nothing is done twice: at most most of them, the oldest go first.
type seen struct {
	keep time.Duration
	most int

	mu    sync.Mutex
	at    map[string]time.Time
	order []string
}

// again reports whether the key was noted within the last keep, and notes it.
func (s *seen) again(key string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = map[string]time.Time{}
	}
	for len(s.order) > 0 && (len(s.order) >= s.most || now.Sub(s.at[s.order[0]]) > s.keep) {
		delete(s.at, s.order[0])
		s.order = s.order[1:]
	}
	if _, known := s.at[key]; known {
		return true
	}
	s.at[key] = now
	s.order = append(s.order, key)
	return false
}

// forget makes a key unknown.
func (s *seen) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.at, key)
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == key })
}
