package gateway

import (
	"slices"
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
