package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestContentIntent: without it granted nothing is asked for; granted and then refused (4014), the bot goes on without it.
func TestContentIntent(t *testing.T) {
	want := func(s *stage, content bool) {
		s.t.Helper()
		for _, e := range s.discord.Events() {
			if e.Kind == fakediscord.Received && e.Op == 2 {
				asked := field[int](decodeObject(decodeObject(e.Data)["d"]), "intents")&intentContent != 0
				if asked != content {
					s.t.Errorf("MESSAGE_CONTENT asked for: %v, want %v", asked, content)
				}
				content = false // of the next one, after 4014
			}
		}
	}
	t.Run("off at Discord", func(t *testing.T) {
		s := start(t, testOptions{gateway: Options{MessageContent: true}}).ready()
		s.ask()
		want(s, false)
	})
	t.Run("refused after all", func(t *testing.T) {
		s := start(t, testOptions{
			discord: fakediscord.Options{MessageContent: true}, gateway: Options{MessageContent: true},
			before: func(s *stage) { s.discord.Fault(fakediscord.Gateway(0).Close(4014)) },
		})
		s.must(s.discord.Wait(s.ctx, "the second identify", func() bool { return s.discord.Identifies() == 2 }))
		s.ready()
		s.ask()
		want(s, true)
		m, err := s.mod.Slash(s.news, "admin channel", fakediscord.Opt("mode", "links")).Reply(s.ctx)
		s.must(err)
		s.wants(m, "Message Content intent is off")
	})
}

// TestRESTFaults: each answer comes exactly once, whatever the calls meet.
func TestRESTFaults(t *testing.T) {
	edit, ack := fakediscord.REST("PATCH @original"), fakediscord.REST("POST callback")
	for i, fault := range []fakediscord.Fault{
		edit.Status(500), edit.Status(502).Times(3), edit.Status(503), edit.Status(504), edit.Reset(), edit.Lost(),
		edit.RateLimit(50*time.Millisecond, "user"), edit.RateLimit(50*time.Millisecond, "shared"), edit.Global429(50 * time.Millisecond), edit.HTML429(time.Second),
		ack.Status(500), ack.Reset(), ack.Lost(),
	} {
		t.Run(fmt.Sprintf("%d %v", i, fault), func(t *testing.T) {
			s := start(t, testOptions{}).ready()
			s.discord.Fault(fault)
			x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?"))
			m, err := x.Reply(s.ctx)
			s.must(err)
			s.wants(m, "Ferry line 4 will run")
			if n := len(x.Followups()); n != 0 {
				t.Errorf("%d further messages", n)
			}
		})
	}
}

func TestPanicBecomesAnIncident(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.town.panics = true
	m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Something broke here.", "Incident ")
	if !m.Ephemeral || strings.Contains(m.Text(), "fire") {
		t.Errorf("an incident is shown to all, or tells too much:\n%s", m.Text())
	}
	s.ask()
}

// TestShutdownFinishesReplies stops the bot while it works on an answer: the answer still comes, and a late question is told.
func TestShutdownFinishesReplies(t *testing.T) {
	s := start(t, testOptions{before: func(s *stage) { s.town.hold = make(chan struct{}) }}).ready()
	x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
	s.asking()
	s.stop()
	<-s.gateway.stopping
	late, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "And now?")).Reply(s.ctx)
	s.must(err)
	s.wants(late, "I am restarting")
	adding := s.gateway.isStopping()
	close(s.town.hold)
	m, err := x.Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
	if err := s.leave(); err != nil || !adding {
		t.Errorf("Run ended with %v, want nil", err)
	}
	last := s.discord.Events()[len(s.discord.Events())-1]
	if last.Kind != fakediscord.Disconnected || last.Code != 1000 {
		t.Errorf("the connection ended with %+v, want close code 1000", last)
	}
}

// TestShutdownLeavesTheLinkInTheQueue stops the bot while it follows a job.
func TestShutdownLeavesTheLinkInTheQueue(t *testing.T) {
	s := start(t, testOptions{before: func(s *stage) { s.town.hold = make(chan struct{}) }}).ready()
	x := s.ann.Slash(s.news, "add", fakediscord.Opt("url", "https://herald.example/new"))
	_, err := x.ReplyWhen(s.ctx, "progress", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "Fetching") })
	s.must(err)
	if err := s.leave(); err != nil {
		t.Error(err)
	}
	m, err := x.Reply(s.ctx)
	s.must(err)
	s.wants(m, "The link is safe in the queue")
}

func TestErrorsArePrivate(t *testing.T) {
	s := start(t, testOptions{}).ready()
	m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", " ")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "There is no question in that.")
	if !m.Ephemeral {
		t.Error("an error is shown to all")
	}
}

