package fakediscord

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// What a person's client shows: the guilds and channels that the person sees, the people there, and what has changed in a channel since it
// was last looked at. The playground draws it.

// People are all persons who are no bots, each once, in the order in which they were made.
func (d *Discord) People() []*Member {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []*Member
	for id, u := range d.users {
		if !u.bot {
			out = append(out, &Member{d: d, user: d.users[id]})
		}
	}
	slices.SortFunc(out, func(a, b *Member) int { return compareIDs(a.user.id, b.user.id) })
	return out
}

// compareIDs orders snowflakes, which are numbers without leading zeros, by age.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// Guilds are the guilds in which the person is, as a member of each.
func (m *Member) Guilds() []*Member {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	var out []*Member
	for _, g := range m.d.guilds {
		if in := g.member(m.user.id); in != nil {
			out = append(out, in)
		}
	}
	return out
}

// Guild is the guild that the person is a member of; nil of a person without one.
func (m *Member) Guild() *Guild { return m.guild }

// Bot tells whether it is an account of a bot.
func (m *Member) Bot() bool { return m.user.bot }

// Roles are the names of the member's roles.
func (m *Member) Roles() []string {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	var out []string
	for _, r := range m.roles {
		out = append(out, r.name)
	}
	return out
}

// Locale is the language of the person's client.
func (m *Member) Locale() string {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	return m.user.locale
}

// SetLocale changes it: later interactions tell the new one.
func (m *Member) SetLocale(locale string) {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	m.user.locale = locale
	m.d.touch()
}

// People are the guild's members, the bot among them, in the order in which they came.
func (g *Guild) People() []*Member {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	return slices.Clone(g.members)
}

// Roles are the guild's roles, @everyone first.
func (g *Guild) Roles() []*Role {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	return slices.Clone(g.roles)
}

// Name is the role's name.
func (r *Role) Name() string { return r.name }

// Guild is where the channel is; nil of direct messages.
func (c *Channel) Guild() *Guild { return c.guild }

// Parent is the channel that a thread is of; nil if it is none.
func (c *Channel) Parent() *Channel { return c.parent }

// Channels are what the member sees of the guild, each channel followed by its threads.
func (m *Member) Channels() []*Channel {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	var out []*Channel
	under := func(parent *Channel) (found []*Channel) {
		for _, c := range m.guild.channels {
			if c.parent == parent && m.sees(c) {
				found = append(found, c)
			}
		}
		return found
	}
	for _, c := range under(nil) {
		out = append(append(out, c), under(c)...)
	}
	return out
}

// Sees tells whether the channel is there for the person: one of a guild with the right to view it, or a conversation of one's own.
func (m *Member) Sees(c *Channel) bool {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	return m.sees(c)
}

func (m *Member) sees(c *Channel) bool {
	if c.gone {
		return false
	}
	if c.guild == nil {
		return slices.Contains(c.people, m.user)
	}
	if c.kind == kindPrivateThread && c.opener != m.user && c.rights(m.in(c))&ManageGuild == 0 {
		return false
	}
	return c.rights(m.in(c))&ViewChannel != 0
}

// In is the person as a member of the channel's guild; nil of one who is not in it. In direct messages it is the person.
func (m *Member) In(c *Channel) *Member {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	return m.in(c)
}

// May tells whether the member has rights in the channel.
func (m *Member) May(c *Channel, rights Rights) bool {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	return c.rights(m.in(c))&rights == rights
}

// Online tells whether the bot is connected to the gateway: others then see it with a green dot.
func (d *Discord) Online() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.sessions, func(s *session) bool { return s.conn != nil && !s.conn.closing && !s.dead })
}

// BotName is the name of the bot's account.
func (d *Discord) BotName() string { return d.o.BotName }

// NameOf is what a mention of an id shows the person, without its "@" or "#"; "" if nothing has the id. Of a channel that they do not see the
// name is not told.
func (m *Member) NameOf(id string) string {
	d := m.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if u := d.users[id]; u != nil {
		return u.name
	}
	if c := d.channels[id]; c != nil {
		if !m.sees(c) {
			return "No Access"
		}
		return c.name
	}
	for _, g := range d.guilds {
		for _, r := range g.roles {
			if r.id == id {
				return strings.TrimPrefix(r.name, "@")
			}
		}
	}
	return ""
}

// File is the content of a file by its address, as Message.Files has it: whole, or without the host.
func (d *Discord) File(address string) ([]byte, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	data, there := d.files[fileKey(u)]
	return data, there
}

// Changes are what happened in a channel, for one person.
type Changes struct {
	Seq      uint64    // to be given the next time
	Messages []Message // new or changed, as they stand, oldest first
	Gone     []string  // ids of messages that were deleted
	Lost     bool      // deletions from before are no longer known: all of the channel is to be read anew
}

// maxGone is how many deletions a channel remembers for Changes.
const maxGone = 200

// deletion is what a channel remembers of a message that is gone.
type deletion struct {
	id, only string
	seq      uint64
}

// Changes are what a person sees changed in the channel after a point, 0 for everything. It costs as much as the channel has messages.
func (c *Channel) Changes(reader *Member, after uint64) Changes {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	out := Changes{Seq: c.d.seq, Lost: after > c.d.seq || after > 0 && after < c.forgot}
	if c.changed <= after && !out.Lost {
		return out
	}
	for _, m := range c.history {
		if m.seq > after && !m.gone && m.seenBy(reader.user) {
			out.Messages = append(out.Messages, m.view())
		}
	}
	for _, gone := range c.deleted {
		if gone.seq > after && (gone.only == "" || gone.only == reader.user.id) {
			out.Gone = append(out.Gone, gone.id)
		}
	}
	return out
}

// stir numbers a change of a message, so that clients see it. The lock is held.
func (m *message) stir() {
	d, c := m.channel.d, m.channel
	d.seq++
	m.seq, c.changed = d.seq, d.seq
	if m.gone {
		c.deleted = append(c.deleted, deletion{m.id, m.only, d.seq})
		if len(c.deleted) > maxGone {
			c.forgot = c.deleted[0].seq
			c.deleted = c.deleted[1:]
		}
	}
	d.touch()
}
