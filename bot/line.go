package bot

import (
	"context"
	"slices"
	"strings"

	"archivist"
)

// Line does what a line typed at a console says, with the library, person and rights of r: a command of the table after "/", with
// its options in order or as name:value, "/press ID" for a button, and anything else as if it were said to the bot: a link or a
// question.
func (b *Bot) Line(ctx context.Context, r Request, typed string) Card {
	typed = strings.TrimSpace(typed)
	rest, isCommand := strings.CutPrefix(typed, "/")
	if !isCommand {
		r.Target = typed
		card, _ := b.Hear(ctx, r, true)
		return card
	}
	if id, pressed := strings.CutPrefix(rest, "press "); pressed {
		return b.Press(ctx, r, strings.TrimSpace(id))
	}
	c, options, err := parseLine(rest)
	if err != nil {
		return b.Trouble(r, err)
	}
	r.Command = c.Name
	for _, o := range c.Options {
		if o.Required && options[o.Name] == "" {
			card := notice(KindError, r, "error.usage", c.usage())
			card.Body = append(card.Body, line(plain(c.OptionHelp(r.Locale, o.Name))))
			return card
		}
	}
	r.Options = options
	return b.Do(ctx, r)
}

// parseLine finds the command with the longest name that the line begins with, and its options: name:value, or values in the order
// of the table. A text without fixed choices goes on to the next name:value, or to the end of the line.
func parseLine(typed string) (Command, map[string]string, error) {
	words := strings.Fields(typed)
	var c Command
	for n := min(3, len(words)); n > 0 && c.Name == ""; n-- {
		if found, ok := Find(strings.ToLower(strings.Join(words[:n], " "))); ok && !found.Menu {
			c, words = found, words[n:]
		}
	}
	if c.Name == "" {
		return c, nil, &archivist.Invalid{Code: archivist.InvalidArgument, Text: "no such command; /help lists them"}
	}
	options := map[string]string{}
	goesOn := "" // the text that the next bare word belongs to
	for _, word := range words {
		name, value, named := strings.Cut(word, ":")
		if !named || !c.takes(name) {
			name, value = goesOn, word
		}
		for _, o := range c.Options {
			if _, filled := options[o.Name]; name == "" && !filled {
				name = o.Name
			}
		}
		if name == "" {
			return c, nil, &archivist.Invalid{Code: archivist.InvalidArgument, Text: c.usage()}
		}
		options[name] = strings.TrimSpace(options[name] + " " + value)
		if goesOn = ""; c.isText(name) {
			goesOn = name
		}
	}
	return c, options, nil
}

func (c Command) takes(option string) bool {
	return slices.ContainsFunc(c.Options, func(o Option) bool { return o.Name == option })
}

func (c Command) isText(option string) bool {
	return slices.ContainsFunc(c.Options, func(o Option) bool { return o.Name == option && o.Kind == Text && len(o.Choices) == 0 })
}
