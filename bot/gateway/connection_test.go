package gateway

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// TestConnectionFaults breaks the connection in every way that leaves hope, at every phase, and asks a question afterwards.
func TestConnectionFaults(t *testing.T) {
	ready := fakediscord.Gateway(0)
	for _, test := range []struct {
		name       string
		fault      fakediscord.Fault
		identifies int // in all, the first included
		resumes    int // at least
	}{
		{"op 7", ready.Op7(), 1, 1},
		{"op 7 before hello", ready.Op7().At(fakediscord.BeforeHello), 1, 1},
		{"op 7 after hello", ready.Op7().At(fakediscord.AfterHello), 1, 1},
		{"op 7 in replay", ready.Op7().At(fakediscord.InReplay), 1, 1},
		{"op 9 resumable", ready.Op9(true), 1, 1},
		{"op 9 resumable before hello", ready.Op9(true).At(fakediscord.BeforeHello), 1, 1},
		{"op 9 resumable after hello", ready.Op9(true).At(fakediscord.AfterHello), 1, 1},
		{"op 9 resumable in replay", ready.Op9(true).At(fakediscord.InReplay), 1, 1},
		{"op 9 gone", ready.Op9(false), 2, 0},
		{"op 9 gone before hello", ready.Op9(false).At(fakediscord.BeforeHello), 2, 0},
		{"op 9 gone after hello", ready.Op9(false).At(fakediscord.AfterHello), 2, 0},
		{"op 9 gone in replay", ready.Op9(false).At(fakediscord.InReplay), 2, 0},
		{"4000", ready.Close(4000), 1, 1},
		{"4001", ready.Close(4001), 1, 1},
		{"4002", ready.Close(4002), 1, 1},
		{"4003", ready.Close(4003), 2, 0},
		{"4005", ready.Close(4005), 1, 1},
		{"4007", ready.Close(4007), 2, 0},
		{"4008", ready.Close(4008), 1, 1},
		{"4009", ready.Close(4009), 2, 0},
		{"1000", ready.Close(1000), 2, 0},
		{"dropped", ready.Drop(), 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, testOptions{}).ready()
			s.discord.Fault(test.fault)
			if strings.Contains(test.name, "hello") || strings.Contains(test.name, "replay") {
				s.discord.Fault(ready.Drop()) // so that there is a next connection for the fault to meet
			}
			s.must(s.discord.Wait(s.ctx, "a new connection", func() bool {
				return s.discord.Identifies() >= test.identifies && s.discord.Resumes() >= test.resumes && s.discord.Identifies()+s.discord.Resumes() > 1
			}))
			s.must(s.discord.WaitReady(s.ctx, 0))
			s.ask()
			if got := s.discord.Identifies(); got != test.identifies {
				t.Errorf("identified %d times, want %d", got, test.identifies)
			}
		})
	}
}

// TestResumeAnswersWhatWasMissed asks while the bot is away: the resume replays the question.
func TestResumeAnswersWhatWasMissed(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.discord.Fault(fakediscord.Gateway(0).Drop())
	s.must(s.discord.Wait(s.ctx, "the drop", func() bool { return s.discord.Connections() == 0 }))
	s.ask()
	if s.discord.Resumes() != 1 || s.discord.Identifies() != 1 {
		t.Errorf("%d resumes, %d identifies; want 1 and 1", s.discord.Resumes(), s.discord.Identifies())
	}
}

// TestWishesAreMetAtOnce: Discord asks for another connection again and again, and each time the next one is there before a question notices.
func TestWishesAreMetAtOnce(t *testing.T) {
	const served = 50 * time.Millisecond
	s := start(t, testOptions{pace: func(p *pace) { p.served, p.first, p.most = served, 10*time.Minute, 10*time.Minute }}).ready() // a failure is waited after
	best := time.Hour
	for n := range 4 {
		s.ask()
		s.must(pause(s.ctx, 2*served))
		began := time.Now()
		s.discord.Fault(fakediscord.Gateway(0).Op7())
		s.must(s.discord.Wait(s.ctx, "a resume", func() bool { return s.discord.Resumes() == n+1 }))
		best = min(best, time.Since(began))
	}
	s.ask()
	if best > 900*time.Millisecond { // discordgo takes a second to close a connection; a slow machine now and then, too
		t.Errorf("no connection took less than %v", best)
	}
}

