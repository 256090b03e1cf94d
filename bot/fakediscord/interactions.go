package fakediscord

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The types of interactions.
const (
	kindCommand   = 2
	kindComponent = 3
	kindComplete  = 4
	kindForm      = 5
)

const (
	usualAck  = 3 * time.Second  // Options.AckWithin
	tokenLife = 15 * time.Minute // after which the token meets 50027
)

// Interaction is something that a person asked of the bot: a command, a press, a choice, a form, the beginning of a word. Its life:
// new, acknowledged, answered, edited, over.
type Interaction struct {
	d         *Discord
	id, token string
	kind      int
	by        *Member
	channel   *Channel
	created   time.Time
	data      object
	source    *message // that the pressed component hangs on
	said      string   // for the transcript
	err       error    // why the person's client would not send it
	heard     bool     // the bot was connected when it was made

	// Guarded by d.mu.
	acked     bool
	ack       Ack
	told      bool // the bot was still there when its callback was answered; else a second one is no fault of it
	expired   bool
	spoilt    bool     // a callback met a fault that did nothing of it: the bot may think otherwise
	original  *message // the reply; of a component that updates, source
	seen      int      // edits of source at the acknowledgement
	followups []*message
	posted    int
	choices   []any
	form      object
}

// Ack is how an interaction was acknowledged.
type Ack struct {
	Type  int           // 4 reply, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 form
	Flags int           // 64 = only the asker sees it
	After time.Duration // since the interaction was made, on Options.Now
}

// ID is the interaction's snowflake.
func (x *Interaction) ID() string { return x.id }

// Err is why the person's client did not even send the interaction: no such command, a missing option, a disabled button. nil if it did.
func (x *Interaction) Err() error { return x.err }

func (x *Interaction) String() string { return x.by.user.name + ": " + x.said }

// used is how a client names the command: a slash command with the subcommands that led to it.
func (x *Interaction) used() string {
	if number(x.data, "type") == 3 {
		return text(x.data, "name")
	}
	name, at := "/"+text(x.data, "name"), x.data
	for {
		inner := objects(at, "options")
		if len(inner) == 0 || number(inner[0], "type") > 2 {
			return name
		}
		at = inner[0]
		name += " " + text(at, "name")
	}
}

// wait waits for something of the interaction.
func (x *Interaction) wait(ctx context.Context, what string, cond func() bool) error {
	if x.err != nil {
		return x.err
	}
	return x.d.wait(ctx, what+" to "+x.String(), cond)
}

// Ack waits for the acknowledgement.
func (x *Interaction) Ack(ctx context.Context) (Ack, error) {
	err := x.wait(ctx, "an acknowledgement", func() bool { return x.acked })
	return x.ack, err
}

// Acked tells whether the bot has acknowledged by now.
func (x *Interaction) Acked() bool {
	x.d.mu.Lock()
	defer x.d.mu.Unlock()
	return x.acked
}

// reply is the message that answers, nil while there is none: the original when it is no longer loading, or, after the original was deleted
// or when a component was only acknowledged, the first follow-up. The lock is held.
func (x *Interaction) reply() *message {
	if o := x.original; o != nil && !o.gone && !o.loading && (o != x.source || o.edits > x.seen) {
		return o
	}
	if x.original == nil || x.original.gone || x.original == x.source {
		for _, f := range x.followups {
			if !f.gone {
				return f
			}
		}
	}
	return nil
}

// Reply waits until the bot has answered: a "thinking" is no answer. The message is as it stands then.
func (x *Interaction) Reply(ctx context.Context) (Message, error) {
	return x.ReplyWhen(ctx, "a reply", func(Message) bool { return true })
}

// ReplyWhen waits until the bot's answer is as fine wants it, through edits; what names that in the error.
func (x *Interaction) ReplyWhen(ctx context.Context, what string, fine func(Message) bool) (Message, error) {
	var out Message
	err := x.wait(ctx, what, func() bool {
		m := x.reply()
		if m == nil {
			return false
		}
		out = m.view()
		return fine(out)
	})
	if err != nil && out.ID != "" {
		err = fmt.Errorf("%w; the reply is %q", err, out.Text())
	}
	return out, err
}

