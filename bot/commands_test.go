package bot

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write COMMANDS.md anew")

// TestCommandsPage holds COMMANDS.md to the table; go test ./bot -run CommandsPage -update writes it.
func TestCommandsPage(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Commands\n\nWritten from the table in `commands.go` by `go test ./bot -run CommandsPage -update`. On Discord every reply is acknowledged\n" +
		"at once and edited when it is done. The console (`archivist chat`) knows the same commands, with options as `name:value` or in\ntheir order.\n\n" +
		"| command | what it does | options (* required) | who | reply |\n| --- | --- | --- | --- | --- |\n")
	for _, c := range Commands() {
		name, who, reply := "`/"+c.Name+"`", "all", "for all"
		if c.Menu {
			name = "menu \"" + c.Name + "\""
		}
		if c.Moderator {
			who = "Manage Server"
		}
		if c.Private {
			reply = "private"
		}
		var options []string
		for _, o := range c.Options {
			star := ""
			if o.Required {
				star = "*"
			}
			help := fmt.Sprintf("`%s`%s: %s", o.Name, star, c.OptionHelp("en", o.Name))
			if len(o.Choices) > 0 {
				help += " (" + strings.Join(o.Choices, ", ") + ")"
			}
			options = append(options, help)
		}
		fmt.Fprintf(&page, "| %s | %s | %s | %s | %s |\n", name, c.Help("en"), strings.Join(options, "; "), who, reply)
	}
	page.WriteString("\nMention the bot with a question to ask it, or with a link to store the article. In its direct messages no mention is needed.\n")
	if *update {
		if err := os.WriteFile("COMMANDS.md", []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile("COMMANDS.md"); err != nil || string(have) != page.String() {
		t.Errorf("COMMANDS.md is not what the table says (%v); run go test ./bot -run CommandsPage -update", err)
	}
}

// TestTable holds the table to Discord's rules for commands.
func TestTable(t *testing.T) {
	name := regexp.MustCompile(`^[-_a-z0-9]{1,32}$`)
	for _, c := range Commands() {
		if help := c.Help("en"); help == "command."+c.Name || utf8.RuneCountInString(help) > 100 {
			t.Errorf("%s: help %q", c.Name, help)
		}
		for _, word := range strings.Fields(c.Name) {
			if !c.Menu && !name.MatchString(word) {
				t.Errorf("%s: no name of a command", c.Name)
			}
		}
		optional := false
		for _, o := range c.Options {
			if help := c.OptionHelp("en", o.Name); !name.MatchString(o.Name) || strings.HasPrefix(help, "option.") || utf8.RuneCountInString(help) > 100 {
				t.Errorf("%s %s: %q", c.Name, o.Name, help)
			}
			if o.Required && optional {
				t.Errorf("%s: %s is required, but comes after one that is not", c.Name, o.Name)
			}
			optional = optional || !o.Required
		}
	}
}

// TestEveryCodeIsExplained reads the codes of the root package and wants a reason and a way on for each.
func TestEveryCodeIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, named := spec.Type.(*ast.Ident); !named || kind.Name != "Code" {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes++
		if !known("because."+code) || !known("way."+code) {
			t.Errorf("the code %q lacks its sentence or its way on", code)
		}
		return true
	})
	if codes < 40 {
		t.Errorf("found %d codes", codes)
	}
}
