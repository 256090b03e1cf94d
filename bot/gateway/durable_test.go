package gateway

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

// held is a town whose answers wait for free.
func held(s *stage) {
	s.town.mu.Lock()
	defer s.town.mu.Unlock()
	s.town.hold = make(chan struct{})
}

// free lets the town answer, from now on at once.
func (s *stage) free() {
	s.town.mu.Lock()
	hold := s.town.hold
	s.town.hold = nil
	s.town.mu.Unlock()
	close(hold)
}

// kill ends the bot in the middle of its work, as a crash does: nothing under way is finished, nobody is told.
func (s *stage) kill() {
	s.t.Helper()
	if err := s.leave(); err != nil {
		s.t.Error(err)
	}
}

// abrupt has no patience at its end.
var abrupt = testOptions{before: held, pace: func(p *pace) { p.drain = time.Millisecond }}

// again starts another process of the bot.
func (s *stage) again(o testOptions) {
	s.t.Helper()
	n := s.discord.Identifies()
	s.run(o)
	s.must(s.discord.Wait(s.ctx, "the next process", func() bool { return s.discord.Identifies() > n }))
	s.must(s.discord.WaitReady(s.ctx, 0))
}

// TestRestartAnswers: what was under way when the process ended is answered by the next one, once.
func TestRestartAnswers(t *testing.T) {
	s := start(t, abrupt).ready()
	question := s.say(s.news, ferryQuestion)
	s.asking()
	x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?"))
	s.asking()
	private := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?"), fakediscord.Opt("private", true))
	s.asking()
	admin := s.mod.Slash(s.news, "admin channel", fakediscord.Opt("mode", "mention"))
	_, err := admin.Reply(s.ctx)
	s.must(err)
	s.kill()
	s.free()
	s.again(testOptions{})
	for _, asked := range []*fakediscord.Interaction{x, private} {
		m, err := asked.Reply(s.ctx)
		s.must(err)
		s.wants(m, "Ferry line 4 will run")
		if n := len(asked.Followups()); n != 0 || m.Edits != 0 {
			t.Errorf("%d further messages, %d edits", n, m.Edits)
		}
	}
	m, err := s.news.Answer(s.ctx, question)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
	s.settle(s.news)
	replies := 0
	for _, m := range s.news.Messages(nil) {
		if m.ReplyTo == question.ID {
			replies++
		}
	}
	if replies != 1 {
		t.Errorf("the mention has %d replies", replies)
	}
	s.kill()
	s.town.mu.Lock()
	defer s.town.mu.Unlock()
	for id, p := range s.town.requests {
		if p.Open() {
			t.Errorf("request %s is open at the end", id)
		}
	}
}

