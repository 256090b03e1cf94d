package gateway

import (
	"sync"
	"time"

	"archivist/bot"
)

// An editor shows cards of progress, one every so often: of those that come faster, the latest.
type editor struct {
	every time.Duration
	show  func(bot.Card)
	guard func(func()) // runs show where nobody else would catch a panic of it

	flight sync.Mutex // held while a card is shown
	mu     sync.Mutex // guards the rest
	latest *bot.Card
	timer  *time.Timer
	last   time.Time
	over   bool
}

// progress shows the card soon, unless another comes meanwhile. It does not wait.
func (e *editor) progress(c bot.Card) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return
	}
	e.latest = &c
	if e.timer == nil {
		e.timer = time.AfterFunc(e.every-time.Since(e.last), func() { e.guard(e.flush) })
	}
}

func (e *editor) flush() {
	e.flight.Lock()
	defer e.flight.Unlock()
	e.mu.Lock()
	card := e.latest
	e.latest, e.timer, e.last = nil, nil, time.Now()
	over := e.over
	e.mu.Unlock()
	if card != nil && !over {
		e.show(*card)
	}
}

// finish ends the progress: when it returns, no card of it is on its way any more, so that the last word stays.
func (e *editor) finish() {
	e.mu.Lock()
	e.over = true
	if e.timer != nil {
		e.timer.Stop()
	}
	e.mu.Unlock()
	e.flight.Lock() // waits for the one that is being shown
	defer e.flight.Unlock()
}
