package fakediscord

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Command is what a client's picker shows of a slash command, of a subcommand, or of a command of messages' menus.
type Command struct {
	Name        string   `json:"name"`  // as Slash and Menu take it: "admin article list"
	Label       string   `json:"label"` // the same in the person's language
	Description string   `json:"description"`
	Menu        bool     `json:"menu,omitempty"`
	Options     []Option `json:"options,omitempty"`
}

// Option is one option of a Command.
type Option struct {
	Name        string       `json:"name"`
	Label       string       `json:"label"`
	Description string       `json:"description"`
	Type        int          `json:"type"` // 3 text, 4 whole number, 5 yes or no, 6 person, 7 channel, 8 role, 10 number, 11 file
	Required    bool         `json:"required,omitempty"`
	Completed   bool         `json:"completed,omitempty"` // the bot suggests values while one types
	Choices     []PickChoice `json:"choices,omitempty"`
}

// PickChoice is one of the fixed choices of an option.
type PickChoice struct {
	Name  string `json:"name"` // in the person's language
	Value any    `json:"value"`
}

// Commands are those that the person's client offers in a channel, in the order in which they were registered: others are hidden.
func (m *Member) Commands(ch *Channel) []Command {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	out := []Command{}
	locale := m.user.locale
	for _, cmd := range m.d.commands {
		if m.d.find(ch, text(cmd, "name"), number(cmd, "type")) == nil || m.in(ch) == nil || !m.in(ch).may(ch, cmd) {
			continue
		}
		out = offered(out, cmd, locale, "", "")
	}
	return out
}

// offered adds a command, or in its place the subcommands that it consists of.
func offered(out []Command, cmd object, locale, above, shownAbove string) []Command {
	made := Command{
		Name: above + text(cmd, "name"), Label: shownAbove + localised(cmd, "name", locale), Description: localised(cmd, "description", locale),
		Menu: number(cmd, "type") == 3 && above == "",
	}
	group := false
	for _, o := range objects(cmd, "options") {
		if number(o, "type") <= 2 {
			group = true
			out = offered(out, o, locale, made.Name+" ", made.Label+" ")
			continue
		}
		option := Option{
			Name: text(o, "name"), Label: localised(o, "name", locale), Description: localised(o, "description", locale), Type: int(number(o, "type")),
			Required: flag(o, "required"), Completed: flag(o, "autocomplete"),
		}
		for _, c := range objects(o, "choices") {
			option.Choices = append(option.Choices, PickChoice{localised(c, "name", locale), c["value"]})
		}
		made.Options = append(made.Options, option)
	}
	if group {
		return out
	}
	return append(out, made)
}

// localised is a text in a language if it is registered in it.
func localised(o object, key, locale string) string {
	return orElse(text(objectAt(o, key+"_localizations"), locale), text(o, key))
}

// typed is a value as it stands in the composer, before the client has made it what its option takes.
type typed string

// Typed gives an option its value as a person types or picks it: numbers by their digits, "true" and "false", the name of a choice, people,
// roles and channels by id, or by name, with or without "@" and "#". What names nothing is refused as a value of the wrong type.
func Typed(name, value string) Input { return Input{name: name, value: typed(value)} }

// read makes of a typed value what the option takes; what cannot be read stays a string. The lock is held.
func (ch *Channel) read(def object, s string) any {
	for _, c := range objects(def, "choices") {
		named := slices.Collect(maps.Values(objectAt(c, "name_localizations")))
		if v, isText := c["value"].(string); isText && slices.Contains(append(named, c["name"]), any(s)) {
			s = v
			break
		}
	}
	bare := strings.TrimLeft(s, "@#")
	switch number(def, "type") {
	case 4:
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
	case 5:
		if b, err := strconv.ParseBool(strings.ToLower(s)); err == nil {
			return b
		}
	case 6:
		if ch.guild == nil {
			break
		}
		for _, m := range ch.guild.members {
			if m.user.id == s || m.user.name == bare {
				return m
			}
		}
	case 7, 8:
		if ch.guild == nil {
			break
		}
		for _, c := range ch.guild.channels {
			if number(def, "type") == 7 && (c.id == s || c.name == bare) && !c.gone {
				return c
			}
		}
		for _, r := range ch.guild.roles {
			if number(def, "type") == 8 && (r.id == s || strings.TrimLeft(r.name, "@") == bare) {
				return r
			}
		}
	case 10:
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
	}
	return s
}