// TestRestartWithoutBurst: of many commands that were under way when the process ended, the next one works on few at once, so that what is new is
// served meanwhile; all are answered, once.
func TestRestartWithoutBurst(t *testing.T) {
	const few = 3
	s := start(t, abrupt).ready()
	var asked []*fakediscord.Interaction
	for range 20 {
		asked = append(asked, s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")))
		s.asking()
	}
	s.kill()
	s.again(testOptions{takeUps: few})
	for range few {
		s.asking()
	}
	_, err := s.ann.Slash(s.news, "help").Reply(s.ctx)
	s.must(err)
	_, err = s.news.Answer(s.ctx, s.say(s.news, "@archivist"))
	s.must(err)
	if n := len(s.town.asking); n != 0 || len(s.gateway.takeUps) != few {
		t.Errorf("%d questions more than %d are worked on", n, few)
	}
	s.free()
	for _, x := range asked {
		m, err := x.Reply(s.ctx)
		s.must(err)
		if s.wants(m, "Ferry line 4 will run"); m.Edits != 0 || len(x.Followups()) != 0 {
			t.Errorf("%d edits, %d messages more", m.Edits, len(x.Followups()))
		}
	}
}

// TestReplyIsKnownAfterRestart: edits and ends of a message asked before a restart still find the reply.
func TestReplyIsKnownAfterRestart(t *testing.T) {
	s := start(t, testOptions{}).ready()
	first, second := s.say(s.news, "@archivist"), s.say(s.news, ferryQuestion)
	reply, err := s.news.Answer(s.ctx, first)
	s.must(err)
	other, err := s.news.Answer(s.ctx, second)
	s.must(err)
	s.must(s.leave())
	s.again(testOptions{})
	_, err = s.ann.Edit(first, ferryQuestion)
	s.must(err)
	_, err = s.news.Await(s.ctx, nil, "the new card", func(m fakediscord.Message) bool {
		return m.ID == reply.ID && strings.Contains(m.Text(), "Ferry line 4 will run")
	})
	s.must(err)
	s.must(s.ann.Delete(second))
	s.must(s.discord.Wait(s.ctx, "the reply to go", func() bool { now, _ := s.discord.Message(other.ID); return now.Deleted }))
}

// TestTokenOver: what is answered after 15 minutes comes as a message of its own, to the right eyes, or to nobody.
func TestTokenOver(t *testing.T) {
	o := abrupt
	var closed *fakediscord.Member
	o.before = func(s *stage) {
		held(s)
		closed = s.guild.Member("Cleo", fakediscord.Closed())
	}
	var ahead atomic.Int64 // of Discord's clock, which does not stand still: else, on a slow machine, commands would look late
	o.discord.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	s := start(t, o).ready()
	question := fakediscord.Opt("question", "When does the ferry run?")
	public := s.ann.Slash(s.news, "ask", question)
	s.asking()
	s.ann.Slash(s.news, "ask", question, fakediscord.Opt("private", true))
	s.asking()
	closed.Slash(s.news, "ask", question, fakediscord.Opt("private", true))
	s.asking()
	s.kill()
	ahead.Store(int64(20 * time.Minute))
	s.free()
	s.again(testOptions{})
	late, err := s.news.Await(s.ctx, nil, "the late answer", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "Ferry line 4 will run") })
	s.must(err)
	s.wants(late, "<@"+s.ann.ID()+">")
	if len(late.Pings) != 0 {
		t.Errorf("the late answer pings %v", late.Pings)
	}
	_, err = s.ann.DM().Await(s.ctx, nil, "the private answer", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "Ferry line 4 will run") })
	s.must(err)
	s.must(s.discord.Wait(s.ctx, "the refused message", func() bool {
		posts := s.discord.RequestsTo("POST messages")
		return len(posts) == 3 && posts[2].Status != 0 && len(s.discord.RequestsTo("POST dm")) == 2
	}))
	// Who takes no direct messages is shown it with the next command in the same place, once; where that fails, with the one after it.
	for _, want := range []struct {
		channel *fakediscord.Channel
		command string
		fails   bool
		n       int
	}{{s.guild.Channel("elsewhere"), "ask", false, 0}, {s.news, "ask", true, 0}, {s.news, "help", false, 1}, {s.news, "ask", false, 0}} {
		if want.fails {
			s.discord.Fault(fakediscord.REST("POST followup").Status(500))
		}
		inputs := []fakediscord.Input{question}
		if want.command == "help" { // which is answered at once
			inputs = nil
		}
		again := closed.Slash(want.channel, want.command, inputs...)
		_, err = again.Reply(s.ctx)
		s.must(err)
		s.gateway.work.Go(func() {}) // so that there is somebody to wait for
		s.until("the end of all work", func() bool { return s.gateway.work.size() == 0 })
		owed := again.Followups()
		if len(owed) != want.n {
			t.Fatalf("%d answers that were owed, want %d", len(owed), want.n)
		}
		for _, m := range owed {
			s.wants(m, "came too late", "Ferry line 4 will run")
			if !m.Ephemeral {
				t.Error("told to all")
			}
		}
	}
	if n := len(public.Followups()); n != 0 {
		t.Errorf("%d messages by a token that is over", n)
	}
}

