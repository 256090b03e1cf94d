package ingest

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/ingest/fetch"
	"archivist/storage/sqlite"
)

const town archivist.LibraryID = "town"

// page is an article with enough words to be one.
func page(title, canonical, first string) string {
	return `<!doctype html><html lang="en"><head><title>` + title + `</title><link rel="canonical" href="` + canonical + `"></head><body><article><h1>` + title + `</h1>
<p>` + first + ` The council spoke about it for three hours on Monday evening and then went home in the rain.</p>
<p>Nobody in the town had expected that, since the matter had been put off again and again for more than eleven years by now.</p>
<p>The next meeting is in March. Until then the harbour master keeps the keys, the maps and the old brass bell in his office.</p>
</article></body></html>`
}

// A recordedWeb answers from memory: pages by address, errors by address, and one address that waits.
type recordedWeb struct {
	mu     sync.Mutex
	pages  map[string]string
	errs   map[string]error
	hops   map[string]string // redirects
	waits  map[string]chan struct{}
	inside map[string]bool // the last request's
}

func (w *recordedWeb) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	w.mu.Lock()
	wait := w.waits[r.URL]
	if w.inside == nil {
		w.inside = map[string]bool{}
	}
	w.inside[r.URL] = r.Inside
	final, hops := r.URL, []string(nil)
	if to := w.hops[r.URL]; to != "" {
		final, hops = to, []string{r.URL}
	}
	body, err := w.pages[final], w.errs[r.URL]
	w.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err == nil && body == "" {
		err = &archivist.Failure{Code: archivist.Gone, Detail: "HTTP 404"}
	}
	if err != nil {
		return nil, err
	}
	if body == "panic" {
		panic("a library broke")
	}
	return &fetch.Response{URL: final, ContentType: "text/html", Body: []byte(body), Hops: hops, Fetched: time.Now()}, nil
}

// A bench is a queue with a real store and engine over a recorded web.
type bench struct {
	store *sqlite.Store
	queue *Queue
	web   *recordedWeb
}

func newBench(t *testing.T, o Options) *bench {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{store: store, web: &recordedWeb{pages: map[string]string{}, errs: map[string]error{}, hops: map[string]string{}, waits: map[string]chan struct{}{}}}
	reader := &Reader{Extractor: NewInline(2), Web: b.web, Rules: store, Desk: store, Inside: func(l archivist.LibraryID) bool { return l == town }, KeepPages: true}
	if o.Owner == "" {
		o.Owner = "test"
	}
	o.Logger, o.Poll = slog.New(slog.DiscardHandler), 10*time.Millisecond
	b.queue = NewQueue(store, store, Handlers{archivist.JobPage: &Pages{Reader: reader, Putter: retrieval.New(store, retrieval.Options{})}}, o)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// run starts the queue; the function returned stops it and waits.
func (b *bench) run(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.queue.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return sync.OnceFunc(func() { cancel(); running.Wait() })
}

func (b *bench) add(t *testing.T, link string) archivist.Job {
	t.Helper()
	job, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: link, Person: "7"})
	if err != nil {
		t.Fatal(err)
	}
	job, err = b.queue.Follow(t.Context(), job.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	return job
}
