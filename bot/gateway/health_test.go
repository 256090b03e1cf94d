package gateway

import (
	"slices"
	"testing"

	"archivist/bot/fakediscord"
)

// TestSight is what /admin setup and /admin health are made of.
func TestSight(t *testing.T) {
	s := start(t, testOptions{discord: fakediscord.Options{MessageContent: true}, gateway: Options{MessageContent: true}}).ready()
	secret, forum := s.guild.Channel("secret"), s.guild.Forum("help")
	secret.Overwrite(nil, 0, fakediscord.ViewChannel)
	s.guild.SetRights(s.guild.BotRole(), 0)
	s.guild.SetRights(nil, fakediscord.ViewChannel|fakediscord.SendMessages|fakediscord.ReadMessageHistory|fakediscord.UseCommands)
	s.ask() // after which all of it is known
	lacks := map[string][]string{
		s.news.ID(): {"Send Messages in Threads", "Embed Links", "Attach Files"}, forum.ID(): {"Send Messages in Threads", "Embed Links", "Attach Files"},
		secret.ID(): {"View Channel", "Send Messages", "Send Messages in Threads", "Embed Links", "Attach Files", "Read Message History"},
	}
	channels := s.gateway.Channels(s.guild.ID())
	if len(channels) != len(lacks) {
		t.Errorf("%d channels", len(channels))
	}
	for _, c := range channels {
		if !slices.Equal(c.Missing, lacks[c.ID]) || c.Forum != (c.ID == forum.ID()) || c.Hidden != (c.ID == secret.ID()) {
			t.Errorf("%+v; want to lack %v", c, lacks[c.ID])
		}
	}
	h := s.gateway.Health()
	if len(h.Shards) != 1 || !h.Shards[0].Ready || h.Shards[0].Of != 1 || h.Shards[0].Starts < 900 || h.Shards[0].Since.IsZero() || !h.Content || h.Guilds != 1 || h.Channels != 3 || h.Refused != 0 {
		t.Errorf("health %+v", h)
	}
	s.must(s.leave())
	if h = s.gateway.Health(); h.Shards[0].Ready {
		t.Error("ready after its end")
	}
}
