package retrieval

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// rest is how long after the last question the background still keeps to its share: the next one seldom comes alone.
const rest = 50 * time.Millisecond

// A gate keeps background work from slowing answers down. While questions are answered the background leaves one processor free (on a machine
// of one it takes turns with them); else it may have all. What it does at a time must be small: the work of one article, one transaction.
//
// Go's scheduler alone lets a busy goroutine run for 10 ms before another's turn, several times what an answer takes.
type gate struct {
	made time.Time
	asks atomic.Int32 // under way
	last atomic.Int64 // when the last one ended, in nanoseconds since made

	mu      sync.Mutex
	changed sync.Cond // working went down
	working int       // pieces of background work under way
}

func newGate() *gate {
	g := &gate{made: time.Now()}
	g.changed.L = &g.mu
	g.last.Store(-int64(rest))
	return g
}

// ask begins a question; answered ends it. They take no lock and no memory.
func (g *gate) ask() { g.asks.Add(1) }

func (g *gate) answered() {
	g.last.Store(int64(time.Since(g.made)))
	g.asks.Add(-1)
}

func (g *gate) asked() bool {
	return g.asks.Load() > 0 || time.Since(g.made)-time.Duration(g.last.Load()) < rest
}

// most is how many pieces of background work may be under way now.
func (g *gate) most() int {
	all := runtime.GOMAXPROCS(0)
	if g.asked() {
		return max(1, all-1)
	}
	return all
}

// begin waits for the turn of a piece of background work; end ends it.
func (g *gate) begin() {
	g.pause()
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.working >= g.most() {
		g.changed.Wait() // for end: at least one piece is under way
	}
	g.working++
}

func (g *gate) end() {
	g.mu.Lock()
	g.working--
	g.mu.Unlock()
	g.changed.Broadcast()
}

// pause lets the questions that wait for this processor go first.
func (g *gate) pause() {
	if g.asks.Load() > 0 {
		runtime.Gosched()
	}
}
