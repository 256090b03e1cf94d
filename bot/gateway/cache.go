package gateway

import (
	"sync"
	"time"
)

// A version orders what Discord told of one thing: the number of the session in its high bits, then that of the event. What is older
// than what is known already changes nothing, so that events may come in any order and leave the same state.
type version uint64

// after is the version of an event of a session, both numbered from 1.
func after(session int, seq int64) version { return version(session)<<40 | version(seq) }

// Bounds of what one guild may fill; Discord's own are 250 roles, 500 channels and 1,000 active threads.
const (
	rolesAtMost  = 1_000
	placesAtMost = 10_000
	nameAtMost   = 100 // characters of a thread's name
)

// A cache knows of the guilds what decides where we may speak and who sees it: owners, locales, roles, channels with their
// overwrites, and our own roles. It knows no members and no messages. Events keep it current.
type cache struct {
	self string // our user id

	mu     sync.RWMutex
	guilds map[string]*guild
	places map[string]*place
	lost   map[string]loss // by channel
}

type guild struct {
	at            version  // of the two below
	gone          bool     // we were removed
	unavailable   bool     // an outage: what is known stays
	written       presence // what the register has of it
	aboutAt       version
	locale, owner string
	rolesAt       version         // when all roles were listed last: what is older and not among them is gone
	roles         map[string]role // by id; @everyone's is the guild's
	placesAt      version
	places        map[string]*place // by id, threads too
	mineAt        version
	mine          []string  // our roles
	silenced      time.Time // until then we are in a timeout
}

// presence is whether we are in a guild, as far as was written down.
type presence int

const (
	presenceUnknown presence = iota // as where another process began the session
	isIn
	isOut
)

type role struct {
	at     version
	gone   bool
	rights rights
}

// A place is a channel or a thread.
type place struct {
	at         version
	gone       bool
	guild      string
	kind       int
	parent     string // of a thread its channel, of a channel its category
	name       string // of threads alone: a forum post's is part of its question
	opener     string // of threads: who opened it
	overwrites []overwrite
}

// A loss is a right that Discord denied us although, by all that we know, we have it.
type loss struct {
	rights rights
	until  time.Time
}

// The types of channels that matter.
const (
	placeText          = 0
	placeAnnouncements = 5
	placeNewsThread    = 10
	placePublicThread  = 11
	placePrivateThread = 12
	placeForum         = 15
	placeMedia         = 16
)

func isThread(kind int) bool {
	return kind == placeNewsThread || kind == placePublicThread || kind == placePrivateThread
}

func newCache(self string) *cache {
	return &cache{self: self, guilds: map[string]*guild{}, places: map[string]*place{}, lost: map[string]loss{}}
}

// note takes an event in; those that say nothing of guilds are left.
func (c *cache) note(at version, kind string, o object) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch kind {
	case "GUILD_CREATE":
		c.guildCreate(at, o)
	case "GUILD_UPDATE":
		c.guildUpdate(at, o)
	case "GUILD_DELETE":
		c.guildDelete(at, o)
	case "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE":
		c.setRole(at, o.text("guild_id"), o.object("role"))
		c.regain(o.text("guild_id"), "")
	case "GUILD_ROLE_DELETE":
		c.dropRole(at, o.text("guild_id"), o.text("role_id"))
	case "GUILD_MEMBER_UPDATE":
		if o.object("user").text("id") == c.self {
			c.setMine(at, o.text("guild_id"), o)
			c.regain(o.text("guild_id"), "")
		}
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE":
		c.setPlace(at, o.text("guild_id"), o)
		c.regain(o.text("guild_id"), o.text("id"))
	case "CHANNEL_DELETE", "THREAD_DELETE":
		c.dropPlace(at, o.text("guild_id"), o.text("id"))
	case "THREAD_LIST_SYNC":
		for _, t := range o.objects("threads") {
			c.setPlace(at, o.text("guild_id"), t)
		}
	}
}

// guild is the guild's entry, made where there is none: an event of it may come before its GUILD_CREATE. nil without an id.
func (c *cache) guild(id string) *guild {
	if id == "" {
		return nil
	}
	g := c.guilds[id]
	if g == nil {
		g = &guild{roles: map[string]role{}, places: map[string]*place{}}
		c.guilds[id] = g
	}
	return g
}

func (c *cache) guildCreate(at version, o object) {
	id := o.text("id")
	g := c.guild(id)
	if g == nil || field[bool](o, "unavailable") {
		return
	}
	if at > g.at {
		g.at, g.gone, g.unavailable = at, false, false
	}
	c.guildUpdate(at, o)
	for _, m := range o.objects("members") {
		if m.object("user").text("id") == c.self {
			c.setMine(at, id, m)
		}
	}
	listed := map[string]bool{}
	for _, list := range []string{"channels", "threads"} {
		for _, p := range o.objects(list) {
			listed[p.text("id")] = true
			c.setPlace(at, id, p)
		}
	}
	c.listedPlaces(at, g, listed)
	c.regain(id, "")
}

// listedPlaces drops what is older than a list of a guild's channels and not on it.
func (c *cache) listedPlaces(at version, g *guild, listed map[string]bool) {
	g.placesAt = max(g.placesAt, at)
	for id, p := range g.places {
		if !listed[id] && p.at < at {
			c.remove(g, id)
		}
	}
}

