package gateway

import (
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
)

// TestPanicsBesideAnswers: a store that panics once, wherever it is asked beside an answer, costs neither the process nor the work, which
// is tried again.
func TestPanicsBesideAnswers(t *testing.T) {
	for method, mended := range map[string]func(*stage) bool{
		"Notices":      func(s *stage) bool { return len(s.town.notices) == 0 },
		"LostGuilds":   func(s *stage) bool { _, known := s.town.guilds["1"]; return !known },
		"MeetGuilds":   func(s *stage) bool { at, known := s.town.guilds[s.guild.ID()]; return known && at.IsZero() },
		"Requests":     func(*stage) bool { return true },
		"SaveRequests": func(s *stage) bool { return len(s.town.written) > 0 },
	} {
		t.Run(method, func(t *testing.T) {
			s := start(t, testOptions{before: func(s *stage) {
				s.town.bombs = map[string]bool{method: true}
				s.town.notices = []archivist.Notice{{Library: s.library(), Channel: s.news.ID(), Feed: "https://herald.example/feed", What: archivist.NoticePaused}}
				s.town.guilds["1"] = time.Now().Add(-8 * 24 * time.Hour)
				held(s)
			}}).ready()
			s.say(s.news, ferryQuestion)
			s.asking() // long enough for the request to be written down
			s.until("the work after the panic", func() bool {
				s.town.mu.Lock()
				defer s.town.mu.Unlock()
				return !s.town.bombs[method] && mended(s)
			})
			s.free()
			s.ask()
		})
	}
}

// TestPanicInALane: what waits in the lane is done all the same, and the lane ends.
func TestPanicInALane(t *testing.T) {
	g := idle(t)
	var done []string
	for _, work := range []func(){func() { done = append(done, "first") }, func() { panic("a bomb") }, func() { done = append(done, "last") }} {
		if !g.lanes.push("news", work) {
			t.Fatal("no room")
		}
	}
	<-g.work.done()
	if len(done) != 2 || done[1] != "last" {
		t.Errorf("done: %v", done)
	}
	g.work.Go(func() { panic("a bomb beside the lanes") })
	<-g.work.done()
}

// TestPanicInAnEvent: an event that makes us panic is counted and left out.
func TestPanicInAnEvent(t *testing.T) {
	g := idle(t) // has no cache, so that the event meets a nil pointer
	g.event(nil, 1, "GUILD_CREATE", json.RawMessage(`{"id":"1"}`))
	if n := g.undecoded.Load(); n != 1 {
		t.Errorf("%d events counted, want 1", n)
	}
}

// idle is a gateway that does not run.
func idle(t *testing.T) *Gateway {
	t.Helper()
	g, err := New(Options{Token: "x"}, bot.New(bot.Options{Logger: slog.New(slog.DiscardHandler)}))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestPanicInAShard: what holds the connection panics, and a new session begins.
func TestPanicInAShard(t *testing.T) {
	var bomb atomic.Bool
	s := start(t, testOptions{clock: func() time.Time { // which the shard looks at now and then
		if bomb.CompareAndSwap(true, false) {
			panic("a bomb in the shard")
		}
		return time.Now()
	}}).ready()
	bomb.Store(true)
	s.must(s.discord.Wait(s.ctx, "a second session", func() bool { return s.discord.Identifies() == 2 }))
	s.must(s.discord.WaitReady(s.ctx, 0))
	s.ask()
	if err := s.leave(); err != nil {
		t.Errorf("Run ended with %v", err)
	}
}

// TestPanicInAnEditor: progress that cannot be shown costs neither the process nor the last word.
func TestPanicInAnEditor(t *testing.T) {
	shown := make(chan bool)
	e := &editor{every: time.Millisecond, guard: idle(t).guard, show: func(bot.Card) {
		defer close(shown)
		panic("a bomb in the editor")
	}}
	e.progress(bot.Card{})
	<-shown
	e.finish()
}
