package playground

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"archivist/bot/fakediscord"
)

var marker = regexp.MustCompile(`(?:^|\s)([\p{L}\p{N}_-]+):`)

// parseLine reads a command as it is typed without the picker: "/ask question: When? private: true". What stands before the first option
// is the value of the command's first one: "/ask When?". Names may be in the person's language.
func parseLine(known []fakediscord.Command, line string) (command string, inputs []fakediscord.Input, err error) {
	var found fakediscord.Command
	rest := ""
	for _, c := range known {
		for _, name := range []string{c.Name, c.Label} {
			after, is := strings.CutPrefix(line, "/"+name)
			if is && !c.Menu && (after == "" || after[0] == ' ' || after[0] == '\n') && len(c.Name) > len(found.Name) {
				found, rest = c, after
			}
		}
	}
	if found.Name == "" {
		word := strings.Fields(line)[0]
		if more := below(known, word); len(more) > 0 {
			return "", nil, fmt.Errorf("%s is not all of a command; there are %s", word, strings.Join(more, ", "))
		}
		return "", nil, fmt.Errorf("%s is no command that you may use here", word)
	}
	given := func(option fakediscord.Option, value string) {
		if value = strings.TrimSpace(value); value != "" {
			inputs = append(inputs, fakediscord.Typed(option.Name, value))
		}
	}
	at, current := 0, -1 // current is the option whose value begins at at
	if len(found.Options) > 0 {
		current = 0
	}
	for _, hit := range marker.FindAllStringSubmatchIndex(rest, -1) {
		name := rest[hit[2]:hit[3]]
		i := slices.IndexFunc(found.Options, func(o fakediscord.Option) bool { return o.Name == name || o.Label == name })
		if i < 0 {
			continue // "10:30" and "site:" are part of a value
		}
		given(found.Options[current], rest[at:hit[0]])
		at, current = hit[1], i
	}
	switch {
	case current >= 0:
		given(found.Options[current], rest[at:])
	case strings.TrimSpace(rest) != "":
		err = fmt.Errorf("/%s takes no options", found.Label)
	}
	return found.Name, inputs, err
}

// below are the commands, as a person types them, that consist of a word with its slash and more.
func below(known []fakediscord.Command, word string) (commands []string) {
	for _, c := range known {
		if !c.Menu && (strings.HasPrefix("/"+c.Name, word+" ") || strings.HasPrefix("/"+c.Label, word+" ")) {
			commands = append(commands, "/"+c.Label)
		}
	}
	return commands
}
