package fakediscord

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// Input is a value that a person gives to a command, or a trait of the giving.
type Input struct {
	name      string
	value     any
	focused   bool
	unchecked bool
}

// File is one from the person's own disk, to be attached.
type File struct {
	Name string
	Body []byte
}

// Opt gives an option its value: a string, a bool, an int, a float64, a File, or a *Channel, *Role or *Member.
func Opt(name string, value any) Input { return Input{name: name, value: value} }

// Anyway sends what a client would not: a command that is hidden from the person, options that are missing or do not fit. A bot must
// not rely on clients.
func Anyway() Input { return Input{unchecked: true} }

// Slash uses a slash command; subcommands follow after blanks, as "admin channel".
func (m *Member) Slash(ch *Channel, command string, inputs ...Input) *Interaction {
	return m.command(kindCommand, ch, command, inputs)
}

// Complete types the beginning of a value into an option with autocomplete; other options as they stand by then.
func (m *Member) Complete(ch *Channel, command, option, typed string, inputs ...Input) *Interaction {
	return m.command(kindComplete, ch, command, append(inputs, Input{name: option, value: typed, focused: true}))
}

// Menu uses a message command on a message.
func (m *Member) Menu(ch *Channel, command string, target Message) *Interaction {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	x := &Interaction{d: m.d, kind: kindCommand, by: m, channel: ch, said: fmt.Sprintf("menu %q", command)}
	cmd := m.d.find(ch, command, 3)
	msg := m.d.messages[target.ID]
	switch {
	case cmd == nil:
		x.err = fmt.Errorf("there is no menu %q", command)
	case msg == nil || msg.gone || !msg.seenBy(m.user):
		x.err = fmt.Errorf("menu %q: the message is not there", command)
	case !m.may(ch, cmd):
		x.err = fmt.Errorf("menu %q is not shown to %s here", command, m.user.name)
	default:
		// A menu gives the bot its target's content whatever the intents are.
		x.data = object{"id": cmd["id"], "name": cmd["name"], "type": 3, "target_id": msg.id, "resolved": object{"messages": object{msg.id: msg.snapshot(true)}}}
	}
	return x.fire()
}

// find looks for a command of a type that is registered for a channel. The lock is held.
func (d *Discord) find(ch *Channel, name string, kind int64) object {
	for _, cmd := range d.commands {
		g := text(cmd, "guild_id")
		if text(cmd, "name") == name && number(cmd, "type") == kind && (g == "" || ch.guild != nil && ch.guild.id == g) {
			return cmd
		}
	}
	return nil
}

// may tells whether a client shows the command to a person in a channel. The lock is held.
func (m *Member) may(ch *Channel, cmd object) bool {
	x := Interaction{d: m.d, by: m, channel: ch}
	if has(cmd, "contexts") && !slices.ContainsFunc(list(cmd, "contexts"), func(v any) bool { return fmt.Sprint(v) == fmt.Sprint(x.context()) }) {
		return false
	}
	if owners := x.owners(); len(owners) == 0 {
		return false
	} else if x.userOnly() && !slices.ContainsFunc(list(cmd, "integration_types"), func(v any) bool { return fmt.Sprint(v) == "1" }) {
		return false
	}
	if ch.guild == nil {
		return true
	}
	rights := ch.rights(m)
	if rights&(ViewChannel|UseCommands) != ViewChannel|UseCommands {
		return false
	}
	var needed Rights
	if s := text(cmd, "default_member_permissions"); s != "" {
		_, _ = fmt.Sscan(s, &needed) // the description has checked that it is a number
	}
	return rights&needed == needed
}

// command builds and sends a slash command or the completion of one.
func (m *Member) command(kind int, ch *Channel, command string, inputs []Input) *Interaction {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	path := strings.Fields(command)
	x := &Interaction{d: m.d, kind: kind, by: m, channel: ch, said: "/" + command}
	unchecked := false
	inputs = slices.DeleteFunc(slices.Clone(inputs), func(in Input) bool { unchecked = unchecked || in.unchecked; return in.unchecked })
	for _, in := range inputs {
		x.said += fmt.Sprintf(" %s:%s", in.name, shownValue(in.value))
	}
	if len(path) == 0 {
		x.err = errors.New("no command is named")
		return x.fire()
	}
	cmd := m.d.find(ch, path[0], 1)
	if cmd == nil {
		x.err = fmt.Errorf("/%s is not registered", path[0])
		return x.fire()
	}
	if !unchecked && !m.may(ch, cmd) {
		x.err = fmt.Errorf("/%s is not shown to %s here", path[0], m.user.name)
		return x.fire()
	}
	leaf, resolved := cmd, object{}
	var chain []object
	for _, name := range path[1:] {
		i := slices.IndexFunc(objects(leaf, "options"), func(o object) bool { return text(o, "name") == name && number(o, "type") <= 2 })
		if i < 0 {
			x.err = fmt.Errorf("/%s is not registered", command)
			return x.fire()
		}
		leaf = objects(leaf, "options")[i]
		chain = append(chain, leaf)
	}
	options, err := ch.values(leaf, inputs, resolved, unchecked, kind == kindComplete)
	if err != nil {
		x.err = fmt.Errorf("/%s: %w", command, err)
		return x.fire()
	}
	for i := len(chain) - 1; i >= 0; i-- {
		options = []any{object{"name": chain[i]["name"], "type": chain[i]["type"], "options": orNone(options)}}
	}
	x.data = object{"id": cmd["id"], "name": cmd["name"], "type": 1, "options": orNone(options)}
	if len(resolved) > 0 {
		x.data["resolved"] = resolved
	}
	return x.fire()
}

