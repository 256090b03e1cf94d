package retrieval

import (
	"context"

	"archivist"
)

// What the libraries in memory take is counted under the engine's mu; each ask takes it twice, for some instructions.

// use finds a library for an ask, which keeps it in memory until done.
func (e *Engine) use(id archivist.LibraryID) *library {
	l := e.library(id)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock++
	l.asked = e.clock
	l.using++
	return l
}

// done ends an ask of a library.
func (e *Engine) done(l *library) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l.using--
	e.makeRoom()
}

// admit gives a library its new snapshot and lets others go for it.
func (e *Engine) admit(l *library, s *snapshot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l.snapshot.Store(s)
	if e.libraries[l.id] != l {
		return // it was deleted meanwhile: its last askers have it for themselves
	}
	e.held += s.bytes - l.bytes
	l.bytes = s.bytes
	e.makeRoom()
}

// Warm loads a library that is likely to be asked, or brings it up to date, so that nobody waits for that; it does nothing where less than a quarter
// of the budget is left. Of what was warmed and never asked, nothing makes an asked library go.
func (e *Engine) Warm(ctx context.Context, id archivist.LibraryID) error {
	e.mu.Lock()
	room := e.held < e.budget/4*3
	e.mu.Unlock()
	if !room {
		return nil
	}
	_, err := e.library(id).current(ctx, e, 0)
	return err
}

// makeRoom lets the least recently asked snapshots go until the rest fit the budget, but none in use, and not the one asked last. mu is held.
func (e *Engine) makeRoom() {
	for e.held > e.budget {
		var oldest *library
		for _, l := range e.libraries {
			if l.bytes > 0 && l.using == 0 && l.asked < e.clock && (oldest == nil || l.asked < oldest.asked) {
				oldest = l
			}
		}
		if oldest == nil {
			return // the next ask that ends tries again
		}
		e.held -= oldest.bytes
		oldest.bytes = 0
		oldest.snapshot.Store(nil)
	}
}
