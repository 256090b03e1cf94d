package retrieval

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

// filtered asks a small library of three sites and says whose passages came, and the notes.
func filtered(t *testing.T, e *Engine, question string) string {
	t.Helper()
	a := ask(t, e, question)
	var titles []string
	for _, p := range a.Passages {
		titles = append(titles, p.Article.Title)
	}
	return strings.Join(titles, ", ") + fmt.Sprint(a.Notes)
}

// TestTypedFilters: what is typed beside the words decides which articles and passages may answer.
func TestTypedFilters(t *testing.T) {
	e := New(openStore(t), Options{})
	at := func(in archivist.Intake, host string, year int) archivist.Intake {
		in.Article.URL, in.Article.Key = "https://"+host+"/"+in.Article.Key, host+"/"+in.Article.Key
		if year > 0 {
			in.Article.Published, in.Article.DayOnly = time.Date(year, 3, 4, 0, 0, 0, 0, time.UTC), true
		}
		return in
	}
	put(t, e,
		at(intake("planet", "The planet", "Mercury is hot by day. The planet Mercury has no moon."), "www.sky.example.org", 2019),
		at(intake("metal", "The metal", "Mercury is a metal that flows. The US banned it in thermometers, let it be said."), "chem.example.com", 2021),
		at(intake("singer", "The singer", "Mercury sang with a band. Let it be a lesson, he said, and let the song end."), "notexample.com", 0))
	for _, test := range []struct{ question, want string }{
		{`mercury -planet -band`, `The metal[]`},
		{`mercury -"the band" -"sang with"`, `The metal, The planet[]`},
		{`mercury -US -planet`, `The singer[]`}, // the country, not the pronoun
		{`mercury site:example.com`, `The metal[]`},
		{`mercury site:example.org`, `The planet[]`},
		{`mercury site:example.com site:example.org -metal`, `The planet[]`},
		{`mercury site:nowhere.test`, `[{filtered  }]`},
		{`mercury title:metal`, `The metal[]`},
		{`mercury intitle:"the singer"`, `The singer[]`},
		{`mercury since:2020`, `The metal[]`},
		{`mercury before:2021-03`, `The planet[]`},
		{`mercury since:2019-03-04 before:2019-03-05`, `The planet[]`},
		{`mercury "a band"`, `The singer[]`},
		{`mercury "Let it be"`, `The metal, The singer[]`},
		{`mercury "let it be said"`, `The metal[]`},
		{`mercury "planets mercury"`, `The planet, The metal, The singer[{loose planets mercury }]`}, // another ending
		{`mercury "band with"`, `The singer, The planet, The metal[{loose band with }]`},
		{`mercury "Let it be" "a lesson"`, `The singer[]`},
	} {
		got := filtered(t, e, test.question)
		if sorted(got) != sorted(test.want) {
			t.Errorf("%s: %s, want %s", test.question, got, test.want)
		}
	}
	for question, code := range map[string]archivist.Code{`site:example.com -planet`: archivist.QuestionEmpty, `"who is it"`: archivist.QuestionCommon} {
		_, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: question})
		var invalid *archivist.Invalid
		if !errors.As(err, &invalid) || invalid.Code != code {
			t.Errorf("%s: %v", question, err)
		}
	}
}

// sorted are the titles without their order, which is the ranking's business, and the notes.
func sorted(s string) string {
	titles, notes, _ := strings.Cut(s, "[")
	var found []string
	for _, title := range []string{"The metal", "The planet", "The singer"} {
		if strings.Contains(titles, title) {
			found = append(found, title)
		}
	}
	return fmt.Sprint(found, notes)
}

// TestTypedDaysHoldBoth: days given with the question and days typed in it hold both.
func TestTypedDaysHoldBoth(t *testing.T) {
	e := New(openStore(t), Options{})
	old, new := bridge, ferry
	old.Article.Published, new.Article.Published = time.Date(2020, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2022, 5, 1, 0, 0, 0, 0, time.UTC)
	put(t, e, old, new)
	q := archivist.Question{Library: town, Text: "bridge ferry since:2019", Since: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)}
	a, err := e.Ask(t.Context(), q)
	if err != nil || len(a.Passages) != 1 || a.Passages[0].Article.Title != ferry.Article.Title {
		t.Errorf("the later of two days: %+v, %v", a.Passages, err)
	}
	q.Text, q.Since, q.Before = "bridge ferry before:2023", time.Time{}, time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	a, err = e.Ask(t.Context(), q)
	if err != nil || len(a.Passages) != 1 || a.Passages[0].Article.Title != bridge.Article.Title {
		t.Errorf("the earlier of two days: %+v, %v", a.Passages, err)
	}
}

