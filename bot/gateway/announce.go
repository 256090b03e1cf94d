package gateway

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"archivist"
	"archivist/bot"
)

// A Noticeboard holds what channels are to be told of feeds. Notices lists the oldest n of our libraries; Told takes one off, told or not to be told.
type Noticeboard interface {
	Notices(ctx context.Context, n int, ours func(archivist.LibraryID) bool) ([]archivist.Notice, error)
	Told(ctx context.Context, n archivist.Notice) error
}

const noticesAtOnce = 20

// keepAnnouncing tells channels what is on the board until ctx ends.
func (g *Gateway) keepAnnouncing(ctx context.Context) {
	if g.options.Board == nil {
		return
	}
	for pause(ctx, g.pace.announce) == nil {
		if err := g.crashes.Guard(func() error { return g.announce(ctx) }); err != nil && ctx.Err() == nil {
			g.log.Error("announce what is new in feeds", "error", err)
		}
	}
}

// announce tells what is on the board. What cannot be told, as the article is gone or we may not write there, is taken off too:
// /admin setup says what is missing. What Discord could not take now stays, and the nonce keeps it from being shown twice; so does what is of a
// guild that another process serves, or that is away in an outage.
func (g *Gateway) announce(ctx context.Context) error {
	list, err := g.options.Board.Notices(ctx, noticesAtOnce, func(library archivist.LibraryID) bool {
		guild, isGuild := strings.CutPrefix(string(library), "guild:")
		return isGuild && g.holds(guild) && g.cache.mayServe(guild)
	})
	if err != nil {
		return err
	}
	var later []error
	for _, n := range list {
		guild := strings.TrimPrefix(string(n.Library), "guild:")
		if g.know(guild, n.Channel, knowLong); !g.cache.isServed(guild) {
			continue
		}
		r := bot.Request{Library: n.Library, Channel: g.cache.settled(n.Channel), Locale: g.bot.Locale(ctx, n.Library, g.cache.locale(guild)), Asked: time.Now().UTC(), Hidden: g.cache.hidden(n.Channel)}
		card, ok, err := g.bot.Announce(ctx, r, n)
		if err != nil {
			return err
		}
		if may, _ := g.cache.ours(n.Channel, time.Now()); ok && may.has(rightView|rightSend) {
			message, err := g.send(g.working, n.Channel, nonceOf(n), "", rendered(card, may), ruleNotice)
			if err != nil && !isFinal(err) {
				later = append(later, err)
				continue
			}
			g.places.shown(r.Library, card, n.Channel, message)
		}
		if err := g.options.Board.Told(ctx, n); err != nil {
			return err
		}
	}
	return errors.Join(later...)
}

// nonceOf tells a notice from all others, so that one that is told again after a crash is not posted twice.
func nonceOf(n archivist.Notice) string {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %s %d", n.Feed, n.What, n.Job) // never fails
	return fmt.Sprintf("n%016x", h.Sum64())
}