func TestAddShowsTheArticle(t *testing.T) {
	s := start(t, testOptions{}).ready()
	m, err := s.ann.Slash(s.news, "add", fakediscord.Opt("url", "https://herald.example/new")).ReplyWhen(s.ctx, "the article", func(m fakediscord.Message) bool {
		return strings.Contains(m.Text(), "Stored. You can ask about it now.")
	})
	s.must(err)
	s.wants(m, "Harbour Herald", "[Open source]", "40 words, 3 paragraphs")
	m, err = s.ann.Slash(s.news, "add", fakediscord.Opt("url", "https://herald.example/nothing")).ReplyWhen(s.ctx, "the reason", func(m fakediscord.Message) bool { return m.Ephemeral })
	s.must(err)
	s.wants(m, "There is no page at that address", "Check the link")
}

// TestMoreContext widens a card, also after a restart of the bot; others get their own copy; what is unknown explains itself.
func TestMoreContext(t *testing.T) {
	s := start(t, testOptions{}).ready()
	card := s.ask()
	s.must(s.leave())
	s.run(testOptions{})
	s.must(s.discord.Wait(s.ctx, "the second process", func() bool { return s.discord.Identifies() == 2 }))
	s.must(s.discord.WaitReady(s.ctx, 0))
	wide, err := s.ann.Press(card, "More context").Reply(s.ctx)
	s.must(err)
	s.wants(wide, "> Before it all.", "> After it all.", "[Less context]")
	others, err := s.mod.Press(wide, "Less context").Reply(s.ctx)
	s.must(err)
	if !others.Ephemeral || others.ID == card.ID {
		t.Error("somebody else's press changed the card")
	}
	s.wants(others, "[More context]")
	narrow, err := s.ann.Press(wide, "Less context").Reply(s.ctx)
	s.must(err)
	if strings.Contains(narrow.Text(), "Before it all") || narrow.ID != card.ID {
		t.Errorf("the card did not become narrow again:\n%s", narrow.Text())
	}
	s.town.mu.Lock()
	clear(s.town.cards)
	s.town.mu.Unlock()
	gone, err := s.ann.Press(narrow, "More context").Reply(s.ctx)
	s.must(err)
	s.wants(gone, "no longer stored. Ask again with /ask.")
	if n := len(s.discord.RequestsTo("PUT commands")); n != 1 {
		t.Errorf("the commands were written %d times, want once: they had not changed", n)
	}
}

// TestRights: /admin is refused to members, whatever their client shows, and obeys moderators.
func TestRights(t *testing.T) {
	s := start(t, testOptions{}).ready()
	m, err := s.ann.Slash(s.news, "admin article remove", fakediscord.Opt("article", "1"), fakediscord.Anyway()).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Only who may manage this server can do that")
	m, err = s.mod.Slash(s.news, "admin article list").Reply(s.ctx)
	s.must(err)
	s.wants(m, `**\#1**`, "Harbour Herald")
	m, err = s.mod.Slash(s.news, "admin article remove", fakediscord.Opt("article", "1")).Reply(s.ctx)
	s.must(err)
	s.wants(m, `Removed: Ferry \*line\* 4 returns`)
	if len(s.town.articles[s.library()]) != 0 || !m.Ephemeral {
		t.Error("the article is still there, or all were told")
	}
}

func TestMentions(t *testing.T) {
	s := start(t, testOptions{}).ready()
	say := func(text string) fakediscord.Message {
		t.Helper()
		posted, err := s.ann.Type(s.news, text)
		s.must(err)
		return posted
	}
	m, err := s.news.Answer(s.ctx, say("@archivist When does the ferry run?"))
	s.must(err)
	s.wants(m, "**Ferry line 4 will run")
	if len(m.Pings) != 0 {
		t.Errorf("the reply pings %v", m.Pings)
	}
	m, err = s.news.Answer(s.ctx, say("@archivist"))
	s.must(err)
	s.wants(m, "Mention me with a question")
	link := say("@archivist https://herald.example/new")
	_, err = s.news.Await(s.ctx, nil, "the article's card", func(m fakediscord.Message) bool {
		return m.ReplyTo == link.ID && strings.Contains(m.Text(), "Stored. You can ask")
	})
	s.must(err)
	m, err = s.mod.Slash(s.news, "admin channel", fakediscord.Opt("mode", "off")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "I am silent in that channel now.")
	before := len(s.discord.RequestsTo("POST messages"))
	say("@archivist When does the ferry run?")
	dm, err := s.ann.Type(s.ann.DM(), "When does the ferry run?") // after which the channel's message has been seen too
	s.must(err)
	m, err = s.ann.DM().Answer(s.ctx, dm)
	s.must(err)
	s.wants(m, "Nothing is stored here yet.") // the person's own library, not the guild's
	if n := len(s.discord.RequestsTo("POST messages")); n != before+1 {
		t.Errorf("%d messages after the channel was switched off, want 1", n-before)
	}
}

