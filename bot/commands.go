package bot

import (
	"context"
	"slices"
	"strings"

	"archivist"
)

// A Command is one row of the table of what can be asked of the bot.
type Command struct {
	Name      string // as typed; "admin channel" is the subcommand of "admin"; of a menu, its label
	Menu      bool   // not typed, but found in the menu of a message
	Options   []Option
	Moderator bool   // only for those who may manage the guild, or have a role that was given its Office; looked at again on each use
	Office    Office // that a role can be given to have it too
	Guild     bool   // there is none in direct messages
	Home      bool   // there is none in others' direct messages, where we are not
	Private   bool   // the reply is for the asker alone
	Free      bool   // takes nothing of anybody's limits
	Now       bool   // answered at once, from memory; all others are acknowledged first

	run       func(*Bot, context.Context, Request) (Card, error)
	meanwhile func(Request) Card // shown at once, from memory, until what run gives takes its place; nil = nothing
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
	AFile    OptionKind = "file"   // an id; Request.Files has the file
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

// Meanwhile is what is shown of a command at once, from memory, until its own card takes its place; ok is false where there is no such thing.
func (c Command) Meanwhile(r Request) (card Card, ok bool) {
	if c.meanwhile == nil {
		return Card{}, false
	}
	return c.meanwhile(r), true
}

// Group is the help of the words that several commands begin with, such as "admin".
func Group(locale, name string) string { return say(locale, "command."+name) }

var private = Option{Name: "private", Kind: YesNo}

var (
	fromSource = Option{Name: "source", Kind: Text, Max: 253, Complete: true}
	sinceDay   = Option{Name: "since", Kind: Text, Max: 30}
	beforeDay  = Option{Name: "before", Kind: Text, Max: 30}
)

// Commands is the table, in the order of help.
func Commands() []Command {
	return slices.Concat(everybody(), adminCommands())
}

func everybody() []Command {
	return []Command{
		{Name: "ask", Options: []Option{{Name: "question", Kind: Text, Required: true, Max: archivist.MaxQuestion}, fromSource, sinceDay, beforeDay, private}, run: (*Bot).ask},
		{Name: "search", Options: []Option{{Name: "query", Kind: Text, Required: true, Max: archivist.MaxQuestion}, fromSource, sinceDay, beforeDay, private}, run: (*Bot).search},
		{Name: "article", Options: []Option{{Name: "title", Kind: Text, Required: true, Max: 2048, Complete: true}, private}, run: (*Bot).article},
		{Name: "latest", Options: []Option{{Name: "topic", Kind: Text, Max: 200}, private}, run: (*Bot).latest},
		{Name: "sources", Private: true, run: (*Bot).sources},
		{Name: "add", Options: []Option{{Name: "url", Kind: Text, Max: 2048}, {Name: "file", Kind: AFile}}, run: (*Bot).add},
		{Name: "feed list", Home: true, Private: true, run: (*Bot).feedList},
		{Name: "feed suggest", Options: []Option{{Name: "url", Kind: Text, Required: true, Max: 2048}}, Home: true, Private: true, run: (*Bot).feedSuggest},
		{Name: "help", Private: true, Now: true, Free: true, run: (*Bot).help},
		{Name: "privacy show", Private: true, Free: true, run: (*Bot).privacyShow, meanwhile: privacyText},
		{Name: "privacy export", Private: true, Free: true, run: (*Bot).privacyExport},
		{Name: "privacy delete", Private: true, Free: true, run: (*Bot).privacyDelete},
		{Name: "Add this article", Menu: true, Private: true, run: (*Bot).addMessage},
		{Name: "Answer this", Menu: true, Private: true, run: (*Bot).answerMessage},
	}
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

// usage is a command as one types it, in a language's names: "/ask question [private]".
func (c Command) usage(locale string) string {
	if c.Menu {
		return LocalName(locale, c.Name)
	}
	var out strings.Builder
	out.WriteString("/")
	for i, word := range strings.Fields(c.Name) {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(LocalName(locale, word))
	}
	for _, o := range c.Options {
		if o.Required {
			out.WriteString(" " + LocalName(locale, o.Name))
		} else {
			out.WriteString(" [" + LocalName(locale, o.Name) + "]")
		}
	}
	return out.String()
}

// help tells what there is; the moderators' commands only to moderators.
func (b *Bot) help(_ context.Context, r Request) (Card, error) {
	card := Card{Kind: KindNotice, Title: say(r.Locale, "help.title"), Body: []Block{line(r.text("help.intro"))}}
	var list Block
	var moderators []string
	for _, c := range Commands() {
		if !b.entitledNow(r, c) || c.Guild && r.Library.Own() {
			continue
		}
		if c.Moderator { // so many that their names have to do
			words := strings.Fields(c.Name)[1:]
			for i, word := range words {
				words[i] = LocalName(r.Locale, word)
			}
			moderators = append(moderators, strings.Join(words, " "))
			continue
		}
		parts := []Part{bold(c.usage(r.Locale))}
		if c.Menu {
			parts = append(parts, plain(" ("), r.text("help.menu"), plain(")"))
		}
		if len(list.Parts) > 0 {
			parts = slices.Insert(parts, 0, plain("\n"))
		}
		list.Parts = append(list.Parts, append(parts, plain(": "+c.Help(r.Locale)))...)
	}
	card.Body = append(card.Body, list)
	if len(moderators) > 0 {
		card.Body = append(card.Body, line(bold("/"+LocalName(r.Locale, "admin")), plain(": "+Group(r.Locale, "admin")+"\n"+strings.Join(moderators, " · "))))
	}
	card.Body = append(card.Body, line(r.text("help.mention")))
	return card, nil
}
