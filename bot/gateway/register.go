package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"archivist/bot"
)

// Kinds of commands and options in Discord's API.
const (
	commandSlash     = 1
	commandMessage   = 3
	optionSubcommand = 1
	optionGroup      = 2
	optionText       = 3
	optionNumber     = 4
	optionYesNo      = 5
	optionPerson     = 6
	optionChannel    = 7
	optionRole       = 8
	optionFile       = 11
)

// manageGuild hides commands from all but those who may manage the guild. It only hides: the bot looks at each use again.
const manageGuild = "32"

// command is one registration, in the normal form in which ours and Discord's are compared: what is at its default is left out.
type command struct {
	Name         string   `json:"name"`
	Type         int      `json:"type"`
	Description  string   `json:"description,omitempty"`
	Options      []option `json:"options,omitempty"`
	Rights       *string  `json:"default_member_permissions,omitempty"`
	Contexts     []int    `json:"contexts,omitempty"`          // 0 guild, 1 direct messages, 2 others' direct messages
	Integrations []int    `json:"integration_types,omitempty"` // 0 guild, 1 user
	localised
}

// localised are names and descriptions by Discord's locales, where they differ from the English ones.
type localised struct {
	Names        map[string]string `json:"name_localizations,omitempty"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
}

// localise asks for a name and a description in every language but English.
func localise(name, description string, named, described func(locale string) string) localised {
	var l localised
	put := func(to *map[string]string, locale, text, english string) {
		if text == "" || text == english {
			return
		}
		if *to == nil {
			*to = map[string]string{}
		}
		(*to)[locale] = text
	}
	for _, locale := range bot.DiscordLocales {
		put(&l.Names, locale, named(locale), name)
		if described != nil {
			put(&l.Descriptions, locale, described(locale), description)
		}
	}
	return l
}

// localName is a word of a command in another language.
func localName(word string) func(string) string {
	return func(locale string) string { return bot.LocalName(locale, word) }
}

type option struct {
	Name        string   `json:"name"`
	Type        int      `json:"type"`
	Description string   `json:"description"`
	Required    bool     `json:"required,omitempty"`
	Choices     []choice `json:"choices,omitempty"`
	Options     []option `json:"options,omitempty"`
	MaxLength   int      `json:"max_length,omitempty"`
	MinValue    *int     `json:"min_value,omitempty"`
	Channels    []int    `json:"channel_types,omitempty"` // text, announcements, forum
	Completes   bool     `json:"autocomplete,omitempty"`
	localised
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// registrations makes Discord's commands of the bot's table. Those of one guild have neither contexts nor integration types.
func registrations(table []bot.Command, global bool) []command {
	var out []command
	for _, c := range table {
		first, _, grouped := strings.Cut(c.Name, " ")
		grouped = grouped && !c.Menu
		name, said := c.Name, c.Help
		if grouped {
			name, said = first, func(locale string) string { return bot.Group(locale, first) }
		}
		if c.Menu {
			said = nil
		}
		i := slices.IndexFunc(out, func(made command) bool { return made.Name == name })
		if i < 0 {
			i = len(out)
			made := command{Name: name, Type: commandSlash}
			if said != nil {
				made.Description = said("")
			}
			made.localised = localise(name, made.Description, localName(name), said)
			out = append(out, made)
		}
		made := &out[i]
		if grouped {
			made.Options = below(made.Options, c, 1)
		} else {
			made.Options = options(c)
		}
		if c.Menu {
			made.Type = commandMessage
		}
		if c.Moderator {
			rights := manageGuild
			made.Rights = &rights
		}
		if global {
			made.Contexts, made.Integrations = []int{0, 1, 2}, []int{0, 1}
			switch {
			case c.Guild:
				made.Contexts, made.Integrations = []int{0}, []int{0}
			case c.Home:
				made.Contexts = []int{0, 1}
			}
		}
	}
	return out
}

// below puts a subcommand where its words say, from the given one on: into a list, or into a group of it.
func below(list []option, c bot.Command, word int) []option {
	words := strings.Fields(c.Name)
	if word == len(words)-1 {
		return append(list, option{
			Name: words[word], Type: optionSubcommand, Description: c.Help(""), Options: options(c),
			localised: localise(words[word], c.Help(""), localName(words[word]), c.Help),
		})
	}
	i := slices.IndexFunc(list, func(o option) bool { return o.Name == words[word] })
	if i < 0 {
		i = len(list)
		help := func(locale string) string { return bot.Group(locale, strings.Join(words[:word+1], " ")) }
		list = append(list, option{Name: words[word], Type: optionGroup, Description: help(""), localised: localise(words[word], help(""), localName(words[word]), help)})
	}
	list[i].Options = below(list[i].Options, c, word+1)
	return list
}

func options(c bot.Command) []option {
	var out []option
	for _, o := range c.Options {
		made := option{Name: o.Name, Description: c.OptionHelp("", o.Name), Required: o.Required, MaxLength: o.Max, Completes: o.Complete}
		made.localised = localise(o.Name, made.Description, localName(o.Name), func(locale string) string { return c.OptionHelp(locale, o.Name) })
		switch o.Kind {
		case bot.YesNo:
			made.Type = optionYesNo
		case bot.AChannel:
			made.Type, made.Channels = optionChannel, []int{0, 5, 15}
		case bot.APerson:
			made.Type = optionPerson
		case bot.ARole:
			made.Type = optionRole
		case bot.AFile:
			made.Type = optionFile
		case bot.Number:
			one := 1
			made.Type, made.MinValue = optionNumber, &one
		default:
			made.Type = optionText
		}
		for _, value := range o.Choices {
			made.Choices = append(made.Choices, choice{Name: value, Value: value})
		}
		out = append(out, made)
	}
	return out
}

// register compares what is registered with what should be, and writes only where they differ: Discord counts new commands, 200 a day.
func (g *Gateway) register(ctx context.Context, application string) error {
	where, global := "/applications/"+application+"/commands", true
	if g.options.CommandsGuild != "" {
		where, global = "/applications/"+application+"/guilds/"+g.options.CommandsGuild+"/commands", false
	}
	want := registrations(bot.Commands(), global)
	var have []command
	if err := g.rest.do(ctx, call{name: "GET commands", method: http.MethodGet, path: where + "?with_localizations=true", top: application, rule: ruleGet}, &have); err != nil {
		return err
	}
	if same(want, have, global) {
		g.log.Debug("the commands are registered already", "commands", len(want))
		return nil
	}
	if err := g.rest.do(ctx, call{name: "PUT commands", method: http.MethodPut, path: where, top: application, body: want, rule: ruleCommands}, nil); err != nil {
		return err
	}
	g.log.Info("registered the commands", "commands", len(want))
	return nil
}

// same compares registrations; Discord may list commands in any order, but options keep theirs.
func same(want, have []command, global bool) bool {
	normal := func(list []command) []byte {
		list = slices.Clone(list)
		for i := range list {
			list[i].Contexts, list[i].Integrations = sorted(list[i].Contexts), sorted(list[i].Integrations)
			if !global {
				list[i].Contexts, list[i].Integrations = nil, nil
			}
		}
		slices.SortFunc(list, func(a, b command) int { return strings.Compare(a.Name, b.Name) })
		text, err := json.Marshal(list)
		if err != nil {
			panic("gateway: " + err.Error()) // strings and numbers always marshal
		}
		return text
	}
	return bytes.Equal(normal(want), normal(have))
}

func sorted(list []int) []int {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