// TestPostedLinks: a channel that opted in has its links stored, without a word.
func TestPostedLinks(t *testing.T) {
	s := start(t, testOptions{discord: fakediscord.Options{MessageContent: true}, gateway: Options{MessageContent: true}}).ready()
	_, err := s.ann.Type(s.news, "not yet: https://herald.example/early")
	s.must(err)
	after, err := s.ann.Type(s.news, "@archivist") // answered after the link before it was passed over, as a lane keeps its order
	s.must(err)
	_, err = s.news.Answer(s.ctx, after)
	s.must(err)
	m, err := s.mod.Slash(s.news, "admin channel", fakediscord.Opt("mode", "links")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Links posted in that channel are stored from now on.")
	_, err = s.ann.Type(s.news, "have a look (https://herald.example/new) please")
	s.must(err)
	select {
	case link := <-s.town.submitted:
		if link != "https://herald.example/new" {
			t.Errorf("stored %q", link)
		}
	case <-s.ctx.Done():
		t.Fatal("the link was not stored")
	}
	if n := len(s.discord.RequestsTo("POST messages")); n != 1 {
		t.Errorf("%d messages, want the one to the mention and none about a posted link", n)
	}
}

// TestMarkedLinks: where the channel wants it, a posted link that is taken is answered with a mark that notifies nobody; it goes with the
// link's message.
func TestMarkedLinks(t *testing.T) {
	s := start(t, testOptions{discord: fakediscord.Options{MessageContent: true}, gateway: Options{MessageContent: true}}).ready()
	m, err := s.mod.Slash(s.news, "admin channel", fakediscord.Opt("mode", "links"), fakediscord.Opt("announce", "on")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "answered with a ✓ that notifies nobody")
	posted, err := s.ann.Type(s.news, "have a look (https://herald.example/new) please")
	s.must(err)
	mark, err := s.news.Answer(s.ctx, posted)
	s.must(err)
	s.wants(mark, "✓")
	if mark.Flags&flagSilent == 0 || len(mark.Pings) != 0 {
		t.Errorf("the mark has flags %d and pings %q", mark.Flags, mark.Pings)
	}
	s.must(s.ann.Delete(posted))
	s.until("the mark to go", func() bool {
		return !slices.ContainsFunc(s.news.Messages(nil), func(m fakediscord.Message) bool { return m.ID == mark.ID && !m.Deleted })
	})
}

func TestMenus(t *testing.T) {
	s := start(t, testOptions{}).ready()
	posted, err := s.ann.Type(s.news, "see https://herald.example/a and https://herald.example/nothing")
	s.must(err)
	m, err := s.mod.Menu(s.news, "Add this article", posted).ReplyWhen(s.ctx, "both links", func(m fakediscord.Message) bool {
		return strings.Contains(m.Text(), "no page at that address")
	})
	s.must(err)
	s.wants(m, "Stored. You can ask about it now.")
	if !m.Ephemeral {
		t.Error("a menu's reply is shown to all")
	}
	question, err := s.ann.Type(s.news, "When does the ferry run?")
	s.must(err)
	m, err = s.mod.Menu(s.news, "Answer this", question).Reply(s.ctx)
	s.must(err)
	s.wants(m, "**Ferry line 4 will run")
}

// TestIslands: a guild reads its own library; so does a person in direct messages.
func TestIslands(t *testing.T) {
	var other *fakediscord.Guild
	s := start(t, testOptions{before: func(s *stage) { other = s.discord.Guild("Other people") }}).ready()
	bob, square := other.Member("Bob"), other.Channel("square")
	for _, x := range []*fakediscord.Interaction{
		bob.Slash(square, "ask", fakediscord.Opt("question", "When does the ferry run?")),
		s.ann.Slash(s.ann.DM(), "ask", fakediscord.Opt("question", "When does the ferry run?")),
	} {
		m, err := x.Reply(s.ctx)
		s.must(err)
		s.wants(m, "Nothing is stored here yet.")
	}
	s.town.mu.Lock()
	defer s.town.mu.Unlock()
	for key := range s.town.cards {
		if !strings.HasPrefix(key, string(s.library())) {
			t.Errorf("a card of another library: %s", key)
		}
	}
	if len(s.town.articles) != 1 || len(s.town.articles[archivist.UserLibrary(s.ann.ID())]) != 0 {
		t.Error("an article went astray")
	}
}

// TestStrangeEvents: doubled, empty and unknown events cost nothing.
func TestStrangeEvents(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.discord.Fault(fakediscord.Gateway(0).Unknown("SOMETHING_NEW"), fakediscord.Events(0, "GUILD_CREATE").Truncate(), fakediscord.Events(0, "INTERACTION_CREATE").Duplicate())
	s.discord.Guild("Newcomers")
	s.ask()
	if n := len(s.discord.RequestsTo("POST callback")); n != 1 {
		t.Errorf("%d callbacks to a doubled question, want 1", n)
	}
	// A message that comes twice is answered once, and an interaction without its d costs nothing but itself.
	s.discord.Fault(fakediscord.Events(0, "MESSAGE_CREATE").Duplicate())
	s.wants(s.answered(s.news, ferryQuestion), "Ferry line 4 will run")
	s.discord.Fault(fakediscord.Events(0, "INTERACTION_CREATE").Truncate())
	s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "Lost on the way?"))
	s.ask()
	s.settle(s.news)
	if n, m := s.posts(), len(s.discord.RequestsTo("POST callback")); n != 2 || m != 2 {
		t.Errorf("%d replies to messages, want 2, and %d callbacks, want 2", n, m)
	}
}