func (c *cache) remove(g *guild, id string) {
	delete(g.places, id)
	delete(c.places, id)
	delete(c.lost, id)
}

// guildUpdate reads what the guild itself is. Its roles are listed whole.
func (c *cache) guildUpdate(at version, o object) {
	id := o.text("id")
	g := c.guild(id)
	if g == nil {
		return
	}
	if at > g.aboutAt {
		g.aboutAt, g.locale, g.owner = at, o.text("preferred_locale"), o.text("owner_id")
	}
	if o["roles"] == nil {
		return
	}
	listed := map[string]bool{}
	for _, r := range o.objects("roles") {
		listed[r.text("id")] = true
		c.setRole(at, id, r)
	}
	g.listedRoles(at, listed)
}

// listedRoles drops what is older than a list of a guild's roles and not on it.
func (g *guild) listedRoles(at version, listed map[string]bool) {
	g.rolesAt = max(g.rolesAt, at)
	for id, r := range g.roles {
		if !listed[id] && r.at < at {
			delete(g.roles, id)
		}
	}
}

// guildDelete notes an outage, in which what is known stays, or that we were removed, after which nothing is known.
func (c *cache) guildDelete(at version, o object) {
	id := o.text("id")
	g := c.guild(id)
	if g == nil {
		return
	}
	gone := !field[bool](o, "unavailable")
	if at > g.at {
		g.at, g.unavailable, g.gone = at, !gone, gone
	}
	if !gone {
		return
	}
	g.listedRoles(at, nil)
	c.listedPlaces(at, g, nil)
}

func (c *cache) setRole(at version, guild string, o object) {
	c.putRole(guild, o.text("id"), role{at: at, rights: parseRights(o.text("permissions"))})
}

// dropRole leaves a mark, so that what comes late of the role does not bring it back; forget takes the marks away.
func (c *cache) dropRole(at version, guild, id string) {
	c.putRole(guild, id, role{at: at, gone: true})
}

func (c *cache) putRole(guild, id string, r role) {
	g := c.guild(guild)
	if g == nil || id == "" {
		return
	}
	old, known := g.roles[id]
	if r.at > old.at && (known || r.at >= g.rolesAt && len(g.roles) < rolesAtMost) {
		g.roles[id] = r
	}
}

func (c *cache) setMine(at version, guild string, member object) {
	g := c.guild(guild)
	if g == nil || at <= g.mineAt {
		return
	}
	g.mineAt, g.mine = at, nil
	for _, id := range field[[]string](member, "roles") {
		if len(g.mine) < rolesAtMost {
			g.mine = append(g.mine, id)
		}
	}
	g.silenced = field[time.Time](member, "communication_disabled_until")
}

func (c *cache) setPlace(at version, guild string, o object) {
	p := &place{at: at, guild: guild, kind: field[int](o, "type"), parent: o.text("parent_id")}
	if isThread(p.kind) {
		p.name, p.opener = cutRunes(o.text("name"), nameAtMost), o.text("owner_id")
	}
	for _, w := range o.objects("permission_overwrites") {
		p.overwrites = append(p.overwrites, overwrite{
			id: w.text("id"), member: field[int](w, "type") == 1, allow: parseRights(w.text("allow")), deny: parseRights(w.text("deny")),
		})
	}
	c.putPlace(o.text("id"), p)
}

// dropPlace leaves a mark, so that what comes late of the channel does not bring it back; forget takes the marks away.
func (c *cache) dropPlace(at version, guild, id string) {
	c.putPlace(id, &place{at: at, gone: true, guild: guild})
	delete(c.lost, id)
}

func (c *cache) putPlace(id string, p *place) {
	g := c.guild(p.guild)
	if g == nil || id == "" {
		return
	}
	old, known := g.places[id]
	if known && p.at > old.at || !known && p.at >= g.placesAt && len(g.places) < placesAtMost {
		g.places[id], c.places[id] = p, p
	}
}

// meet begins a session of a shard: of its guilds those that are not listed are gone, and the marks of what went before are taken
// away, as nothing older can come any more.
func (c *cache) meet(shard, shards int, listed []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	here := map[string]bool{}
	for _, id := range listed {
		here[id] = true
		c.guild(id).written = isIn
	}
	for id, g := range c.guilds {
		if shardOf(id, shards) == shard && !here[id] {
			for place := range g.places {
				c.remove(g, place)
			}
			delete(c.guilds, id)
		}
	}
}

// changedPresence reports whether we are in a guild, and whether that is news.
func (c *cache) changedPresence(id string) (present, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.guild(id)
	now := isIn
	if g.gone {
		now = isOut
	}
	changed = now != g.written
	g.written = now
	return now == isIn, changed
}

// isPresent reports whether we are in a guild, as far as is known.
func (c *cache) isPresent(id string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	g := c.guilds[id]
	return g != nil && !g.gone
}

// forget takes away the marks of what is gone since before a version in the guilds of a shard.
func (c *cache) forget(before version, shard, shards int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for guildID, g := range c.guilds {
		if shardOf(guildID, shards) != shard {
			continue
		}
		for id, p := range g.places {
			if p.gone && p.at < before {
				c.remove(g, id)
			}
		}
		for id, r := range g.roles {
			if r.gone && r.at < before {
				delete(g.roles, id)
			}
		}
		if g.gone && g.at < before {
			delete(c.guilds, guildID)
		}
	}
}
