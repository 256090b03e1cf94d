package fetch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"archivist"
)

// answerRaw reads requests from conn and lets write answer them; there is no robots.txt.
func answerRaw(conn net.Conn, write func(net.Conn)) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if request.URL.Path == "/robots.txt" {
			io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
			continue
		}
		write(conn)
		return
	}
}

// fakeWeb makes the outer door connect to what handle does with the other end of a pipe, within the test's bubble of time.
func fakeWeb(t *testing.T, f *Fetcher, handle func(conn net.Conn, hostPort string)) {
	f.outer.client.DialContext = func(_ context.Context, _, hostPort string) (net.Conn, error) {
		client, server := net.Pipe()
		go handle(server, hostPort)
		return client, nil
	}
	f.outer.client.DialTLSContext = f.outer.client.DialContext // https without its certificates
	t.Cleanup(func() {
		f.outer.client.CloseIdleConnections()
		time.Sleep(time.Hour) // of the bubble: servers notice that nobody listens
	})
}

func TestSlowServers(t *testing.T) {
	drip := func(rate int, header string) func(net.Conn) {
		return func(conn net.Conn) {
			io.WriteString(conn, header)
			for {
				time.Sleep(time.Second)
				if _, err := conn.Write([]byte(strings.Repeat("x", rate))); err != nil {
					return
				}
			}
		}
	}
	const header = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
	for what, c := range map[string]struct {
		write func(net.Conn)
		want  archivist.Code
		after time.Duration
	}{
		"dripping body":        {drip(100, header), archivist.TooSlow, 5 * time.Second},
		"just fast enough":     {drip(1300, header), archivist.Timeout, 20 * time.Second},
		"dripping header":      {drip(1, "HTTP/1.1 200 OK\r\nX-Filler: "), archivist.Timeout, 10 * time.Second},
		"silent":               {func(conn net.Conn) { io.Copy(io.Discard, conn) }, archivist.Timeout, 10 * time.Second},
		"good, then stalling":  {func(conn net.Conn) { io.WriteString(conn, header+strings.Repeat("x", 7000)); io.Copy(io.Discard, conn) }, archivist.TooSlow, 6 * time.Second},
		"nothing after header": {func(conn net.Conn) { io.WriteString(conn, header); io.Copy(io.Discard, conn) }, archivist.TooSlow, 5 * time.Second},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFetcher(t, Options{})
				fakeWeb(t, f, func(conn net.Conn, _ string) { answerRaw(conn, c.write) })
				began := time.Now()
				_, err := f.Get(t.Context(), Request{URL: "http://example.com/"})
				wantCode(t, what, err, c.want)
				if took := time.Since(began); took != c.after {
					t.Errorf("after %v, want %v", took, c.after)
				}
			})
		})
	}
}

// site is a small web of our own that logs when it was asked what.
type site struct {
	mu    sync.Mutex
	began time.Time
	log   []string
	serve http.HandlerFunc
}

func newSite(t *testing.T, f *Fetcher, serve http.HandlerFunc) *site {
	s := &site{began: time.Now(), serve: serve}
	fakeWeb(t, f, func(conn net.Conn, hostPort string) {
		defer conn.Close()
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		s.mu.Lock()
		s.log = append(s.log, fmt.Sprintf("%v %s%s", time.Since(s.began), request.Host, request.URL.Path))
		s.mu.Unlock()
		w := &pipeWriter{header: http.Header{}, status: 200}
		s.serve(w, request)
		w.header.Set("Connection", "close")
		fmt.Fprintf(conn, "HTTP/1.1 %d X\r\n", w.status)
		w.header.Write(conn)
		fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", w.body.Len(), w.body.String())
	})
	return s
}

type pipeWriter struct {
	header http.Header
	status int
	body   strings.Builder
}

func (w *pipeWriter) Header() http.Header         { return w.header }
func (w *pipeWriter) WriteHeader(status int)      { w.status = status }
func (w *pipeWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

func (s *site) wantLog(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.Join(s.log, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(s.log, "\n"), strings.Join(want, "\n"))
	}
}

func TestGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher(t, Options{Gap: time.Second})
		s := newSite(t, f, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/robots.txt" && r.Host == "patient.example":
				io.WriteString(w, "User-agent: *\nCrawl-delay: 10")
			case r.URL.Path == "/robots.txt":
				http.NotFound(w, r)
			case r.URL.Path == "/go":
				http.Redirect(w, r, "http://b.example.com/page", http.StatusFound)
			default:
				time.Sleep(100 * time.Millisecond)
				io.WriteString(w, page)
			}
		})
		get := func(address string) {
			if _, err := f.Get(t.Context(), Request{URL: address}); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
		get("http://a.example.com/go") // one visit: its redirect stays in the domain
		get("http://example.com/next")
		get("http://other.example.net/")
		get("http://patient.example/1")
		get("http://patient.example/2")
		if _, err := f.Get(t.Context(), Request{URL: "http://calm.example/1", Unhurried: true}); err != nil {
			t.Error(err)
		}
		get("http://calm.example/2")
		s.wantLog(t, "0s a.example.com/robots.txt", "0s a.example.com/go", "0s b.example.com/robots.txt", "0s b.example.com/page",
			"1.1s example.com/robots.txt", "1.1s example.com/next", "1.2s other.example.net/robots.txt", "1.2s other.example.net/",
			"1.3s patient.example/robots.txt", "1.3s patient.example/1", "11.4s patient.example/2",
			"11.5s calm.example/robots.txt", "11.5s calm.example/1", "16.6s calm.example/2")
	})
}

// TestTurns: visitors of one domain come one at a time, and chains that cross each other's domains do not wait for ever.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher(t, Options{Gap: time.Second})
		var mu sync.Mutex
		visiting := map[string]int{}
		newSite(t, f, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			if visiting[r.Host]++; visiting[r.Host] > 1 {
				t.Errorf("%d at a time in %s", visiting[r.Host], r.Host)
			}
			mu.Unlock()
			time.Sleep(50 * time.Millisecond)
			mu.Lock()
			visiting[r.Host]--
			mu.Unlock()
			switch other := map[string]string{"a.example": "b.example", "b.example": "a.example"}[r.Host]; r.URL.Path {
			case "/robots.txt":
				http.NotFound(w, r)
			case "/go":
				http.Redirect(w, r, "http://"+other+"/page", http.StatusFound)
			default:
				io.WriteString(w, page)
			}
		})
		var visitors sync.WaitGroup
		for i := range 10 {
			visitors.Go(func() {
				host := []string{"a.example", "b.example"}[i%2]
				if _, err := f.Get(t.Context(), Request{URL: fmt.Sprintf("http://%s/go?%d", host, i)}); err != nil {
					t.Error(err)
				}
			})
		}
		visitors.Wait()
		f.queue.mu.Lock()
		defer f.queue.mu.Unlock()
		for name, d := range f.queue.domains {
			if d.users != 0 || len(d.held) != 0 {
				t.Errorf("%s has %d users left", name, d.users)
			}
		}
	})
}

func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher(t, Options{Gap: time.Second})
		retry := "120"
		s := newSite(t, f, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/robots.txt":
				http.NotFound(w, r)
			case r.URL.Path == "/busy":
				if retry != "" {
					w.Header().Set("Retry-After", retry)
				}
				w.WriteHeader(http.StatusTooManyRequests)
			default:
				io.WriteString(w, page)
			}
		})
		busyFor := func(path string, want time.Duration) {
			t.Helper()
			_, err := f.Get(t.Context(), Request{URL: "http://example.com" + path})
			wantCode(t, path, err, archivist.Busy)
			var pause *Pause
			if !errors.As(err, &pause) || time.Until(pause.Until) != want {
				t.Errorf("%s: %v, want a pause of %v", path, pause, want)
			}
		}
		busyFor("/busy", 2*time.Minute)
		time.Sleep(time.Minute)
		busyFor("/page", time.Minute) // the whole host rests; nobody is asked
		s.wantLog(t, "0s example.com/robots.txt", "0s example.com/busy")
		time.Sleep(time.Minute)
		for _, want := range []time.Duration{4 * time.Minute, 15 * time.Minute, time.Hour, time.Hour} { // the second time on
			retry = ""
			busyFor("/busy", want)
			time.Sleep(want)
		}
		if _, err := f.Get(t.Context(), Request{URL: "http://example.com/page"}); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		busyFor("/busy", time.Minute) // it had been well
		time.Sleep(time.Minute)
		retry = "99999999"
		busyFor("/busy", 24*time.Hour)
		time.Sleep(24 * time.Hour)
		retry = time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
		busyFor("/busy", 90*time.Second)
	})
}

