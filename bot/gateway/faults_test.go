package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// The faults of which the design's table speaks, those of connections in connection_test.go, starts_test.go and times_test.go aside: whatever goes wrong, who
// asked is answered once, or told once.

// everyFault are the ways in which a call can go wrong that a second try mends.
func everyFault(route string) []fakediscord.Fault {
	f := fakediscord.REST(route)
	return []fakediscord.Fault{
		f.Status(500), f.Status(502).Times(2), f.Status(503), f.Status(504), f.Reset(), f.Lost(), f.RateLimit(50*time.Millisecond, "user"),
		f.RateLimit(50*time.Millisecond, "shared"), f.Global429(50 * time.Millisecond), f.HTML429(time.Second),
	}
}

// TestMessageFaults: a mention is answered by one message, whatever its posting and its edits meet.
func TestMessageFaults(t *testing.T) {
	for _, route := range []string{"POST messages", "PATCH message"} {
		for i, fault := range everyFault(route) {
			t.Run(fmt.Sprintf("%s %d %v", route, i, fault), func(t *testing.T) {
				s := start(t, testOptions{}).ready()
				if route == "POST messages" {
					s.discord.Fault(fault)
				}
				question := s.say(s.news, ferryQuestion)
				reply, err := s.news.Answer(s.ctx, question)
				s.must(err)
				if route == "PATCH message" {
					s.discord.Fault(fault)
					_, err = s.ann.Edit(question, "@archivist")
					s.must(err)
				}
				_, err = s.news.Await(s.ctx, nil, "the last word", func(m fakediscord.Message) bool {
					return m.ReplyTo == question.ID && strings.Contains(m.Text(), map[string]string{"POST messages": "Ferry line 4", "PATCH message": "Mention me"}[route])
				})
				s.must(err)
				s.settle()
				for _, m := range s.news.Messages(nil) {
					if m.ReplyTo == question.ID && m.ID != reply.ID {
						t.Errorf("a second reply:\n%s", m.Text())
					}
				}
			})
		}
	}
}

// TestRefusedCard: a card that Discord does not take becomes an apology, not a wait without end.
func TestRefusedCard(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.discord.Fault(fakediscord.REST("PATCH @original").Error(400, 50035))
	m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Incident ")
	if !m.Ephemeral {
		t.Error("the apology is shown to all")
	}
}

// TestEditsUsedUp: where an old message takes no more edits, a new one is written; where a message takes no reply, one without.
func TestEditsUsedUp(t *testing.T) {
	s := start(t, testOptions{}).ready()
	question := s.say(s.news, ferryQuestion)
	reply, err := s.news.Answer(s.ctx, question)
	s.must(err)
	s.discord.Fault(fakediscord.REST("PATCH message").Error(400, 30046))
	_, err = s.ann.Edit(question, "@archivist")
	s.must(err)
	_, err = s.news.Await(s.ctx, nil, "a new message", func(m fakediscord.Message) bool {
		return m.ID != reply.ID && m.ReplyTo == question.ID && strings.Contains(m.Text(), "Mention me")
	})
	s.must(err)
	s.discord.Fault(fakediscord.REST("POST messages").Error(400, 160002))
	s.say(s.news, ferryQuestion)
	_, err = s.news.Await(s.ctx, nil, "a message that is no reply", func(m fakediscord.Message) bool {
		return m.ReplyTo == "" && strings.Contains(m.Text(), "Ferry line 4")
	})
	s.must(err)
}

// TestCallbackFaults: a callback that Discord takes no more is not tried again; the asker is told in a line that it came too late.
func TestCallbackFaults(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.discord.Fault(fakediscord.REST("POST callback").Error(404, 10062))
	x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
	s.must(s.discord.Wait(s.ctx, "the line", func() bool { return s.count("saw your request too late") == 1 }))
	s.ask() // after which a second try would have been made
	tries := 0
	for _, r := range s.discord.RequestsTo("POST callback") {
		if strings.Contains(r.Path, x.ID()) {
			tries++
		}
	}
	if tries != 1 || x.Acked() {
		t.Errorf("%d callbacks; an unknown interaction is tried once", tries)
	}
	if n := len(s.discord.RequestsTo("PATCH @original")); n != 1 {
		t.Errorf("%d edits, want the one of the second question", n)
	}
}

