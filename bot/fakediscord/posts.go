package fakediscord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// PostOption is a trait of a message that a person writes.
type PostOption func(*message)

// ReplyTo makes it a reply, with a ping as is the client's default.
func ReplyTo(to Message) PostOption {
	return func(m *message) { m.reference, m.kind = m.channel.d.messages[to.ID], 19 }
}

// Forward makes it a forward of another message.
func Forward(of Message) PostOption {
	return func(m *message) { m.forwarded = m.channel.d.messages[of.ID] }
}

// Embed adds an embed, as Discord makes of links.
func Embed(e map[string]any) PostOption {
	return func(m *message) { m.embeds = append(m.embeds, copyOf(e)) }
}

// System makes it a message of Discord's own of a type, as 7 for a newcomer.
func System(kind int) PostOption { return func(m *message) { m.kind = kind } }

// Webhook makes it a message of a webhook's.
func Webhook(id string) PostOption { return func(m *message) { m.webhook = id } }

// ErrMay is why a person may not do what was tried.
var ErrMay = errors.New("the person may not do that here")

// Type writes a message into a channel, a thread or a DM. "@" and a name become a mention of the person or the role, "#" and a name one of
// the channel, as clients do.
func (m *Member) Type(ch *Channel, content string, options ...PostOption) (Message, error) {
	d := m.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if rights := ch.rights(m.in(ch)); rights&(ViewChannel|SendMessages) != ViewChannel|SendMessages || ch.gone {
		return Message{}, fmt.Errorf("%s writes into %s: %w", m.user.name, ch.title(), ErrMay)
	}
	msg := &message{channel: ch, author: m.user, content: m.named(ch, content)}
	for _, o := range options {
		o(msg)
	}
	msg.ping(nil)
	d.store(msg)
	d.say("%s in %s: %s", m.user.name, ch.title(), content)
	d.announce("MESSAGE_CREATE", msg)
	return msg.view(), nil
}

// named writes names as mentions, of channels those that the person sees; of two names the longer goes first, of which the other may be the
// beginning. The lock is held.
func (m *Member) named(c *Channel, content string) string {
	marks := map[string]string{"@" + c.d.bot.name: "<@" + c.d.bot.id + ">"}
	if g := c.guild; g != nil {
		for _, r := range g.roles {
			if r != g.everyone && r != g.BotRole() {
				marks["@"+r.name] = "<@&" + r.id + ">"
			}
		}
		for _, other := range g.members {
			marks["@"+other.user.name] = "<@" + other.user.id + ">"
		}
		for _, other := range g.channels {
			if m.sees(other) {
				marks["#"+other.name] = "<#" + other.id + ">"
			}
		}
	}
	for _, name := range slices.SortedFunc(maps.Keys(marks), func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) }) {
		content = strings.ReplaceAll(content, name, marks[name])
	}
	return content
}

// in is the person as a member of the channel's guild. The lock is held.
func (m *Member) in(ch *Channel) *Member {
	if ch.guild == nil || m.guild == ch.guild {
		return m
	}
	return ch.guild.member(m.user.id)
}

// Edit changes a message of the person's own.
func (m *Member) Edit(msg Message, content string) (Message, error) {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	live := m.d.messages[msg.ID]
	if live == nil || live.gone || live.author != m.user {
		return Message{}, fmt.Errorf("%s edits: %w", m.user.name, ErrMay)
	}
	live.content, live.edited = m.named(live.channel, content), m.d.o.Now()
	live.edits++
	live.ping(nil)
	live.stir()
	m.d.say("%s in %s, edited: %s", m.user.name, live.channel.title(), content)
	m.d.announce("MESSAGE_UPDATE", live)
	return live.view(), nil
}

// Delete removes a message: one's own, or any with the right to manage messages. An ephemeral one is only dismissed: the bot hears nothing.
func (m *Member) Delete(msg Message) error {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	live := m.d.messages[msg.ID]
	if live == nil || live.gone || !live.seenBy(m.user) {
		return fmt.Errorf("%s deletes: %w", m.user.name, ErrMay)
	}
	if live.author != m.user && live.only == "" && live.channel.rights(m.in(live.channel))&ManageMessages == 0 {
		return fmt.Errorf("%s deletes: %w", m.user.name, ErrMay)
	}
	m.d.say("%s deleted a message in %s", m.user.name, live.channel.title())
	m.d.remove(live)
	return nil
}

// Press presses a button of a message, by its label, emoji or custom_id.
func (m *Member) Press(msg Message, label string) *Interaction {
	return m.component(msg, label, nil)
}