func shownValue(v any) string {
	switch v := v.(type) {
	case *Channel:
		return "#" + v.name
	case *Role:
		return "@" + v.name
	case *Member:
		return "@" + v.user.name
	case File:
		return v.Name
	}
	return fmt.Sprint(v)
}

// values are the options as the event has them, judged as a client judges before it sends.
func (ch *Channel) values(leaf object, inputs []Input, resolved object, unchecked, completing bool) ([]any, error) {
	defined := objects(leaf, "options")
	var out []any
	for _, in := range inputs {
		i := slices.IndexFunc(defined, func(o object) bool { return text(o, "name") == in.name })
		if i < 0 {
			return nil, fmt.Errorf("there is no option %q", in.name)
		}
		def := defined[i]
		value, err := ch.resolve(def, in.value, resolved)
		if err != nil {
			return nil, err
		}
		o := object{"name": in.name, "type": def["type"], "value": value}
		if in.focused {
			if !flag(def, "autocomplete") {
				return nil, fmt.Errorf("option %q has no autocomplete", in.name)
			}
			o["focused"] = true
		} else if err := fits(def, value); err != nil && !unchecked {
			return nil, err
		}
		out = append(out, o)
	}
	for _, def := range defined {
		given := slices.ContainsFunc(inputs, func(in Input) bool { return in.name == text(def, "name") })
		if (flag(def, "required") && !given || number(def, "type") <= 2) && !unchecked && !completing {
			return nil, fmt.Errorf("option %q is required", text(def, "name"))
		}
	}
	return out, nil
}

// resolve is the value as JSON has it; things of Discord's become ids, and stand in resolved.
func (ch *Channel) resolve(def object, value any, resolved object) (any, error) {
	put := func(kind, id string, o object) any {
		if resolved[kind] == nil {
			resolved[kind] = object{}
		}
		objectAt(resolved, kind)[id] = o
		return id
	}
	wants := map[int64]string{3: "string", 4: "int", 5: "bool", 6: "*Member", 7: "*Channel", 8: "*Role", 10: "float64", 11: "File"}[number(def, "type")]
	if t, isTyped := value.(typed); isTyped {
		value = ch.read(def, string(t))
	}
	got := strings.Replace(fmt.Sprintf("%T", value), "fakediscord.", "", 1)
	if got != wants && !(wants == "float64" && got == "int") {
		return nil, fmt.Errorf("option %q takes a %s, not a %s", text(def, "name"), wants, got)
	}
	switch v := value.(type) {
	case *Channel:
		return put("channels", v.id, v.json()), nil
	case *Role:
		return put("roles", v.id, v.json()), nil
	case File:
		attachment, err := ch.upload(v)
		if err != nil {
			return nil, fmt.Errorf("option %q: %w", text(def, "name"), err)
		}
		return put("attachments", text(attachment, "id"), attachment), nil
	case *Member:
		if v.guild != nil {
			put("members", v.user.id, v.bare())
		}
		return put("users", v.user.id, v.user.json()), nil
	}
	return value, nil
}

// fits judges a value by its option's choices and limits.
func fits(def object, value any) error {
	name := text(def, "name")
	if choices := objects(def, "choices"); len(choices) > 0 {
		if !slices.ContainsFunc(choices, func(c object) bool { return fmt.Sprint(c["value"]) == fmt.Sprint(value) }) {
			return fmt.Errorf("option %q has no choice %v", name, value)
		}
	}
	size, unit, least, most := int64(0), "", "min_value", "max_value"
	switch v := value.(type) {
	case string:
		size, unit, least, most = int64(len(utf16.Encode([]rune(v)))), " characters", "min_length", "max_length"
		if size > 6000 {
			return fmt.Errorf("option %q is longer than 6000 characters", name)
		}
	case int:
		size = int64(v)
	default:
		return nil
	}
	if has(def, most) && size > number(def, most) {
		return fmt.Errorf("option %q: at most %d%s, not %d", name, number(def, most), unit, size)
	}
	if has(def, least) && size < number(def, least) {
		return fmt.Errorf("option %q: at least %d%s, not %d", name, number(def, least), unit, size)
	}
	return nil
}
