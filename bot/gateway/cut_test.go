package gateway

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

// TestCutBeforeTheLedger: a command that is cut off in its acknowledgement, which Discord has taken without our knowing or has not, is told
// again to the next process.
func TestCutBeforeTheLedger(t *testing.T) {
	late := fakediscord.REST("POST callback").Delay(5 * time.Second)
	for name, fault := range map[string]fakediscord.Fault{"taken": late, "not taken": late.Status(http.StatusInternalServerError)} {
		t.Run(name, func(t *testing.T) {
			p, _ := startParish(t)
			p.owned(map[string]int{"first": 4})
			p.allReady()
			p.recorded()
			p.discord.Fault(fault.Times(3))
			x := p.people[0].Slash(p.channels[0], "ask", fakediscord.Opt("question", "When does the ferry run?"))
			p.must(p.discord.Wait(p.ctx, "the acknowledgement", func() bool { return len(p.discord.RequestsTo("POST callback")) > 0 }))
			p.replaced()
			answered := false
			p.must(p.discord.Wait(p.ctx, "an answer", func() bool {
				for _, r := range p.discord.RequestsTo("PATCH @original") {
					answered = answered || strings.Contains(string(r.Body), "Ferry line 4 will run")
				}
				late := 0 // where this machine is so slow that it cannot be acknowledged any more, that is told
				for _, r := range p.discord.RequestsTo("POST messages") {
					late += strings.Count(string(r.Body), "too late")
				}
				return answered || name == "not taken" && late > 0
			}))
			if answered {
				answer, err := x.Reply(p.ctx)
				p.must(err)
				if n := len(x.Followups()); n != 0 || answer.Edits != 0 {
					t.Errorf("%d messages more, %d edits", n, answer.Edits)
				}
			}
		})
	}
}

// replaced ends the process in the middle of its work, and starts the next one.
func (p *parish) replaced() {
	p.t.Helper()
	p.gateway.pace.drain = 0
	p.stop()
	p.must(<-p.ended)
	p.ended <- nil
	p.discord.Clear()
	p.join("second")
}

// TestSaidWhileStopping: a mention that comes while the process ends is the next one's to answer.
func TestSaidWhileStopping(t *testing.T) {
	p, _ := startParish(t)
	p.owned(map[string]int{"first": 4})
	p.allReady()
	p.recorded()
	room := p.fillWaitingRoom() // so that the end takes its time
	p.stop()
	p.until("the end to begin", p.gateway.isStopping)
	m, err := p.people[0].Type(p.channels[0], "<@"+p.discord.ApplicationID()+"> When does the ferry run?")
	p.must(err)
	p.must(<-p.ended)
	p.ended <- nil
	p.free()
	p.join("second")
	answer, err := p.channels[0].Answer(p.ctx, m)
	p.must(err)
	p.wants(answer, "Ferry line 4 will run")
	room.answeredOnce("Ferry line 4 will run")
}

// cutOff is a command in the news as the bot has it, whose shard was another process's just now.
func (s *stage) cutOff() interaction {
	s.t.Helper()
	x := s.ann.Slash(s.news, "help")
	_, err := x.Reply(s.ctx)
	s.must(err)
	i := interaction{id: x.ID(), token: "x", kind: typeComponent, guild: s.guild.ID(), channel: s.news.ID(), person: s.ann.ID(), duty: newDuty(s.ctx)}
	i.duty.cut()
	return i
}

// TestCutTakeUp: what an earlier process left of a press is not closed by one that is cut off before it has told anybody.
func TestCutTakeUp(t *testing.T) {
	s := start(t, testOptions{}).ready()
	i := s.cutOff()
	s.gateway.done.again(i.id, time.Now())
	s.gateway.takeUpInteraction(i)
	s.gateway.book.mu.Lock()
	_, waits := s.gateway.book.waiting[i.id]
	s.gateway.book.mu.Unlock()
	if _, err := s.town.Request(s.ctx, i.id); err == nil || waits {
		t.Error("its row is closed")
	}
	if s.gateway.done.again(i.id, time.Now()) || !i.duty.unnoted.Load() {
		t.Error("it is not taken when it is told again")
	}
}

