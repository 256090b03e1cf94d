package gateway

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"archivist"
	"archivist/bot"
)

// Cards keeps in which messages cards are shown, so that they go with them.
type Cards interface {
	ChangeCards(ctx context.Context, changes archivist.CardChanges) error
}

// placementsAtMost is how many changes of a kind wait to be written. What is more is left out: then a card stays until it is old, and a
// button of it works.
const placementsAtMost = 10_000

// placements gathers what becomes of cards' messages, and writes it now and then: nobody waits for it, and most messages that are deleted
// are none of ours, which only the store knows.
type placements struct {
	store   Cards // nil: cards stay until they are old
	crashes *bot.Crashes
	log     *slog.Logger

	mu      sync.Mutex
	waiting archivist.CardChanges
}

// shown notes that a message shows a card, unless that was noted with an earlier version of it.
func (p *placements) shown(library archivist.LibraryID, c bot.Card, channel, message string) {
	if p.store == nil || c.ID == "" || c.Version > 0 || message == "" {
		return
	}
	p.add(archivist.CardChanges{Shown: []archivist.CardPlace{{Library: library, Card: c.ID, Channel: channel, Message: message}}})
}

// deleted notes that messages are no more, whosever they were, in the place of a library.
func (p *placements) deleted(library archivist.LibraryID, messages ...string) {
	if p.store == nil || library == "" {
		return
	}
	gone := make([]archivist.CardPlace, len(messages))
	for i, message := range messages {
		gone[i] = archivist.CardPlace{Library: library, Message: message}
	}
	p.add(archivist.CardChanges{Messages: gone})
}

// channelGone notes that a channel or a thread is no more.
func (p *placements) channelGone(library archivist.LibraryID, channel string) {
	if p.store != nil {
		p.add(archivist.CardChanges{Channels: []archivist.CardPlace{{Library: library, Channel: channel}}})
	}
}

func (p *placements) add(c archivist.CardChanges) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = joined(p.waiting, c)
}

// joined is what came first and what came then, no more of each than is kept.
func joined(first, then archivist.CardChanges) archivist.CardChanges {
	return archivist.CardChanges{
		Shown: atMost(append(first.Shown, then.Shown...)), Messages: atMost(append(first.Messages, then.Messages...)), Channels: atMost(append(first.Channels, then.Channels...)),
	}
}

func atMost[T any](list []T) []T { return list[:min(len(list), placementsAtMost)] }

// run writes every so often until ctx ends, and then what is left.
func (p *placements) run(ctx context.Context, every time.Duration) {
	if p.store == nil {
		return
	}
	for pause(ctx, every) == nil {
		p.write(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	p.write(last)
}

// write writes what waits; what could not be written waits on.
func (p *placements) write(ctx context.Context) {
	p.mu.Lock()
	changes := p.waiting
	p.waiting = archivist.CardChanges{}
	p.mu.Unlock()
	if len(changes.Shown)+len(changes.Messages)+len(changes.Channels) == 0 {
		return
	}
	if err := p.crashes.Guard(func() error { return p.store.ChangeCards(ctx, changes) }); err != nil {
		p.log.Warn("note in which messages cards are shown", "error", err)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.waiting = joined(changes, p.waiting)
	}
}
