package gateway

import (
	"strings"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// TestWhatIsGone: where a message, a channel or the whole guild is gone when the answer comes, nothing is tried again and nothing else
// suffers.
func TestWhatIsGone(t *testing.T) {
	for name, remove := range map[string]func(*stage, *fakediscord.Interaction){
		"the reply": func(s *stage, x *fakediscord.Interaction) {
			for _, m := range s.news.Messages(nil) {
				s.must(s.guild.Member("Max", fakediscord.With(fakediscord.ManageMessages)).Delete(m))
			}
		},
		"the channel": func(s *stage, x *fakediscord.Interaction) { s.news.Delete() },
		"the guild":   func(s *stage, x *fakediscord.Interaction) { s.guild.Kick() },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, testOptions{before: held}).ready()
			x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
			s.asking()
			mention := s.say(s.news, ferryQuestion)
			s.asking()
			remove(s, x)
			edits := len(s.discord.RequestsTo("PATCH @original"))
			s.free()
			s.must(s.discord.Wait(s.ctx, "the last edit", func() bool { return len(s.discord.RequestsTo("PATCH @original")) == edits+1 }))
			s.settle()
			if n := len(s.discord.RequestsTo("PATCH @original")); n != edits+1 {
				t.Errorf("%d edits of what is gone", n-edits)
			}
			if n := s.posts(); name != "the reply" && n > 1 {
				t.Errorf("%d messages into what is gone", n)
			}
			_ = mention
		})
	}
}

// TestSilenced: in a timeout interactions are answered, and channels are left alone.
func TestSilenced(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.guild.Bot().Timeout(time.Now().Add(time.Hour))
	s.ask()
	s.say(s.news, ferryQuestion)
	s.settle()
	if n := s.posts(); n != 0 {
		t.Errorf("%d messages in a timeout", n)
	}
	s.guild.Bot().Timeout(time.Time{})
	s.wants(s.answered(s.news, ferryQuestion), "Ferry line 4 will run")
}

// TestThreadGone: a thread is deleted while questions in it are being answered: each answer is tried once at most, nothing is written into the
// thread or instead of it, and the channel around it is served.
func TestThreadGone(t *testing.T) {
	s := start(t, testOptions{before: held}).ready()
	thread := s.news.Thread("ferries")
	x := s.ann.Slash(thread, "ask", fakediscord.Opt("question", "When does the ferry run?"))
	s.asking()
	s.say(thread, ferryQuestion)
	s.asking()
	thread.Delete()
	s.until("word of it", func() bool { _, there := s.gateway.cache.thread(thread.ID()); return !there })
	s.free()
	s.must(s.discord.Wait(s.ctx, "the edit", func() bool { return len(s.discord.RequestsTo("PATCH @original")) == 1 }))
	s.settle(s.news)
	if n, edits := s.posts(), len(s.discord.RequestsTo("PATCH @original")); n != 1 || edits != 1 || len(x.Followups()) != 0 {
		t.Errorf("%d messages, want the one to settle; %d edits, want one; %d messages more", n, edits, len(x.Followups()))
	}
	s.ask()
}

// TestReasonsArePrivate: where we are in a timeout, or were kicked, when an answer or its failure is there, the asker alone is told, by the
// interaction's token; once that is over, in a direct message. The channel is left alone.
func TestReasonsArePrivate(t *testing.T) {
	for name, test := range map[string]struct {
		happens func(*stage)
		tries   int // to write into the channel: each answer's, where nothing is known of the guild any more
	}{
		"timed out":             {func(s *stage) { s.guild.Bot().Timeout(time.Now().Add(time.Hour)) }, 0},
		"kicked":                {func(s *stage) { s.guild.Kick() }, 2},
		"the channel is gone":   {func(s *stage) { s.news.Delete() }, 0},
		"nobody has told of it": {func(s *stage) { s.news.Vanish() }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, testOptions{before: held}).ready()
			question := fakediscord.Opt("question", "When does the ferry run?")
			failing, late := s.ann.Slash(s.guild.Channel("elsewhere"), "ask", fakediscord.Opt("question", " ")), s.ann.Slash(s.news, "ask", question)
			s.asking()
			s.asking()
			s.say(s.news, ferryQuestion)
			s.asking()
			test.happens(s)
			if test.tries == 0 {
				s.until("word of it", func() bool {
					may, _ := s.gateway.cache.ours(s.news.ID(), time.Now())
					return !may.has(rightSend)
				})
			}
			late.Expire()
			s.free()
			m, err := failing.Reply(s.ctx)
			s.must(err)
			if s.wants(m, "There is no question in that."); !m.Ephemeral {
				t.Error("what went wrong is told to all")
			}
			_, err = s.ann.DM().Await(s.ctx, nil, "the late answer", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "Ferry line 4 will run") })
			s.must(err)
			s.settle()
			if n := s.posts(); n > test.tries {
				t.Errorf("%d tries to write into the channel, want at most %d", n, test.tries)
			}
		})
	}
}
