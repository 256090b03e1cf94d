package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// A Console talks to the bot in lines of text. It remembers the last card, whose buttons are pressed by their numbers. One goroutine at a
// time may use it.
type Console struct {
	bot  *Bot
	last []handle
}

// NewConsole returns a console of the bot.
func NewConsole(b *Bot) *Console { return &Console{bot: b} }

// A handle is something on a card that can be pressed or chosen.
type handle struct {
	label, id, value string
}

// handles are those of a card, in the order of their numbers from 1.
func handles(c Card) (list []handle) {
	for _, b := range slices.Concat(c.Buttons...) {
		if b.ID != "" && !b.Disabled {
			list = append(list, handle{label: strings.TrimSpace(b.Emoji + " " + b.Label), id: b.ID})
		}
	}
	if c.Menu != nil {
		for _, o := range c.Menu.Options {
			list = append(list, handle{label: o.Name, id: c.Menu.ID, value: o.Value})
		}
	}
	return list
}

// Line does what a line typed at a console says, with the library, person and rights of r: "/2" presses the second button of the last
// card, and what follows fills its form; a command of the table stands after "/", with its options in order or as name:value; anything
// else is as if it were said to the bot: a link or a question.
func (c *Console) Line(ctx context.Context, r Request, typed string) Card {
	card := c.line(ctx, r, strings.TrimSpace(typed))
	c.last = handles(card)
	return card
}

func (c *Console) line(ctx context.Context, r Request, typed string) Card {
	rest, isCommand := strings.CutPrefix(typed, "/")
	if !isCommand {
		r.Target = typed
		card, _ := c.bot.Hear(ctx, r, true)
		return card
	}
	number, words, _ := strings.Cut(rest, " ")
	if n, err := strconv.Atoi(number); err == nil {
		if n < 1 || n > len(c.last) {
			return notice(KindError, r, "error.button", number)
		}
		return c.press(ctx, r, c.last[n-1], strings.TrimSpace(words))
	}
	command, options, err := parseLine(rest)
	if err != nil {
		return c.bot.Trouble(r, err)
	}
	r.Command = command.Name
	for _, o := range command.Options {
		if o.Required && options[o.Name] == "" {
			card := notice(KindError, r, "error.usage", command.usage(fallback))
			card.Body = append(card.Body, line(plain(command.OptionHelp(r.Locale, o.Name))))
			return card
		}
	}
	r.Options = options
	return c.bot.Do(ctx, r)
}

// press presses a button. Where it opens a form, the words that were typed fill its first text.
func (c *Console) press(ctx context.Context, r Request, h handle, words string) Card {
	r.Values = map[string]string{Chosen: h.value}
	form, opens := c.bot.Form(r, h.id)
	if !opens {
		return c.bot.Press(ctx, r, h.id)
	}
	if words == "" {
		return notice(KindError, r, "error.form", form.Inputs[0].Label)
	}
	r.Values = map[string]string{form.Inputs[0].Name: words}
	return c.bot.Press(ctx, r, form.ID)
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
		return c, nil, complain("error.command")
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
			return c, nil, complain("error.extra", c.usage(fallback))
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
