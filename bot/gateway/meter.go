package gateway

import (
	"time"

	"archivist/bot"
)

// A Meter is told what happens here, by many goroutines; its methods return at once.
type Meter interface {
	// Took tells how long a stage of an answer took.
	Took(stage string, took time.Duration)
	// Called tells of one try of a call to REST: its route, one of a few dozen names without ids, and the status of its answer, 0 where none came.
	Called(route string, status int)
	// Connected tells that a shard has a session: a new one, or the one from before.
	Connected(resumed bool)
}

// Stages of the way from a request to its reply.
const (
	StageAcknowledge = "acknowledge" // from an interaction's coming to Discord's having its first answer
	StageRender      = "render"      // a reply is made of a card, and Discord takes it
	StageWhole       = "whole"       // from a question's coming to Discord's having its answer
)

type noMeter struct{}

func (noMeter) Took(string, time.Duration) {}
func (noMeter) Called(string, int)         {}
func (noMeter) Connected(bool)             {}

// since tells how long a stage took that began then; the zero time is unknown, as of what an earlier process took up.
func (g *Gateway) since(stage string, began time.Time) {
	if !began.IsZero() {
		g.options.Meter.Took(stage, time.Since(began))
	}
}

// delivered tells how long it took to show a card from began on, and where it answers a question that came at a known time, that too.
func (g *Gateway) delivered(c bot.Card, began, came time.Time) {
	g.since(StageRender, began)
	if c.Kind == bot.KindAnswer || c.Kind == bot.KindRefusal {
		g.since(StageWhole, came)
	}
}
