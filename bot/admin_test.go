package bot

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/storage/sqlite"
)

// A desk is a bot over a real store and engine, with a moderator who talks to it. Jobs are taken, but nobody does them.
type desk struct {
	*testing.T
	store  *sqlite.Store
	engine *retrieval.Engine
	bot    *Bot
	r      Request
}

// An office takes jobs in place of a queue: each is done at once, and its article is the first.
type office struct{ *sqlite.Store }

func (o office) Takes(address string) error {
	if !web(address) {
		return &archivist.Failure{Code: archivist.BadURL}
	}
	return nil
}

func (o office) Submit(ctx context.Context, job archivist.Job) (archivist.Job, error) {
	job.Kind, job.Key, job.Due, job.Created = archivist.JobPage, strings.TrimPrefix(job.URL, "https://"), time.UnixMilli(1), time.UnixMilli(1)
	return o.Enqueue(ctx, job)
}

func (o office) Follow(ctx context.Context, id archivist.JobID, _ func(archivist.Stage)) (archivist.Job, error) {
	job, err := o.Job(ctx, id)
	job.State, job.Outcome, job.Article = archivist.JobDone, archivist.Updated, 1
	return job, err
}

func newDesk(t *testing.T) *desk { return newDeskAt(t, sqlite.Options{}) }

func newDeskAt(t *testing.T, o sqlite.Options) *desk {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	engine := retrieval.New(store, retrieval.Options{})
	return &desk{
		T: t, store: store, engine: engine,
		bot: New(Options{Asker: engine, Adder: office{store}, Jobs: office{store}, Feeds: office{store}, Remover: engine, Store: store, Limits: Limits{PersonDay: 3, ChannelDay: 9, LibraryDay: 9}}),
		r:   Request{Library: "guild:1", Person: "7", Channel: "5", Moderator: true, Locale: "en", Asked: time.Now().UTC()},
	}
}

// stores puts n articles of a site into the library, added by a person.
func (d *desk) stores(n int, site, by string, channels ...string) {
	d.Helper()
	var intakes []archivist.Intake
	for i := range n {
		url := fmt.Sprintf("%s/%s-%d", site, by, i)
		in := archivist.Intake{Article: archivist.Article{
			Head:       archivist.Head{URL: "https://" + url, Key: url, Title: "Lamp of " + url, Site: site, Language: "en", Words: 9, AddedBy: by, Channels: channels},
			Paragraphs: []archivist.Paragraph{{Text: fmt.Sprintf("The lamp of %s number %d stands in the harbour.", site, i)}},
		}}
		copy(in.Hash[:], url)
		intakes = append(intakes, in)
	}
	if _, err := d.engine.Put(d.Context(), d.r.Library, intakes); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) left() int {
	d.Helper()
	l, err := d.store.Library(d.Context(), d.r.Library)
	if err != nil {
		d.Fatal(err)
	}
	return l.Articles
}

// says gives a line to the bot and wants parts of the card.
func (d *desk) says(typed string, parts ...string) Card {
	d.Helper()
	c := NewConsole(d.bot).Line(d.Context(), d.r, typed)
	wants(d.T, c, parts...)
	return c
}

// presses the button whose id has an action.
func (d *desk) presses(c Card, action string, parts ...string) Card {
	d.Helper()
	for _, button := range slices.Concat(c.Buttons...) {
		if a, _, ok := ParseCustomID(button.ID); ok && a == action {
			pressed := d.bot.Press(d.Context(), d.r, button.ID)
			wants(d.T, pressed, parts...)
			return pressed
		}
	}
	d.Fatalf("the card has no %s:\n%s", action, RenderText(c))
	return Card{}
}

func (d *desk) audit() []archivist.Entry {
	d.Helper()
	entries, err := d.store.Audit(d.Context(), d.r.Library, 0, 100)
	if err != nil {
		d.Fatal(err)
	}
	return entries
}

func TestRemoveAndRestore(t *testing.T) {
	d := newDesk(t)
	d.stores(2, "herald.example", "3")
	c := d.says("/admin article remove #1", "Removed: Lamp of herald.example/3-0", "This can be undone, at the latest")
	if d.left() != 1 || !c.Private {
		t.Errorf("%d are left, private %v", d.left(), c.Private)
	}
	d.says("/admin article restore", "#1 Lamp of herald.example/3-0", "removed")
	back := d.presses(c, adminUndo, "Put back: 1 article.")
	if d.left() != 2 || back.Private {
		t.Errorf("%d are there after the undoing; private %v", d.left(), back.Private)
	}
	d.presses(c, adminUndo, "There is nothing left to put back")
	d.says("/admin article remove https://herald.example/3-1", "Removed")
	d.says("/admin article restore nothing", "is no “nothing”")
	d.says("/admin article restore #2", "Put back: 1 article.")
	d.says("/admin article restore", "Nothing was removed in the last 7 days.")
	if a := d.audit(); len(a) != 4 || a[3].Before != "Lamp of herald.example/3-0 https://herald.example/3-0" || a[2].After != "Lamp of herald.example/3-0 https://herald.example/3-0" {
		t.Errorf("audit: %+v", a)
	}
}

