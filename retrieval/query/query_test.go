package query

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		typed string
		want  Query
	}{
		{`When was the bridge closed?`, Query{Text: `When was the bridge closed?`}},
		{`Who sang "let it be" first?`, Query{Text: `Who sang "let it be" first?`, Phrases: []string{"let it be"}}},
		{`„Über den Wolken“ und «La mer»`, Query{Text: `„Über den Wolken“ und «La mer»`, Phrases: []string{"Über den Wolken", "La mer"}}},
		{`Wer sang „Über den Wolken“?`, Query{Text: `Wer sang „Über den Wolken“?`}}, // a sentence's own marks
		{`「红楼梦」作者`, Query{Text: `「红楼梦」作者`, Phrases: []string{"红楼梦"}}},
		{`mercury -planet -"freddie mercury" poisoning`, Query{Text: `mercury     poisoning`, Without: []string{"planet", "freddie mercury"}}},
		{`Who won? site:www.CNN.com, title:final`, Query{Text: `Who won?  ,`, Sites: []string{"cnn.com"}, Titles: []string{"final"}}},
		{`site:https://example.org/news/1 lamp`, Query{Text: "lamp", Sites: []string{"example.org"}}},
		{`site:München.de site:https://правда.рф/a lamp`, Query{Text: "lamp", Sites: []string{"xn--mnchen-3ya.de", "xn--80aafi6cg.xn--p1ai"}}},
		{`site:sub--domain.example.org`, Query{Sites: []string{"sub--domain.example.org"}}},
		{"site:ab\u05d0.de lamp", Query{Text: "site:ab\u05d0.de lamp"}}, // which no host can be called
		{`intitle:"ferry line" when?`, Query{Text: "when?", Titles: []string{"ferry line"}}},
		{`strikes since:2021-03 before:2022-01-15`, Query{Text: "strikes", Since: day(2021, 3, 1), Before: day(2022, 1, 15)}},
		{`strikes before:2020?`, Query{Text: "strikes  ?", Before: day(2020, 1, 1)}},
		// Prose without filters.
		{`the season 2019-20 - and after`, Query{Text: `the season 2019-20 - and after`}},
		{`re: site: x and title: y`, Query{Text: `re: site: x and title: y`}},
		{`minus -5 degrees, --force`, Query{Text: `minus -5 degrees, --force`}},
		{`a 6" pipe and a 4" one`, Query{Text: `a 6" pipe and a 4" one`}},
		{`site:x since:tomorrow before:2021-13 title:? "" " "`, Query{Text: `site:x since:tomorrow before:2021-13 title:? "" " "`}},
		{`an "open quote`, Query{Text: `an "open quote`}},
		{"a \"quote\nover lines\"", Query{Text: "a \"quote\nover lines\""}},
		{`opposite:cnn.com e-mail co-op`, Query{Text: `opposite:cnn.com e-mail co-op`}},
		{`Privatpersonen und -organisationen, Ein- bzw. -ausgang`, Query{Text: `Privatpersonen und -organisationen, Ein- bzw. -ausgang`}},
		{`note:this 10:30`, Query{Text: `note:this 10:30`}},
	} {
		if got := Parse(test.typed); fmt.Sprintf("%+q", got) != fmt.Sprintf("%+q", test.want) {
			t.Errorf("%s:\n got %+q\nwant %+q", test.typed, got, test.want)
		}
	}
}

func day(year, month, d int) time.Time {
	return time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC)
}

func TestFiltersAreBounded(t *testing.T) {
	q := Parse(strings.Repeat(`-a "b" site:c.de `, 100))
	if n := len(q.Without) + len(q.Phrases) + len(q.Sites); n != maxFilters {
		t.Errorf("%d filters", n)
	}
}

func TestOn(t *testing.T) {
	for host, want := range map[string]bool{"cnn.com": true, "edition.CNN.com": true, "notcnn.com": false, "cnn.com.evil.org": false, "com": false, "": false} {
		if On(host, []string{"bbc.co.uk", "cnn.com"}) != want {
			t.Errorf("On(%q) is not %v", host, want)
		}
	}
}

// FuzzParse wants no panic, no more filters than the limit, and text that is no longer than what was typed.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`-a "b" site:c.de`, `title:"x`, `„a”b“ -「`, "since:2020 \xff\"\xff\"", `-"`, `»a«b`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := Parse(s)
		if len(q.Phrases)+len(q.Without)+len(q.Sites)+len(q.Titles) > maxFilters || len(q.Text) > len(s) {
			t.Fatalf("%q: %+v", s, q)
		}
		if utf8.ValidString(s) != utf8.ValidString(q.Text) && utf8.ValidString(s) {
			t.Fatalf("%q: cut into %q", s, q.Text)
		}
	})
}
