package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/ingest/fetch"
	"archivist/storage/sqlite"
)

// A site is a web site on loopback whose answers a test sets, and all that reads it: fetcher, store, engine, queue and poller.
type site struct {
	*httptest.Server
	store  *sqlite.Store
	queue  *Queue
	poller *Poller
	reader *Reader
	engine *retrieval.Engine

	mu      sync.Mutex
	pages   map[string]http.HandlerFunc // by path
	asked   []string                    // paths, robots.txt excepted
	headers http.Header                 // of the last request
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{pages: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		page := s.pages[r.URL.Path]
		if r.URL.Path != "/robots.txt" {
			s.asked, s.headers = append(s.asked, r.URL.Path), r.Header.Clone()
		}
		s.mu.Unlock()
		if page == nil {
			http.NotFound(w, r)
			return
		}
		page(w, r)
	}))
	t.Cleanup(s.Close)
	var err error
	if s.store, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	web, err := fetch.New(fetch.Options{Version: "1", Allow: []string{strings.TrimPrefix(s.URL, "http://")}})
	if err != nil {
		t.Fatal(err)
	}
	inside := func(l archivist.LibraryID) bool { return l.Local() }
	log := slog.New(slog.DiscardHandler)
	s.reader = &Reader{Extractor: NewInline(2), Web: web, Rules: s.store, Desk: s.store, Items: s.store, Inside: inside}
	s.engine = retrieval.New(s.store, retrieval.Options{})
	s.queue = NewQueue(s.store, s.store, s.handlers(nil), Options{Owner: "test", Logger: log, Poll: 10 * time.Millisecond})
	s.poller = &Poller{Desk: s.store, Web: web, Rules: s.store, Inside: inside, Wake: s.queue.Wake, Logger: log, Every: 10 * time.Millisecond}
	return s
}

// handlers do every kind of job, those of copies by the archive.
func (s *site) handlers(archive *Archive) Handlers {
	pages := Pages{Reader: s.reader, Putter: s.engine, Archive: archive}
	return Handlers{archivist.JobPage: &pages, archivist.JobFeed: &FeedItems{pages}, archivist.JobArchive: &Copies{pages}, archivist.JobRefresh: &Refresh{pages}}
}

func (s *site) set(path string, page http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = page
}

func (s *site) text(path, contentType, body string) {
	s.set(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body)) // to a recorder or a client of ours
	})
}

func (s *site) askedFor() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

// article serves an article at /n.
func (s *site) article(n int) {
	s.text(fmt.Sprint("/", n), "text/html", page(fmt.Sprint("Article ", n), "", fmt.Sprintf("This is number %d.", n)))
}

// rss is a feed that lists the articles first to last, a minute apart, the newest at the present.
func (s *site) rss(first, last int) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Herald</title><link>` + s.URL + `/</link>`)
	for n := last; n >= first; n-- {
		fmt.Fprintf(&b, `<item><title>Article %d</title><link>/%d</link><pubDate>%s</pubDate></item>`, n, n, time.Now().Add(time.Duration(n-last)*time.Hour).Format(time.RFC1123Z))
	}
	return b.String() + `</channel></rss>`
}

func (s *site) subscribe(t *testing.T, library archivist.LibraryID, path, channel string) Polled {
	t.Helper()
	polled, _, err := s.poller.Subscribe(t.Context(), archivist.Subscription{Library: library, Feed: archivist.Feed{URL: s.URL + path}, Channel: channel, Person: "7"})
	if err != nil {
		t.Fatal(err)
	}
	return polled
}

// poll asks the feed at path once more, as the store has it.
func (s *site) poll(t *testing.T, f archivist.Feed) Polled {
	t.Helper()
	polled, err := s.poller.Poll(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return polled
}

// end waits for jobs and wants them to end so.
func (s *site) end(t *testing.T, jobs []archivist.JobID, outcome archivist.Outcome) {
	t.Helper()
	for _, id := range jobs {
		job, err := s.queue.Follow(t.Context(), id, nil)
		if err != nil || job.State != archivist.JobDone || job.Outcome != outcome {
			t.Errorf("job %+v, %v, want %s", job, err, outcome)
		}
	}
}

// startRun runs something until the function that it returns is called, which waits for its end.
func startRun(t *testing.T, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx); err != nil {
			t.Error(err)
		}
	})
	return func() { cancel(); running.Wait() }
}

func everybody(archivist.LibraryID) bool { return true }
