package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"archivist"
)

var errBroken = errors.New("disk on fire at /var/secret")

// shelf is a store and an engine in memory, with what the commands need.
type shelf struct {
	Moderation // of which these tests ask nothing else

	articles []archivist.Article
	settings map[string]string
	cards    map[string]archivist.CardState
	acts     []archivist.Act
	answer   archivist.Answer
	err      error
	job      archivist.Job
	asked    []archivist.Asked
	limit    error
}

func (s *shelf) Ask(context.Context, archivist.Question) (archivist.Answer, error) {
	return s.answer, s.err
}

func (s *shelf) Submit(_ context.Context, asked archivist.Job) (archivist.Job, error) {
	s.job.URL = asked.URL
	return s.job, s.err
}

func (s *shelf) Follow(_ context.Context, _ archivist.JobID, progress func(archivist.Stage)) (archivist.Job, error) {
	progress(archivist.StageReading)
	return s.job, nil
}

func (s *shelf) RemoveAll(_ context.Context, _ archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error) {
	s.acts = append(s.acts, act)
	return archivist.Removal{ID: 1, Articles: len(ids)}, nil
}

func (s *shelf) Restore(_ context.Context, _ archivist.LibraryID, _ archivist.Pick, act archivist.Act) (int, error) {
	s.acts = append(s.acts, act)
	return 1, nil
}

func (s *shelf) Article(_ context.Context, _ archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error) {
	for _, a := range s.articles {
		if a.ID == id {
			return a, nil
		}
	}
	return archivist.Article{}, archivist.ErrNotFound
}

func (s *shelf) Articles(_ context.Context, _ archivist.LibraryID, _ archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error) {
	var heads []archivist.Head
	for i := len(s.articles) - 1; i >= 0 && len(heads) < n; i-- {
		if before == 0 || s.articles[i].ID < before {
			heads = append(heads, s.articles[i].Head)
		}
	}
	return heads, nil
}

func (s *shelf) Sites(context.Context, archivist.LibraryID, archivist.View) ([]archivist.SiteCount, error) {
	return []archivist.SiteCount{{Site: "Harbour Herald", Articles: 2, Newest: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}}, nil
}

func (s *shelf) Settings(context.Context, archivist.LibraryID) (map[string]string, error) {
	return s.settings, nil
}

func (s *shelf) SetSetting(_ context.Context, _ archivist.LibraryID, key, value string, act archivist.Act) error {
	s.settings[key] = value
	s.acts = append(s.acts, act)
	return nil
}

func (s *shelf) SaveQuestion(_ context.Context, q archivist.Asked) error {
	s.asked = append(s.asked, q)
	return nil
}

func (s *shelf) SaveCard(_ context.Context, c archivist.CardState) error {
	s.cards[c.ID] = c
	return nil
}

func (s *shelf) Card(_ context.Context, _ archivist.LibraryID, id string) (archivist.CardState, error) {
	c, ok := s.cards[id]
	if !ok {
		return c, archivist.ErrNotFound
	}
	return c, nil
}

func (s *shelf) Spend(context.Context, archivist.LibraryID, string, string, time.Time, int, int) (int, error) {
	return 0, s.limit
}

func article(id archivist.ArticleID, title, url string) archivist.Article {
	return archivist.Article{
		Head:       archivist.Head{ID: id, Title: title, URL: url, Site: "Harbour Herald", Language: "en", Words: 9, Published: time.Date(2024, 3, 5, 8, 0, 0, 0, time.UTC), Added: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), AddedBy: "7"},
		Paragraphs: []archivist.Paragraph{{Text: "Before."}, {Text: "It rains. The ferry runs on 2 March. Bring a coat."}, {Text: "After."}},
	}
}

func fixture() (*shelf, *Bot, Request) {
	s := &shelf{settings: map[string]string{}, cards: map[string]archivist.CardState{}}
	s.articles = []archivist.Article{article(1, "Ferry returns", "https://herald.example/ferry"), article(2, "Honey festival", "https://herald.example/honey")}
	b := New(Options{Asker: s, Adder: s, Remover: s, Store: s, Limits: Limits{PersonDay: 3, LibraryDay: 9}})
	return s, b, Request{Library: "guild:1", Person: "7", Channel: "5", Moderator: true, Asked: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
}

func wants(t *testing.T, c Card, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if text := RenderText(c); !strings.Contains(text, p) {
			t.Errorf("the card lacks %q:\n%s", p, text)
		}
	}
}

