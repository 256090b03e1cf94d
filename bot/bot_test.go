package bot

import (
	"strings"
	"testing"
	"time"

	"archivist"
)

func TestConsoleLines(t *testing.T) {
	s, b, r := fixture()
	s.job = archivist.Job{ID: 1, State: archivist.JobDone, Article: 2, Outcome: archivist.Unchanged}
	k := talking(t, b, r)
	for typed, want := range map[string]string{
		"/help":          "/ask question [source] [since] [before] [private]: Answer a question",
		"/sources":       "Harbour Herald: 2 articles, newest of 21 November 2026",
		"/latest":        "#2 Honey festival https://herald.example/honey",
		"/article 1":     "Ferry returns",
		"/article honey": "Honey festival",
		"/article http://herald.example/ferry/#x": "Ferry returns",
		"/article e":                        "Articles with “e” in their title",
		"/article nothing":                  "No stored article matches",
		"/article":                          "Say more: /article title",
		"/add https://herald.example/honey": "This article is stored already, word for word: by 7, on 20 November 2026.",
		"https://herald.example/honey":      "This article is stored already, word for word: by 7, on 20 November 2026.",
		"/admin article list":               "#1 Ferry returns",
		"/admin domain block https://www.Evil.example/x": "Articles from evil.example are kept out",
		"/admin domain list":                             "block evil.example",
		"/admin domain allow ..":                         "is no site",
		"/admin channel links":                           "Message Content intent is off",
		"/admin channel loud":                            "That setting cannot have this value.",
		"/add":                                           "Give me either a link or a file.",
		"/add https://herald.example/x file:x":           "Give me either a link or a file.",
		"/add file:notes.txt":                            "I could not take that file.",
		"/nonsense":                                      "I do not know this command (any more). /help lists",
		"/admin":                                         "I do not know this command (any more). /help lists",
		"/help me":                                       "That is more than I take here: /help",
		"":                                               "Mention me with a question",
		"/ask why not since:never":                       "I cannot read “never” as a day.",
		"/ask when? since:2w before:3w":                  "There is no day between",
		"/ask when? source:nowhere.example":              "No site here is called “nowhere.example”",
		"/99":                                            "There is no button 99",
	} {
		s.settings["domain.evil.example"] = "block"
		t.Run(typed, func(t *testing.T) { wants(t, k.says(typed), want) })
	}
}

func TestRemoveNeedsAnExactName(t *testing.T) {
	s, b, r := fixture()
	k := talking(t, b, r)
	k.says("/admin article remove ferry", "No stored article matches")
	k.says("/admin article remove #1", "Removed: Ferry returns")
	if len(s.acts) != 1 || s.acts[0] != (archivist.Act{Actor: "7", Verb: "article.remove", Target: "#1"}) {
		t.Errorf("the audit has %+v", s.acts)
	}
	r.Moderator = false
	for _, c := range Commands() {
		if c.Moderator {
			r.Command = c.Name
			wants(t, b.Do(t.Context(), r), "Only who may manage this server")
		}
	}
}

func TestTrouble(t *testing.T) {
	s, b, r := fixture()
	k := talking(t, b, r)
	s.err = errBroken
	c := k.says("When?", "Something broke here.", "Incident ")
	if strings.Contains(RenderText(c), "secret") || !c.Private {
		t.Errorf("an incident tells too much:\n%s", RenderText(c))
	}
	s.err = nil
	s.limit = &archivist.Invalid{Code: archivist.TooManyRequests}
	k.says("/add https://herald.example/x", "As much as is allowed")
	s.limit = nil
	s.job = archivist.Job{State: archivist.JobFailed, Code: archivist.Paywall}
	k.says("/add https://herald.example/x", "behind a paywall")
	s.job = archivist.Job{State: archivist.JobWaiting, Code: archivist.Busy, Due: k.r.Asked.Add(time.Hour)}
	k.says("/add https://herald.example/x", "That site is busy.", "I will try again: 24 November 2026, 10:03 UTC")
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"no link":                                  "",
		"see <https://a.example/x>, please":        "https://a.example/x",
		"(https://a.example/x_(y)) and more":       "https://a.example/x_(y)",
		"https://a.example https://a.example":      "https://a.example",
		"https://a.example/x. HTTP://b.example?q!": "https://a.example/x HTTP://b.example?q",
		"https:// ftp://a.example":                 "",
	} {
		if got := strings.Join(Links(in), " "); got != want {
			t.Errorf("Links(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len(Links(many(20))); n != maxLinks {
		t.Errorf("%d links, want %d", n, maxLinks)
	}
}

func many(n int) string {
	var out strings.Builder
	for i := range n {
		out.WriteString(" https://a.example/" + strings.Repeat("y", i+1))
	}
	return out.String()
}

func TestQuoteKeepsTheAnswer(t *testing.T) {
	before := strings.Repeat("Much was said before. ", 100)
	text := before + "Here it is." + strings.Repeat(" More came after.", 100)
	b := quote(text, archivist.Span{Start: len(before), End: len(before) + 11}, 200)
	if len(b.Parts) != 3 || b.Parts[0].Text != "… " || b.Parts[1].Text != "Here it is." || !b.Parts[1].Bold || !strings.HasSuffix(b.Parts[2].Text, "after. …") {
		t.Errorf("quote = %+v", b)
	}
}
