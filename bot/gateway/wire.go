package gateway

import (
	"encoding/json"
	"strings"
	"time"

	"archivist/bot"
)

// What Discord sends is decoded by hand of a map, field by field: an unknown type is nothing, one bad field costs that field, and
// only what is used is looked at. discordgo's structs lose the whole event instead (D14).

type object map[string]json.RawMessage

func decodeObject(raw json.RawMessage) object {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// field decodes one field; what is missing or of another type is the zero value.
func field[T any](o object, name string) T {
	var v T
	if json.Unmarshal(o[name], &v) != nil {
		var zero T
		return zero
	}
	return v
}

func (o object) object(name string) object { return decodeObject(o[name]) }

func (o object) text(name string) string { return field[string](o, name) }

func (o object) objects(name string) []object {
	var out []object
	for _, raw := range field[[]json.RawMessage](o, name) {
		if inner := decodeObject(raw); inner != nil {
			out = append(out, inner)
		}
	}
	return out
}

// Types of interactions.
const (
	typeCommand   = 2
	typeComponent = 3
	typeComplete  = 4
	typeForm      = 5
)

// An interaction is what the bot reads of Discord's.
type interaction struct {
	id, token   string
	kind        int
	guild       string // whose library is read; "" = the person's own
	guest       bool   // only the person has installed the bot, not the guild or group where it is used
	channel     string // where it happened
	settled     string // the channel whose settings hold: a thread's parent
	thread      string // where it happened in one
	person      string
	roles       []string
	rights      rights // of the person, in the channel; all outside guilds
	moderator   bool
	locale      string
	name        string // of the command, with its subcommands
	options     map[string]string
	focused     string           // the option that is being typed
	fileOptions []string         // ids of the attachments that options have
	attached    []bot.Attachment // to the command, or to the message that a menu was used on
	target      object           // the message that a menu was used on
	customID    string
	values      map[string]string // of a form by its inputs' names; of a menu what was chosen
	messageID   string            // that a pressed button hangs on
	came        time.Time         // to this process, from Discord; zero: it came to an earlier one
	isKept      bool              // an earlier process wrote it into the ledger
	duty        *duty             // of its shard
	raw         json.RawMessage
}

// decodeInteraction reads an event. ok is false without an id and a token, as then it cannot be answered.
func decodeInteraction(raw json.RawMessage) (i interaction, ok bool) {
	o := decodeObject(raw)
	i = interaction{
		id: o.text("id"), token: o.text("token"), kind: field[int](o, "type"), channel: o.text("channel_id"), locale: o.text("locale"),
		options: map[string]string{}, values: map[string]string{}, messageID: o.object("message").text("id"), rights: allRights, raw: raw,
	}
	if i.id == "" || i.token == "" {
		return i, false
	}
	member := o.object("member")
	i.person = member.object("user").text("id")
	if i.person == "" {
		i.person = o.object("user").text("id")
	}
	if member != nil {
		i.rights = parseRights(member.text("permissions"))
		i.roles = field[[]string](member, "roles")
	}
	i.guild = o.text("guild_id")
	i.moderator = i.guild != "" && i.rights&(rightAdministrator|rightManageGuild) != 0
	if owners := o.object("authorizing_integration_owners"); owners != nil && owners["0"] == nil {
		i.guild, i.guest, i.moderator = "", true, false // the guild is a stranger's
	}
	i.settled = i.channel
	if place := o.object("channel"); isThread(field[int](place, "type")) {
		i.thread = i.channel
		if parent := place.text("parent_id"); parent != "" {
			i.settled = parent
		}
	}
	data := o.object("data")
	i.customID = data.text("custom_id")
	i.name = data.text("name")
	i.readOptions(data)
	i.readValues(data)
	resolved := data.object("resolved")
	if target := data.text("target_id"); target != "" {
		i.target = resolved.object("messages").object(target)
		i.attached = filesOf(i.target)
	}
	for _, id := range i.fileOptions {
		i.attached = append(i.attached, fileOf(resolved.object("attachments").object(id)))
	}
	return i, i.person != ""
}

// readOptions walks down subcommands to the options themselves.
func (i *interaction) readOptions(data object) {
	for _, o := range data.objects("options") {
		switch field[int](o, "type") {
		case optionSubcommand, optionGroup:
			i.name += " " + o.text("name")
			i.readOptions(o)
		default:
			value := string(o["value"])
			if text := field[string](o, "value"); text != "" || strings.HasPrefix(value, `"`) {
				value = text
			}
			i.options[o.text("name")] = value
			if field[int](o, "type") == optionFile {
				i.fileOptions = append(i.fileOptions, value)
			}
			if field[bool](o, "focused") {
				i.focused = o.text("name")
			}
		}
	}
}

// readValues takes what was chosen in a menu, or typed into a form. A Label holds its input, an action row a list of one.
func (i *interaction) readValues(data object) {
	if chosen := field[[]string](data, "values"); len(chosen) > 0 {
		i.values[bot.Chosen] = chosen[0]
	}
	for _, row := range data.objects("components") {
		for _, typed := range append(row.objects("components"), row.object("component")) {
			if name := typed.text("custom_id"); name != "" {
				i.values[name] = typed.text("value")
			}
		}
	}
}

// A message is what the bot reads of one that was posted.
type message struct {
	id, guild, channel, person string
	content                    string // its text, and the addresses in its embeds and of what it forwards
	spokenTo                   bool   // it mentions the bot, or stands in its direct messages
	toMany                     bool   // it mentions everybody, or a role and not us
	silent                     bool   // of a program, to everybody or to a role, or no person's words
	wordless                   bool   // there is no text, not even our mention
	edited                     string // when it was edited last, as Discord writes it; "" = never
	roles                      []string
	attached                   []bot.Attachment
	reply                      object // the message that it answers
	toUs                       bool   // which is ours
	came                       time.Time
	isKept                     bool  // an earlier process wrote it into the ledger
	duty                       *duty // of its shard
	raw                        json.RawMessage
}

// unreadable reports whether it answers a message of ours in words that are kept from us: without the Message Content intent Discord
// shows such a reply empty.
func (m message) unreadable() bool {
	return m.wordless && m.content == "" && len(m.attached) == 0 && m.toUs
}

// decodeMessage reads an event, from the point of view of the bot's user.
func decodeMessage(raw json.RawMessage, self string) (m message, ok bool) {
	o := decodeObject(raw)
	author := o.object("author")
	m = message{
		id: o.text("id"), guild: o.text("guild_id"), channel: o.text("channel_id"), person: author.text("id"), reply: o.object("referenced_message"), raw: raw,
	}
	m.edited, m.roles = o.text("edited_timestamp"), field[[]string](o.object("member"), "roles")
	m.toUs = m.reply.object("author").text("id") == self
	kind := field[int](o, "type")
	m.silent = field[bool](author, "bot") || o.text("webhook_id") != "" || m.person == self || kind != 0 && kind != 19
	m.spokenTo = m.guild == ""
	for _, u := range o.objects("mentions") {
		m.spokenTo = m.spokenTo || u.text("id") == self
	}
	m.toMany = field[bool](o, "mention_everyone") || !m.spokenTo && len(field[[]string](o, "mention_roles")) > 0
	m.silent = m.silent || m.toMany
	m.wordless = o.text("content") == ""
	m.content, m.attached = textOf(o, self), filesOf(o)
	return m, m.id != "" && m.channel != "" && m.person != ""
}

// textOf is what a message says: its content without our mention; what it forwards; and the addresses of its embeds that the text
// does not have already.
func textOf(o object, self string) string {
	text := o.text("content")
	for _, mention := range []string{"<@" + self + ">", "<@!" + self + ">"} {
		text = strings.ReplaceAll(text, mention, " ")
	}
	for _, snapshot := range o.objects("message_snapshots") {
		if inner := snapshot.object("message"); inner != nil {
			text += "\n" + textOf(object{"content": inner["content"], "embeds": inner["embeds"]}, self)
			break // a forward has one
		}
	}
	for _, e := range o.objects("embeds") {
		if u := e.text("url"); u != "" && !strings.Contains(text, u) && len(bot.Links(u)) == 1 {
			text += "\n" + u
		}
	}
	return strings.TrimSpace(text)
}