// TestLongWait: at a certain age the reply says where its end will stand, and there it stands.
func TestLongWait(t *testing.T) {
	s := start(t, testOptions{before: held, pace: func(p *pace) { p.long = 300 * time.Millisecond }}).ready()
	public := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
	private := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"), fakediscord.Opt("private", true))
	for x, word := range map[*fakediscord.Interaction]string{public: "post it here", private: "write to you"} {
		_, err := x.ReplyWhen(s.ctx, "the word on the wait", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), word) })
		s.must(err)
		x.Expire()
	}
	s.free()
	_, err := s.news.Await(s.ctx, nil, "the answer", func(m fakediscord.Message) bool {
		return strings.Contains(m.Text(), "<@"+s.ann.ID()+">") && strings.Contains(m.Text(), "Ferry line 4 will run")
	})
	s.must(err)
	_, err = s.ann.DM().Await(s.ctx, nil, "the answer", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "Ferry line 4 will run") })
	s.must(err)
}

// TestLongWaitMeetsEnd: where the answer comes while the word on the wait is on its way, the answer stays.
func TestLongWaitMeetsEnd(t *testing.T) {
	s := start(t, testOptions{before: held, pace: func(p *pace) { p.long = 100 * time.Millisecond }}).ready()
	x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
	s.discord.Fault(fakediscord.REST("PATCH @original").Delay(time.Second))
	s.must(s.discord.Wait(s.ctx, "the word on the wait, on its way", func() bool { return len(s.discord.RequestsTo("PATCH @original")) > 0 }))
	s.free()
	s.until("the end of all work", func() bool { return s.gateway.work.size() == 0 })
	s.must(s.discord.Wait(s.ctx, "both", func() bool {
		edits := s.discord.RequestsTo("PATCH @original")
		return len(edits) == 2 && edits[0].Status != 0 && edits[1].Status != 0
	}))
	m, err := x.Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
}

// TestTooLate: an interaction that is seen when Discord no longer waits gets no callback, but a line.
func TestTooLate(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.discord.Skew(quick.patience) // so Discord's clock is that far ahead of the interaction's making
	s.settle()                     // a call tells it,
	s.settle()                     // and this comes after that call's end
	x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
	s.must(x.Err())
	_, err := s.news.Await(s.ctx, nil, "a line", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "saw your request too late") })
	s.must(err)
	if x.Acked() || len(s.discord.RequestsTo("POST callback")) != 0 {
		t.Error("a callback was sent too late")
	}
}

// TestFullDisk: requests are answered where they cannot be kept, and kept once they can.
func TestFullDisk(t *testing.T) {
	s := start(t, testOptions{before: func(s *stage) { s.town.full = 3; held(s) }}).ready()
	x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?"))
	s.asking()
	kept := func() bool {
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		return len(s.town.requests) > 0
	}
	for !kept() {
		s.must(pause(s.ctx, 5*time.Millisecond))
	}
	s.free()
	_, err := x.Reply(s.ctx)
	s.must(err)
}

func TestBook(t *testing.T) {
	w := newTown()
	b := newBook(w, &bot.Crashes{}, slog.New(slog.DiscardHandler), 0)
	event := []byte(`{}`)
	b.note(archivist.Pending{ID: "1", Event: event}, &duty{})
	b.note(archivist.Pending{ID: "1"}, &duty{}) // answered before it was written
	b.note(archivist.Pending{ID: "2", Event: event}, &duty{})
	b.note(archivist.Pending{ID: "2", Reply: "9"}, &duty{})                         // its reply may have to be found
	b.note(archivist.Pending{ID: "3", Event: make([]byte, eventAtMost+1)}, &duty{}) // too large
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.run(ctx) // writes what is left
	if len(w.written) != 1 || w.written[0].ID != "2" || w.written[0].Open() {
		t.Errorf("written: %+v", w.written)
	}
	for i := range ledgerDepth + 10 {
		b.note(archivist.Pending{ID: strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String(), Event: event}, &duty{})
	}
	if len(b.waiting) > ledgerDepth {
		t.Errorf("%d rows wait", len(b.waiting))
	}
	if _, err := w.Request(ctx, "77"); !errors.Is(err, archivist.ErrNotFound) {
		t.Error(err)
	}
}
