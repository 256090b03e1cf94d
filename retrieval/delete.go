package retrieval

import (
	"context"

	"archivist"
)

// Delete removes a library with all that it holds, from the store and from this process's memory. Other processes that hold it learn of that with
// the next question: the version of the texts is below their index's, or above it should the library have come into being again.
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
