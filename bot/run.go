package bot

import (
	"context"
	"errors"
	"time"

	"archivist"
)

// How long what people did is kept (PRIVACY.md says the same; a test compares).
var Retention = archivist.Retention{Questions: 30 * 24 * time.Hour, Cards: 90 * 24 * time.Hour, Audit: 365 * 24 * time.Hour, Jobs: 30 * 24 * time.Hour, Pages: 30 * 24 * time.Hour}

const (
	bucketsStored = 10 * time.Second // how often
	sweepEvery    = time.Hour
)

// Run does the bot's work beside requests until ctx ends: it reads titles for autocomplete, stores token buckets, and takes away what has
// been kept long enough. It returns nil; what goes wrong, panics too, is logged and tried again.
func (b *Bot) Run(ctx context.Context) error {
	b.logged(ctx, "read the token buckets", func() error { return b.upkeep.Buckets(ctx, b.buckets.restore) })
	store, sweep := time.NewTicker(bucketsStored), time.NewTicker(sweepEvery)
	defer store.Stop()
	defer sweep.Stop()
	b.logged(ctx, "sweep", func() error { return b.upkeep.Sweep(ctx, time.Now(), Retention) })
	for {
		select {
		case library := <-b.titles.wants():
			b.logged(ctx, "read titles", func() error { return b.Warm(ctx, library) })
		case <-store.C:
			b.logged(ctx, "store the token buckets", func() error { return b.upkeep.SaveBuckets(ctx, b.buckets.changed()) })
		case now := <-sweep.C:
			b.logged(ctx, "sweep", func() error { return b.upkeep.Sweep(ctx, now, Retention) })
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			b.logged(last, "store the token buckets", func() error { return b.upkeep.SaveBuckets(last, b.buckets.changed()) })
			return nil
		}
	}
}

// logged does a piece of the work; neither its error nor its panic ends the rest.
func (b *Bot) logged(ctx context.Context, what string, work func() error) {
	if err := b.crashes.Guard(work); err != nil && (ctx.Err() == nil || !errors.Is(err, context.Canceled)) {
		b.log.Error(what, "error", err)
	}
}
