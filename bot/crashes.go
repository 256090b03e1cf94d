package bot

import (
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

const (
	stackEvery    = time.Minute // the stack of one crash is told so often at most
	crashesAtMost = 1000        // different ones that are remembered
)

// Crashes turns panics into errors, so that one costs the work in which it happens and not the process. The zero value is ready.
type Crashes struct {
	mu   sync.Mutex
	told map[string]time.Time // when a stack was told, by what the panic said
}

// Guard is work's error, or an error that says what it panicked with; once a minute that has the stack.
func (c *Crashes) Guard(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = c.caught(fmt.Sprint(p), time.Now())
		}
	}()
	return work()
}

func (c *Crashes) caught(what string, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, known := c.told[what]; known && now.Sub(at) < stackEvery {
		return fmt.Errorf("panic: %s", what)
	}
	if c.told == nil || len(c.told) >= crashesAtMost {
		c.told = map[string]time.Time{}
	}
	c.told[what] = now
	return fmt.Errorf("panic: %s\n%s", what, debug.Stack())
}
