package retrieval

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"archivist"
	"archivist/retrieval/index"
)

// A library is one library's place in memory. Readers take its snapshot without a lock; whoever loads has mu.
type library struct {
	id       archivist.LibraryID
	newest   atomic.Uint64 // the newest version that this process knows of
	snapshot atomic.Pointer[snapshot]
	lost     atomic.Pointer[time.Time] // when its damaged index was last found to be beyond mending
	mu       sync.Mutex

	// Guarded by the engine's mu.
	asked uint64 // the engine's clock at the last ask
	using int    // asks under way
	bytes int64  // of the snapshot, as counted against the budget
}

// A snapshot is a library's index at a version. It never changes.
type snapshot struct {
	index     *index.Snapshot
	version   uint64
	languages []string                         // of its articles, the most frequent first
	dated     float64                          // how far it is a library of news, 0 to 1
	private   map[archivist.ArticleID][]string // articles that some channels alone see
	bytes     int64
	longForms longForms
}

func (e *Engine) library(id archivist.LibraryID) *library {
	e.mu.Lock()
	defer e.mu.Unlock()
	l := e.libraries[id]
	if l == nil {
		l = &library{id: id}
		e.libraries[id] = l
	}
	return l
}

// current is a snapshot of at least the given version and of the newest that is known here, loaded or caught up if need be. Others who
// want the same library wait for the same load. What has no ask in use may have been let go when this returns.
func (l *library) current(ctx context.Context, e *Engine, version uint64) (*snapshot, error) {
	fresh := func() *snapshot {
		if s := l.snapshot.Load(); s != nil && s.version >= version && s.version >= l.newest.Load() {
			return s
		}
		return nil
	}
	if s := fresh(); s != nil {
		return s, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := fresh(); s != nil {
		return s, nil
	}
	select {
	case e.loaders <- struct{}{}:
		defer func() { <-e.loaders }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s, err := e.load(ctx, l.id, l.snapshot.Load())
	if err != nil {
		return nil, err
	}
	e.admit(l, s)
	for seen := l.newest.Load(); s.version > seen && !l.newest.CompareAndSwap(seen, s.version); seen = l.newest.Load() {
	}
	return s, nil
}

// forget lets the snapshot of a library go that another process has deleted.
func (l *library) forget(s *snapshot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.snapshot.CompareAndSwap(s, nil) {
		l.newest.Store(0) // whoever has changed it since is seen by the load that follows
	}
}

// load reads what the index has gained since old (nil: everything) and makes the snapshot after it.
func (e *Engine) load(ctx context.Context, id archivist.LibraryID, old *snapshot) (*snapshot, error) {
	since, base := uint64(0), index.Empty()
	if old != nil {
		since, base = old.version, old.index
	}
	rows, err := e.corpus.Segments(ctx, id, since)
	if err != nil {
		return nil, err
	}
	if rows.Version < since { // it has been deleted
		return e.load(ctx, id, nil)
	}
	if slices.ContainsFunc(rows.Rows, outdated) {
		e.log.Info("an older version made this library's index; making it anew", "library", id)
		if rows, err = e.renewed(ctx, id); err != nil {
			return nil, err
		}
		base = index.Empty()
	}
	if rows.Floor > since {
		base = index.Empty() // a merge has replaced rows that old was made of: these are all rows
	}
	next, err := base.Apply(changes(rows.Rows))
	if err != nil {
		fresh, ok := e.mended(ctx, id, err)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if ok {
			rows, base = fresh, index.Empty()
		}
		if next, err = base.Apply(changes(slices.DeleteFunc(rows.Rows, broken))); err != nil {
			return nil, err
		}
	}
	counts := next.Languages()
	languages := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	private := rows.Private
	if private == nil && old != nil {
		private = old.private
	}
	return &snapshot{
		index: next, private: private, version: rows.Version, languages: languages, bytes: int64(next.Stats().Bytes), dated: newsness(next.Days),
	}, nil
}

// changes are stored rows as the index takes them.
func changes(rows []archivist.Segment) []index.Change {
	list := make([]index.Change, len(rows))
	for i, row := range rows {
		list[i] = index.Change{Article: int64(row.Article), Bytes: row.Bytes}
		switch row.Kind {
		case archivist.SegmentMerged:
			list[i].Kind = index.Merged
		case archivist.SegmentGone:
			list[i].Kind = index.Gone
		}
	}
	return list
}
