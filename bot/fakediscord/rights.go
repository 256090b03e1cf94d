package fakediscord

// Rights are Discord's permission bits.
type Rights uint64

// The rights that the fake looks at.
const (
	Administrator       Rights = 1 << 3
	ManageGuild         Rights = 1 << 5
	ViewChannel         Rights = 1 << 10
	SendMessages        Rights = 1 << 11
	ManageMessages      Rights = 1 << 13
	EmbedLinks          Rights = 1 << 14
	AttachFiles         Rights = 1 << 15
	ReadMessageHistory  Rights = 1 << 16
	MentionEveryone     Rights = 1 << 17
	UseCommands         Rights = 1 << 31
	CreatePublicThreads Rights = 1 << 35
	SendInThreads       Rights = 1 << 38
	UseExternalApps     Rights = 1 << 50
)

const (
	// invited is what the invite link of the bot asks for: 274878024704.
	invited = ViewChannel | SendMessages | SendInThreads | EmbedLinks | AttachFiles | ReadMessageHistory
	// everybody is what @everyone may in a new guild.
	everybody = invited | UseCommands | CreatePublicThreads | UseExternalApps
	allRights = Rights(1<<53 - 1)
)

// rights computes what a member may in a channel, in Discord's order: base roles, @everyone's overwrite, those of roles together, that of
// the member. A thread has those of its parent. In direct messages everything that is possible there is allowed.
func (c *Channel) rights(m *Member) Rights {
	if c.guild == nil {
		return everybody
	}
	if m == nil || c.guild.gone && m.user == c.d.bot {
		return 0
	}
	if c.parent != nil && c.isThread() {
		r := c.parent.rights(m)
		if r&SendInThreads == 0 {
			return r &^ SendMessages
		}
		return r | SendMessages
	}
	g := c.guild
	r := g.everyone.rights
	for _, role := range m.roles {
		r |= role.rights
	}
	if r&Administrator != 0 || m.user == g.owner {
		return allRights
	}
	var allow, deny Rights
	for _, o := range c.overwrites {
		if o.id == g.id {
			r = r&^o.deny | o.allow
		}
		for _, role := range m.roles {
			if o.id == role.id {
				allow, deny = allow|o.allow, deny|o.deny
			}
		}
	}
	r = r&^deny | allow
	for _, o := range c.overwrites {
		if o.member && o.id == m.user.id {
			r = r&^o.deny | o.allow
		}
	}
	if r&ViewChannel == 0 {
		return 0
	}
	if c.d.o.Now().Before(m.timeout) {
		return r & (ViewChannel | ReadMessageHistory)
	}
	return r
}

// base is what a member may in the guild, channels aside.
func (m *Member) base() Rights {
	if m.guild == nil {
		return 0
	}
	r := m.guild.everyone.rights
	for _, role := range m.roles {
		r |= role.rights
	}
	if r&Administrator != 0 {
		return allRights
	}
	return r
}

// Overwrite sets what a role may in the channel beyond its rights, @everyone if role is nil, and tells the bot.
func (c *Channel) Overwrite(role *Role, allow, deny Rights) {
	id := c.guild.id
	if role != nil {
		id = role.id
	}
	c.overwrite(overwrite{id: id, allow: allow, deny: deny})
}

// OverwriteFor sets what one member may in the channel, and tells the bot.
func (c *Channel) OverwriteFor(m *Member, allow, deny Rights) {
	c.overwrite(overwrite{id: m.user.id, member: true, allow: allow, deny: deny})
}

func (c *Channel) overwrite(o overwrite) {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	kept := []overwrite{o}
	for _, old := range c.overwrites {
		if old.id != o.id {
			kept = append(kept, old)
		}
	}
	c.overwrites = kept
	c.d.dispatch(c.guild, intentGuilds, "CHANNEL_UPDATE", c.json())
}