func TestBulkRemovalAsks(t *testing.T) {
	d := newDesk(t)
	d.stores(12, "herald.example", "3")
	d.stores(2, "courier.example", "4")
	d.stores(1, "news.herald.example", "4")
	d.says("/admin article pin 2", "Pinned")
	d.says("/admin article remove", "Name one")
	d.says("/admin article remove article:1 domain:herald.example", "Name one")
	d.says("/admin article remove domain:nothing", "is no site")
	d.says("/admin article remove domain:elsewhere.example", "There is no such article")
	ask := d.says("/admin article remove domain:https://www.Herald.example/x", "This removes 12 articles. Pinned ones stay.")
	d.stores(1, "herald.example", "9") // after the question
	d.presses(ask, adminNo, "Cancelled: nothing was changed.")
	if d.left() != 16 {
		t.Errorf("%d are left after the cancelling", d.left())
	}
	done := d.presses(ask, adminYes, "Removed: 12 articles")
	if d.left() != 4 {
		t.Errorf("%d are left, want courier's two, the pinned one and the late one", d.left())
	}
	d.presses(ask, adminYes, "There is no such article")
	d.presses(done, adminUndo, "Put back: 12 articles.")
	if d.left() != 16 {
		t.Errorf("%d are there after the undoing", d.left())
	}
	d.presses(d.says("/admin article remove person:4", "This removes 3 articles."), adminYes, "Removed: 3 articles")
	d.says("/admin audit", "7 · All articles of a person removed: 4 (3 → –)", "7 · Put back (– → 12)", "7 · All articles of a site removed: herald.example (12 → –)", "Pins changed: #2 (– → 2)")
}

// TestRightsAtThePress: who may no longer manage the guild cannot use the buttons either.
func TestRightsAtThePress(t *testing.T) {
	d := newDesk(t)
	d.stores(1, "herald.example", "3")
	ask := d.says("/admin article remove domain:herald.example", "This removes 1 article.")
	d.r.Moderator = false
	d.presses(ask, adminYes, "Only who may manage this server")
	if d.left() != 1 {
		t.Error("removed without the right")
	}
	d.r.Moderator = true
	d.presses(ask, adminYes, "Removed: 1 article")
}

func TestPages(t *testing.T) {
	d := newDesk(t)
	d.stores(25, "herald.example", "3")
	d.says("/admin article pin #25", "Pinned")
	first := d.says("/admin article list", "📌 #25", "#16", "Page 1")
	if len(first.Body) != listed || !first.Buttons[0][0].Disabled {
		t.Errorf("the first page: %+v", first)
	}
	d.presses(first, adminNext, "#15", "Page 2")
	third := d.presses(first, adminNext, "#5 ", "Page 3") // the store knows the page, not the button
	if len(third.Body) != 5 || !third.Buttons[0][1].Disabled || third.Version <= first.Version || third.ID != first.ID {
		t.Errorf("the last page: %+v", third)
	}
	d.presses(third, adminBack, "#15", "Page 2")
	for i := range 11 {
		d.says(fmt.Sprintf("/admin domain block s%d.example", i), "kept out")
	}
	d.presses(d.says("/admin domain list", "block s0.example", "Page 1"), adminNext, "block s9.example")
}

func TestPin(t *testing.T) {
	d := newDesk(t)
	d.stores(12, "herald.example", "3")
	for i := range maxPinned {
		d.says(fmt.Sprintf("/admin article pin %d", i+1), "Pinned")
	}
	d.says("/admin article pin 11", "At most 10 articles can be pinned.")
	d.says("/admin article pin 1 pinned:false", "No longer pinned")
	d.says("/admin article pin 11", "Pinned")
	d.says("/admin article remove 3", "Removed") // which makes room
	d.says("/admin article pin 12", "Pinned")
	d.says("/admin article pin 12", "Pinned") // once more changes nothing
	settings, err := d.store.Settings(t.Context(), d.r.Library)
	if err != nil || settings[settingPinned] != "12 11 10 9 8 7 6 5 4 2" {
		t.Errorf("pinned: %q, %v", settings[settingPinned], err)
	}
}

// TestRefreshKeepsPrivacy: reading a page again makes its article seen nowhere else.
func TestRefreshKeepsPrivacy(t *testing.T) {
	d := newDesk(t)
	d.stores(1, "herald.example", "3", "5", "6")
	d.says("/admin article refresh 1", "Its text had changed")
	jobs, err := d.store.Jobs(t.Context(), archivist.JobFilter{Library: d.r.Library, Limit: 9})
	if err != nil || len(jobs) != 1 || jobs[0].URL != "https://herald.example/3-0" || strings.Join(jobs[0].Channels, " ") != "5 6" {
		t.Errorf("jobs: %+v, %v", jobs, err)
	}
	if a := d.audit(); len(a) != 1 || a[0].Verb != "article.refresh" || a[0].Target != "#1" {
		t.Errorf("audit: %+v", a)
	}
	d.r.Channel = "8"
	d.says("/admin article refresh 1", "No stored article matches")
	d.says("/admin article list", "Nothing is stored here yet")
}

