package gateway

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/bwmarrin/discordgo"
)

// TestEndedConnectionsSayNothing: what discordgo still reads of a connection that has ended is void, and not counted, so that it comes again.
func TestEndedConnectionsSayNothing(t *testing.T) {
	var seen []string
	s := &shard{event: func(_ version, kind string, _ json.RawMessage) { seen = append(seen, kind) }}
	first, next := &discordgo.Session{}, &discordgo.Session{}
	s.take(first)
	s.receive(first, &discordgo.Event{Sequence: 1, Type: "A"})
	s.take(nil)
	s.receive(first, &discordgo.Event{Sequence: 2, Type: "B"})
	s.take(next)
	s.receive(first, &discordgo.Event{Sequence: 3, Type: "C"})
	if at := s.stands().sequence; at != 1 {
		t.Errorf("event %d is the last that was taken in, want 1", at)
	}
	s.receive(next, &discordgo.Event{Sequence: 2, Type: "B"})
	if at := s.stands().sequence; at != 2 || !slices.Equal(seen, []string{"A", "B"}) {
		t.Errorf("%v were taken in, up to event %d", seen, at)
	}
}