func TestConsoleLines(t *testing.T) {
	s, b, r := fixture()
	s.job = archivist.Job{ID: 1, State: archivist.JobDone, Article: 2, Outcome: archivist.Unchanged}
	for typed, want := range map[string]string{
		"/help":          "/ask question [private]: Answer a question",
		"/sources":       "Harbour Herald: 2 articles, newest of 21 November 2026",
		"/article":       "#2 Honey festival https://herald.example/honey",
		"/article 1":     "Ferry returns",
		"/article honey": "Honey festival",
		"/article http://herald.example/ferry/#x": "Ferry returns",
		"/article e":                                     "Articles with “e” in their title",
		"/article nothing":                               "No stored article matches",
		"/add https://herald.example/honey":              "This article is stored already, word for word: by 7, on 20 November 2026.",
		"https://herald.example/honey":                   "This article is stored already, word for word: by 7, on 20 November 2026.",
		"/admin article list":                            "#1 Ferry returns",
		"/admin domain block https://www.Evil.example/x": "Articles from evil.example are kept out",
		"/admin domain list":                             "block evil.example",
		"/admin domain allow ..":                         "is no site",
		"/admin channel links":                           "Message Content intent is off",
		"/admin channel loud":                            "That setting cannot have this value.",
		"/add":                                           "Say more: /add url",
		"/nonsense":                                      "Something in that command is not as I need it.",
		"":                                               "Mention me with a question",
		"/press v9:what:AAAA":                            "another version of me",
		"/press v1:more:AAAAAAAAAAAAAAAA":                "no longer stored",
	} {
		s.settings["domain.evil.example"] = "block"
		t.Run(typed, func(t *testing.T) { wants(t, b.Line(t.Context(), r, typed), want) })
	}
}

func TestRemoveNeedsAnExactName(t *testing.T) {
	s, b, r := fixture()
	wants(t, b.Line(t.Context(), r, "/admin article remove ferry"), "No stored article matches")
	wants(t, b.Line(t.Context(), r, "/admin article remove #1"), "Removed: Ferry returns")
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

func TestAnswerCard(t *testing.T) {
	s, b, r := fixture()
	text := "It rains. The ferry runs on 2 March. Bring a coat."
	s.answer = archivist.Answer{Grade: archivist.GradeClosest, Passages: []archivist.Passage{{
		Article: s.articles[0].Head, First: 1, Last: 1, Text: text, Sentence: archivist.Span{Start: 10, End: 36}, Link: "https://herald.example/ferry#:~:text=x",
		Also: []archivist.Head{{Site: "Courier", URL: "https://courier.example/ferry"}, {Title: "A [title](https://x.example)"}},
	}}}
	c := b.Line(t.Context(), r, "When does it run?")
	wants(t, c, "The same stands in Courier https://courier.example/ferry, A [title](https://x.example)", "I am not sure.", "It rains. >>The ferry runs on 2 March.<< Bring a coat.", "⚠ from 2024", "5 March 2024", "English", "https://herald.example/ferry#:~:text=x")
	id := c.Buttons[0][1].ID
	wide := b.Line(t.Context(), r, "/press "+id)
	wants(t, wide, "Before.", "After.", "Less context")
	other := r
	other.Person = "8"
	if card := b.Press(t.Context(), other, id); !card.Private {
		t.Error("another's press changes the card")
	}
	s.articles[0].Paragraphs[1].Text = "All is new."
	wants(t, b.Line(t.Context(), r, "/press "+id), "has changed since")
	s.articles = nil
	wants(t, b.Line(t.Context(), r, "/press "+id), "has left the library")
	if s.asked[0].Person == r.Person || len(s.asked[0].Person) != 32 {
		t.Errorf("kept %q of the asker", s.asked[0].Person)
	}
}

func TestTrouble(t *testing.T) {
	s, b, r := fixture()
	s.err = errBroken
	c := b.Line(t.Context(), r, "When?")
	wants(t, c, "Something broke here.", "Incident ")
	if strings.Contains(RenderText(c), "secret") || !c.Private {
		t.Errorf("an incident tells too much:\n%s", RenderText(c))
	}
	s.err = nil
	s.limit = &archivist.Invalid{Code: archivist.TooManyRequests}
	wants(t, b.Line(t.Context(), r, "/add https://herald.example/x"), "more than one may do here in a day")
	s.limit = nil
	s.job = archivist.Job{State: archivist.JobFailed, Code: archivist.Paywall}
	wants(t, b.Line(t.Context(), r, "/add https://herald.example/x"), "behind a paywall")
	s.job = archivist.Job{State: archivist.JobFailed, Code: archivist.Listing, Offer: archivist.Offer{Kind: archivist.OfferFeed, URL: "https://herald.example/feed"}}
	wants(t, b.Line(t.Context(), r, "/add https://herald.example/x"), "a list of articles", "It has a feed: https://herald.example/feed")
	s.job = archivist.Job{State: archivist.JobFailed, Code: archivist.Gone, Offer: archivist.Offer{Kind: archivist.OfferArchive, URL: "https://archive.example/x", At: r.Asked}}
	wants(t, b.Line(t.Context(), r, "/add https://herald.example/x"), "There is no page", "an archived copy from", "https://archive.example/x")
	s.job = archivist.Job{State: archivist.JobWaiting, Code: archivist.Busy, Due: r.Asked.Add(time.Hour)}
	wants(t, b.Line(t.Context(), r, "/add https://herald.example/x"), "That site is busy.", "I will try again: 24 November 2026, 10:00 UTC")
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
