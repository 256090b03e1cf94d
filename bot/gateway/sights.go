package gateway

import (
	"slices"
	"time"
)

// What the rest of the gateway asks of the cache: what we may do in a channel, who sees it, and what it hangs on.

// lose notes that Discord denied us a right in a channel. For ten minutes, or until an event says that rights have changed, it is not
// tried again: refused requests add up to a ban.
func (c *cache) lose(channel string, r rights, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, l := range c.lost {
		if now.After(l.until) {
			delete(c.lost, id)
		}
	}
	if len(c.lost) < placesAtMost {
		c.lost[channel] = loss{rights: c.lost[channel].rights | r, until: now.Add(lostFor)}
	}
}

const lostFor = 10 * time.Minute

// regain forgets losses in a channel and its threads, or in the whole guild where channel is "".
func (c *cache) regain(guild, channel string) {
	for id := range c.lost {
		p := c.places[id]
		if channel == "" && p != nil && p.guild == guild || channel != "" && (id == channel || p != nil && p.parent == channel) {
			delete(c.lost, id)
		}
	}
}

// lookup finds a channel and its guild; for a thread also the channel around it, in which its rights are decided.
func (c *cache) lookup(channel string) (p, around *place, g *guild) {
	p = c.places[channel]
	if p == nil || p.gone {
		return nil, nil, nil
	}
	if g = c.guilds[p.guild]; g == nil || g.gone {
		return nil, nil, nil
	}
	around = p
	if isThread(p.kind) {
		if around = c.places[p.parent]; around == nil || around.gone {
			return nil, nil, nil
		}
	}
	return p, around, g
}

// ours is what we may do in a channel: nothing where it is gone. known is false where nothing is known of it, as in direct messages: then all is to
// be tried.
func (c *cache) ours(channel string, now time.Time) (r rights, known bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, around, g := c.lookup(channel)
	if p == nil {
		if marked := c.places[channel]; marked != nil && marked.gone {
			return 0, true
		}
		return allRights, false
	}
	r = g.roles[p.guild].rights
	for _, id := range g.mine {
		r |= g.roles[id].rights
	}
	switch {
	case r.has(rightAdministrator) || g.owner == c.self:
		r = allRights
	default:
		r = r.overwritten(around.overwrites, p.guild, c.self, g.mine)
	}
	if now.Before(g.silenced) {
		r &= rightsInTimeout
	}
	if isThread(p.kind) {
		if r &^= rightSend; r.has(rightThreads) {
			r |= rightSend
		}
	}
	if !r.has(rightView) {
		r = 0
	}
	if l := c.lost[channel]; now.Before(l.until) {
		r &^= l.rights
	}
	return r, true
}

// hidden is where not everybody of the guild sees what is said in a channel: the channel in which @everyone lacks View Channel, or the
// private thread; "" where all see it. A channel that nothing is known of counts as hidden, which harms nobody.
func (c *cache) hidden(channel string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, around, g := c.lookup(channel)
	if p == nil || p.kind == placePrivateThread {
		return channel
	}
	r := g.roles[p.guild].rights
	if r.has(rightAdministrator) || r.overwritten(around.overwrites, p.guild, "", nil).has(rightView) {
		return ""
	}
	if p != around {
		return p.parent
	}
	return channel
}

// locale is a guild's preferred language; "" where nothing is known of it.
func (c *cache) locale(guild string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if g := c.guilds[guild]; g != nil {
		return g.locale
	}
	return ""
}

// guildOf is the guild that a channel is in; "" where nothing is known of it.
func (c *cache) guildOf(channel string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if p := c.places[channel]; p != nil {
		return p.guild
	}
	return ""
}

// A thread is what is known of one.
type thread struct {
	parent, name, opener string
	post                 bool // it stands in a forum
}

// thread finds a thread; ok is false for every other channel.
func (c *cache) thread(channel string) (t thread, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p := c.places[channel]
	if p == nil || p.gone || !isThread(p.kind) {
		return thread{}, false
	}
	t = thread{parent: p.parent, name: p.name, opener: p.opener}
	if around := c.places[p.parent]; around != nil {
		t.post = around.kind == placeForum || around.kind == placeMedia
	}
	return t, true
}

// settled is the channel whose settings hold in a channel: of a thread its parent.
func (c *cache) settled(channel string) string {
	if t, ok := c.thread(channel); ok && t.parent != "" {
		return t.parent
	}
	return channel
}

// channels lists the channels of a guild in which people write, threads aside, by id.
func (c *cache) channels(guild string) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []string
	g := c.guilds[guild]
	if g == nil {
		return nil
	}
	for id, p := range g.places {
		if !p.gone && (p.kind == placeText || p.kind == placeAnnouncements || p.kind == placeForum) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// cutRunes is the first n characters of a text.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
