package fakediscord

import "fmt"

// Forum makes a forum, and tells the bot.
func (g *Guild) Forum(name string) *Channel {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	c := &Channel{d: g.d, id: g.d.newID(), name: name, guild: g, kind: kindForum}
	g.add(c, "CHANNEL_CREATE")
	return c
}

// Thread opens a public thread of the channel, as its guild's owner does, and tells the bot.
func (c *Channel) Thread(name string) *Channel { return c.thread(name, kindThread) }

// PrivateThread opens a thread that only its members see; the bot is one of them.
func (c *Channel) PrivateThread(name string) *Channel { return c.thread(name, kindPrivateThread) }

func (c *Channel) thread(name string, kind int) *Channel {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	t := &Channel{d: c.d, id: c.d.newID(), name: name, kind: kind, guild: c.guild, parent: c, opener: c.guild.owner}
	c.guild.add(t, "THREAD_CREATE")
	return t
}

// ThreadOn opens a thread on a message, of which it then has the id.
func (m *Member) ThreadOn(msg Message, name string) (*Channel, error) {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	live := m.d.messages[msg.ID]
	if live == nil || live.gone || m.d.channels[msg.ID] != nil || live.channel.guild == nil {
		return nil, fmt.Errorf("%s opens a thread: %w", m.user.name, ErrMay)
	}
	t := &Channel{d: m.d, id: msg.ID, name: name, kind: kindThread, guild: live.channel.guild, parent: live.channel, opener: m.user}
	t.guild.add(t, "THREAD_CREATE")
	live.stir()
	return t, nil
}

// Post begins a post of a forum: a thread whose first message has its id.
func (m *Member) Post(forum *Channel, title, content string) (*Channel, Message, error) {
	d := m.d
	d.mu.Lock()
	if forum.kind != kindForum || forum.rights(m.in(forum))&(ViewChannel|SendMessages) != ViewChannel|SendMessages {
		d.mu.Unlock()
		return nil, Message{}, fmt.Errorf("%s posts in %s: %w", m.user.name, forum.title(), ErrMay)
	}
	t := &Channel{d: d, id: d.newID(), name: title, kind: kindThread, guild: forum.guild, parent: forum, opener: m.user}
	forum.guild.add(t, "THREAD_CREATE")
	d.mu.Unlock()
	msg, err := m.Type(t, content, func(first *message) { first.id = t.id })
	return t, msg, err
}

// Channel is a channel or a thread by its id; nil if there is none.
func (d *Discord) Channel(id string) *Channel {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.channels[id]
}

// Delete removes a channel, and tells the bot.
func (c *Channel) Delete() {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	c.gone = true
	kind := "CHANNEL_DELETE"
	if c.isThread() {
		kind = "THREAD_DELETE"
	}
	c.d.dispatch(c.guild, intentGuilds, kind, c.json())
}

// Vanish removes a channel of which the bot hears nothing: it meets 10003.
func (c *Channel) Vanish() {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	c.gone = true
}

// SetLocale changes the guild's preferred_locale, and tells the bot.
func (g *Guild) SetLocale(locale string) {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	g.locale = locale
	out := g.json()
	for _, only := range []string{"channels", "threads", "members", "presences", "voice_states", "joined_at", "large", "unavailable", "member_count"} {
		delete(out, only) // GUILD_CREATE has these, GUILD_UPDATE has not
	}
	g.d.dispatch(g, intentGuilds, "GUILD_UPDATE", out)
}

// Purge deletes several messages of a channel at once, as moderators do, and tells the bot.
func (c *Channel) Purge(messages ...Message) {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	ids := []any{}
	for _, m := range messages {
		if live := c.d.messages[m.ID]; live != nil && !live.gone {
			live.gone = true
			c.d.letGo(live)
			live.stir()
			ids = append(ids, m.ID)
		}
	}
	c.d.dispatch(c.guild, intentGuildMessages, "MESSAGE_DELETE_BULK", object{"ids": ids, "channel_id": c.id, "guild_id": c.guild.id})
}

// Unfold shows a link of a message as an embed: Discord then tells of an update, though nobody edited anything.
func (d *Discord) Unfold(msg Message, embed map[string]any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if live := d.messages[msg.ID]; live != nil && !live.gone {
		live.embeds = append(live.embeds, copyOf(embed))
		live.stir()
		d.announce("MESSAGE_UPDATE", live)
	}
}

// ID is the channel's snowflake.
func (c *Channel) ID() string { return c.id }

// Name is the channel's name; "" of a direct conversation.
func (c *Channel) Name() string { return c.name }
