package gateway

import (
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestAnnouncements: a channel is told once of what is new in its feed, in the guild's language; what cannot be told does not hold up the
// rest.
func TestAnnouncements(t *testing.T) {
	var mute *fakediscord.Channel
	s := start(t, testOptions{before: func(s *stage) {
		s.guild.SetLocale("de")
		mute = s.guild.Channel("mute")
		mute.Overwrite(nil, 0, fakediscord.SendMessages)
		in := func(ch *fakediscord.Channel, what archivist.NoticeKind, job archivist.JobID, article archivist.ArticleID) archivist.Notice {
			return archivist.Notice{Library: s.library(), Channel: ch.ID(), Feed: "https://herald.example/feed", Title: "Herald", What: what, Job: job, Article: article}
		}
		elsewhere := in(s.news, archivist.NoticeArticle, 4, 1)
		elsewhere.Library = "guild:1"
		s.town.notices = []archivist.Notice{
			elsewhere, in(mute, archivist.NoticeArticle, 1, 1), in(s.news, archivist.NoticeArticle, 2, 77), in(s.news, archivist.NoticeArticle, 3, 1), in(s.news, archivist.NoticePaused, 0, 0),
		}
	}}).ready()
	s.until("the board to be empty but for another process's", func() bool {
		left, err := s.town.Notices(s.ctx, 9, func(archivist.LibraryID) bool { return true })
		return err == nil && len(left) == 1 && left[0].Library == "guild:1"
	})
	s.settle()
	if n := s.count("Harbour Herald"); n != 1 {
		t.Errorf("the article was announced %d times", n)
	}
	if n := s.count("Der Feed Herald"); n != 1 || s.posts() != 2 {
		t.Errorf("the pause was announced %d times; %d messages in all", n, s.posts())
	}
}

// notice puts an article on the board.
func (s *stage) notice(job archivist.JobID) {
	s.town.mu.Lock()
	defer s.town.mu.Unlock()
	s.town.notices = append(s.town.notices, archivist.Notice{Library: s.library(), Channel: s.news.ID(), Feed: "https://herald.example/feed", What: archivist.NoticeArticle, Job: job, Article: 1})
}

// announced waits until nothing is on the board.
func (s *stage) announced() {
	s.t.Helper()
	s.until("the board to be empty", func() bool {
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		return len(s.town.notices) == 0
	})
}

// TestAnnouncedLater: what Discord could not take is told once it can, once; so is what waited as too many requests were refused. What Discord never
// takes is given up.
func TestAnnouncedLater(t *testing.T) {
	s := start(t, testOptions{}).ready()
	fails := ruleNotice.tries + 2 // more than one look's
	s.discord.Fault(fakediscord.REST("POST messages").Status(500).Times(fails))
	s.notice(1)
	s.announced()
	if n, tries := s.count("Harbour Herald"), len(s.discord.RequestsTo("POST messages")); n != 1 || tries != fails+1 {
		t.Errorf("announced %d times with %d calls, want once with %d", n, tries, fails+1)
	}
	invalid := func(n int) {
		l := s.gateway.rest.limits
		l.mu.Lock()
		defer l.mu.Unlock()
		l.invalid, l.windowed = n, time.Now()
	}
	cards := func() int { // one for each try
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		return len(s.town.cards)
	}
	invalid(invalidQuiet)
	before := cards()
	s.notice(2)
	s.until("a second try", func() bool { return cards() > before+1 })
	invalid(0)
	s.announced()
	if n := s.count("Harbour Herald"); n != 2 {
		t.Errorf("announced %d times, want twice", n)
	}
	s.discord.Fault(fakediscord.REST("POST messages").Error(400, 50008)) // no channel for text
	s.notice(3)
	s.announced()
	if n := s.count("Harbour Herald"); n != 2 {
		t.Errorf("announced %d times, want twice", n)
	}
}

// TestAnnouncedCardsGo: what an announced card's buttons need is erased with its message.
func TestAnnouncedCardsGo(t *testing.T) {
	s := start(t, testOptions{before: func(s *stage) { s.notice(1) }}).ready()
	m, err := s.news.Await(s.ctx, nil, "the announcement", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "Harbour Herald") })
	s.must(err)
	s.kept(1)
	s.placed(1)
	s.must(s.guild.Member("Max", fakediscord.With(fakediscord.ManageMessages)).Delete(m))
	s.kept(0)
}

// TestDeletedLinks: a message that is deleted takes its links out of the queue again, posted ones too.
func TestDeletedLinks(t *testing.T) {
	s := start(t, testOptions{
		discord: fakediscord.Options{MessageContent: true}, gateway: Options{MessageContent: true}, before: held,
	}).ready()
	spoken := s.say(s.news, "@archivist https://herald.example/one")
	<-s.town.submitted
	s.town.mu.Lock()
	s.town.settings[s.library()] = map[string]string{archivist.SettingChannel + s.news.ID() + ".mode": "links"}
	s.town.mu.Unlock()
	posted := s.say(s.news, "see https://herald.example/two")
	<-s.town.submitted
	direct := s.say(s.ann.DM(), "https://herald.example/three") // of which Discord tells no guild and no person when it is deleted
	<-s.town.submitted
	for n, m := range []fakediscord.Message{spoken, posted, direct} {
		s.must(s.ann.Delete(m))
		s.until("its link to be taken back", func() bool {
			s.town.mu.Lock()
			defer s.town.mu.Unlock()
			return len(s.town.cancelled) == n+1 && s.town.cancelled[n] == archivist.JobID(n+1)
		})
	}
	s.free()
	s.settle()
	for _, m := range s.news.Messages(nil) {
		if strings.Contains(m.Text(), "Stored.") {
			t.Errorf("a deleted message is answered:\n%s", m.Text())
		}
	}
}
