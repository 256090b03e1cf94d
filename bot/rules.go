package bot

import (
	"context"
	"sync"

	"archivist"
)

// onceRules is a rulebook whose settings are read once in what belongs together: a request asks for a library's settings some five times, and where
// the store is another machine's each is a journey. What another process has changed since is seen by the next request.
type onceRules struct{ Rulebook }

// A sheet has the settings that were read in one request, by library.
type sheet struct {
	mu   sync.Mutex
	read map[archivist.LibraryID]map[string]string
}

type sheetKey struct{}

// Together is ctx for what belongs together, as what is done for one request: settings are read once in it, and again after it has changed some. It
// is ctx itself where that is so already.
func Together(ctx context.Context) context.Context {
	if ctx.Value(sheetKey{}) != nil {
		return ctx
	}
	return anew(ctx)
}

// anew is Together for what must see the settings as they are now.
func anew(ctx context.Context) context.Context {
	return context.WithValue(ctx, sheetKey{}, &sheet{read: map[archivist.LibraryID]map[string]string{}})
}

// Settings are a library's, which nobody may change in the map.
func (r onceRules) Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error) {
	s, ok := ctx.Value(sheetKey{}).(*sheet)
	if !ok {
		return r.Rulebook.Settings(ctx, library)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if settings, known := s.read[library]; known {
		return settings, nil
	}
	settings, err := r.Rulebook.Settings(ctx, library)
	if err == nil {
		s.read[library] = settings
	}
	return settings, err
}

// SetSetting changes a setting, and has the library's read again.
func (r onceRules) SetSetting(ctx context.Context, library archivist.LibraryID, key, value string, act archivist.Act) error {
	if s, ok := ctx.Value(sheetKey{}).(*sheet); ok {
		defer s.forget(library)
	}
	return r.Rulebook.SetSetting(ctx, library, key, value, act)
}

func (s *sheet) forget(library archivist.LibraryID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.read, library)
}
