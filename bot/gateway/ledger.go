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
	waiting map[string]archivist.Pending
	since   time.Time // when the first of them came
	under   time.Time // the same of those that are being written
}

func newBook(l Ledger, crashes *bot.Crashes, log *slog.Logger, retry time.Duration) *book {
	return &book{ledger: l, crashes: crashes, log: log, retry: retry, kick: make(chan struct{}, 1), waiting: map[string]archivist.Pending{}}
}

// note keeps how a request stands: open with its event, or answered without.
func (b *book) note(p archivist.Pending) {
	if b.ledger == nil || len(p.Event) > eventAtMost {
		return
	}
	b.mu.Lock()
	before, unwritten := b.waiting[p.ID]
	switch {
	case unwritten && before.Open() && !p.Open() && p.Reply == "" && !b.keepsAll:
		delete(b.waiting, p.ID) // answered before it was written
	case unwritten || len(b.waiting) < ledgerDepth:
		b.waiting[p.ID] = p
		if b.since.IsZero() {
			b.since = time.Now()
		}
	}
	b.mu.Unlock()
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

// write writes all that waits; what could not be written waits on, unless something newer of it came meanwhile.
func (b *book) write(ctx context.Context) bool {
	b.mu.Lock()
	rows, first := make([]archivist.Pending, 0, len(b.waiting)), b.since
	for _, p := range b.waiting {
		rows = append(rows, p)
	}
	clear(b.waiting)
	b.since = time.Time{}
	if len(rows) > 0 {
		b.under = first
	}
	b.mu.Unlock()
	if len(rows) == 0 {
		return true
	}
	slices.SortFunc(rows, func(x, y archivist.Pending) int { return strings.Compare(x.ID, y.ID) })
	err := b.crashes.Guard(func() error { return b.ledger.SaveRequests(ctx, rows) })
	if err == nil {
		b.mu.Lock()
		b.under = time.Time{}
		b.mu.Unlock()
		return true
	}
	b.log.Error("requests cannot be kept: a restart would lose those under way", "requests", len(rows), "error", err)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.since, b.under = b.under, time.Time{}
	for _, p := range rows {
		if _, newer := b.waiting[p.ID]; !newer && len(b.waiting) < ledgerDepth {
			b.waiting[p.ID] = p
		}
	}
	select {
	case b.kick <- struct{}{}:
	default:
	}
	return false
}