// TestHostileQuestions: the longest questions of nothing but words or filters are answered.
func TestHostileQuestions(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, bridge, ferry, honey)
	for _, part := range []string{"bridge ", `"bridge" `, "-bridge ferry ", `-"stone bridge" ferry `, "title:bridge ferry ", "site:a.bc ferry ", "xyzzyq ", "brigde zrrry "} {
		question := strings.Repeat(part, archivist.MaxQuestion/len(part))
		if _, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: question}); err != nil {
			t.Errorf("%.20s…: %v", question, err)
		}
	}
}

// TestDaysBefore1970: an article of an evening before 1970 is of that day, and the last evening of 1969 not of 1970. From paper: 1 January 1970 is day
// 0, the day before it -1.
func TestDaysBefore1970(t *testing.T) {
	for hours, want := range map[int64]int32{0: 0, 23: 0, 24: 1, -1: -1, -24: -1, -25: -2} {
		if got := dayOf(time.Unix(hours*3600, 0)); got != want {
			t.Errorf("%d hours after 1970: day %d, want %d", hours, got, want)
		}
	}
	e := New(openStore(t), Options{})
	in := bridge
	in.Article.Published = time.Date(1969, 12, 31, 20, 0, 0, 0, time.UTC)
	put(t, e, in)
	for question, want := range map[string]int{"bridge before:1970": 1, "bridge since:1970": 0, "bridge since:1969-12-31": 1, "bridge before:1969-12-31": 0} {
		if a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: question}); err != nil || len(a.Passages) != want {
			t.Errorf("%s: %d passages, %v; want %d", question, len(a.Passages), err, want)
		}
	}
}

// TestSiteAndTitleOfAQuestion: a site and a title that come with a question hold as typed ones do, beside them, and take nothing of its length.
func TestSiteAndTitleOfAQuestion(t *testing.T) {
	e := New(openStore(t), Options{})
	elsewhere := intake("other", "The stone bridge", "The stone bridge was painted in May.")
	elsewhere.Article.URL, elsewhere.Article.Key = "https://news.xn--mnchen-3ya.de/bridge", "news.xn--mnchen-3ya.de/bridge"
	put(t, e, bridge, ferry, elsewhere)
	long := "stone bridge" + strings.Repeat(" bridge", (archivist.MaxQuestion-len("stone bridge"))/len(" bridge"))
	for _, test := range []struct {
		text, site, title string
		want              string // titles, in order
	}{
		{"stone bridge ferry", "", "", "Ferry line 4 returns, Old stone bridge closes until summer, The stone bridge"},
		{"stone bridge ferry", "example.com", "", "Ferry line 4 returns, Old stone bridge closes until summer"},
		{"stone bridge ferry", "xn--mnchen-3ya.de", "", "The stone bridge"},
		{"stone bridge ferry site:münchen.de", "", "", "The stone bridge"},
		{"stone bridge ferry site:münchen.de", "example.com", "", ""},
		{"stone bridge ferry", "", "Old “stone” bridge closes", "Old stone bridge closes until summer"},
		{"stone bridge ferry title:bridge", "example.com", "ferry", ""},
		{long, "example.com", "Old stone bridge closes until summer", "Old stone bridge closes until summer"},
	} {
		a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: test.text, Site: test.site, Title: test.title})
		if err != nil {
			t.Errorf("%.40s: %v", test.text, err)
			continue
		}
		var titles []string
		for _, p := range a.Passages {
			titles = append(titles, p.Article.Title)
		}
		slices.Sort(titles)
		if got := strings.Join(titles, ", "); got != test.want {
			t.Errorf("%.40s, site %q, title %q: %s, want %s", test.text, test.site, test.title, got, test.want)
		}
	}
}
