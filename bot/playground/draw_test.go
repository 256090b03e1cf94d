package playground

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "now", 59 * time.Second: "now", time.Minute: "1 minute ago", 119 * time.Minute: "1 hour ago", 49 * time.Hour: "2 days ago", -26 * time.Hour: "in 1 day",
		31 * 24 * time.Hour: "1 month ago", 800 * 24 * time.Hour: "2 years ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestColour(t *testing.T) {
	for v, want := range map[any]string{3046763: "#2e7d6b", nil: "#80848e", "x": "#80848e", -1: "#80848e", 1 << 24: "#80848e", 255: "#0000ff"} {
		if got := colour(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Mia": "Mi", "Herald readers": "HR", "é": "É", "": "", "–": "", "a b c": "AB", "Ω": "Ω"} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestParseLine reads commands typed without the picker.
func TestParseLine(t *testing.T) {
	known := []fakediscord.Command{
		{Name: "ask", Label: "fragen", Options: []fakediscord.Option{{Name: "question", Label: "frage", Type: 3}, {Name: "private", Label: "privat", Type: 5}}},
		{Name: "admin article list", Label: "admin artikel liste"},
		{Name: "admin article", Label: "admin article", Options: []fakediscord.Option{{Name: "n", Label: "n", Type: 4}}},
		{Name: "Answer this", Label: "Answer this", Menu: true},
	}
	for _, c := range []struct {
		line, command string
		inputs        []fakediscord.Input
		wrong         bool
	}{
		{"/ask When is it?", "ask", []fakediscord.Input{fakediscord.Typed("question", "When is it?")}, false},
		{"/ask question: at 10:30? private: true", "ask", []fakediscord.Input{fakediscord.Typed("question", "at 10:30?"), fakediscord.Typed("private", "true")}, false},
		{"/fragen privat:true frage:Wann?", "ask", []fakediscord.Input{fakediscord.Typed("private", "true"), fakediscord.Typed("question", "Wann?")}, false},
		{"/ask what private:true", "ask", []fakediscord.Input{fakediscord.Typed("question", "what"), fakediscord.Typed("private", "true")}, false},
		{"/ask site:example.org harbour", "ask", []fakediscord.Input{fakediscord.Typed("question", "site:example.org harbour")}, false},
		{"/ask", "ask", nil, false},
		{"/admin article list", "admin article list", nil, false},
		{"/admin article 7", "admin article", []fakediscord.Input{fakediscord.Typed("n", "7")}, false},
		{"/admin article list all", "admin article list", nil, true},
		{"/asking", "", nil, true},
		{"/Answer this", "", nil, true},
		{"/", "", nil, true},
	} {
		command, inputs, err := parseLine(known, c.line)
		if command != c.command || !slices.Equal(inputs, c.inputs) || (err != nil) != c.wrong {
			t.Errorf("%q: %q %v %v", c.line, command, inputs, err)
		}
	}
}

// TestQuotations holds that lines that follow one another are one quotation, and that no empty line follows a block.
func TestQuotations(t *testing.T) {
	d, err := fakediscord.New(fakediscord.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	g := d.Guild("Herald readers")
	mia, news, council := g.Member("Mia"), g.Channel("news"), g.Channel("council")
	council.Overwrite(nil, 0, fakediscord.ViewChannel)
	for text, want := range map[string]string{
		"> a\n> b\nc":          "quote(a|\n|b) c",
		"> a\n> \n> **b**":     "quote(a|\n|\n|bold(b))",
		"# x\ny\n- one\n- two": "heading(x) y\n list(one) list(two)",
		"> a\n\n> b":           "quote(a) \n quote(b)",
		"<@" + d.ApplicationID() + "> <#1> @everyone":      "mention:@archivist   mention:#unknown   mention:@everyone",
		"<#" + news.ID() + "> **<#" + council.ID() + ">**": "mention:#news   bold(mention:#No Access)",
		"<https://a.example> x":                            "link:https://a.example  x",
	} {
		if got := written(markdown(mia, text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// written writes spans for tests.
func written(spans []span) string {
	out := ""
	for i, s := range spans {
		if i > 0 {
			out += " "
		}
		switch {
		case s.Kind == "":
			out += s.Text
		case len(s.Inside) > 0:
			inner := ""
			for j, in := range s.Inside {
				if j > 0 {
					inner += "|"
				}
				inner += written([]span{in})
			}
			out += fmt.Sprintf("%s(%s)", s.Kind, inner)
		default:
			out += fmt.Sprintf("%s:%s", s.Kind, s.Text)
		}
	}
	return out
}

// FuzzParseLine holds that whatever is typed names a known command, or none, and only its options, each with a value.
func FuzzParseLine(f *testing.F) {
	known := []fakediscord.Command{{Name: "ask", Label: "fragen", Options: []fakediscord.Option{{Name: "question", Label: "frage"}, {Name: "private", Label: "privat"}}}, {Name: "help", Label: "hilfe"}}
	for _, s := range []string{"/ask a", "/ask question:private:x", "/fragen frage: é privat:", "/help me", "/ask \n:", "/ask :question: x", "/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		command, inputs, err := parseLine(known, line)
		if command != "ask" && command != "help" && (command != "" || err == nil) || command == "help" && len(inputs) > 0 {
			t.Errorf("%q: %q %v %v", line, command, inputs, err)
		}
		for _, in := range inputs {
			if in == fakediscord.Typed("question", "") || in == fakediscord.Typed("private", "") {
				t.Errorf("%q: an empty value: %v", line, inputs)
			}
		}
	})
}