// TestRoles: a role does what it was given, from the next use on, and gives nothing on.
func TestRoles(t *testing.T) {
	d := newDesk(t)
	holder := d.r
	holder.Moderator, holder.Roles = false, []string{"70", "71"}
	try := func(command string, want bool) {
		t.Helper()
		holder.Command = command
		if got := !strings.Contains(RenderText(d.bot.Do(t.Context(), holder)), "Only who may manage"); got != want {
			t.Errorf("%s: %v, want %v", command, got, want)
		}
		c, _ := Find(command)
		if got := d.bot.entitledNow(holder, c); got != want {
			t.Errorf("%s from memory: %v, want %v", command, got, want)
		}
	}
	d.says("/admin roles", "No role was given anything")
	try("admin article list", false)
	d.says("/admin roles role:71 part:articles", "71: articles")
	try("admin article list", true)
	try("admin domain list", true)
	try("admin channel", false)
	try("admin audit", false)
	d.says("/admin roles role:71 part:channels", "71: articles, channels")
	try("admin channel", true)
	d.says("/admin roles role:70 part:all", "70: all")
	try("admin audit", true)
	try("admin roles", false)
	d.says("/admin roles", "70: all", "71: articles, channels")
	d.says("/admin roles role:70 part:none", "70 may do nothing of /admin any more.")
	try("admin audit", false)
	d.says("/admin roles role:70 part:everything", "cannot have this value")
	guest := holder
	guest.Guest, guest.Command = true, "admin article list"
	wants(t, d.bot.Do(t.Context(), guest), "Only who may manage")
	if c, _ := Find("admin channel"); New(Options{Store: d.store}).entitledNow(holder, c) {
		t.Error("entitled by what is not in memory")
	}
	fresh := New(Options{Store: d.store})
	if err := fresh.Warm(t.Context(), d.r.Library); err != nil {
		t.Fatal(err)
	}
	if c, _ := Find("admin channel"); !fresh.entitledNow(holder, c) {
		t.Error("not entitled after the library was read")
	}
}

func TestChannel(t *testing.T) {
	d := newDesk(t)
	d.says("/admin channel", "I answer when I am mentioned.")
	d.says("/admin channel mode:auto", "what looks like a question", "Message Content intent is off")
	d.r.Reads = true
	d.says("/admin channel mode:links channel:12", "Links posted in that channel are stored", "is granted")
	d.says("/admin channel announce:on channel:12", "✓ that notifies nobody")
	d.says("/admin channel announce:maybe", "cannot have this value")
	d.says("/admin channel announce:off channel:12")
	d.says("/admin channel private:on", "answered, listed and completed only there")
	d.says("/admin channel private:maybe", "cannot have this value")
	if _, err := d.bot.submit(t.Context(), d.r, wantedLinks([]string{"https://herald.example/x"})[0]); err != nil {
		t.Fatal(err)
	}
	jobs, err := d.store.Jobs(t.Context(), archivist.JobFilter{Library: d.r.Library, Limit: 1})
	if err != nil || strings.Join(jobs[0].Channels, " ") != "5" {
		t.Errorf("jobs: %+v, %v", jobs, err)
	}
	d.says("/admin channel private:off mode:mention")
	settings, err := d.store.Settings(t.Context(), d.r.Library)
	delete(settings, saltSetting)
	if err != nil || len(settings) != 1 || settings["channel.12.mode"] != "links" {
		t.Errorf("settings: %v, %v", settings, err)
	}
	d.says("/admin audit", "Mode of a channel: 5 (auto → –)", "Privacy of a channel: 5 (on → –)", "Mode of a channel: 12 (– → links)")
	d.r.Channel = ""
	d.says("/admin channel off", "Here is no channel.")
}

// TestPinnedFirst: pinned articles stand first among the latest, where they are seen, and once.
func TestPinnedFirst(t *testing.T) {
	d := newDesk(t)
	d.stores(1, "den.example", "3", "99") // #1, seen elsewhere only
	d.stores(12, "herald.example", "3")
	d.says("/admin article pin 3", "Pinned")
	elsewhere := d.r
	elsewhere.Channel = "99"
	wants(t, NewConsole(d.bot).Line(t.Context(), elsewhere, "/admin article pin 1"), "Pinned")
	c := d.says("/latest", "📌 #3 Lamp")
	text := RenderText(c)
	if len(c.Body) != listed || strings.Count(text, "#3 ") != 1 || strings.Contains(text, "den.example") || strings.Index(text, "#3 ") > strings.Index(text, "#13 ") {
		t.Errorf("the latest:\n%s", text)
	}
	wants(t, NewConsole(d.bot).Line(t.Context(), elsewhere, "/latest"), "📌 #1 Lamp of den.example")
}
