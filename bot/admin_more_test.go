package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

func TestBlock(t *testing.T) {
	d := newDesk(t)
	d.stores(1, "herald.example", "3")
	ann := d.r
	ann.Person, ann.Moderator = "8", false
	say := func(command string) string {
		ann.Command, ann.Options = command, map[string]string{"question": "Where does the lamp stand?", "url": "https://herald.example/x"}
		return RenderText(d.bot.Do(t.Context(), ann))
	}
	const out = "The moderators here keep you out."
	answer := NewConsole(d.bot).Line(t.Context(), ann, "Where does the lamp stand?")
	wants(t, answer, "The lamp of herald.example")
	d.says("/admin user block", "Nobody is kept out.")
	d.says("/admin user block 8", "I keep 8 out")
	for _, command := range []string{"ask", "add", "sources"} {
		if got := say(command); !strings.Contains(got, out) {
			t.Errorf("%s: %s", command, got)
		}
	}
	if got := say("help"); strings.Contains(got, out) {
		t.Errorf("help: %s", got)
	}
	ann.Target = "Where does the lamp stand?"
	if card, ok := d.bot.Hear(t.Context(), ann, true); ok {
		t.Errorf("heard: %s", RenderText(card))
	}
	for _, row := range answer.Buttons {
		for _, button := range row {
			if button.ID != "" {
				wants(t, d.bot.Press(t.Context(), ann, button.ID), out)
			}
		}
	}
	d.says("/admin user block", "8")
	mod := d.r
	d.r.Person = "8" // who may manage the guild is not kept out
	d.says("/sources", "herald.example")
	d.r = mod
	d.says("/admin user block person:8 blocked:false", "8 may use me again.")
	if got := say("sources"); strings.Contains(got, out) {
		t.Errorf("let in again: %s", got)
	}
	d.says("/admin audit", "Let in again: 8", "Kept out: 8")
}

// TestBlockedNow: who is kept out is offered nothing while typing, and presses no button of moderators, whatever office a role gives.
func TestBlockedNow(t *testing.T) {
	d := newDesk(t)
	d.stores(1, "herald.example", "3")
	d.says("/admin roles role:71 part:articles", "71: articles")
	if err := d.bot.Warm(t.Context(), d.r.Library); err != nil {
		t.Fatal(err)
	}
	holder := d.r
	holder.Person, holder.Moderator, holder.Roles = "8", false, []string{"71"}
	offered := func() int {
		n := 0
		for command, option := range map[string]string{"article": "title", "search": "source", "admin article remove": "article"} {
			holder.Command = command
			n += len(d.bot.Complete(holder, option, ""))
		}
		return n
	}
	if n := offered(); n != 3 {
		t.Fatalf("%d choices before, want one each", n)
	}
	removed := d.says("/admin article remove #1", "Removed")
	undo := ""
	for _, button := range slices.Concat(removed.Buttons...) {
		if action, _, _ := ParseCustomID(button.ID); action == adminUndo {
			undo = button.ID
		}
	}
	d.says("/admin user block 8", "I keep 8 out")
	if n := offered(); n != 0 {
		t.Errorf("%d choices are offered to who is kept out", n)
	}
	wants(t, d.bot.Press(t.Context(), holder, undo), "The moderators here keep you out.")
	if d.left() != 0 {
		t.Error("who is kept out put an article back")
	}
	d.says("/admin user block person:8 blocked:false", "8 may use me again.")
	if n := offered(); n != 3 {
		t.Errorf("%d choices to who was let in again, want one each", n)
	}
	wants(t, d.bot.Press(t.Context(), holder, undo), "Put back: 1 article.")
}