// Edited waits until the bot's answer was edited n times after it was first shown.
func (x *Interaction) Edited(ctx context.Context, n int) (Message, error) {
	return x.ReplyWhen(ctx, fmt.Sprintf("edit %d", n), func(m Message) bool { return m.Edits >= n })
}

// Followups are the further messages so far, those that are still there.
func (x *Interaction) Followups() []Message {
	x.d.mu.Lock()
	defer x.d.mu.Unlock()
	var out []Message
	for _, f := range x.followups {
		if !f.gone {
			out = append(out, f.view())
		}
	}
	return out
}

// Choice is one suggestion of an autocomplete.
type Choice struct {
	Name  string
	Value any // a string or a json.Number
}

// Choices waits for the suggestions to what Complete has typed.
func (x *Interaction) Choices(ctx context.Context) ([]Choice, error) {
	var out []Choice
	err := x.wait(ctx, "choices", func() bool {
		out = nil
		for _, c := range x.choices {
			o, _ := c.(object)
			out = append(out, Choice{text(o, "name"), o["value"]})
		}
		return x.acked
	})
	return out, err
}

// Form is a modal as the person sees it.
type Form struct {
	ID, Title string
	Fields    []Field
	asked     *Interaction
}

// Field is one input of a form.
type Field struct {
	ID, Label string
	Type      int // 4 a text
	Required  bool

	Long               bool   // of several lines
	Min, Max           int    // characters; 0 = no limit of its own
	Value, Placeholder string // what stands in it at first, and what is shown while it is empty

	row int64 // the type of the component around it
}

// Form waits for the modal that the interaction opens.
func (x *Interaction) Form(ctx context.Context) (Form, error) {
	out := Form{asked: x}
	err := x.wait(ctx, "a form", func() bool {
		if x.form == nil {
			return false
		}
		out.ID, out.Title, out.Fields = text(x.form, "custom_id"), text(x.form, "title"), nil
		for _, row := range objects(x.form, "components") {
			inner := objectAt(row, "component")
			if inner == nil && len(objects(row, "components")) > 0 {
				inner = objects(row, "components")[0]
			}
			required := !has(inner, "required") || flag(inner, "required")
			out.Fields = append(out.Fields, Field{
				ID: text(inner, "custom_id"), Label: orElse(text(row, "label"), text(inner, "label")), Type: int(number(inner, "type")), Required: required,
				Long: number(inner, "style") == 2, Min: int(number(inner, "min_length")), Max: int(number(inner, "max_length")),
				Value: text(inner, "value"), Placeholder: text(inner, "placeholder"), row: number(row, "type"),
			})
		}
		return true
	})
	return out, err
}

// Opened is an interaction of the person's own that has opened a form, by its id; nil if there is none.
func (m *Member) Opened(id string) *Interaction {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	if x := m.d.interactions[id]; x != nil && x.form != nil && x.by.user == m.user {
		return x
	}
	return nil
}

// Expire ends the life of the interaction's token now.
func (x *Interaction) Expire() {
	x.d.mu.Lock()
	defer x.d.mu.Unlock()
	x.expired = true
}

// owners is authorizing_integration_owners: by what the bot may act here. The lock is held.
func (x *Interaction) owners() object {
	out := object{}
	if g := x.channel.guild; g != nil && !g.gone {
		out["0"] = g.id
	}
	if x.channel.kind == kindDM {
		out["0"] = "0"
	}
	if x.by.user.installed {
		out["1"] = x.by.user.id
	}
	return out
}

// userOnly tells whether only the person has installed the bot, not the guild. The lock is held.
func (x *Interaction) userOnly() bool {
	_, guild := x.owners()["0"]
	return !guild
}

// context is where the interaction happens: 0 guild, 1 the bot's direct messages, 2 others'. The lock is held.
func (x *Interaction) context() int {
	switch {
	case x.channel.guild != nil:
		return 0
	case x.channel.kind == kindDM:
		return 1
	}
	return 2
}

