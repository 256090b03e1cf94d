package fakediscord_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"archivist/bot/fakediscord"
)

func TestRenderMarkdown(t *testing.T) {
	for _, c := range []struct {
		in, plain string
		nodes     string // kind=text>target, in order
	}{
		{"plain text.", "plain text.", ""},
		{"a **bold** word", "a bold word", "bold=bold"},
		{"**two** and **three**", "two and three", "bold=two bold=three"},
		{"***both***", "both", "bold=both italic=both"},
		{`\*\*not\*\*`, "**not**", ""},
		{"__under__ ~~gone~~ ||secret||", "under gone secret", "underline=under strike=gone spoiler=secret"},
		{"_a_ *b*", "a b", "italic=a italic=b"},
		{"snake_case_word 2 * 3 * 4", "snake_case_word 2 * 3 * 4", ""},
		{"# Head\ntext", "Head\ntext", "heading=Head"},
		{"#hash", "#hash", ""},
		{"a # b", "a # b", ""},
		{"-# small", "small", "subtext=small"},
		{"- one\n* two\n3. three", "- one\n* two\n3. three", "list=one list=two list=three"},
		{`\- one`, "- one", ""},
		{`3\. three`, "3. three", ""},
		{"> quoted\nnot", "quoted\nnot", "quote=quoted"},
		{"> # head", "head", "quote=head heading=head"},
		{">>> all\nof it", "all\nof it", "quote=all\nof it"},
		{"> **a b**", "a b", "quote=a b bold=a b"},
		{"`**x**`", "**x**", "code=**x**"},
		{"`` a`b ``", " a`b ", "code= a`b "},
		{"`` `b` ``", "`b`", "code=`b`"},
		{"```go\nx := 1\n```", "x := 1", "code block=x := 1"},
		{"lonely ` tick", "lonely ` tick", ""},
		{"[text](https://a.example/b)", "text", "link=text>https://a.example/b"},
		{"[text](javascript:x)", "[text](javascript:x)", ""},
		{"see https://a.example/b.", "see https://a.example/b.", "link=https://a.example/b>https://a.example/b"},
		{"<https://a.example>", "<https://a.example>", "link=<https://a.example>>https://a.example"},
		{"discord.gg/abc", "discord.gg/abc", "invite=discord.gg/abc>discord.gg/abc"},
		{
			"<@123> <@&4> <#5> </ask:6> <id:browse>", "<@123> <@&4> <#5> </ask:6> <id:browse>",
			"mention=<@123>>123 mention=<@&4>>4 mention=<#5>>5 mention=</ask:6>>6 mention=<id:browse>>browse",
		},
		{"@everyone @here @ann", "@everyone @here @ann", "mention=@everyone>@everyone mention=@here>@here"},
		{`\@everyone \<@123>`, "@everyone <@123>", ""},
		{"<t:1700000000:R>", "<t:1700000000:R>", "timestamp=<t:1700000000:R>>1700000000"},
		{":smile: 10:30:00 <:x:1>", ":smile: 10:30:00 <:x:1>", "emoji=:smile:>smile emoji=<:x:1>>x"},
		{shrugText, shrugText, ""},
	} {
		r := fakediscord.RenderMarkdown(c.in)
		var nodes []string
		for _, n := range r.Nodes {
			s := string(n.Kind) + "=" + n.Text
			if n.Target != "" {
				s += ">" + n.Target
			}
			nodes = append(nodes, s)
		}
		if got := strings.Join(nodes, " "); r.Plain != c.plain || got != c.nodes {
			t.Errorf("%q: %q with %q, want %q with %q", c.in, r.Plain, got, c.plain, c.nodes)
		}
	}
}

const shrugText = `¯\_(ツ)_/¯`

func TestRenderedHas(t *testing.T) {
	r := fakediscord.RenderMarkdown("**a** @here")
	if !r.Has(fakediscord.Mention) || !r.Has(fakediscord.Link, fakediscord.Bold) || r.Has(fakediscord.Spoiler) {
		t.Errorf("%+v", r)
	}
}

// TestMarkdownIsBounded renders the worst that fits a card: it must take no more than the square of the length.
func TestMarkdownIsBounded(t *testing.T) {
	for _, unit := range []string{"**a ", "*a ", "_a ", "[", "[a](", "<a", "`a``", "||", "> ", "> - ", "\\", ":a", "https://", "~~a", "***__||"} {
		s := strings.Repeat(unit, 6000/len(unit))
		began := time.Now()
		fakediscord.RenderMarkdown(s)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%q repeated to %d bytes took %v", unit, len(s), took)
		} else {
			t.Logf("%q: %v", unit, took)
		}
	}
}

// FuzzRenderMarkdown holds that nothing panics or hangs, that a text of words is shown as it is, and that one whose every mark is
// escaped has no markup.
func FuzzRenderMarkdown(f *testing.F) {
	for _, s := range []string{"", "**a", "[[[[[(", "> > > # *_~|`", "```\n", "\\", "<@<t:1><#", "****", "__a__b__", "[a](https://x \"t\")", strings.Repeat("*a ", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 || !utf8.ValidString(s) {
			t.Skip()
		}
		fakediscord.RenderMarkdown(s)
		var escaped strings.Builder
		for _, r := range s {
			if r < 128 && !isWord(r) && r > ' ' {
				escaped.WriteByte('\\')
			}
			escaped.WriteRune(r)
		}
		if strings.ContainsAny(s, "0123456789¯") || slices.ContainsFunc([]rune(s), func(r rune) bool { return r < ' ' && r != '\n' || r == 127 }) {
			return // "1." begins a list unless the point is escaped, which it is; a shrug and control characters are their own story
		}
		if r := fakediscord.RenderMarkdown(escaped.String()); r.Plain != s || len(r.Nodes) > 0 {
			t.Errorf("%q escaped to %q shows %q with %v", s, escaped.String(), r.Plain, r.Nodes)
		}
	})
}

func isWord(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' }
