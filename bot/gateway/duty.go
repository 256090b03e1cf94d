package gateway

import (
	"context"
	"sync/atomic"
	"time"
)

// A duty is what is under way of one shard. Where the shard goes to another process, what cannot be finished before is cut off: its requests stay
// open in the ledger, and the next process answers them. So nobody is answered by both.
type duty struct {
	ctx   context.Context // of all work on the shard's requests; ends with the process's, or when it is cut off
	cut   context.CancelFunc
	under crew // counts that work; it runs in the crew of the process

	leased  func() bool // the shard's lease is in force; nil = it needs none
	unnoted atomic.Bool // something that came is neither answered nor in the ledger: Discord has to tell it again
	over    atomic.Bool // the shard is another process's by now, and so are its rows of the ledger
}

func newDuty(working context.Context) *duty {
	d := &duty{}
	d.ctx, d.cut = context.WithCancel(working)
	return d
}

// of makes work part of the duty, from now until it has been done.
func (d *duty) of(work func()) func() {
	d.under.enter()
	return func() {
		defer d.under.leave()
		work()
	}
}

// isCut reports whether what is under way is another process's to finish.
func (d *duty) isCut() bool { return d.ctx.Err() != nil }

// mayWrite reports whether rows of the shard may be written into the ledger: without the lease, they may be another process's.
func (d *duty) mayWrite() bool { return d.leased == nil || d.leased() }

// lastWords is how long what is under way may take when its shard's connection has ended: less than Discord waits for the acknowledgement of what it
// will tell the next process.
const lastWords = 500 * time.Millisecond

// end waits for what is under way, cuts off what takes longer than that, and returns when nobody works on the shard's requests any more.
func (d *duty) end() {
	timer := time.NewTimer(lastWords)
	defer timer.Stop()
	select {
	case <-d.under.done():
	case <-timer.C:
	}
	d.cut()
	<-d.under.done()
}
