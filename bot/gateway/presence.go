package gateway

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"archivist"
)

// A Register keeps in which guilds the bot is, and since when it is no longer in others. MeetGuilds takes Discord's whole list of one
// shard; SetGuild notes one guild, with the time at which it was lost, or zero.
type Register interface {
	MeetGuilds(ctx context.Context, shard, shards int, present []string, at time.Time) error
	SetGuild(ctx context.Context, id string, lost time.Time) error
	LostGuilds(ctx context.Context, before time.Time) ([]string, error)
	ForgetGuild(ctx context.Context, id string) error
}

// A Purger removes a library with all that it holds.
type Purger interface {
	Delete(ctx context.Context, id archivist.LibraryID) error
}

// The lane in which the register is written, so that what came later is written later.
const registerLane = "register"

// meet takes the list of guilds that a shard was told at READY: those of the shard that are not on it went while we were away.
func (g *Gateway) meet(s *shard, ids []string) {
	g.cache.meet(s.id, s.count, ids)
	if g.options.Register == nil {
		return
	}
	g.record("the guilds of a shard", func(ctx context.Context) error {
		return g.options.Register.MeetGuilds(ctx, s.id, s.count, ids, g.rest.now())
	})
}

// noteGuild writes down whether we are in a guild, as the cache has it after an event, whatever the order of events.
func (g *Gateway) noteGuild(id string) {
	if g.options.Register == nil || id == "" {
		return
	}
	present, changed := g.cache.changedPresence(id)
	if !changed {
		return
	}
	lost := time.Time{}
	if !present {
		lost = g.rest.now()
		g.log.Info("a guild has removed the bot; its library will be purged", "guild", id, "at", lost.Add(archivist.PurgeWindow))
	}
	g.record("a guild", func(ctx context.Context) error { return g.options.Register.SetGuild(ctx, id, lost) })
}

// record writes into the register beside the events, and tries again while the store is busy.
func (g *Gateway) record(what string, write func(context.Context) error) {
	pushed := g.lanes.push(registerLane, func() {
		for n := 0; g.working.Err() == nil; n++ {
			err := g.crashes.Guard(func() error { return write(g.working) })
			if err == nil {
				return
			}
			g.log.Warn("write down "+what, "error", err)
			if n == 3 {
				return // the next READY tells all of it again
			}
			_ = pause(g.working, g.pace.backoff(n)) // the loop looks at it
		}
	})
	if !pushed {
		g.log.Warn("write down "+what, "error", "too much at once")
	}
}

// keepPurging removes the libraries of guilds that were lost archivist.PurgeWindow ago, until ctx ends.
func (g *Gateway) keepPurging(ctx context.Context) {
	if g.options.Register == nil || g.options.Purger == nil {
		return
	}
	for pause(ctx, g.pace.purge) == nil {
		if err := g.crashes.Guard(func() error { return g.purge(ctx) }); err != nil && ctx.Err() == nil {
			g.log.Error("purge the libraries of guilds that removed the bot", "error", err)
		}
	}
}

func (g *Gateway) purge(ctx context.Context) error {
	lost, err := g.options.Register.LostGuilds(ctx, g.rest.now().Add(-archivist.PurgeWindow))
	if err != nil {
		return err
	}
	for _, id := range lost {
		if g.cache.isPresent(id) { // it has come back, and the register is not written yet
			continue
		}
		if err := g.options.Purger.Delete(ctx, archivist.GuildLibrary(id)); err != nil {
			return err
		}
		if err := g.options.Register.ForgetGuild(ctx, id); err != nil {
			return err
		}
		g.log.Info("purged the library of a guild that removed the bot", "guild", id)
	}
	return nil
}

// isServed reports whether a guild is of this process, and not away in an outage.
func (c *cache) isServed(id string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	g := c.guilds[id]
	return g != nil && !g.gone && !g.unavailable && g.aboutAt > 0
}

// mayServe reports whether a guild is not known to be away.
func (c *cache) mayServe(id string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	g := c.guilds[id]
	return g == nil || !g.gone && !g.unavailable
}

// channelGone forgets the settings of a channel that is no more.
func (g *Gateway) channelGone(guild, channel string) {
	if guild == "" || channel == "" {
		return
	}
	g.cardsGone(guild, channel)
	g.record("the end of a channel", func(ctx context.Context) error {
		return g.bot.ForgetChannel(ctx, archivist.GuildLibrary(guild), channel)
	})
}

// cardsGone forgets the cards that were shown in a channel or a thread that is no more.
func (g *Gateway) cardsGone(guild, channel string) {
	if guild != "" && channel != "" {
		g.places.channelGone(archivist.GuildLibrary(guild), channel)
	}
}

// confirmGone looks whether a channel that Discord called unknown is gone: its settings are too precious to be lost to a slip.
func (g *Gateway) confirmGone(channel string) {
	guild := g.cache.guildOf(channel)
	if guild == "" {
		return
	}
	err := g.rest.do(g.working, call{name: "GET channel", method: http.MethodGet, path: "/channels/" + url.PathEscape(channel), top: channel, rule: ruleGet}, nil)
	if isCode(err, codeUnknownChannel) {
		g.channelGone(guild, channel)
	}
}
