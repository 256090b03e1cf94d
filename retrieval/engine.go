// Package retrieval answers questions from libraries. Its Engine holds the libraries that are asked in memory, each as an immutable
// snapshot of its index, and is the only way into a library (Put, Restore) and out of it (Remove), so that postings and paragraphs cannot
// disagree. It knows storage only as a Corpus.
//
// Begin with Engine.Ask; pack.go cuts articles into passages, library.go loads and evicts, merge.go keeps the number of segments small.
package retrieval

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"archivist"
	"archivist/retrieval/index"
	"archivist/retrieval/rank"
)

// A Corpus is what the Engine calls of a store.
type Corpus interface {
	Shelf
	Archive
	Bin
	Memory
	// Segments reads what a library's index gained since a version, in one snapshot.
	Segments(ctx context.Context, library archivist.LibraryID, since uint64) (archivist.Segments, error)
	// ReplaceSegments puts merged rows in the place of exactly the expected ones, or fails and changes nothing.
	ReplaceSegments(ctx context.Context, library archivist.LibraryID, expect, merged []archivist.Segment) error
	// DeleteLibrary removes a library with all that it holds; one that is not there is no error.
	DeleteLibrary(ctx context.Context, id archivist.LibraryID) error
}

// A Shelf is the articles behind the index.
type Shelf interface {
	// PutArticles stores articles with their segments in one transaction; results are in the order given.
	PutArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) ([]archivist.Stored, error)
	// Addresses calls take with the address of each article, in no order.
	Addresses(ctx context.Context, library archivist.LibraryID, take func(id archivist.ArticleID, url string)) error
	// Passages reads paragraphs with their articles' heads and the library's version, in one snapshot.
	Passages(ctx context.Context, library archivist.LibraryID, ranges []archivist.Range) (archivist.Texts, error)
}

// Options of an Engine.
type Options struct {
	Budget int64 // bytes of snapshots held in memory; the least recently asked leave first. 0: 512 MiB
	Logger *slog.Logger
	Took   func(stage string, took time.Duration) // told of each stage of each answer, and returns at once; nil: nobody measures

	Without rank.Without // what of the formula is left out; for evaluation
}

// An Engine answers questions and takes articles in. Its methods may be called by many goroutines.
type Engine struct {
	corpus  Corpus
	budget  int64
	log     *slog.Logger
	took    func(string, time.Duration)
	without rank.Without
	grown   chan archivist.LibraryID // libraries that may want a merge
	gate    *gate

	loaders   chan struct{} // holds a token for each load under way, which takes memory beside what it makes
	mu        sync.Mutex
	libraries map[archivist.LibraryID]*library
	clock     uint64 // counts asks, for eviction
	held      int64  // bytes of the snapshots in memory
}

// New returns an engine over a corpus. It holds nothing yet: libraries are loaded when they are asked.
func New(corpus Corpus, o Options) *Engine {
	if o.Budget == 0 {
		o.Budget = 512 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Took == nil {
		o.Took = func(string, time.Duration) {}
	}
	return &Engine{
		corpus: corpus, budget: o.Budget, log: o.Logger, took: o.Took, without: o.Without,
		grown: make(chan archivist.LibraryID, 64), gate: newGate(), libraries: map[archivist.LibraryID]*library{},
		loaders: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))),
	}
}

// Put takes articles into a library: cuts them into passages, indexes them, and stores all in one transaction. They are found by the
// next question. Results are in the order given.
func (e *Engine) Put(ctx context.Context, library archivist.LibraryID, intakes []archivist.Intake) ([]archivist.Stored, error) {
	if len(intakes) == 0 {
		return nil, nil
	}
	if err := e.mark(ctx, library, intakes); err != nil {
		return nil, err
	}
	puts, err := e.segments(ctx, intakes)
	if err != nil {
		return nil, err
	}
	stored, err := e.putWithoutCopies(ctx, library, puts)
	if err != nil {
		return nil, err
	}
	e.changed(library, stored[len(stored)-1].Version)
	hosts := map[string]bool{}
	for i, s := range stored {
		if s.Unmarked {
			hosts[archivist.HostOf(intakes[i].Article.URL)] = true
		}
	}
	for host := range hosts {
		if err := e.remark(ctx, library, host); err != nil {
			e.log.Warn("articles are not yet marked by what is furniture of their site; its next page has it tried again", "library", library, "error", err)
		}
	}
	return stored, nil
}

// putTries is how often articles are compared anew, as another process has stored one of the same print meanwhile, before they are not stored.
const putTries = 5

// putWithoutCopies stores puts, each with what it is a copy of: of all that the library has in that moment.
func (e *Engine) putWithoutCopies(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) (stored []archivist.Stored, err error) {
	for range putTries {
		if err := e.copies(ctx, library, puts); err != nil {
			return nil, err
		}
		e.gate.begin()
		stored, err = e.corpus.PutArticles(ctx, library, puts)
		e.gate.end()
		if !errors.Is(err, archivist.ErrOutdated) {
			break
		}
	}
	return stored, err
}

// Yield is called by those who make articles ready for Put, between small pieces of work: it lets questions go first.
func (e *Engine) Yield() {
	e.gate.begin()
	e.gate.end()
}

// segments makes the segment and the print of each article, on all processors that questions leave free.
func (e *Engine) segments(ctx context.Context, intakes []archivist.Intake) ([]archivist.Put, error) {
	puts, errs := make([]archivist.Put, len(intakes)), make([]error, len(intakes))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(intakes)) {
		workers.Go(func() {
			for i := range next {
				e.gate.begin()
				segment, err := index.Encode(document(intakes[i].Article))
				puts[i], errs[i] = archivist.Put{Intake: intakes[i], Segment: segment, Print: printOf(intakes[i].Article)}, err
				e.gate.end()
			}
		})
	}
	for i := range intakes {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return puts, ctx.Err()
}

// changed notes the newest version, so that the next question catches up first, and offers the library for a merge.
func (e *Engine) changed(id archivist.LibraryID, version uint64) {
	l := e.library(id)
	for seen := l.newest.Load(); version > seen && !l.newest.CompareAndSwap(seen, version); seen = l.newest.Load() {
	}
	select {
	case e.grown <- id:
	default: // the merger is behind; the library is offered again with its next change
	}
}

// Stats are the sizes of a library's index, loaded if need be.
func (e *Engine) Stats(ctx context.Context, id archivist.LibraryID) (index.Stats, error) {
	l := e.use(id)
	defer e.done(l)
	snapshot, err := l.current(ctx, e, 0)
	if err != nil {
		return index.Stats{}, err
	}
	return snapshot.index.Stats(), nil
}

// News is how far a library is one of news, 0 to 1: which column of the weights it takes.
func (e *Engine) News(ctx context.Context, id archivist.LibraryID) (float64, error) {
	l := e.use(id)
	defer e.done(l)
	snapshot, err := l.current(ctx, e, 0)
	if err != nil {
		return 0, err
	}
	return snapshot.dated, nil
}

// Inspect lists the passages of a stored segment as ranges of its articles' paragraphs, having read every byte of it.
func Inspect(row archivist.Segment) ([]archivist.Range, error) {
	entries, err := index.Inspect(row.Bytes)
	if err != nil {
		return nil, err
	}
	var ranges []archivist.Range
	for _, entry := range entries {
		id := archivist.ArticleID(entry.Article)
		if row.Kind == archivist.SegmentArticle {
			id = row.Article
		}
		for _, e := range entry.Extents {
			ranges = append(ranges, archivist.Range{Article: id, First: e.First, Last: e.Last})
		}
	}
	return ranges, nil
}
