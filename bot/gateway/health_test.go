package gateway

import (
	"os"
	"regexp"
	"slices"
	"strings"
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

// TestReadmeInvitation: the invitation in README asks for the rights that /admin setup checks, and for no other; so does what it says of them.
func TestReadmeInvitation(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	invitation := regexp.MustCompile(`client_id=APPLICATION_ID&scope=(\S+?)&permissions=(\d+)\n`).FindStringSubmatch(string(readme))
	if invitation == nil {
		t.Fatal("README has no invitation")
	}
	var want rights
	for _, n := range needed {
		want |= n.right
		if name := strings.Replace(n.name, "View Channel", "View Channels", 1); !strings.Contains(string(readme), name) { // as the portal calls it
			t.Errorf("README does not name %q", name)
		}
	}
	if invitation[1] != "bot+applications.commands" || parseRights(invitation[2]) != want {
		t.Errorf("README asks for %s and permissions %s, want %d", invitation[1], invitation[2], want)
	}
	with := regexp.MustCompile(`with threads (\d+)`).FindStringSubmatch(strings.Join(strings.Fields(strings.ReplaceAll(string(readme), "`", "")), " "))
	if with == nil || parseRights(with[1]) != want|rightOpenThreads {
		t.Errorf("with threads README asks for %v, want %d", with, want|rightOpenThreads)
	}
}
