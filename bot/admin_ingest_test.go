package bot

import (
	"fmt"
	"strings"
	"testing"

	"archivist"
)

func TestWhoMayIngest(t *testing.T) {
	d := newDesk(t)
	add := func(who Request) string {
		t.Helper()
		who.Command, who.Options = "add", map[string]string{"url": "https://herald.example/x"}
		return RenderText(d.bot.Do(t.Context(), who))
	}
	d.stores(1, "herald.example", "3")
	ann := d.r
	ann.Person, ann.Moderator = "8", false
	d.says("/admin ingest", "Everyone may add articles here.", "3 a person", "9 for all together")
	if got := add(ann); !strings.Contains(got, "Lamp of") {
		t.Errorf("everyone: %s", got)
	}
	d.says("/admin ingest who:role", "Name the role as well.")
	d.says("/admin ingest who:role role:77", "Only holders of 77, and moderators")
	const refused = "let only some people add articles"
	if got := add(ann); !strings.Contains(got, refused) {
		t.Errorf("without the role: %s", got)
	}
	ann.Roles = []string{"77"}
	if got := add(ann); strings.Contains(got, refused) {
		t.Errorf("with the role: %s", got)
	}
	d.says("/admin ingest who:moderators per_day:10", "Write a number from 1 to 9")
	d.says("/admin ingest who:moderators per_day:4", "Only moderators may add articles here.", "4 a person")
	if got := add(ann); !strings.Contains(got, refused) {
		t.Errorf("only moderators: %s", got)
	}
	d.says("/admin roles role:77 part:articles", "77: articles", "Discord still hides /admin")
	for range 2 { // of four, two are used up
		if got := add(ann); strings.Contains(got, refused) {
			t.Errorf("a moderator of articles: %s", got)
		}
	}
	if got := add(ann); !strings.Contains(got, "As much as is allowed") {
		t.Errorf("the fifth of four: %s", got)
	}
	if a := d.audit(); len(a) != 4 || a[1].Verb != "ingest.per_day" || a[1].After != "4" || a[2].Before != "role:77" {
		t.Errorf("audit: %+v", a)
	}
}

// TestChannelDay: one channel takes no more links a day than it may, whoever posts them; another still does.
func TestChannelDay(t *testing.T) {
	d := newDesk(t)
	d.bot.limits = Limits{PersonDay: 9, ChannelDay: 2, LibraryDay: 9}
	d.r.Moderator = false
	add := func(channel, person string) archivist.Code {
		r := d.r
		r.Channel, r.Person = channel, person
		_, err := d.bot.submit(t.Context(), r, wantedLinks([]string{"https://herald.example/" + channel + person})[0])
		return archivist.CodeOf(err)
	}
	for i, want := range []archivist.Code{"", "", archivist.CapReached} {
		if got := add("5", fmt.Sprint(i)); got != want {
			t.Errorf("link %d: %q, want %q", i, got, want)
		}
	}
	d.bot.limits.PersonDay = 1 // what the channel did not take cost the person nothing
	if got := add("6", "2"); got != "" {
		t.Errorf("another channel: %q", got)
	}
	d.r.Person = "3"
	for _, typed := range []string{"/add foo", "/add foo"} {
		d.says(typed, "no address of a page")
	}
	if got := add("6", "3"); got != "" {
		t.Errorf("after what is no link: %q", got)
	}
}
