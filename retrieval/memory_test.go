package retrieval

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"archivist"
)

// A slowCorpus counts loads of whole libraries, and holds or breaks them.
type slowCorpus struct {
	Corpus
	loads atomic.Int32
	hold  chan struct{} // loads wait until it is closed; nil: they do not
	cut   atomic.Bool   // half of the rows, and an error
}

var errHalf = errors.New("the connection was lost in the middle")

func (c *slowCorpus) Segments(ctx context.Context, library archivist.LibraryID, since uint64) (archivist.Segments, error) {
	rows, err := c.Corpus.Segments(ctx, library, since)
	if since == 0 {
		c.loads.Add(1)
	}
	if c.hold != nil {
		<-c.hold
	}
	if c.cut.Load() {
		rows.Rows = rows.Rows[:len(rows.Rows)/2]
		return rows, errHalf
	}
	return rows, err
}

const whenClosed = "When was the bridge closed?"

func filled(t *testing.T, libraries int) Corpus {
	t.Helper()
	store := openStore(t)
	e := New(store, Options{})
	for i := range libraries {
		if _, err := e.Put(t.Context(), numbered(i), []archivist.Intake{bridge, honey}); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func numbered(i int) archivist.LibraryID { return archivist.LibraryID(fmt.Sprint("guild:", i+1)) }

// TestColdAsksLoadOnce: many who ask a library that is not in memory wait for one load, and those of another library do not wait for it.
func TestColdAsksLoadOnce(t *testing.T) {
	c := &slowCorpus{Corpus: filled(t, 1), hold: make(chan struct{})}
	e := New(c, Options{})
	var asking sync.WaitGroup
	for range 20 {
		asking.Go(func() {
			if a, err := e.Ask(t.Context(), archivist.Question{Library: numbered(0), Text: whenClosed}); err != nil || len(a.Passages) != 1 {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
	close(c.hold)
	asking.Wait()
	if n := c.loads.Load(); n != 1 {
		t.Errorf("%d loads", n)
	}
}

// TestNoHalfLibrary: a load that breaks off answers nothing, and leaves nothing; the next one answers from the whole.
func TestNoHalfLibrary(t *testing.T) {
	c := &slowCorpus{Corpus: filled(t, 1)}
	e := New(c, Options{})
	c.cut.Store(true)
	q := archivist.Question{Library: numbered(0), Text: whenClosed}
	if a, err := e.Ask(t.Context(), q); !errors.Is(err, errHalf) {
		t.Errorf("answered from a half: %+v, %v", a, err)
	}
	if n, bytes := e.Held(); n != 0 || bytes != 0 {
		t.Errorf("%d libraries of %d bytes are left", n, bytes)
	}
	c.cut.Store(false)
	if a, err := e.Ask(t.Context(), q); err != nil || len(a.Passages) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := e.Put(t.Context(), numbered(0), []archivist.Intake{ferry}); err != nil {
		t.Fatal(err)
	}
	// What is loaded stays while the rest cannot be read; it is not asked, as it is known to be old.
	c.cut.Store(true)
	if a, err := e.Ask(t.Context(), q); !errors.Is(err, errHalf) {
		t.Errorf("answered from what is old: %+v, %v", a, err)
	}
	c.cut.Store(false)
	if a, err := e.Ask(t.Context(), q); err != nil || len(a.Passages) != 1 || a.Version != 2 {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestLeastRecentlyAskedGoes: a budget for two of three libraries keeps the two that were asked last, but never lets one go that is in use.
func TestLeastRecentlyAskedGoes(t *testing.T) {
	c := &slowCorpus{Corpus: filled(t, 3)}
	e := New(c, Options{})
	ask := func(i int) {
		t.Helper()
		if a, err := e.Ask(t.Context(), archivist.Question{Library: numbered(i), Text: whenClosed}); err != nil || len(a.Passages) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	wants := func(loads int32, loaded ...int) {
		t.Helper()
		if n := c.loads.Load(); n != loads {
			t.Errorf("%d loads, want %d", n, loads)
		}
		sum := int64(0)
		for i := range 3 {
			in := false
			for _, want := range loaded {
				in = in || want == i
			}
			l := e.library(numbered(i))
			if s := l.snapshot.Load(); (s != nil) != in {
				t.Errorf("library %d is in memory: %v, want %v", i, s != nil, in)
			} else if s != nil {
				sum += s.bytes
			}
		}
		if e.held != sum {
			t.Errorf("%d bytes are counted of %d", e.held, sum)
		}
	}
	ask(0)
	e.budget = 2*e.held + e.held/2
	ask(1)
	wants(2, 0, 1)
	ask(0)
	ask(2)
	wants(3, 0, 2)
	ask(1)
	wants(4, 1, 2)
	// In use, the oldest stays; as soon as it is not, it goes.
	old := e.use(numbered(2))
	ask(0)
	wants(5, 0, 2)
	held := e.use(numbered(0))
	ask(1)
	wants(6, 0, 1, 2)
	e.done(old)
	e.done(held)
	wants(6, 0, 1)
	if err := e.Delete(t.Context(), numbered(0)); err != nil {
		t.Fatal(err)
	}
	wants(6, 1)
}

// TestWarm: a warmed library is loaded before it is asked, once; it takes no room that asked ones need, and none of the last quarter.
func TestWarm(t *testing.T) {
	c := &slowCorpus{Corpus: filled(t, 4)}
	e := New(c, Options{})
	warm := func(i, loads, held int) {
		t.Helper()
		if err := e.Warm(t.Context(), numbered(i)); err != nil {
			t.Fatal(err)
		}
		if n, _ := e.Held(); n != held || c.loads.Load() != int32(loads) {
			t.Errorf("%d loads, want %d; %d libraries, want %d", c.loads.Load(), loads, n, held)
		}
	}
	ask := func(i int) {
		t.Helper()
		if a, err := e.Ask(t.Context(), archivist.Question{Library: numbered(i), Text: whenClosed}); err != nil || len(a.Passages) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	warm(0, 1, 1)
	warm(0, 1, 1)
	ask(0)
	ask(1)
	if n := c.loads.Load(); n != 2 {
		t.Errorf("%d loads, want 2", n)
	}
	one := e.held / 2
	e.budget = 2*one + one/2 // 2 of 2.5: less than a quarter is left
	warm(2, 2, 2)
	e.budget = 3*one - 1 // of which three do not fit
	warm(2, 3, 2)
	if e.library(numbered(2)).snapshot.Load() != nil {
		t.Error("a library that nobody asked took the room of one that was asked")
	}
	c.cut.Store(true)
	if err := e.Warm(t.Context(), numbered(3)); !errors.Is(err, errHalf) {
		t.Errorf("%v, want that it cannot be read", err)
	}
}

// TestMemoryUnderLoad asks many libraries from many goroutines with a budget for few: all answer, and the count of bytes is right in the end.
func TestMemoryUnderLoad(t *testing.T) {
	const libraries = 12
	c := &slowCorpus{Corpus: filled(t, libraries)}
	e := New(c, Options{Budget: 1})
	var asking sync.WaitGroup
	for g := range 8 {
		asking.Go(func() {
			for i := range 40 {
				if a, err := e.Ask(t.Context(), archivist.Question{Library: numbered((g*7 + i*5) % libraries), Text: whenClosed}); err != nil || len(a.Passages) != 1 {
					t.Errorf("%+v, %v", a, err)
				}
			}
		})
	}
	asking.Wait()
	if n, bytes := e.Held(); n != 1 || bytes != e.held {
		t.Errorf("%d libraries are left of %d bytes, %d counted", n, bytes, e.held)
	}
}
