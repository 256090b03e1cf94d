package gateway

import (
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
)

// until waits for something of the town or the bot, which the fake Discord does not see change.
func (s *stage) until(what string, holds func() bool) {
	s.t.Helper()
	for !holds() {
		if err := pause(s.ctx, 2*time.Millisecond); err != nil {
			s.t.Fatalf("waited for %s: %v", what, err)
		}
	}
}

// lost is when a guild was lost, as the register has it.
func (w *town) lost(id string) (at time.Time, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, known = w.guilds[id]
	return at, known
}

func (w *town) has(library archivist.LibraryID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.articles[library]) > 0
}

// TestGuildsComeAndGo: an outage takes nothing away; a removal does after seven days, also one that happened while we were away; a return
// before that cancels it.
func TestGuildsComeAndGo(t *testing.T) {
	clock := fakediscord.NewClock(time.Now())
	var away, back *fakediscord.Guild
	s := start(t, testOptions{discord: fakediscord.Options{Now: clock.Now}, before: func(s *stage) {
		away, back = s.discord.Guild("Gone while away"), s.discord.Guild("Comes back")
		for _, g := range []*fakediscord.Guild{away, back} {
			s.town.articles[archivist.GuildLibrary(g.ID())] = []archivist.Article{ferry(1)}
		}
	}}).ready()
	all := []*fakediscord.Guild{s.guild, away, back}
	s.until("the register", func() bool {
		for _, g := range all {
			if _, known := s.town.lost(g.ID()); !known {
				return false
			}
		}
		return true
	})
	isLost := func(g *fakediscord.Guild) func() bool {
		return func() bool { at, _ := s.town.lost(g.ID()); return !at.IsZero() }
	}
	// While we are there.
	s.guild.Outage()
	s.settle()
	if isLost(s.guild)() {
		t.Error("an outage counts as a removal")
	}
	s.guild.Return()
	s.ask()
	s.guild.Kick()
	s.until("the loss", isLost(s.guild))
	// While we are not.
	s.must(s.leave())
	away.Kick()
	back.Kick()
	s.again(testOptions{})
	s.until("the loss", isLost(away))
	s.until("the loss", isLost(back))
	clock.Advance(6 * 24 * time.Hour)
	s.settle() // which tells us Discord's time
	back.Return()
	s.until("the return", func() bool { return !isLost(back)() })
	if !s.town.has(s.library()) {
		t.Error("purged too early")
	}
	clock.Advance(25 * time.Hour)
	s.settle()
	s.until("the purge", func() bool { return !s.town.has(s.library()) && !s.town.has(archivist.GuildLibrary(away.ID())) })
	s.until("the register to forget", func() bool { _, known := s.town.lost(away.ID()); return !known })
	if !s.town.has(archivist.GuildLibrary(back.ID())) {
		t.Error("a guild that came back was purged")
	}
}

// TestPresenceOrder: whichever of a removal and a return comes first, the later one counts.
func TestPresenceOrder(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.discord.Fault(fakediscord.Events(0, "GUILD_DELETE").Reorder())
	s.guild.Kick() // which the bot hears after the return
	s.guild.Return()
	s.ask()
	s.settle()
	if at, _ := s.town.lost(s.guild.ID()); !at.IsZero() {
		t.Error("the guild counts as lost, though it came back")
	}
}

// TestChannelsGo: a channel's settings go with it; one that Discord calls unknown is looked for first.
func TestChannelsGo(t *testing.T) {
	var quiet *fakediscord.Channel
	s := start(t, testOptions{before: func(s *stage) { quiet = s.guild.Channel("quiet") }}).ready()
	key := archivist.SettingChannel + quiet.ID() + ".mode"
	set := func(ch *fakediscord.Channel) {
		_, err := s.mod.Slash(ch, "admin channel", fakediscord.Opt("mode", "mention"), fakediscord.Opt("channel", ch)).Reply(s.ctx)
		s.must(err)
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		if s.town.settings[s.library()] == nil {
			s.town.settings[s.library()] = map[string]string{}
		}
		s.town.settings[s.library()][archivist.SettingChannel+ch.ID()+".mode"] = "mention"
	}
	left := func() (n int) {
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		for k, v := range s.town.settings[s.library()] {
			if strings.HasPrefix(k, archivist.SettingChannel) && v != "" {
				n++
			}
		}
		return n
	}
	set(quiet)
	set(s.news)
	quiet.Delete()
	s.until("its settings to go", func() bool {
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		return s.town.settings[s.library()][key] == ""
	})
	if left() != 1 {
		t.Errorf("%d channels have settings, want one", left())
	}
	// Unknown once, but there: nothing is lost.
	s.discord.Fault(fakediscord.REST("POST messages").Error(404, 10003))
	s.say(s.news, ferryQuestion)
	s.must(s.discord.Wait(s.ctx, "a second look", func() bool { return len(s.discord.RequestsTo("GET channel")) == 1 }))
	s.settle(s.news)
	if left() != 1 {
		t.Error("the settings of a channel that is there are gone")
	}
	s.say(s.news, ferryQuestion)
	s.news.Vanish()
	s.discord.Fault(fakediscord.REST("POST messages").Error(404, 10003))
	s.gateway.post(s.ctx, s.news.ID(), "77", "", ourWord)
	s.until("its settings to go", func() bool { return left() == 0 })
}