// TestCutIsNotOwed: what the next process answers is not owed by this one.
func TestCutIsNotOwed(t *testing.T) {
	s := start(t, testOptions{}).ready()
	i := s.cutOff()
	s.gateway.later(i, true, bot.Card{Title: "An answer"})
	if _, owed := s.gateway.owed.take(creditor(i)); owed {
		t.Error("it is owed")
	}
	s.gateway.owed.keep(creditor(i), bot.Card{Title: "An answer"})
	s.gateway.payBack(i, s.gateway.request(i))
	if _, owed := s.gateway.owed.take(creditor(i)); !owed {
		t.Error("what was owed is lost")
	}
}

// TestOwedOnce: what Discord may have shown is not shown again.
func TestOwedOnce(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.gateway.owed.keep(s.ann.ID()+" "+s.news.ID(), bot.Card{Title: "An answer"})
	s.discord.Fault(fakediscord.REST("POST followup").Lost())
	for n, want := range []int{1, 0} {
		x := s.ann.Slash(s.news, "help")
		_, err := x.Reply(s.ctx)
		s.must(err)
		s.until("the end of all work", func() bool { return s.gateway.work.size() == 0 })
		if got := len(x.Followups()); got != want {
			t.Errorf("%d messages more to command %d, want %d", got, n, want)
		}
	}
}

// TestRowsOfALostShard: a process whose lease has run out writes nothing into the ledger, where another one may have answered, until it has it
// again; and never where that one has the shard.
func TestRowsOfALostShard(t *testing.T) {
	for _, lost := range []bool{false, true} {
		t.Run(map[bool]string{false: "kept", true: "lost"}[lost], func(t *testing.T) {
			p, d := startParish(t)
			p.owned(map[string]int{"first": 4})
			p.allReady()
			p.recorded()
			p.gateway.held.mu.Lock()
			duty := p.gateway.held.list[0].duty
			p.gateway.held.mu.Unlock()
			d.cut.Store(true)
			p.must(pause(p.ctx, 2*quick.lease))
			p.gateway.book.note(archivist.Pending{ID: "1", Event: []byte(`{}`), Created: time.Now()}, duty)
			written := func() bool {
				_, err := p.town.Request(p.ctx, "1")
				return err == nil
			}
			p.must(pause(p.ctx, 5*quick.first))
			if written() {
				t.Error("written without the lease")
			}
			if !lost {
				d.cut.Store(false)
				p.until("the row", written)
				return
			}
			p.join("second")
			p.owned(map[string]int{"second": 4})
			d.cut.Store(false)
			p.until("the row to be forgotten", func() bool { return p.gateway.book.oldest().IsZero() })
			if written() || !duty.over.Load() {
				t.Error("written though another process has the shard")
			}
		})
	}
}

// A page answers every call alike.
type page string

func (p page) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(p))), Request: r}, nil
}

// TestNoAddressIsAnOddity: where a success of Discord's has no address of the gateway in it, that is an error which may pass.
func TestNoAddressIsAnOddity(t *testing.T) {
	for body, fine := range map[page]bool{"": false, "{}": false, "<html>": false, `{"url":"wss://gateway.example"}`: true} {
		g := idle(t)
		g.rest.http.Transport = body
		if _, err := g.rest.gateway(context.Background()); (err == nil) != fine {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// TestSeenForgets: a key that was forgotten and is noted again has one place, the youngest.
func TestSeenForgets(t *testing.T) {
	s, now := seen{keep: time.Hour, most: 4}, time.Now()
	s.again("oldest", now)
	s.again("a", now)
	s.forget("a")
	for _, key := range []string{"a", "b", "c"} {
		if s.again(key, now) {
			t.Errorf("%s is known", key)
		}
	}
	if !s.again("a", now) {
		t.Errorf("it went before its turn: %v", s.order)
	}
}
