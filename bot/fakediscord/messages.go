package fakediscord

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// message is one message as Discord keeps it. Guarded by Discord.mu.
type message struct {
	id          string
	seq         uint64 // of its last change
	channel     *Channel
	author      *user
	kind        int // 0 plain, 19 reply, 20 answer to a slash command, 23 to a menu
	content     string
	embeds      []any
	components  []any
	attachments []any
	flags       int64
	created     time.Time
	edited      time.Time
	edits       int
	gone        bool
	only        string // the user who alone sees it; "" = all of the channel
	loading     bool   // "is thinking …"
	reference   *message
	forwarded   *message
	nonce       string
	webhook     string // the id of the webhook that wrote it; "" = none did
	pings       []string
	named       bool // the content mentions the bot
	everyone    bool
	cause       *Interaction
}

// Message is a message as it stood when it was looked at.
type Message struct {
	ID, Channel string
	Author      string // name
	AuthorID    string
	Content     string
	Embeds      []map[string]any
	Components  []map[string]any
	Files       []string // URLs of the attachments, which the fake serves
	Attached    []Attachment
	Created     time.Time
	Flags       int
	Ephemeral   bool     // only one person sees it
	Loading     bool     // "is thinking …"
	Edits       int      // how often it was edited
	Deleted     bool     // gone
	ReplyTo     string   // id of the message that it replies to
	Pings       []string // ids of users and roles that were pinged, and "everyone"
	Used, By    string   // the command that it answers, as "/ask" or a menu's name, and who used it; else ""
	Typed       string   // the options of that command as they were given, "name: value" each
	Thread      string   // id of the thread that was opened on it; else ""
}

// Attachment is a file of a message.
type Attachment struct {
	Name, URL   string
	Description string // for those who do not see it; "" = none
	Size        int    // bytes
}

// view copies a message for a reader outside. The lock is held.
func (m *message) view() Message {
	out := Message{
		ID: m.id, Channel: m.channel.id, Author: m.author.name, AuthorID: m.author.id, Content: m.content, Flags: int(m.flags), Ephemeral: m.only != "",
		Loading: m.loading, Edits: m.edits, Deleted: m.gone, Pings: slices.Clone(m.pings), Created: m.created,
	}
	for _, e := range m.embeds {
		if o, isObject := e.(object); isObject {
			out.Embeds = append(out.Embeds, copyOf(o))
		}
	}
	for _, e := range m.components {
		if o, isObject := e.(object); isObject {
			out.Components = append(out.Components, copyOf(o))
		}
	}
	for _, a := range m.attachments {
		if o, isObject := a.(object); isObject {
			out.Files = append(out.Files, text(o, "url"))
			out.Attached = append(out.Attached, Attachment{text(o, "filename"), text(o, "url"), text(o, "description"), int(number(o, "size"))})
		}
	}
	if m.reference != nil {
		out.ReplyTo = m.reference.id
	}
	if x := m.cause; x != nil && x.kind == kindCommand {
		out.Used, out.By = x.used(), x.by.user.name
		if typed, isSlash := strings.CutPrefix(x.said, out.Used); isSlash {
			out.Typed = strings.TrimSpace(typed)
		}
	}
	if m.channel.d.channels[m.id] != nil && m.channel.id != m.id {
		out.Thread = m.id
	}
	if m.everyone {
		out.Pings = append(out.Pings, "everyone")
	}
	return out
}

// snapshot is a message as the API shows it. readable tells whether the bot may read what people wrote.
func (m *message) snapshot(readable bool) object {
	out := object{
		"id": m.id, "channel_id": m.channel.id, "author": m.author.json(), "type": m.kind, "timestamp": stamp(m.created), "edited_timestamp": nil,
		"tts": false, "mention_everyone": m.everyone, "mentions": []any{}, "mention_roles": []any{}, "pinned": false, "flags": m.flags,
		"content": m.content, "embeds": orNone(m.embeds), "attachments": orNone(m.attachments), "components": orNone(m.components),
	}
	if !m.edited.IsZero() {
		out["edited_timestamp"] = stamp(m.edited)
	}
	if m.loading {
		out["flags"] = m.flags | 1<<7
	}
	if m.webhook != "" {
		out["webhook_id"] = m.webhook
	}
	if m.nonce != "" {
		out["nonce"] = m.nonce
	}
	var users, roles []any
	for _, id := range m.pings {
		if u := m.channel.d.users[id]; u != nil {
			users = append(users, u.json())
		} else {
			roles = append(roles, id)
		}
	}
	out["mentions"], out["mention_roles"] = orNone(users), orNone(roles)
	if r := m.reference; r != nil {
		ref := object{"type": 0, "channel_id": r.channel.id, "message_id": r.id}
		if r.channel.guild != nil {
			ref["guild_id"] = r.channel.guild.id
		}
		out["message_reference"], out["referenced_message"] = ref, nil
		if !r.gone {
			out["referenced_message"] = r.snapshot(m.channel.d.readable(r))
		}
	}
	if f := m.forwarded; f != nil {
		out["message_reference"] = object{"type": 1, "channel_id": f.channel.id, "message_id": f.id}
		out["message_snapshots"] = []any{object{"message": object{
			"type": 0, "content": f.content, "embeds": orNone(f.embeds), "attachments": orNone(f.attachments), "timestamp": stamp(f.created),
			"edited_timestamp": nil, "flags": 0, "mentions": []any{}, "mention_roles": []any{}, "components": []any{},
		}}}
	}
	if x := m.cause; x != nil {
		out["application_id"] = m.channel.d.app
		out["webhook_id"] = m.channel.d.app
		out["interaction_metadata"] = object{"id": x.id, "type": x.kind, "user": x.by.user.json(), "authorizing_integration_owners": x.owners()}
	}
	if !readable {
		out["content"], out["embeds"], out["attachments"], out["components"] = "", []any{}, []any{}, []any{}
		delete(out, "message_snapshots")
	}
	return out
}

