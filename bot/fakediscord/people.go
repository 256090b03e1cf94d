package fakediscord

import (
	"slices"
	"time"
)

// user is an account; Member is a user in one guild, or in none.
type user struct {
	id, name, locale string
	bot              bool
	installed        bool // has the bot as an app of their own
	closed           bool // takes no direct messages
}

func (u *user) json() object {
	return object{"id": u.id, "username": u.name, "discriminator": "0", "global_name": u.name, "avatar": nil, "bot": u.bot, "public_flags": 0, "flags": 0}
}

// Guild is a server that the bot is in.
type Guild struct {
	d              *Discord
	id, name       string
	locale         string
	everyone       *Role
	roles          []*Role
	channels       []*Channel
	members        []*Member
	owner          *user
	me             *Member // the bot
	gone, unserved bool    // left or removed; in an outage
}

// Role is a set of rights in a guild.
type Role struct {
	id, name string
	rights   Rights
}

// Channel is a text channel, a forum, a thread, or a direct conversation with the bot.
type Channel struct {
	d          *Discord
	id, name   string
	kind       int
	guild      *Guild // nil in direct messages
	parent     *Channel
	opener     *user // of a thread
	overwrites []overwrite
	people     []*user // of a direct conversation, the bot too
	history    []*message
	changed    uint64     // the newest seq of its messages
	deleted    []deletion // the last maxGone
	forgot     uint64     // the seq of the newest deletion that is no longer in deleted
	gone       bool
}

// The types of channels that the fake has.
const (
	kindText          = 0
	kindDM            = 1
	kindGroup         = 3
	kindThread        = 11
	kindPrivateThread = 12
	kindForum         = 15
)

func (c *Channel) isThread() bool { return c.kind == kindThread || c.kind == kindPrivateThread }

type overwrite struct {
	id          string // of a role or a member
	member      bool
	allow, deny Rights
}

// Member is a person, in one guild or, from Discord.Person and DM, in none.
type Member struct {
	d       *Discord
	user    *user
	guild   *Guild
	roles   []*Role
	timeout time.Time // until then nothing may be said
}

// PersonOption is a trait of a new person.
type PersonOption func(*Member)

// Locale is the language of the person's client, as "de"; else "en-US".
func Locale(l string) PersonOption { return func(m *Member) { m.user.locale = l } }

// With gives rights in the guild, by a role of the person's own.
func With(r Rights) PersonOption {
	return func(m *Member) { m.roles = append(m.roles, m.guild.addRole(m.user.name+"'s", r)) }
}

// In gives a role.
func In(r *Role) PersonOption { return func(m *Member) { m.roles = append(m.roles, r) } }

// Automated makes the person a bot, of somebody else.
func Automated() PersonOption { return func(m *Member) { m.user.bot = true } }

// Installed gives the person the bot as an app of their own.
func Installed() PersonOption { return func(m *Member) { m.user.installed = true } }

// Closed refuses direct messages: 50007.
func Closed() PersonOption { return func(m *Member) { m.user.closed = true } }

// GuildOption is a trait of a new guild.
type GuildOption func(*Guild)

// Preferred is the guild's preferred_locale; else "en-US".
func Preferred(locale string) GuildOption { return func(g *Guild) { g.locale = locale } }

// BotRights are what the bot's own role allows; else what the README's invite asks for.
func BotRights(r Rights) GuildOption { return func(g *Guild) { g.me.roles[0].rights = r } }

// Uninvited makes it a guild that the bot is not in, where only people with an app of their own use it.
func Uninvited() GuildOption { return func(g *Guild) { g.gone = true } }

// Guild makes a server with the bot in it, and tells the bot.
func (d *Discord) Guild(name string, options ...GuildOption) *Guild {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := &Guild{d: d, id: d.newID(), name: name, locale: "en-US"}
	g.everyone = &Role{id: g.id, name: "@everyone", rights: everybody}
	g.roles = []*Role{g.everyone}
	g.me = &Member{d: d, user: d.bot, guild: g, roles: []*Role{g.addRole(d.bot.name, invited)}}
	g.members = []*Member{g.me}
	g.owner = &user{id: d.newID(), name: "owner of " + name, locale: "en-US"}
	for _, o := range options {
		o(g)
	}
	d.guilds = append(d.guilds, g)
	if !g.gone {
		d.dispatch(g, intentGuilds, "GUILD_CREATE", g.json())
	}
	return g
}

// ID is the guild's snowflake.
func (g *Guild) ID() string { return g.id }

// Name is the guild's name.
func (g *Guild) Name() string { return g.name }

// addRole makes a role. The lock is held.
func (g *Guild) addRole(name string, r Rights) *Role {
	role := &Role{id: g.d.newID(), name: name, rights: r}
	g.roles = append(g.roles, role)
	return role
}

// Role makes a role, and tells the bot.
func (g *Guild) Role(name string, rights Rights) *Role {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	r := g.addRole(name, rights)
	g.d.dispatch(g, intentGuilds, "GUILD_ROLE_CREATE", object{"guild_id": g.id, "role": r.json()})
	return r
}

