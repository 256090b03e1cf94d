package bot

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeTable holds README's table of what the bot does on Discord to the table of commands: each line names commands that there are,
// with options that they have, and each command that everybody has is named.
func TestReadmeTable(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "| In Discord | What it does |\n|---|---|\n")
	table, _, found := strings.Cut(rest, "\n\n")
	if !found {
		t.Fatal("README has no table of what the bot does on Discord")
	}
	named := map[string]bool{}
	for row := range strings.Lines(table) {
		first := strings.Split(row, "|")[1]
		if strings.Contains(first, "*Apps*") {
			for _, m := range regexp.MustCompile(`\*([A-Z][a-z]+ [^*]+)\*`).FindAllStringSubmatch(first, -1) {
				named[m[1]] = true
			}
			continue
		}
		group := ""
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
			if m[1][0] == '@' || m[1] == "…" {
				continue
			}
			words := strings.Fields(m[1])
			name := strings.TrimPrefix(words[0], "/")
			switch words = words[1:]; {
			case name == words0(m[1]): // without a slash: a further one of the group
				name = group + " " + name
			case len(words) > 0 && !strings.ContainsAny(words[0], ":["):
				group, name, words = name, name+" "+words[0], words[1:]
			}
			named[name] = true
			for _, option := range words {
				option, _, _ = strings.Cut(strings.Trim(option, "[]"), ":")
				if c, ok := Find(name); ok && !slices.ContainsFunc(c.Options, func(o Option) bool { return o.Name == option }) {
					t.Errorf("README: /%s has no option %s", name, option)
				}
			}
		}
	}
	known := map[string]bool{}
	for _, c := range Commands() {
		known[c.Name] = true
		if strings.HasPrefix(c.Name, "admin ") { // whose groups README names alone
			known[strings.Join(strings.Fields(c.Name)[:2], " ")] = true
		} else if !named[c.Name] {
			t.Errorf("README does not name %s", c.Name)
		}
	}
	for name := range named {
		if !known[name] {
			t.Errorf("README names %q, which there is not", name)
		}
	}
}

func words0(s string) string { return strings.Fields(s)[0] }
