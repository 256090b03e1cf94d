package bot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"archivist"
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

// TestHelpFits: a moderator's help is one card in every language.
func TestHelpFits(t *testing.T) {
	d := newDesk(t)
	for _, locale := range []string{"en", "de", "es-ES"} {
		d.r.Locale = locale
		c := d.says("/help", LocalName(locale, "article"), LocalName(locale, "health"))
		units := 0
		for _, block := range c.Body {
			for _, part := range block.Parts {
				units += Units(Escape(part.Text)) + 4
			}
		}
		if units > 4000 {
			t.Errorf("%s: %d units", locale, units)
		}
	}
}

// TestAdminCompletes: titles are offered in moderators' commands to those who may use them.
func TestAdminCompletes(t *testing.T) {
	d := newDesk(t)
	d.stores(2, "herald.example", "3")
	if err := d.bot.Warm(t.Context(), d.r.Library); err != nil {
		t.Fatal(err)
	}
	d.r.Command = "admin article remove"
	if choices := d.bot.Complete(d.r, "article", "lamp"); len(choices) != 2 || choices[0].Value != "2" {
		t.Errorf("a moderator is offered %v", choices)
	}
	d.r.Moderator, d.r.Roles = false, []string{"70"}
	if choices := d.bot.Complete(d.r, "article", "lamp"); len(choices) != 0 {
		t.Errorf("without the right, %v", choices)
	}
	if err := d.store.SetSetting(t.Context(), d.r.Library, settingRoles+"70", "articles", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if err := d.bot.Warm(t.Context(), d.r.Library); err != nil {
		t.Fatal(err)
	}
	if choices := d.bot.Complete(d.r, "article", "lamp"); len(choices) != 2 {
		t.Errorf("with the role, %v", choices)
	}
}