func orNone(l []any) []any {
	if l == nil {
		return []any{}
	}
	return l
}

// readable tells whether the bot gets what a message says: its own, direct messages, messages that mention it, and all with the intent.
// Sessions that did not ask for the intent are treated one by one in announce. A reply's ping makes it readable, but not where it
// answers an answer to an interaction.
func (d *Discord) readable(m *message) bool {
	pinged := slices.Contains(m.pings, d.bot.id) && (m.named || m.reference == nil || m.reference.cause == nil)
	return m.author == d.bot || m.channel.guild == nil || pinged
}

// announce tells the bot of a message; fields of a guild's messages that REST lacks are added. The lock is held.
func (d *Discord) announce(kind string, m *message) {
	if m.only != "" {
		return // events tell nothing of ephemeral messages
	}
	intent := int64(intentGuildMessages)
	if m.channel.guild == nil {
		intent = intentDirectMessages
	}
	for _, s := range d.sessions {
		all := s.intents&intentMessageContent != 0
		if s.dead || s.intents&intent == 0 || (m.channel.guild != nil && m.channel.guild.shard(s.shards) != s.shard) || (m.channel.guild == nil && s.shard != 0) {
			continue
		}
		data := m.snapshot(all || d.readable(m))
		if r := m.reference; all && r != nil && !r.gone {
			data["referenced_message"] = r.snapshot(true)
		}
		if g := m.channel.guild; g != nil {
			data["guild_id"] = g.id
			if member := g.member(m.author.id); member != nil {
				data["member"] = member.bare()
			}
		}
		d.dispatchTo(s, kind, data)
	}
	d.touch()
}

var mention = regexp.MustCompile(`<@(!?|&)([0-9]+)>`)

// ping works out who is pinged: by people, whom they mention; by the bot, whom allowed_mentions lets through. The lock is held.
func (m *message) ping(allowed object) {
	m.pings, m.everyone, m.named = nil, false, false
	may := func(kind, id string) bool {
		if allowed == nil {
			return true
		}
		return slices.Contains(list(allowed, "parse"), any(kind)) || slices.Contains(list(allowed, kind), any(id))
	}
	for _, hit := range mention.FindAllStringSubmatch(m.content, -1) {
		kind := "users"
		if hit[1] == "&" {
			kind = "roles"
		}
		m.named = m.named || hit[2] == m.channel.d.bot.id
		if may(kind, hit[2]) && !slices.Contains(m.pings, hit[2]) {
			m.pings = append(m.pings, hit[2])
		}
	}
	if strings.Contains(m.content, "@everyone") || strings.Contains(m.content, "@here") {
		author := (*Member)(nil)
		if m.channel.guild != nil {
			author = m.channel.guild.member(m.author.id)
		}
		m.everyone = may("everyone", "") && m.channel.guild != nil && m.channel.rights(author)&MentionEveryone != 0
	}
	replied := allowed == nil || flag(allowed, "replied_user")
	if m.reference != nil && replied && m.reference.author != m.author && !slices.Contains(m.pings, m.reference.author.id) {
		m.pings = append(m.pings, m.reference.author.id)
	}
}

// store hangs a new message into its channel. The lock is held.
func (d *Discord) store(m *message) {
	m.id, m.created = orElse(m.id, d.newID()), d.o.Now() // a forum's first message has the id of its post
	m.channel.history = append(m.channel.history, m)
	d.messages[m.id] = m
	m.stir()
	if h := m.channel.history; d.o.Keep > 0 && len(h) > d.o.Keep+d.o.Keep/4 {
		for _, old := range h[:len(h)-d.o.Keep] {
			delete(d.messages, old.id)
			d.letGo(old)
		}
		m.channel.history = slices.Clone(h[len(h)-d.o.Keep:])
	}
}

// remove deletes a message, and tells the bot. The lock is held.
func (d *Discord) remove(m *message) {
	m.gone = true
	d.letGo(m)
	m.stir()
	m.channel.history = slices.DeleteFunc(m.channel.history, func(other *message) bool { return other == m })
	if m.only == "" {
		intent, data := int64(intentDirectMessages), object{"id": m.id, "channel_id": m.channel.id}
		if g := m.channel.guild; g != nil {
			intent, data["guild_id"] = intentGuildMessages, g.id
		}
		d.dispatch(m.channel.guild, intent, "MESSAGE_DELETE", data)
	}
	d.touch()
}

// seenBy tells whether a person sees a message.
func (m *message) seenBy(who *user) bool { return m.only == "" || m.only == who.id }

// Messages are what a person sees in the channel, oldest first: of ephemeral messages only their own. nil sees what all see.
func (c *Channel) Messages(reader *Member) []Message {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	var out []Message
	for _, m := range c.history {
		if m.only == "" || (reader != nil && m.seenBy(reader.user)) {
			out = append(out, m.view())
		}
	}
	return out
}

// Message is a message by its id as it stands now; false if there never was one.
func (d *Discord) Message(id string) (Message, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.messages[id]
	if m == nil {
		return Message{}, false
	}
	return m.view(), true
}
