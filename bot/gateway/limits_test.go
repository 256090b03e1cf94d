package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// TestAcknowledgedWhileTheStoreBlocks: the acknowledgement asks no store, so it comes as fast where that does not answer.
func TestAcknowledgedWhileTheStoreBlocks(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.ask()
	s.town.mu.Lock() // on which all that the store does waits
	var took []time.Duration
	var asked []*fakediscord.Interaction
	for range 5 {
		before, began := len(s.discord.RequestsTo("POST callback")), time.Now()
		asked = append(asked, s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")))
		if err := s.discord.Wait(s.ctx, "the acknowledgement", func() bool { return len(s.discord.RequestsTo("POST callback")) > before }); err != nil {
			s.town.mu.Unlock()
			t.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	answers := len(s.discord.RequestsTo("PATCH @original"))
	s.town.mu.Unlock()
	// Without the race detector it is a few milliseconds; what Discord allows is 3 s.
	if slices.Sort(took); took[len(took)/2] >= time.Second {
		t.Errorf("acknowledged after %v", took)
	}
	if answers != 1 {
		t.Errorf("%d answers while the store blocked, want the one before", answers)
	}
	for _, x := range asked {
		m, err := x.Reply(s.ctx)
		s.must(err)
		s.wants(m, "Ferry line 4 will run")
	}
}

// TestRemainingNothingWaits: what Discord says remains of a bucket is counted down, and at nothing its reset is waited for; other
// buckets are not.
func TestRemainingNothingWaits(t *testing.T) {
	l := newLimits(1)
	k, elsewhere := call{name: "POST messages", top: "1"}, call{name: "POST messages", top: "2"}
	l.learn(k, answer{status: http.StatusOK, header: http.Header{
		"X-Ratelimit-Bucket": {"b"}, "X-Ratelimit-Remaining": {"2"}, "X-Ratelimit-Reset-After": {"7"},
	}})
	now := time.Now()
	for n, want := range []bool{false, false, true, true} {
		until, err := l.reserve(k, now)
		if err != nil || until.IsZero() == want {
			t.Errorf("call %d: wait until %v, %v", n, until, err)
		}
		if wait := until.Sub(now); want && (wait < 6*time.Second || wait > 7*time.Second) {
			t.Errorf("call %d waits %s", n, wait)
		}
	}
	if until, err := l.reserve(elsewhere, now); err != nil || !until.IsZero() {
		t.Errorf("another channel waits until %v, %v", until, err)
	}
	if until, err := l.reserve(k, now.Add(8*time.Second)); err != nil || !until.IsZero() {
		t.Errorf("after the reset: until %v, %v", until, err)
	}
}

// TestGlobalLimitSparesInteractions: while Discord lets the bot post nothing, commands are answered; the post comes after.
func TestGlobalLimitSparesInteractions(t *testing.T) {
	s := start(t, testOptions{discord: fakediscord.Options{RateLimits: true}}).ready()
	s.discord.Fault(fakediscord.REST("POST messages").Global429(3 * time.Second))
	question := s.say(s.news, ferryQuestion)
	limited := func() bool {
		l := s.gateway.rest.limits
		l.mu.Lock()
		defer l.mu.Unlock()
		return time.Now().Before(l.global)
	}
	s.until("the limit", limited)
	s.ask()
	if !limited() {
		t.Error("the command waited for the global limit")
	}
	m, err := s.news.Answer(s.ctx, question)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
	if limited() || len(s.discord.RequestsTo("POST messages")) != 2 {
		t.Errorf("posted in %d tries, under the limit: %v", len(s.discord.RequestsTo("POST messages")), limited())
	}
}

// TestGlobalPace: so many calls a second are the bot's own, and one more waits until the first is a second old; calls with a token of their
// own do not count.
func TestGlobalPace(t *testing.T) {
	l, now := newLimits(1), time.Now()
	for n := range globalRate {
		if until, err := l.reserve(call{name: "GET channel", top: fmt.Sprint(n)}, now.Add(time.Duration(n)*time.Millisecond)); err != nil || !until.IsZero() {
			t.Fatalf("call %d waits until %v, %v", n, until, err)
		}
	}
	late := now.Add(500 * time.Millisecond)
	if until, err := l.reserve(call{name: "GET channel"}, late); err != nil || !until.Equal(now.Add(time.Second)) {
		t.Errorf("one more waits until %v, %v; want a second after the first", until, err)
	}
	if until, err := l.reserve(call{name: "PATCH @original", token: true}, late); err != nil || !until.IsZero() {
		t.Errorf("a reply to a command waits until %v, %v", until, err)
	}
	if until, err := l.reserve(call{name: "GET channel"}, now.Add(time.Second)); err != nil || !until.IsZero() {
		t.Errorf("after a second it waits until %v, %v", until, err)
	}
}

// TestOverdue: what Discord tells again when it no longer waits for its acknowledgement keeps nobody waiting who asks now.
func TestOverdue(t *testing.T) {
	s := start(t, testOptions{slots: 1, pace: func(p *pace) { p.patience = 2 * usualPace.patience }}).ready()
	s.discord.Fault(fakediscord.Gateway(0).Drop(), fakediscord.Gateway(0).HelloLate(2*usualPace.patience))
	s.must(s.discord.Wait(s.ctx, "the end of the connection", func() bool { return len(s.discord.Events()) > 0 && s.discord.Connections() == 0 }))
	for range 3 {
		s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
	}
	s.discord.Fault(fakediscord.REST("POST messages").Delay(3 * time.Second).Times(3))
	s.must(s.discord.Wait(s.ctx, "a line for the first of them", func() bool { return len(s.discord.RequestsTo("POST messages")) > 0 }))
	s.ask()
	s.must(s.discord.Wait(s.ctx, "a line for each", func() bool { return len(s.news.Messages(nil)) == 3+1 }))
}
