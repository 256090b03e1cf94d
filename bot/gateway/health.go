package gateway

import (
	"slices"
	"sync"
	"time"

	"archivist/bot"
)

// heldShards are the shards of this process.
type heldShards struct {
	mu   sync.Mutex
	list []*shard
}

func (g *Gateway) addShard(s *shard) {
	g.held.mu.Lock()
	defer g.held.mu.Unlock()
	g.held.list = append(g.held.list, s)
}

func (g *Gateway) dropShard(s *shard) {
	g.held.mu.Lock()
	defer g.held.mu.Unlock()
	g.held.list = slices.DeleteFunc(g.held.list, func(other *shard) bool { return other == s })
}

// holds reports whether a guild is of a shard of this process.
func (g *Gateway) holds(guild string) bool {
	g.held.mu.Lock()
	defer g.held.mu.Unlock()
	return slices.ContainsFunc(g.held.list, func(s *shard) bool { return shardOf(guild, s.count) == s.id })
}

// Health is how the connection fares; before Run has shards it has none. It may be asked at any time.
func (g *Gateway) Health() bot.Health {
	h := bot.Health{
		Content: g.reads.Load(), Behind: g.rest.clock.skew(), Refused: g.rest.limits.refused(time.Now()), UnderWay: g.work.size(), Undecoded: int(g.undecoded.Load()),
	}
	h.Buckets = g.rest.limits.size(time.Now())
	g.held.mu.Lock()
	defer g.held.mu.Unlock()
	for _, s := range g.held.list {
		h.Shards = append(h.Shards, s.health())
	}
	if len(h.Shards) > 0 { // else Run has not come to the cache yet
		h.Guilds, h.Channels = g.cache.size()
	}
	return h
}

func (s *shard) health() bot.ShardHealth {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := bot.ShardHealth{ID: s.id, Of: s.count, Ready: s.isUp, Since: s.changed, Starts: s.left, StartsTold: s.leftTold, Waits: s.waits}
	if t := s.current.Load(); t != nil {
		h.Latency = t.pulse()
	}
	return h
}

// pulse is how long the last heartbeat took to be answered; 0 before the first.
func (t *tap) pulse() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.latency
}

// refused counts the requests in the present window that add up to a ban.
func (l *limits) refused(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.windowed) > invalidWindow {
		return 0
	}
	return l.invalid
}

// size counts the guilds that we are in, and what is known of their channels.
func (c *cache) size() (guilds, channels int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, g := range c.guilds {
		if !g.gone {
			guilds++
		}
	}
	return guilds, len(c.places)
}

// needed are the rights that setup looks for, by Discord's names.
var needed = []struct {
	right rights
	name  string
}{
	{rightView, "View Channel"},
	{rightSend, "Send Messages"},
	{rightThreads, "Send Messages in Threads"},
	{rightEmbed, "Embed Links"},
	{rightAttach, "Attach Files"},
	{rightHistory, "Read Message History"},
}

// Channels are a guild's channels, with what we lack in each.
func (g *Gateway) Channels(guild string) []bot.ChannelSight {
	var out []bot.ChannelSight
	for _, id := range g.cache.channels(guild) {
		may, _ := g.cache.ours(id, time.Now())
		seen := bot.ChannelSight{ID: id, Forum: g.cache.isForum(id), Hidden: g.cache.hidden(id) != ""}
		for _, n := range needed {
			if !may.has(n.right) {
				seen.Missing = append(seen.Missing, n.name)
			}
		}
		out = append(out, seen)
	}
	return out
}

func (c *cache) isForum(channel string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p := c.places[channel]
	return p != nil && (p.kind == placeForum || p.kind == placeMedia)
}
