package gateway

import (
	"slices"
	"strings"
	"testing"

	"archivist/bot"
)

// TestContexts: each command stands where the design's table (DISCORD.md, section 5) has it: in guilds, in our direct messages, in those of others.
func TestContexts(t *testing.T) {
	want := map[string][]int{"admin": {0}, "feed": {0, 1}}
	for _, c := range registrations(bot.Commands(), true) {
		contexts, integrations := want[c.Name], []int{0, 1}
		if contexts == nil {
			contexts = []int{0, 1, 2}
		}
		if c.Name == "admin" {
			integrations = []int{0}
		}
		if !slices.Equal(c.Contexts, contexts) || !slices.Equal(c.Integrations, integrations) {
			t.Errorf("%s stands in %v of %v, want %v of %v", c.Name, c.Contexts, c.Integrations, contexts, integrations)
		}
		delete(want, c.Name)
	}
	if len(want) != 0 {
		t.Errorf("no such commands: %v", want)
	}
	for _, c := range registrations(bot.Commands(), false) {
		if c.Contexts != nil || c.Integrations != nil {
			t.Errorf("%s of one guild has contexts", c.Name)
		}
	}
}

// TestCommandsGuild: with discord.commands_guild commands are registered in that guild alone, and only where they differ.
func TestCommandsGuild(t *testing.T) {
	s := start(t, testOptions{}).ready()
	everywhere := len(s.discord.RequestsTo("PUT commands"))
	for _, word := range []string{"registered the commands", "the commands are registered already"} {
		s.must(s.leave())
		log := &lines{}
		s.again(testOptions{gateway: Options{CommandsGuild: s.guild.ID()}, log: log})
		s.until(word, func() bool { return strings.Contains(log.String(), word) })
	}
	puts := s.discord.RequestsTo("PUT guild commands")
	if len(puts) != 1 || !strings.Contains(puts[0].Path, "/guilds/"+s.guild.ID()+"/commands") || len(s.discord.RequestsTo("PUT commands")) != everywhere {
		t.Errorf("%d registrations in the guild, %d everywhere", len(puts), len(s.discord.RequestsTo("PUT commands"))-everywhere)
	}
	if body := string(puts[0].Body); !strings.Contains(body, `"name":"ask"`) || strings.Contains(body, `"contexts"`) {
		t.Errorf("registered in the guild: %.200s", body)
	}
}