// Select picks options of a menu, the menu by its placeholder or custom_id, the options by label or value.
func (m *Member) Select(msg Message, menu string, options ...string) *Interaction {
	return m.component(msg, menu, options)
}

func (m *Member) component(msg Message, label string, options []string) *Interaction {
	d := m.d
	d.mu.Lock()
	defer d.mu.Unlock()
	x := &Interaction{d: d, kind: kindComponent, by: m, said: fmt.Sprintf("[%s]", strings.Join(append([]string{label}, options...), "] ["))}
	live := d.messages[msg.ID]
	if live == nil || live.gone || !live.seenBy(m.user) {
		x.channel = d.channels[msg.Channel]
		x.err = fmt.Errorf("[%s]: the message is not there", label)
		return x.fire()
	}
	x.channel, x.source = live.channel, live
	part := live.find(label)
	switch {
	case part == nil:
		x.err = fmt.Errorf("[%s] is not on the message; it shows\n%s", label, live.view().Text())
	case flag(part, "disabled"):
		x.err = fmt.Errorf("[%s] is disabled", label)
	case text(part, "url") != "":
		x.err = fmt.Errorf("[%s] opens %s, and the bot does not hear of it", label, text(part, "url"))
	case number(part, "type") == componentButton && options != nil, number(part, "type") != componentButton && options == nil:
		x.err = fmt.Errorf("[%s] is of another kind", label)
	default:
		x.data = object{"custom_id": part["custom_id"], "component_type": part["type"], "id": 1}
		if options != nil {
			x.data["values"], x.err = pick(part, options)
		}
	}
	return x.fire()
}

// find looks for a component by what is written on it, or by its custom_id.
func (m *message) find(label string) object {
	for _, row := range m.components {
		o, _ := row.(object)
		for _, part := range objects(o, "components") {
			if slices.Contains([]string{labelOf(part), text(part, "label"), text(objectAt(part, "emoji"), "name"), text(part, "custom_id")}, label) {
				return part
			}
		}
	}
	return nil
}

func pick(menu object, options []string) ([]any, error) {
	values := []any{}
	for _, want := range options {
		if number(menu, "type") != componentSelect {
			values = append(values, want)
			continue
		}
		i := slices.IndexFunc(objects(menu, "options"), func(o object) bool { return text(o, "label") == want || text(o, "value") == want })
		if i < 0 {
			return nil, fmt.Errorf("there is no option %q", want)
		}
		values = append(values, objects(menu, "options")[i]["value"])
	}
	return values, nil
}

// Submit sends a form with values by custom_id or label of its fields.
func (m *Member) Submit(f Form, values map[string]string) *Interaction {
	d := m.d
	d.mu.Lock()
	defer d.mu.Unlock()
	x := &Interaction{d: d, kind: kindForm, by: m, channel: f.asked.channel, source: f.asked.source, said: fmt.Sprintf("form %q", f.Title)}
	rows := []any{}
	for _, field := range f.Fields {
		v, given := values[field.ID]
		if !given {
			v = values[field.Label]
		}
		if v == "" && field.Required {
			x.err = fmt.Errorf("form %q: %q is required", f.Title, field.Label)
		}
		x.said += fmt.Sprintf(" %s:%s", field.Label, v)
		input := object{"type": field.Type, "custom_id": field.ID, "value": v, "id": 2}
		if field.row == componentLabel {
			rows = append(rows, object{"type": componentLabel, "id": 1, "component": input})
		} else {
			rows = append(rows, object{"type": componentRow, "id": 1, "components": []any{input}})
		}
	}
	x.data = object{"custom_id": f.ID, "components": rows}
	return x.fire()
}

// Await waits for a message in the channel that the reader sees and that fits; nil reads what all see.
func (c *Channel) Await(ctx context.Context, reader *Member, what string, fits func(Message) bool) (Message, error) {
	var out Message
	err := c.d.wait(ctx, what+" in "+c.title(), func() bool {
		for _, m := range c.history {
			if m.only == "" || reader != nil && m.seenBy(reader.user) {
				if out = m.view(); fits(out) {
					return true
				}
			}
		}
		return false
	})
	return out, err
}

// Answer waits for the bot's reply, shown to all, to a message that somebody wrote.
func (c *Channel) Answer(ctx context.Context, to Message) (Message, error) {
	return c.Await(ctx, nil, fmt.Sprintf("a reply to %.60q", to.Content), func(m Message) bool {
		return m.AuthorID == c.d.app && m.ReplyTo == to.ID
	})
}
