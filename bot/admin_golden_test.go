package bot

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/storage/sqlite"
)

// TestAdminCards compares the moderators' cards with testdata/cards/admin.LANGUAGE.txt: what was typed or pressed, and what was shown.
// go test ./bot -run AdminCards -update writes them.
func TestAdminCards(t *testing.T) {
	for _, locale := range []string{"en", "de", "es"} {
		t.Run(locale, func(t *testing.T) { goldenCards(t, locale) })
	}
}

// storeTook is how long the store took to answer.
var storeTook = regexp.MustCompile(`(✓ (?:The store answers in|Der Speicher antwortet in|El almacén responde en)) [0-9.]+ ms `)

func goldenCards(t *testing.T, locale string) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	d := newDeskAt(t, sqlite.Options{Now: func() time.Time { return now }})
	d.r.Locale, d.r.Asked = locale, now
	d.stores(11, "herald.example", "3")
	d.stores(1, "courier.example", "4")
	for i, q := range []archivist.Asked{
		{Text: "Where is the bell?", Grade: archivist.GradeRefusal, Confidence: .2},
		{Text: "Where is the bell?", Grade: archivist.GradeRefusal, Confidence: .2},
		{Text: "When does the ferry run?", Grade: archivist.GradeAnswer, Confidence: .8},
		{Text: "Who keeps the keys?", Grade: archivist.GradeClosest, Confidence: .45},
	} {
		q.Library, q.Person, q.At, q.Took = d.r.Library, "hash", now.Add(-time.Duration(i)*time.Hour), time.Duration(12+i)*time.Millisecond
		if err := d.store.SaveQuestion(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range []archivist.Feedback{{Vote: 1, Question: "When does the ferry run?"}, {Vote: -1, Reason: "other", Text: "The *old* timetable.", Question: "Who keeps the keys?"}} {
		f.Library, f.Card, f.Person, f.At = d.r.Library, string(rune('a'+i)), "hash", now
		if err := d.store.SaveFeedback(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := (office{d.store}).Submit(t.Context(), archivist.Job{Library: d.r.Library, URL: "https://a.example/1", Person: "3"}); err != nil {
		t.Fatal(err)
	}
	if job, _, err := d.store.Claim(t.Context(), "p", now, now.Add(time.Minute)); err != nil || d.store.Fail(t.Context(), job.ID, "p", archivist.Paywall, archivist.Offer{}) != nil {
		t.Fatal(err)
	}
	d.r.Sight = sightseer{channels: []ChannelSight{{ID: "100"}, {ID: "101", Missing: []string{"Send Messages", "Embed Links"}}, {ID: "102", Hidden: true}}, health: Health{
		Shards: []ShardHealth{
			{ID: 0, Of: 3, Ready: true, Since: now.Add(-time.Hour), Latency: 45 * time.Millisecond, Starts: 998, StartsTold: true},
			{ID: 1, Of: 3, Since: now.Add(-time.Minute)},
			{ID: 2, Of: 3, Since: now.Add(-time.Minute), Starts: 12, StartsTold: true, Waits: now.Add(8 * time.Hour)},
		},
		Behind: -6 * time.Second, Refused: 501, UnderWay: 3, Undecoded: 1,
	}}
	console := NewConsole(d.bot)
	var out strings.Builder
	for _, typed := range []string{
		"/help",
		"/admin setup",
		"/admin channel mode:auto private:on", "/admin channel channel:12 mode:off",
		"/admin language", "/admin language de", "/admin language default",
		"/admin ingest who:role role:77 per_day:5", "/admin roles role:77 part:articles", "/admin roles", "/admin roles role:77 part:none",
		"/admin domain block evil.example", "/admin domain allow herald.example", "/admin domain list", "/admin domain clear evil.example",
		"/admin article pin 3", "/admin article list", "/2", "/latest",
		"/admin article remove 5", "/1", "/admin article remove domain:herald.example", "/1", "/admin article restore", "/admin article restore #4",
		"/admin article remove person:4", "/2", "/admin article refresh nothing",
		"/admin feed add url:https://herald.example/feed channel:5", "/admin feed pause https://herald.example/feed", "/admin feed list", "/admin feed remove https://herald.example/feed",
		"/admin queue", "/admin queue retry:1", "/admin queue cancel:1", "/admin queue cancel:1",
		"/admin unanswered", "/admin feedback", "/admin threshold", "/admin threshold value:0.15 preview:true", "/1", "/admin threshold default",
		"/admin user block 8", "/admin user block", "/admin user block person:8 blocked:false", "/admin user purge 4", "/2",
		"/admin export", "/admin audit", "/admin health",
	} {
		card := RenderText(console.Line(t.Context(), d.r, typed))
		if typed == "/admin health" {
			card = storeTook.ReplaceAllString(card, "$1 NUMBER ms ")
		}
		out.WriteString("> " + typed + "\n\n" + card + "\n\n")
	}
	name := "testdata/cards/admin." + locale + ".txt"
	if *update {
		if err := os.MkdirAll("testdata/cards", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	have := strings.Split(out.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(have) || have[i] != line {
			t.Fatalf("%s:%d: %q is not what is shown now; run go test ./bot -run AdminCards -update and read the difference", name, i+1, line)
		}
	}
}