func TestPurge(t *testing.T) {
	d := newDesk(t)
	d.stores(3, "herald.example", "8")
	d.stores(1, "den.example", "8", "99") // seen elsewhere only
	d.stores(1, "herald.example", "3")
	hash, err := d.bot.hash(t.Context(), Request{Library: d.r.Library, Person: "8"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.store.SaveQuestion(t.Context(), archivist.Asked{Library: d.r.Library, Person: hash, Text: "Why?", Grade: archivist.GradeRefusal, At: d.r.Asked}); err != nil {
		t.Fatal(err)
	}
	ask := d.says("/admin user purge 8", "This removes 4 articles.", "cannot be undone")
	d.presses(ask, adminNo, "Cancelled")
	d.says("/admin unanswered", "Why?")
	done := d.presses(ask, adminYes, "Removed: 4 articles", "What 8 asked and voted is erased.")
	if d.left() != 1 {
		t.Errorf("%d are left", d.left())
	}
	d.says("/admin unanswered", "found an answer")
	d.presses(ask, adminYes, "There is no such article")
	d.presses(done, adminUndo, "Put back: 4 articles.")
	empty := d.says("/admin user purge 8", "This removes 0 articles.") // the name went with the purge
	d.stores(1, "late.example", "8")
	d.presses(empty, adminYes, "Give this command once more") // what came after the question was not agreed to, and its name is needed to find it
	if a := d.audit(); d.left() != 6 || len(a) != 3 || a[0].Verb != "user.purge" || a[2].Before != "4" {
		t.Errorf("%d are left; audit: %+v", d.left(), a)
	}
}

// TestPurgeOfMany: nothing is forgotten of a person of whom more articles are left than are removed at once.
func TestPurgeOfMany(t *testing.T) {
	s, b, r := fixture()
	s.articles = nil
	for i := range maxBulk + 1 {
		a := article(archivist.ArticleID(i+1), "Ferry", fmt.Sprintf("https://herald.example/%d", i))
		a.AddedBy = "8"
		s.articles = append(s.articles, a)
	}
	s.removes = true
	k := talking(t, b, r)
	k.says("/admin user purge 8", "This removes 5,000 articles.")
	k.presses("Remove", "", "Removed: 5,000 articles", "Give this command once more")
	if len(s.erased) != 0 || len(s.articles) != 1 {
		t.Fatalf("%d articles are left, and erased is %v", len(s.articles), s.erased)
	}
	k.says("/admin user purge 8", "This removes 1 article.")
	k.presses("Remove", "", "Removed: 1 article", "What 8 asked and voted is erased.")
	if len(s.erased) != 1 || len(s.articles) != 0 {
		t.Errorf("%d articles are left, and erased is %v", len(s.articles), s.erased)
	}
}

func TestExport(t *testing.T) {
	d := newDesk(t)
	d.says("/admin export", "Nothing is stored here yet.")
	long := "Lamp " + strings.Repeat("x", 4<<20) // few words, as they are indexed
	for i := range 4 {
		in := archivist.Intake{Article: archivist.Article{Head: archivist.Head{
			URL: fmt.Sprintf("https://a.example/%d", i), Key: fmt.Sprint("a.example/", i), Title: "A “title”", Language: "en",
			Published: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), DayOnly: true, AddedBy: "3",
		}, Paragraphs: []archivist.Paragraph{{Text: "First."}, {Text: long}}}}
		if i == 0 {
			in.Article.Channels = []string{"99"}
		}
		in.Hash[0] = byte(i + 1)
		if _, err := d.engine.Put(t.Context(), d.r.Library, []archivist.Intake{in}); err != nil {
			t.Fatal(err)
		}
	}
	numbers := func(c Card) (all []int64) {
		t.Helper()
		if len(c.Files) != 1 || len(c.Files[0].Bytes) > 10<<20 {
			t.Fatalf("%d files", len(c.Files))
		}
		for line := range bytes.Lines(c.Files[0].Bytes) {
			var e exported
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(e.Text, "First.\nLamp x") || e.Published != "2026-03-04" || e.Title != "A “title”" || e.URL == "" {
				t.Errorf("line %.200s", line)
			}
			all = append(all, e.Number)
		}
		return all
	}
	first := d.says("/admin export", "Part 1: 2 articles, #4 to #3.")
	if got := fmt.Sprint(numbers(first)); got != "[4 3]" || first.Files[0].Name != "library-1.jsonl" {
		t.Errorf("the first part: %s", got)
	}
	second := d.presses(first, adminNext, "Part 2: 1 article, #2 to #2.", "That was the last part.")
	if got := fmt.Sprint(numbers(second)); got != "[2]" {
		t.Errorf("the second part, without what is seen elsewhere: %s", got)
	}
	if a := d.audit(); len(a) != 2 || a[0].Verb != "export" || a[0].Target != "2" {
		t.Errorf("audit: %+v", a)
	}
}

// TestExportLeavesOut: an article that is larger than a part is left out, and the others go on.
func TestExportLeavesOut(t *testing.T) {
	d := newDesk(t)
	d.stores(1, "a.example", "3")
	huge := archivist.Intake{Article: archivist.Article{
		Head:       archivist.Head{URL: "https://b.example", Key: "b.example", Title: "Huge", Language: "en"},
		Paragraphs: []archivist.Paragraph{{Kind: archivist.KindCode, Text: "Lamp " + strings.Repeat("x", 11<<20)}},
	}}
	if _, err := d.engine.Put(t.Context(), d.r.Library, []archivist.Intake{huge}); err != nil {
		t.Fatal(err)
	}
	d.says("/admin export", "Part 1: 1 article, #1 to #1.")
}

// A sightseer shows made-up channels and health.
type sightseer struct {
	channels []ChannelSight
	health   Health
}

func (s sightseer) Channels(string) []ChannelSight { return s.channels }
func (s sightseer) Health() Health                 { return s.health }

func TestSetup(t *testing.T) {
	d := newDesk(t)
	d.says("/admin setup", "Here are no channels to check.")
	d.r.Sight = sightseer{}
	d.says("/admin setup", "I see no channel of this server.")
	var channels []ChannelSight
	for i := range 12 {
		channels = append(channels, ChannelSight{ID: fmt.Sprint(100 + i)})
	}
	channels[3].Missing = []string{"Send Messages", "Embed Links"}
	channels[5].Hidden = true
	d.r.Sight = sightseer{channels: channels}
	c := d.says("/admin setup", "I have what I need in 11 of 12 channels", "✗ Message Content intent: off.", "✗ 103: grant me Send Messages, Embed Links", "✓ 105, not seen by everybody", "✓ 100")
	if len(c.Body) != listed {
		t.Errorf("%d lines", len(c.Body))
	}
	d.r.Reads = true
	d.presses(c, adminNext, "✓ 109", "✓ 110", "✓ 111")
	d.says("/admin setup", "✓ Message Content intent: granted")
}

func TestHealth(t *testing.T) {
	d := newDesk(t)
	d.says("/admin health", "✓ Links: 0 queued", "✓ The store answers in", "0 articles")
	d.stores(2, "herald.example", "3")
	d.says("/admin article refresh 1")
	since := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	d.r.Sight = sightseer{health: Health{
		Shards: []ShardHealth{{ID: 0, Of: 2, Ready: true, Since: since, Latency: 45 * time.Millisecond, Starts: 998, StartsTold: true}, {ID: 1, Of: 2, Since: since}},
		Behind: -6 * time.Second, Refused: 501, UnderWay: 3, Content: true,
	}}
	c := d.says("/admin health", "✗ 1 of 2 connections to Discord are ready", "✓ Connection 0 since 24 November 2026, 08:00 UTC: heartbeat 45 ms, 998 starts left today",
		"✗ Connection 1: away since", "✓ Message Content intent: granted", "✗ Requests that Discord refused: 501", "✗ My clock is 6000 ms ahead", "✓ Requests under way: 3", "✓ Links: 1 queued", "2 articles")
	if len(c.Body) > listed {
		t.Errorf("%d lines", len(c.Body))
	}
	d.r.Sight = sightseer{health: Health{Shards: []ShardHealth{{ID: 0, Ready: true, Since: since, StartsTold: true}, {ID: 1, Ready: true, Since: since}}}}
	c = d.says("/admin health", "✗ Connection 0 since 24 November 2026, 08:00 UTC: heartbeat 0.0 ms, 0 starts left today", "✓ Connection 1 since")
	if text := RenderText(c); strings.Count(text, "starts left") != 1 {
		t.Errorf("what Discord has not told is told:\n%s", text)
	}
}

func (o office) Again(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (archivist.Job, error) {
	return o.Store.Again(ctx, library, id, act)
}

func (o office) Dismiss(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (bool, error) {
	return o.Store.CancelJob(ctx, library, id, act)
}

func (o office) CancelJob(ctx context.Context, library archivist.LibraryID, id archivist.JobID) (bool, error) {
	return o.Dismiss(ctx, library, id, archivist.Act{})
}

// AddFeed takes every address for a feed's.
func (o office) AddFeed(ctx context.Context, sub archivist.Subscription) (archivist.Feed, bool, error) {
	if !strings.HasPrefix(sub.Feed.URL, "https://") {
		return archivist.Feed{}, false, &archivist.Failure{Code: archivist.NoFeed}
	}
	sub.Feed.Title, sub.Added = "The "+strings.TrimPrefix(sub.Feed.URL, "https://"), time.Now()
	created, err := o.Subscribe(ctx, sub, 20)
	return sub.Feed, created, err
}

func TestQueue(t *testing.T) {
	d := newDesk(t)
	d.says("/admin queue", "There is no such link.")
	for i := range 12 {
		job := archivist.Job{Library: d.r.Library, URL: fmt.Sprintf("https://a.example/%d", i), Person: "3"}
		if i == 11 {
			job.Channels = []string{"99"}
		}
		if _, err := (office{d.store}).Submit(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	job, _, err := d.store.Claim(t.Context(), "p", now, now.Add(time.Minute))
	if err != nil || d.store.Fail(t.Context(), job.ID, "p", archivist.Paywall, archivist.Offer{}) != nil {
		t.Fatal(err)
	}
	list := d.says("/admin queue", "#11 a.example/10", "queued", "Page 1")
	if strings.Contains(RenderText(list), "a.example/11") {
		t.Error("a link of another, hidden channel is listed")
	}
	d.presses(list, adminNext, "#1 a.example/0", "failed · The article is behind a paywall.")
	d.says("/admin queue state:failed", "#1 a.example/0")
	d.says("/admin queue state:lost", "cannot have this value")
	d.says("/admin queue retry:#1", "#1", "queued")
	d.says("/admin queue cancel:2", "#2", "taken back")
	d.says("/admin queue cancel:2", "That link is over already.")
	for _, wrong := range []string{"retry:12", "cancel:12", "retry:99", "cancel:x"} { // the twelfth is hidden
		d.says("/admin queue "+wrong, "There is no link of that number.")
	}
	elsewhere := d.r
	elsewhere.Library = "guild:2"
	wants(t, NewConsole(d.bot).Line(t.Context(), elsewhere, "/admin queue retry:2"), "There is no link of that number.")
	d.says("/admin audit", "Link taken back: #2", "Link queued again: #1")
}

func TestFeeds(t *testing.T) {
	d := newDesk(t)
	d.says("/admin feed list", "This server has no feeds.")
	d.says("/admin feed add nothing", "no feed")
	d.says("/admin feed add url:https://herald.example/feed channel:12", "From now on I bring in what The herald.example/feed", "told of in 12")
	d.says("/admin feed add https://herald.example/feed", "was a feed of this server already")
	d.says("/admin feed pause feed:herald", "is no feed of this server")
	d.says("/admin feed pause The herald.example/feed", "I bring in nothing of The herald.example/feed")
	d.says("/admin feed list", "The herald.example/feed https://herald.example/feed", "paused")
	d.says("/admin feed pause feed:https://herald.example/feed paused:false", "what I missed meanwhile")
	d.says("/admin feed remove https://herald.example/feed/", "is no feed of this server any more")
	d.says("/admin feed remove https://herald.example/feed", "is no feed of this server. ")
	d.says("/admin audit", "Feed ended: https://herald.example/feed", "Feed resumed", "Feed paused", "Feed added: https://herald.example/feed (– → 12)")
}

// TestBulkBounds: one act removes, and one part exports, no more than is done while somebody waits.
func TestBulkBounds(t *testing.T) {
	s, b, r := fixture()
	s.articles = nil
	for i := range maxBulk + 1 {
		s.articles = append(s.articles, article(archivist.ArticleID(i+1), "Ferry", fmt.Sprintf("https://herald.example/%d", i)))
	}
	ids, err := b.selected(t.Context(), r, selection{matches: func(archivist.Head) bool { return true }, view: archivist.Everything})
	if err != nil || len(ids) != maxBulk || ids[0] != maxBulk+1 {
		t.Errorf("%d are selected, %v", len(ids), err)
	}
	s.articles = s.articles[:exportArticles+1]
	_, ids, more, err := b.exportedPart(t.Context(), r, 0)
	if err != nil || len(ids) != exportArticles || !more {
		t.Errorf("%d are in a part, more %v, %v", len(ids), more, err)
	}
	_, ids, more, err = b.exportedPart(t.Context(), r, ids[len(ids)-1])
	if err != nil || len(ids) != 1 || more {
		t.Errorf("%d are in the next part, more %v, %v", len(ids), more, err)
	}
}