// TestFollowUpFaults: a private word after a public deferral is not said twice, whatever becomes of its first try.
func TestFollowUpFaults(t *testing.T) {
	for _, fault := range []fakediscord.Fault{
		fakediscord.REST("POST followup").Lost(), fakediscord.REST("POST followup").Status(503), fakediscord.REST("POST followup").RateLimit(20*time.Millisecond, "user"),
		fakediscord.REST("DELETE @original").Lost(), fakediscord.REST("DELETE @original").Status(500),
	} {
		t.Run(fault.String(), func(t *testing.T) {
			s := start(t, testOptions{}).ready()
			s.discord.Fault(fault)
			x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", " "))
			m, err := x.Reply(s.ctx)
			s.must(err)
			s.wants(m, "There is no question in that.")
			s.ask()
			if n := len(x.Followups()); n != 1 || !m.Ephemeral {
				t.Errorf("%d messages, the first for the asker alone: %v", n, m.Ephemeral)
			}
		})
	}
}

// TestLockedStore: what the store cannot do becomes an incident for the asker, with its number; the next question is answered.
func TestLockedStore(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.town.broken(true)
	m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Incident ")
	m = s.answered(s.news, ferryQuestion)
	s.wants(m, "Incident ")
	s.town.broken(false)
	s.ask()
}

// TestClocks: whatever our clock is set to, Discord's counts; a jump of it gives the connection up and takes the session up again.
func TestClocks(t *testing.T) {
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(fmt.Sprint("Discord is ahead by ", ahead), func(t *testing.T) {
			s := start(t, testOptions{discord: fakediscord.Options{Now: func() time.Time { return time.Now().Add(ahead) }}}).ready()
			s.ask()
			question := s.say(s.news, "@archivist")
			_, err := s.news.Answer(s.ctx, question)
			s.must(err)
			_, err = s.ann.Edit(question, ferryQuestion)
			s.must(err)
			_, err = s.news.Await(s.ctx, nil, "the new card", func(m fakediscord.Message) bool {
				return strings.Contains(m.Text(), "Ferry line 4") && m.ReplyTo == question.ID
			})
			s.must(err)
		})
	}
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 10 * time.Minute} {
		t.Run(fmt.Sprint("a jump by ", jump), func(t *testing.T) {
			var mu sync.Mutex
			var off time.Duration
			s := start(t, testOptions{clock: func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return time.Now().Add(off)
			}}).ready()
			s.ask()
			s.must(pause(s.ctx, 3*quick.tick)) // so that both clocks were read once
			mu.Lock()
			off = jump
			mu.Unlock()
			s.must(s.discord.Wait(s.ctx, "a resume", func() bool { return s.discord.Resumes() == 1 }))
			s.must(s.discord.WaitReady(s.ctx, 0))
			s.ask()
			if n := s.discord.Identifies(); n != 1 {
				t.Errorf("%d identifies, want the first alone", n)
			}
		})
	}
}

// TestShutdownWithManyReplies: fifty replies are under way when the process is told to end; all come, and the next process has nothing to do again.
func TestShutdownWithManyReplies(t *testing.T) {
	s := start(t, testOptions{before: held}).ready()
	var asked []*fakediscord.Interaction
	for range 50 {
		asked = append(asked, s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")))
		s.asking()
	}
	s.stop()
	<-s.gateway.stopping
	s.free()
	for _, x := range asked {
		m, err := x.Reply(s.ctx)
		s.must(err)
		s.wants(m, "Ferry line 4 will run")
	}
	if err := s.leave(); err != nil {
		t.Error(err)
	}
	calls := func() int {
		return len(s.discord.RequestsTo("PATCH @original")) + len(s.discord.RequestsTo("POST followup")) + s.posts()
	}
	before := calls()
	s.again(testOptions{})
	s.settle()
	if n := calls(); n != before || before != len(asked) {
		t.Errorf("%d calls for %d replies, %d after the restart", before, len(asked), n-before)
	}
}

// TestManyAtOnce: what comes on top of too many is told so, at once and privately.
func TestManyAtOnce(t *testing.T) {
	s := start(t, testOptions{before: held, slots: 2}).ready()
	for range 2 {
		s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
		s.asking()
	}
	m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?")).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Try again in 5 seconds")
	if !m.Ephemeral {
		t.Error("told to all")
	}
	// What is being typed has choices all the same: a message is no answer to it.
	titles := s.ann.Complete(s.news, "article", "title", "ferry")
	if choices, err := titles.Choices(s.ctx); err != nil || len(choices) != 1 {
		t.Errorf("choices %v, %v", choices, err)
	}
	s.free()
}

// count is how many messages in the channel say something.
func (s *stage) count(text string) (n int) {
	for _, m := range s.news.Messages(nil) {
		if strings.Contains(m.Text(), text) {
			n++
		}
	}
	return n
}

