package gateway

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"archivist"
	"archivist/bot"
)

// A Ledger keeps the requests that were taken up, so that a restart loses none and answers none twice. SaveRequests keeps all or none;
// Request of an unknown id is archivist.ErrNotFound; Requests lists all, the oldest first.
type Ledger interface {
	SaveRequests(ctx context.Context, requests []archivist.Pending) error
	Requests(ctx context.Context) ([]archivist.Pending, error)
	Request(ctx context.Context, id string) (archivist.Pending, error)
	ForgetRequests(ctx context.Context, before time.Time) error
}

const (
	ledgerDepth = 10_000   // rows that wait to be written
	eventAtMost = 64 << 10 // bytes of an event that is kept
)

// A book writes into the ledger without anybody waiting for it: what comes while a transaction is under way goes into the next one. A
// request that is answered before its row was written needs none, which is the rule: answers are faster than disks.
type book struct {
	ledger   Ledger // nil: nothing is kept
	keepsAll bool   // a row is written of answered requests too: another process may be told of them again
	crashes  *bot.Crashes
	log      *slog.Logger
	retry    time.Duration // before rows that could not be written are written again
	kick     chan struct{}

	mu      sync.Mutex
	waiting map[string]noted
	since   time.Time // when the first of them came
	under   time.Time // the same of those that are being written
}

// What was noted of a request, and of which shard it is.
type noted struct {
	archivist.Pending
	duty *duty
}

func newBook(l Ledger, crashes *bot.Crashes, log *slog.Logger, retry time.Duration) *book {
	return &book{ledger: l, crashes: crashes, log: log, retry: retry, kick: make(chan struct{}, 1), waiting: map[string]noted{}}
}

// note keeps how a request of a shard stands: open with its event, or answered without.
func (b *book) note(p archivist.Pending, d *duty) {
	if b.ledger == nil || len(p.Event) > eventAtMost {
		return
	}
	b.mu.Lock()
	before, unwritten := b.waiting[p.ID]
	switch {
	case unwritten && before.Open() && !p.Open() && p.Reply == "" && !b.keepsAll:
		delete(b.waiting, p.ID) // answered before it was written
	case unwritten || len(b.waiting) < ledgerDepth:
		b.waiting[p.ID] = noted{p, d}
		if b.since.IsZero() {
			b.since = time.Now()
		}
	}
	b.mu.Unlock()
	b.wake()
}

// wake has run write what waits.
func (b *book) wake() {
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

// oldest is when the first of what is not written yet was noted; zero if all is.
func (b *book) oldest() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.under.IsZero() {
		return b.under
	}
	return b.since
}

// run writes until ctx ends, and then what is left.
func (b *book) run(ctx context.Context) {
	if b.ledger == nil {
		return
	}
	sweep := time.NewTicker(time.Minute)
	defer sweep.Stop()
	for ctx.Err() == nil {
		select {
		case <-b.kick:
			if !b.write(ctx) {
				_ = pause(ctx, b.retry) // the loop looks at ctx
			}
		case now := <-sweep.C:
			if err := b.crashes.Guard(func() error { return b.ledger.ForgetRequests(ctx, now.Add(-archivist.RequestWindow)) }); err != nil {
				b.log.Warn("forget old requests", "error", err)
			}
		case <-ctx.Done():
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	b.write(last)
}

// write writes what waits and may be written; what could not be written waits on, unless something newer of it came meanwhile. It reports
// whether nothing does. Rows of a shard without its lease wait until it has one again; where the shard is another process's they are forgotten:
// that one may have answered by now, and would be told by them that it has not.
func (b *book) write(ctx context.Context) bool {
	var rows []noted
	b.mu.Lock()
	first := b.since
	for id, p := range b.waiting {
		switch {
		case p.duty.over.Load():
			delete(b.waiting, id)
		case p.duty.mayWrite():
			delete(b.waiting, id)
			rows = append(rows, p)
		}
	}
	waits := len(b.waiting) > 0
	if !waits {
		b.since = time.Time{}
	}
	if len(rows) > 0 {
		b.under = first
	}
	b.mu.Unlock()
	var err error
	if len(rows) > 0 {
		slices.SortFunc(rows, func(x, y noted) int { return strings.Compare(x.ID, y.ID) })
		requests := make([]archivist.Pending, len(rows))
		for i, p := range rows {
			requests[i] = p.Pending
		}
		err = b.crashes.Guard(func() error { return b.ledger.SaveRequests(ctx, requests) })
	}
	if err != nil {
		b.log.Error("requests cannot be kept: a restart would lose those under way", "requests", len(rows), "error", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.since = b.under
		for _, p := range rows {
			if _, newer := b.waiting[p.ID]; !newer && len(b.waiting) < ledgerDepth {
				b.waiting[p.ID] = p
			}
		}
	}
	b.under = time.Time{}
	if err != nil || waits {
		b.wake()
		return false
	}
	return true
}
