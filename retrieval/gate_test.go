package retrieval

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// TestGate holds background work to its share: all processors while nobody asks, one less while somebody does and for a moment after.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := runtime.GOMAXPROCS(0)
		g := newGate()
		end := make(chan struct{})
		for range all + 2 {
			go func() {
				g.begin()
				<-end
				g.end()
			}()
		}
		at := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.working != want {
				t.Errorf("%s: %d pieces under way, want %d", when, g.working, want)
			}
		}
		at("idle", all)
		g.ask()
		end <- struct{}{}
		at("while somebody asks", max(1, all-1))
		g.answered()
		end <- struct{}{}
		at("just after", min(max(1, all-1), all+2-2))
		time.Sleep(2 * rest)
		end <- struct{}{}
		at("later", min(all, all+2-3))
		for range all + 2 - 3 {
			end <- struct{}{}
		}
		at("at the end", 0)
	})
}
