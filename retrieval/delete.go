package retrieval

import (
	"context"

	"archivist"
)

// Delete removes a library with all that it holds, from the store and from this process's memory: should it come into being again, it
// begins with version 1, which a snapshot of old would take for long known.
func (e *Engine) Delete(ctx context.Context, id archivist.LibraryID) error {
	if err := e.corpus.DeleteLibrary(ctx, id); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if l := e.libraries[id]; l != nil {
		e.held -= l.bytes
		l.bytes = 0
		delete(e.libraries, id)
	}
	return nil
}