// TestDowngrade: a chain may step down from https to http once.
func TestDowngrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher(t, Options{})
		next := map[string]string{"/1": "http://example.com/2", "/2": "https://example.com/3", "/3": "http://example.com/4"}
		newSite(t, f, func(w http.ResponseWriter, r *http.Request) {
			switch target := next[r.URL.Path]; {
			case r.URL.Path == "/robots.txt":
				http.NotFound(w, r)
			case target != "":
				http.Redirect(w, r, target, http.StatusFound)
			default:
				io.WriteString(w, page)
			}
		})
		if _, err := f.Get(t.Context(), Request{URL: "https://example.com/3"}); err != nil {
			t.Errorf("once: %v", err)
		}
		_, err := f.Get(t.Context(), Request{URL: "https://example.com/1"})
		wantCode(t, "twice", err, archivist.BadURL)
	})
}

func TestRobotsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher(t, Options{})
		s := newSite(t, f, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, page) })
		for range 3 {
			if _, err := f.Get(t.Context(), Request{URL: "http://example.com/"}); err != nil {
				t.Error(err)
			}
			time.Sleep(13 * time.Hour)
		}
		s.wantLog(t, "0s example.com/robots.txt", "0s example.com/", "13h0m0s example.com/", "26h0m0s example.com/robots.txt", "26h0m0s example.com/")
	})
}

// TestRobotsOutage: a robots.txt that cannot be had keeps everybody out for 30 days, and is then taken for none until it is there again.
func TestRobotsOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher(t, Options{})
		status := http.StatusInternalServerError
		newSite(t, f, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				w.WriteHeader(status)
				io.WriteString(w, "User-agent: *\nDisallow: /page")
				return
			}
			io.WriteString(w, page)
		})
		for _, step := range []struct {
			days   int // since the step before
			status int
			want   archivist.Code
		}{
			{0, 500, archivist.ServerError}, {31, 502, archivist.ServerError}, // twice is not often enough
			{1, 500, ""}, {0, 200, ""}, // taken for none, for a day
			{1, 200, archivist.Robots}, {2, 500, archivist.ServerError}, {20, 500, archivist.ServerError}, {9, 500, archivist.ServerError}, // from the beginning
			{2, 500, ""}, {2, 404, ""}, {2, 500, archivist.ServerError},
		} {
			time.Sleep(time.Duration(step.days)*24*time.Hour + time.Second)
			status = step.status
			_, err := f.Get(t.Context(), Request{URL: "http://example.com/page"})
			if archivist.CodeOf(err) != step.want {
				t.Errorf("HTTP %d after %d days: %v, want %q", step.status, step.days, err, step.want)
			}
		}
		for i := range 2 * robotsKept {
			f.shelf.failed(robotsKey{origin: fmt.Sprint(i)})
		}
		if n := len(f.shelf.out); n > robotsKept {
			t.Errorf("%d outages are remembered", n)
		}
	})
}

func TestWaitingEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{domains: map[string]*domain{}}
		first, err := q.enter(t.Context(), "example.com", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.enter(ctx, "example.com", 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the visitor: %v", err)
		}
		first.leave()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.enter(ctx, "example.com", 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the gap: %v", err)
		}
		if d := q.domains["example.com"]; d.users != 0 || len(d.held) != 0 {
			t.Errorf("left behind: %+v", d)
		}
		// Domains are forgotten once their gap is over and there are many.
		time.Sleep(2 * time.Hour)
		for i := range maxDomains + 10 {
			turn, err := q.enter(t.Context(), fmt.Sprint(i), 0)
			if err != nil {
				t.Fatal(err)
			}
			turn.leave()
			time.Sleep(time.Nanosecond)
		}
		if n := len(q.domains); n > maxDomains {
			t.Errorf("%d domains remembered", n)
		}
	})
}
