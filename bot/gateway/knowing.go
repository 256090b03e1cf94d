package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"archivist"
	"archivist/bot"
)

// Discord tells of guilds at the beginning of a session. A process that takes up another's session has not heard it, so it asks, guild by
// guild, when something is said there.

// How long an answer waits for what Discord says of its guild. A question is answered all the same: a channel of which nothing is known counts
// as one that not everybody sees. What stores articles waits longer, as they would be that channel's alone.
const (
	knowShort = time.Second
	knowLong  = 10 * time.Second
)

// patience is how long a request waits for its guild to be known.
func (g *Gateway) patience(r bot.Request) time.Duration {
	if r.Command == "ask" || r.Command == "search" {
		return knowShort
	}
	return knowLong
}

// knowing are the guilds and channels that are being asked for.
type knowing struct {
	mu    sync.Mutex
	under map[string]chan struct{} // by id; closed when the answer is there
	asked seen                     // lately, with or without success
}

// know has the cache learn of a guild, and of a channel that is not on its list, which is a thread. It reports whether it knows more than
// before. Where no session is shared it does nothing: what is not known then is still to come.
func (g *Gateway) know(guild, channel string, most time.Duration) (more bool) {
	if !g.leases() || guild == "" {
		return false
	}
	ctx, cancel := context.WithTimeout(g.working, most)
	defer cancel()
	if !g.cache.knows(guild) {
		g.knowing.once(ctx, g, guild, func() error { return g.askGuild(guild) })
		more = g.cache.knows(guild)
	}
	if g.cache.knows(guild) && channel != "" && g.cache.guildOf(channel) == "" {
		g.knowing.once(ctx, g, channel, func() error { return g.askChannel(guild, channel) })
		more = more || g.cache.guildOf(channel) != ""
	}
	return more
}

// once asks beside the caller, who waits until ctx ends; whoever wants the same waits for the same. What was asked lately is not asked again.
func (k *knowing) once(ctx context.Context, g *Gateway, id string, ask func() error) {
	k.mu.Lock()
	wait := k.under[id]
	if wait == nil {
		if k.asked.again(id, time.Now()) {
			k.mu.Unlock()
			return
		}
		if k.under == nil {
			k.under = map[string]chan struct{}{}
		}
		wait = make(chan struct{})
		k.under[id] = wait
		g.work.Go(func() {
			defer func() {
				k.mu.Lock()
				delete(k.under, id)
				k.mu.Unlock()
				close(wait)
			}()
			if err := ask(); err != nil && g.working.Err() == nil {
				g.log.Warn("Discord does not say what a guild is like", "id", id, "error", err)
			}
		})
	}
	k.mu.Unlock()
	select {
	case <-wait:
	case <-ctx.Done():
	}
}

// askGuild reads what GUILD_CREATE would have told: the guild with its roles, its channels, and our own roles in it. All events of the session
// are newer.
func (g *Gateway) askGuild(id string) error {
	path := "/guilds/" + url.PathEscape(id)
	var guild object
	var channels, member json.RawMessage
	for _, k := range []struct {
		name, path string
		out        any
	}{{"GET guild", path, &guild}, {"GET guild channels", path + "/channels", &channels}, {"GET member", path + "/members/" + url.PathEscape(g.self), &member}} {
		if err := g.rest.do(g.working, call{name: k.name, method: http.MethodGet, path: k.path, top: id, rule: ruleGet}, k.out); err != nil {
			return err
		}
	}
	guild["channels"], guild["members"] = channels, json.RawMessage("["+string(member)+"]")
	g.cache.note(after(0, 1), "GUILD_CREATE", guild)
	g.warm(archivist.GuildLibrary(id))
	return nil
}

// askChannel reads what a channel is that is not on its guild's list: a thread.
func (g *Gateway) askChannel(guild, id string) error {
	var channel object
	err := g.rest.do(g.working, call{name: "GET channel", method: http.MethodGet, path: "/channels/" + url.PathEscape(id), top: id, rule: ruleGet}, &channel)
	if err != nil || channel.text("guild_id") != guild {
		return err
	}
	g.cache.note(after(0, 1), "THREAD_CREATE", channel)
	return nil
}

// knows reports whether Discord has told what a guild is like.
func (c *cache) knows(id string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	g := c.guilds[id]
	return g != nil && g.aboutAt > 0
}
