package bot

import (
	"slices"
	"strings"
	"testing"

	"archivist/bot/fakediscord"
)

func TestClean(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "Ferry line 4", "Ferry line 4"},
		{"control characters", "a\x00b\x1b[31mc\x7f", "ab[31mc"},
		{"tabs and line ends", "a\tb\r\nc\rd\u2028e", "a b\nc\nd\ne"},
		{"directions", "pay \u202egnp.exe\u202c now", "pay gnp.exe now"},
		{"unseen", "a\u200bb\u00adc\ufeffd\U000e0041", "abcd"},
		{"joiner between letters stays", "می\u200cخواهم", "می\u200cخواهم"},
		{"joiner in a family stays", "👩\u200d👧", "👩\u200d👧"},
		{"joiner elsewhere goes", "a \u200d b", "a  b"},
		{"zalgo", "e\u0301\u0302\u0303\u0304\u0305", "e\u0301\u0302\u0303"},
		{"newlines", "a\n\n\n\n\nb", "a\n\nb"},
		{"no UTF-8", "a\xffb", "a\uFFFDb"},
	} {
		if got := Clean(test.in); got != test.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"a *b* _c_ ~~d~~ ||e||":       `a \*b\* \_c\_ \~\~d\~\~ \|\|e\|\|`,
		"@everyone <@1> <t:1:R>":      `\@everyone \<\@1> \<t\:1:R>`,
		"# Head\n- item\n1. first":    "\\# Head\n\\- item\n1\\. first",
		"> quoted":                    `\> quoted`,
		"see https://evil.example/a.": "see `https://evil.example/a`.",
		"discord.gg/abc":              "`discord.gg/abc`",
		"[click](https://x.example)":  "\\[click\\]\\(`https://x.example`\\)",
		"mail ann@herald.example":     "mail `ann@herald.example`",
		":smile: at 12:30":            `\:smile: at 12:30`,
		"`code`":                      "\\`code\\`",
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzEscape holds section 8 of the design: what is escaped shows exactly the clean text, with nothing to click, to ping or to unfold.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{
		"", "plain", "**bold** __u__ ~~s~~ ||p|| `c` ```\nx\n```", "# h\n## h\n-# small\n- a\n  * b\n3. c\n> q\n>>> all", "@everyone @here <@1> <@&2> <#3> <:a:4>",
		"<t:1:R> </ask:1>", "https://x.example/a_b*c`d <https://y.example> www.z.example/q discord.gg/abc a@b.example", "[a](https://b.example \"c\")", ":a:b: :c:",
		"\\*already\\*", "a\\", "`", "``", "e\u0301\u0302\u0303\u0304", "\u202eabc", "x\n\n\n\ny", "  # h", "1) x", "javascript:alert(1)", "https://a`b`c", "_a_", "*a\nb*",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		clean := Clean(s)
		if again := Clean(clean); again != clean {
			t.Fatalf("Clean(%q) = %q, cleaned again %q", s, clean, again)
		}
		for l := range strings.Lines(clean) {
			if !slices.Equal(link(l), linkLike.FindStringIndex(l)) {
				t.Fatalf("the first address of %q is at %v, not %v", l, link(l), linkLike.FindStringIndex(l))
			}
		}
		shown := fakediscord.RenderMarkdown(Escape(s))
		if shown.Plain != clean {
			t.Fatalf("Escape(%q) = %q shows %q, want %q", s, Escape(s), shown.Plain, clean)
		}
		for _, n := range shown.Nodes {
			if n.Kind != fakediscord.Code {
				t.Fatalf("Escape(%q) = %q has a %s: %q", s, Escape(s), n.Kind, n.Text)
			}
		}
	})
}

func FuzzCut(f *testing.F) {
	f.Add("One sentence. Another one! And a third?", 20)
	f.Add(strings.Repeat("👩‍👧", 30), 10)
	f.Add("日本語の文。次の文。", 6)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		s = Clean(s)
		if limit < 1 || limit > 4000 || len(s) > 20_000 {
			return
		}
		got := Cut(s, limit)
		if n := Units(Escape(got)); n > limit {
			t.Fatalf("Cut(%q, %d) = %q takes %d", s, limit, got, n)
		}
		kept := strings.TrimSuffix(strings.TrimSuffix(got, ellipsis), " ")
		if got != s && !strings.HasPrefix(s, kept) {
			t.Fatalf("Cut(%q, %d) = %q is no beginning", s, limit, got)
		}
	})
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		in    string
		limit int
		want  string
	}{
		{"Short.", 10, "Short."},
		{"One is here. Two is there. Three", 28, "One is here. Two is there. …"},
		{"One is here. Two is there. Three", 27, "One is here. Two is there…"},
		{"word after word after word", 15, "word after…"},
		{"abcdefghij", 5, "abc…"},
		{"***", 3, "…"},
	} {
		if got := Cut(test.in, test.limit); got != test.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", test.in, test.limit, got, test.want)
		}
	}
}
