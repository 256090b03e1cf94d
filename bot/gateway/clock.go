package gateway

import (
	"sync"
	"time"
)

// A discordClock knows by how much Discord's clock is ahead of ours, from the Date headers of its answers.
type discordClock struct {
	mu    sync.Mutex
	asked time.Time // when the call was sent that told it
	ahead time.Duration
}

// learn takes in what the answer to a call told; of answers that overtake each other, the later call's counts.
func (c *discordClock) learn(asked time.Time, ahead time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !asked.Before(c.asked) {
		c.asked, c.ahead = asked, ahead
	}
}

// skew is what to add to our clock. Where the clocks differ by less than Dates can tell, in whole seconds, it is nothing.
func (c *discordClock) skew() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ahead > 2*time.Second || c.ahead < -2*time.Second {
		return c.ahead
	}
	return 0
}

// jump is how far wall clock and monotonic clock may part between two looks.
const jump = 5 * time.Second

// A jumpWatch notices when the wall clock was set, or the machine slept, which stops the monotonic clock: nobody knows what was missed.
type jumpWatch struct {
	wall  func() time.Time
	began time.Time // by the monotonic clock
	start time.Time // the same moment by the wall clock
}

// jumped looks at both clocks; now is the present by the monotonic one. After a jump it begins anew.
func (w *jumpWatch) jumped(now time.Time) bool {
	wall := w.wall().Round(0) // without its monotonic reading
	if w.began.IsZero() {
		w.began, w.start = now, wall
		return false
	}
	apart := wall.Sub(w.start) - now.Sub(w.began)
	w.began, w.start = now, wall
	return apart > jump || apart < -jump
}