// SetRights changes a role, @everyone if role is nil, and tells the bot.
func (g *Guild) SetRights(role *Role, rights Rights) {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	if role == nil {
		role = g.everyone
	}
	role.rights = rights
	g.d.dispatch(g, intentGuilds, "GUILD_ROLE_UPDATE", object{"guild_id": g.id, "role": role.json()})
}

// BotRole is the role that holds the bot's rights.
func (g *Guild) BotRole() *Role { return g.me.roles[0] }

// ID is the role's snowflake.
func (r *Role) ID() string { return r.id }

// Channel makes a text channel, and tells the bot.
func (g *Guild) Channel(name string) *Channel {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	c := &Channel{d: g.d, id: g.d.newID(), name: name, guild: g, kind: kindText}
	g.add(c, "CHANNEL_CREATE")
	return c
}

// add hangs a channel into the guild, and tells the bot. The lock is held.
func (g *Guild) add(c *Channel, event string) {
	g.channels = append(g.channels, c)
	g.d.channels[c.id] = c
	if !g.gone {
		g.d.dispatch(g, intentGuilds, event, c.json())
	}
}

// Member makes a person in the guild.
func (g *Guild) Member(name string, options ...PersonOption) *Member {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	m := &Member{d: g.d, guild: g, user: &user{id: g.d.newID(), name: name, locale: "en-US"}}
	for _, o := range options {
		o(m)
	}
	g.d.users[m.user.id] = m.user
	g.members = append(g.members, m)
	return m
}

// Join is a person who is in another guild, or in none, in this one too.
func (g *Guild) Join(p *Member, options ...PersonOption) *Member {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	m := &Member{d: g.d, guild: g, user: p.user}
	for _, o := range options {
		o(m)
	}
	g.members = append(g.members, m)
	return m
}

// Person makes somebody who shares no guild with the bot. The options With and In do not go with it.
func (d *Discord) Person(name string, options ...PersonOption) *Member {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := &Member{d: d, user: &user{id: d.newID(), name: name, locale: "en-US"}}
	for _, o := range options {
		o(m)
	}
	d.users[m.user.id] = m.user
	return m
}

// ID is the person's snowflake.
func (m *Member) ID() string { return m.user.id }

// Name is what others read.
func (m *Member) Name() string { return m.user.name }

// DM is the person's conversation with the bot.
func (m *Member) DM() *Channel {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	return m.d.dm(m.user)
}

// dm opens a conversation. The lock is held.
func (d *Discord) dm(u *user) *Channel {
	c := d.dms[u.id]
	if c == nil {
		c = &Channel{d: d, id: d.newID(), kind: kindDM, people: []*user{u, d.bot}}
		d.dms[u.id], d.channels[c.id] = c, c
	}
	return c
}

// Group is a conversation among people, without the bot: who has it as an app of their own can use it there.
func (d *Discord) Group(people ...*Member) *Channel {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := &Channel{d: d, id: d.newID(), kind: kindGroup}
	for _, p := range people {
		c.people = append(c.people, p.user)
	}
	d.channels[c.id] = c
	return c
}

// Timeout forbids the person to speak until then; with the bot's own member (Guild.Bot) it is the bot that is silenced.
func (m *Member) Timeout(until time.Time) {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	m.timeout = until
	if m == m.guild.me { // told of itself a bot is without the intent for members, which the fake never grants
		m.d.dispatch(m.guild, 0, "GUILD_MEMBER_UPDATE", m.json())
	}
}

// Bot is the bot as a member of the guild.
func (g *Guild) Bot() *Member { return g.me }

// Outage makes the guild unavailable, and tells the bot; Return ends it.
func (g *Guild) Outage() {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.unserved = true
	g.d.dispatch(g, intentGuilds, "GUILD_DELETE", object{"id": g.id, "unavailable": true})
}

// Return ends an outage, or brings back a bot that was kicked: invited anew.
func (g *Guild) Return() {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.unserved, g.gone = false, false
	g.d.dispatch(g, intentGuilds, "GUILD_CREATE", g.json())
}

// Kick removes the bot from the guild.
func (g *Guild) Kick() {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.kick()
}

func (g *Guild) kick() {
	g.gone = true
	g.d.dispatch(g, intentGuilds, "GUILD_DELETE", object{"id": g.id})
}

// guild finds a guild that the bot is in. The lock is held.
func (d *Discord) guild(id string) *Guild {
	i := slices.IndexFunc(d.guilds, func(g *Guild) bool { return g.id == id && !g.gone })
	if i < 0 {
		return nil
	}
	return d.guilds[i]
}

// member finds a person in the guild. The lock is held.
func (g *Guild) member(id string) *Member {
	i := slices.IndexFunc(g.members, func(m *Member) bool { return m.user.id == id })
	if i < 0 {
		return nil
	}
	return g.members[i]
}
