package bot

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestAdminFits: Discord takes 25 entries on each level and 8,000 characters of names, descriptions and choices, of which it counts the
// longest localisation.
func TestAdminFits(t *testing.T) {
	locales := append([]string{fallback}, DiscordLocales...)
	longest := func(text func(locale string) string) int {
		n := 0
		for _, locale := range locales {
			n = max(n, utf8.RuneCountInString(text(locale)))
		}
		return n
	}
	total := 0
	entries := map[string]map[string]bool{}
	for _, c := range Commands() {
		words := strings.Fields(c.Name)
		if words[0] != "admin" {
			continue
		}
		if len(words) > 3 {
			t.Errorf("%s: groups are one deep", c.Name)
		}
		for i, word := range words {
			group := strings.Join(words[:i], " ")
			if entries[group] == nil {
				entries[group] = map[string]bool{}
			}
			if entries[group][word] {
				continue
			}
			entries[group][word] = true
			total += longest(func(l string) string { return LocalName(l, word) }) + longest(func(l string) string { return Group(l, strings.Join(words[:i+1], " ")) })
		}
		for _, o := range c.Options {
			total += longest(func(l string) string { return LocalName(l, o.Name) }) + longest(func(l string) string { return c.OptionHelp(l, o.Name) })
			for _, choice := range o.Choices {
				total += 2 * utf8.RuneCountInString(choice) // as name and as value
			}
		}
	}
	for group, names := range entries {
		if len(names) > 25 {
			t.Errorf("/%s has %d entries", group, len(names))
		}
	}
	t.Logf("%d characters, %d entries", total, len(entries["admin"]))
	if total > 8000 {
		t.Errorf("/admin takes %d characters of 8,000", total)
	}
}
