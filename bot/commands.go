package bot

import (
	"context"
	"slices"
	"strings"
)

// A Command is one row of the table of what can be asked of the bot.
type Command struct {
	Name      string // as typed; "admin channel" is the subcommand of "admin"; of a menu, its label
	Menu      bool   // not typed, but found in the menu of a message
	Options   []Option
	Moderator bool   // only for those who may manage the guild, or have a role that was given its Office; looked at again on each use
	Office    Office // that a role can be given to have it too
	Guild     bool   // there is none in direct messages
	Private   bool   // the reply is for the asker alone
	Now       bool   // answered at once, from memory; all others are acknowledged first

	run func(*Bot, context.Context, Request) (Card, error)
}

// An OptionKind says what an option takes.
type OptionKind string

// The kinds of options.
const (
	Text     OptionKind = "text"
	YesNo    OptionKind = "yes or no"
	AChannel OptionKind = "channel"
	Number   OptionKind = "number"
	APerson  OptionKind = "person" // an id
	ARole    OptionKind = "role"   // an id
)

// An Option is something that a command takes. The required ones come first.
type Option struct {
	Name     string
	Kind     OptionKind
	Required bool
	Choices  []string // the only values, when not empty
	Complete bool     // Bot.Complete offers values while it is typed
	Max      int      // characters of a text; 0 = 6,000, Discord's limit
}

// Help is what a command does, in at most 100 characters.
func (c Command) Help(locale string) string { return say(locale, "command."+c.Name) }

// OptionHelp is what one of its options takes, in at most 100 characters.
func (c Command) OptionHelp(locale, option string) string {
	return say(locale, c.optionKey(option))
}

// optionKey is where the catalogues have what an option takes: under the command's name, or where all commands mean the same, without.
func (c Command) optionKey(option string) string {
	if own := "option." + c.Name + "." + option; known(own) {
		return own
	}
	return "option." + option
}

// Group is the help of the words that several commands begin with, such as "admin".
func Group(locale, name string) string { return say(locale, "command."+name) }

var private = Option{Name: "private", Kind: YesNo}

// Commands is the table, in the order of help.
func Commands() []Command {
	return append([]Command{
		{Name: "ask", Options: []Option{{Name: "question", Kind: Text, Required: true, Max: 1000}, private}, run: (*Bot).ask},
		{Name: "add", Options: []Option{{Name: "url", Kind: Text, Required: true, Max: 2048}}, run: (*Bot).add},
		{Name: "article", Options: []Option{{Name: "title", Kind: Text, Max: 2048}, private}, run: (*Bot).article},
		{Name: "sources", Private: true, run: (*Bot).sources},
		{Name: "help", Private: true, Now: true, run: (*Bot).help},
		{Name: "Add this article", Menu: true, Private: true, run: (*Bot).addMessage},
		{Name: "Answer this", Menu: true, Private: true, run: (*Bot).answerMessage},
	}, adminCommands()...)
}

// Find looks a command up by its whole name.
func Find(name string) (Command, bool) {
	all := Commands()
	i := slices.IndexFunc(all, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return Command{}, false
	}
	return all[i], true
}

// usage is a command as one types it: "/ask question [private]".
func (c Command) usage() string {
	if c.Menu {
		return c.Name
	}
	var out strings.Builder
	out.WriteString("/" + c.Name)
	for _, o := range c.Options {
		if o.Required {
			out.WriteString(" " + o.Name)
		} else {
			out.WriteString(" [" + o.Name + "]")
		}
	}
	return out.String()
}

// help tells what there is; the moderators' commands only to moderators.
func (b *Bot) help(_ context.Context, r Request) (Card, error) {
	card := Card{Kind: KindNotice, Title: say(r.Locale, "help.title"), Body: []Block{line(r.text("help.intro"))}}
	var list Block
	for _, c := range Commands() {
		if !b.entitledNow(r, c) {
			continue
		}
		parts := []Part{bold(c.usage())}
		if c.Menu {
			parts = append(parts, plain(" ("), r.text("help.menu"), plain(")"))
		}
		if len(list.Parts) > 0 {
			parts = slices.Insert(parts, 0, plain("\n"))
		}
		list.Parts = append(list.Parts, append(parts, plain(": "+c.Help(r.Locale)))...)
	}
	card.Body = append(card.Body, list, line(r.text("help.mention")))
	return card, nil
}