// TestZombie mutes the answers to heartbeats, and in another run stops the connection without ending it.
func TestZombie(t *testing.T) {
	for name, fault := range map[string]fakediscord.Fault{"muted": fakediscord.Gateway(0).Mute(), "hung": fakediscord.Gateway(0).Hang()} {
		t.Run(name, func(t *testing.T) {
			s := start(t, testOptions{discord: fakediscord.Options{Heartbeat: 300 * time.Millisecond}}).ready()
			s.discord.Fault(fault)
			s.must(s.discord.Wait(s.ctx, "a resume", func() bool { return s.discord.Resumes() > 0 }))
			s.ask()
		})
	}
}

// TestNoHello: a gateway that says nothing is left after the pace's patience.
func TestNoHello(t *testing.T) {
	s := start(t, testOptions{
		pace:   func(p *pace) { p.ready = 300 * time.Millisecond },
		before: func(s *stage) { s.discord.Fault(fakediscord.Gateway(0).Hang().At(fakediscord.BeforeHello)) },
	}).ready()
	s.ask()
}

// TestQuestionsInBetween: what is being answered when Discord ends the connection, and what is asked before the next one, is answered once. A
// session that Discord has forgotten is the exception: what is asked before the next one begins nobody is ever told of.
func TestQuestionsInBetween(t *testing.T) {
	shard := fakediscord.Gateway(0)
	for name, test := range map[string]struct {
		end    fakediscord.Fault
		missed bool // what is asked while the bot is away
	}{"op 7": {shard.Op7(), false}, "op 9, resumable": {shard.Op9(true), false}, "op 9": {shard.Op9(false), true}} {
		t.Run(name, func(t *testing.T) {
			s := start(t, testOptions{before: held}).ready()
			var asked []*fakediscord.Interaction
			var said []fakediscord.Message
			question := func() {
				asked = append(asked, s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")))
				said = append(said, s.say(s.guild.Channel(fmt.Sprint("news ", len(said))), ferryQuestion))
			}
			ends := s.discord.Identifies() + s.discord.Resumes()
			question()
			s.asking()
			s.asking()
			s.discord.Fault(shard.HelloLate(300*time.Millisecond), test.end) // so that there is a time in between
			s.must(s.discord.Wait(s.ctx, "the next connection", func() bool { return s.happened(fakediscord.Connected) == 2 }))
			question()
			s.must(s.discord.Wait(s.ctx, "an identify or a resume", func() bool { return s.discord.Identifies()+s.discord.Resumes() > ends }))
			s.must(s.discord.WaitReady(s.ctx, 0))
			question()
			s.free()
			answered := func(i int) int { return map[bool]int{true: 1}[!test.missed || i != 1] }
			for i, x := range asked {
				if answered(i) == 1 {
					_, err := x.Reply(s.ctx)
					s.must(err)
					_, err = s.discord.Channel(said[i].Channel).Answer(s.ctx, said[i])
					s.must(err)
				}
			}
			s.settle(s.news)
			for i, x := range asked {
				replies := 0
				for _, m := range s.discord.Channel(said[i].Channel).Messages(nil) {
					if m.ReplyTo == said[i].ID {
						replies++
					}
				}
				if replies != answered(i) || x.Acked() != (answered(i) == 1) || len(x.Followups()) != 0 {
					t.Errorf("question %d: %d replies to the mention, want %d; the command is taken up: %v, with %d messages more", i, replies, answered(i), x.Acked(), len(x.Followups()))
				}
				if !x.Acked() {
					continue
				}
				m, err := x.Reply(s.ctx)
				s.must(err)
				if s.wants(m, "Ferry line 4 will run"); m.Edits != 0 {
					t.Errorf("question %d: %d edits of the answer", i, m.Edits)
				}
			}
		})
	}
}

// happened counts events of a kind.
func (s *stage) happened(kind fakediscord.EventKind) (n int) {
	for _, e := range s.discord.Events() {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