// attachmentLimit is the attachment_size_limit that interactions tell: 10 MiB, without boosts.
const attachmentLimit = 10 << 20

// fire sends an interaction that the client would send. The lock is held.
func (x *Interaction) fire() *Interaction {
	d := x.d
	x.id, x.created = d.newID(), d.o.Now()
	x.token = "token" + x.id
	if x.err != nil {
		return x
	}
	d.interactions[x.id], d.tokens[x.token] = x, x
	if d.o.Keep > 0 && len(d.tokens) > d.o.Keep+d.o.Keep/4 {
		for _, old := range d.tokens {
			if d.o.Now().Sub(old.created) > tokenLife {
				delete(d.tokens, old.token)
				delete(d.interactions, old.id)
				d.dropFiles(slices.Collect(maps.Values(objectAt(objectAt(old.data, "resolved"), "attachments"))))
			}
		}
	}
	guild := x.channel.guild
	event := object{
		"id": x.id, "application_id": d.app, "type": x.kind, "token": x.token, "version": 1, "data": x.data, "channel_id": x.channel.id,
		"channel": x.channel.json(), "locale": x.by.user.locale, "entitlements": []any{}, "authorizing_integration_owners": x.owners(),
		"context": x.context(), "attachment_size_limit": attachmentLimit, "app_permissions": quantity(uint64(x.appRights())),
	}
	if guild != nil {
		member := x.by.json()
		delete(member, "guild_id")
		member["permissions"] = quantity(uint64(x.channel.rights(x.by)))
		event["member"], event["guild_id"], event["guild_locale"] = member, guild.id, guild.locale
		event["guild"] = object{"id": guild.id, "locale": guild.locale, "features": []any{}}
	} else {
		event["user"] = x.by.user.json()
	}
	if x.source != nil {
		event["message"] = x.source.snapshot(true)
	}
	d.say("%s in %s: %s", x.by.user.name, x.channel.title(), x.said)
	x.heard = d.dispatch(shardOf(guild), 0, "INTERACTION_CREATE", event)
	return x
}

// shardOf is the guild whose shard gets the event: none, so shard 0, when the bot is not in it.
func shardOf(g *Guild) *Guild {
	if g == nil || g.gone {
		return nil
	}
	return g
}

// appRights is what the bot itself may in the channel. The lock is held.
func (x *Interaction) appRights() Rights {
	g := x.channel.guild
	if g == nil || g.gone {
		return everybody
	}
	return x.channel.rights(g.me)
}

// title is how the transcript names a channel.
func (c *Channel) title() string {
	if c.guild == nil {
		return "a direct message"
	}
	return "#" + c.name
}

// Text is the message as a person reads it, as plain text: content, embeds behind bars, buttons in brackets.
func (m Message) Text() string {
	var lines []string
	if m.Loading {
		lines = append(lines, "(is thinking …)")
	}
	if m.Content != "" {
		lines = append(lines, m.Content)
	}
	for _, e := range m.Embeds {
		title := text(e, "title")
		if u := text(e, "url"); u != "" {
			title += " <" + u + ">"
		}
		parts := []string{text(objectAt(e, "author"), "name"), title, text(e, "description")}
		for _, f := range objects(e, "fields") {
			parts = append(parts, text(f, "name")+": "+text(f, "value"))
		}
		parts = append(parts, text(objectAt(e, "footer"), "text"))
		for _, p := range parts {
			if p != "" {
				lines = append(lines, "│ "+strings.ReplaceAll(p, "\n", "\n│ "))
			}
		}
	}
	for _, row := range m.Components {
		var labels []string
		for _, b := range objects(row, "components") {
			labels = append(labels, "["+labelOf(b)+"]")
		}
		lines = append(lines, strings.Join(labels, " "))
	}
	return strings.Join(lines, "\n")
}

// labelOf is what is written on a button or a select.
func labelOf(b object) string {
	return strings.TrimSpace(text(objectAt(b, "emoji"), "name") + " " + orElse(text(b, "label"), text(b, "placeholder")))
}