// TestChaos asks in rounds while one call in twenty fails, by a seed, and the connection is lost again and again: each question is
// answered once, or told once that it came too late, and no rule is broken.
func TestChaos(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := start(t, testOptions{discord: fakediscord.Options{Seed: seed}}).ready()
			for _, route := range []string{"PATCH @original", "POST messages"} {
				f := fakediscord.REST(route)
				s.discord.Fault(f.Status(503).Rate(.02), f.Lost().Rate(.02), f.Reset().Rate(.01))
			}
			ends := []fakediscord.Fault{fakediscord.Gateway(0).Op7(), fakediscord.Gateway(0).Drop(), fakediscord.Gateway(0).Op9(true), fakediscord.Gateway(0).Close(4000)}
			late := 0
			for round := range 12 {
				if round%3 == 0 {
					s.must(s.discord.WaitReady(s.ctx, 0))
					s.discord.Fault(ends[round/3])
				}
				// A callback has two tries, and both must not fail.
				s.discord.Fault(map[bool]fakediscord.Fault{true: fakediscord.REST("POST callback").Lost(), false: fakediscord.REST("POST callback").Status(503)}[round%2 == 0])
				late += s.round()
			}
			if late > 30 {
				t.Errorf("%d of 60 interactions were seen too late", late)
			}
		})
	}
}

// round asks five times each way, and returns how many interactions were told that they came too late.
func (s *stage) round() (late int) {
	s.t.Helper()
	// Told so, or answered in the channel as nobody knew whether the callback had come through.
	told := func() int { return s.count("saw your request too late") + s.count("<@"+s.ann.ID()+">") }
	before := told()
	var asked []*fakediscord.Interaction
	var said []fakediscord.Message
	for range 5 {
		asked = append(asked, s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")))
		said = append(said, s.say(s.news, ferryQuestion))
	}
	acked := func() (n int) {
		for _, x := range asked {
			if x.Acked() {
				n++
			}
		}
		return n
	}
	s.must(s.discord.Wait(s.ctx, "all questions to be taken up", func() bool {
		late = told() - before
		return acked()+late >= len(asked)
	}))
	for _, x := range asked {
		if !x.Acked() {
			continue
		}
		m, err := x.Reply(s.ctx)
		s.must(err)
		if s.wants(m, "Ferry line 4 will run"); len(x.Followups()) != 0 {
			s.t.Error("answered twice")
		}
	}
	for _, q := range said {
		_, err := s.news.Answer(s.ctx, q)
		s.must(err)
	}
	replies := map[string]int{}
	for _, m := range s.news.Messages(nil) {
		replies[m.ReplyTo]++
	}
	for _, q := range said {
		if replies[q.ID] != 1 {
			s.t.Errorf("%d replies to one question", replies[q.ID])
		}
	}
	return late
}

// TestInvalidRequests: refused requests are counted, told of, and make us quieter by and by.
func TestInvalidRequests(t *testing.T) {
	l := newLimits(1)
	told := 0
	l.alarm = func(int) { told++ }
	refusals := func(n int) {
		for range n {
			l.learn(call{name: "x"}, answer{status: http.StatusForbidden, header: http.Header{}})
		}
	}
	may := func(r rule, name string) bool {
		_, err := l.reserve(call{name: name, rule: r, token: true}, time.Now())
		return err == nil
	}
	for _, test := range []struct {
		refused                    int
		told                       int
		progress, message, answers bool
	}{{499, 0, true, true, true}, {500, 1, true, true, true}, {1999, 1, true, true, true}, {2000, 1, false, true, true}, {4999, 1, false, true, true}, {5000, 1, false, false, true}} {
		refusals(test.refused - l.invalid)
		if told != test.told || may(ruleProgress, "p") != test.progress || may(ruleMessage, "m") != test.message || may(ruleCallback, "c") != test.answers {
			t.Errorf("at %d: told %d times, progress %v, messages %v, callbacks %v", test.refused, told, may(ruleProgress, "p"), may(ruleMessage, "m"), may(ruleCallback, "c"))
		}
	}
	l.windowed = time.Now().Add(-invalidWindow - time.Second)
	refusals(1)
	if l.invalid != 1 || !may(ruleProgress, "p") || l.refused(time.Now()) != 1 {
		t.Errorf("a new window begins with %d", l.invalid)
	}
	shared := http.Header{"X-Ratelimit-Scope": {"shared"}}
	l.learn(call{name: "x"}, answer{status: http.StatusTooManyRequests, header: shared})
	if l.invalid != 1 {
		t.Error("a shared limit counts as an invalid request")
	}
	if half := newLimits(2); half.quiet != invalidQuiet/2 || half.rate != globalRate/2 || half.silence != invalidSilence/2 {
		t.Error("two processes do not divide the token's limits")
	}
}
