package gateway

import (
	"testing"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

// kept waits until as many cards are kept as that.
func (s *stage) kept(n int) {
	s.t.Helper()
	s.until("cards", func() bool {
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		return len(s.town.cards) == n
	})
}

// placed waits until it is written down where so many of the cards are shown.
func (s *stage) placed(n int) {
	s.t.Helper()
	s.until("where cards are shown", func() bool {
		s.town.mu.Lock()
		defer s.town.mu.Unlock()
		return len(s.town.places) == n
	})
}

// TestCardsGoWithTheirMessages: what a card's buttons need is erased when its message is deleted, or the thread or channel in which it
// stands. A private card has no message that Discord would tell of.
func TestCardsGoWithTheirMessages(t *testing.T) {
	s := start(t, testOptions{}).ready()
	reply := s.ask()
	m, err := s.news.Answer(s.ctx, s.say(s.news, ferryQuestion))
	s.must(err)
	_, err = s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"), fakediscord.Opt("private", true)).Reply(s.ctx)
	s.must(err)
	s.kept(3)
	s.placed(2)
	s.must(s.guild.Member("Max", fakediscord.With(fakediscord.ManageMessages)).Delete(reply))
	s.kept(2)
	thread := s.news.Thread("ferries")
	inThread, err := s.ann.Slash(thread, "ask", fakediscord.Opt("question", "When does the ferry run?")).Reply(s.ctx)
	s.must(err)
	s.placed(2)
	thread.Delete()
	s.kept(2)
	if _, err := s.ann.Press(m, "👍").Reply(s.ctx); err != nil {
		t.Errorf("the card that is left: %v, and that of the thread was %s", err, inThread.ID)
	}
	s.news.Delete()
	s.kept(0)
	// Discord tells of no guild and no person where a direct message is deleted.
	s.town.mu.Lock()
	s.town.articles[archivist.UserLibrary(s.ann.ID())] = []archivist.Article{ferry(1)}
	s.town.mu.Unlock()
	asked := s.say(s.ann.DM(), ferryQuestion)
	_, err = s.ann.DM().Answer(s.ctx, asked)
	s.must(err)
	s.kept(1)
	s.placed(1)
	s.must(s.ann.Delete(asked))
	s.kept(0)
}

// TestPlacementsWait: what cannot be written waits on, no more than is kept, and in order.
func TestPlacementsWait(t *testing.T) {
	w := newTown()
	p := &placements{store: w, crashes: &bot.Crashes{}, log: idle(t).log}
	w.bombs = map[string]bool{"ChangeCards": true}
	w.cards["towna"] = archivist.CardState{}
	p.shown("town", bot.Card{ID: "a"}, "9", "100")
	p.write(t.Context()) // meets the bomb
	p.shown("town", bot.Card{ID: "a", Version: 1}, "9", "101")
	for range placementsAtMost + 1 {
		p.deleted("town", "102")
	}
	p.deleted("", "100") // of nobody knows which library
	if n := len(p.waiting.Messages); n != placementsAtMost || len(p.waiting.Shown) != 1 {
		t.Errorf("%d deletions wait, and %d cards", n, len(p.waiting.Shown))
	}
	p.write(t.Context())
	if w.places["towna"].Message != "100" || len(p.waiting.Messages) != 0 {
		t.Errorf("written: %+v", w.places)
	}
	without := &placements{}
	without.deleted("town", "1")
	if len(without.waiting.Messages) != 0 {
		t.Error("changes wait for a store that is not there")
	}
}
