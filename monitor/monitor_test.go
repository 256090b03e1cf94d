package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
)

// A fakeHouse answers as it is told. held, where it is not nil, keeps whoever asks for libraries waiting.
type fakeHouse struct {
	health bot.Health
	vitals archivist.Vitals
	store  error
	queue  error
	held   chan struct{}
	writes atomic.Int32
	looks  atomic.Int32
}

func (f *fakeHouse) Health() bot.Health { return f.health }

func (f *fakeHouse) Vitals(context.Context) (archivist.Vitals, error) {
	f.looks.Add(1)
	return f.vitals, f.store
}

func (f *fakeHouse) Writable(context.Context) error { f.writes.Add(1); return f.store }

func (f *fakeHouse) libraries() (int, int64) {
	if f.held != nil {
		<-f.held
	}
	return 3, 1 << 20
}

func watched(f *fakeHouse) *Monitor {
	m := New(Build{Version: "1.2.3", Commit: "abc", Date: "unknown"})
	m.Watch(Sources{Discord: f, Store: f, Libraries: f.libraries, Queue: func() error { return f.queue }})
	return m
}

// get asks for a page of a monitor.
func get(t *testing.T, m *Monitor, method, path string) (int, string) {
	t.Helper()
	answer := httptest.NewRecorder()
	m.handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return answer.Code, answer.Body.String()
}

var connected = bot.Health{Shards: []bot.ShardHealth{{ID: 0, Of: 2, Ready: true, Latency: 40 * time.Millisecond, Starts: 990, StartsTold: true}, {ID: 1, Of: 2, Ready: true, Starts: 980, StartsTold: true}}}

func TestReady(t *testing.T) {
	one := bot.Health{Shards: []bot.ShardHealth{{ID: 0, Ready: true}, {ID: 1}}}
	for name, test := range map[string]struct {
		house *fakeHouse
		want  string
	}{
		"all is well":        {&fakeHouse{health: connected}, "ready\n"},
		"no shard yet":       {&fakeHouse{}, "not ready\ngateway: 0 of 0 shards are connected to Discord\n"},
		"a shard is away":    {&fakeHouse{health: one}, "not ready\ngateway: 1 of 2 shards are connected to Discord\n"},
		"the disk is full":   {&fakeHouse{health: connected, store: errors.New("/srv/secret.db is full")}, "not ready\nstore: it takes no writes\n"},
		"the queue is blind": {&fakeHouse{health: connected, queue: errors.New("the store gives it no jobs")}, "not ready\nqueue: the store gives it no jobs\n"},
	} {
		status, text := get(t, watched(test.house), http.MethodGet, "/readyz")
		if want := map[bool]int{true: 200, false: 503}[name == "all is well"]; status != want || text != test.want {
			t.Errorf("%s: %d %q, want %d %q", name, status, text, want, test.want)
		}
	}
	if status, text := get(t, New(Build{}), http.MethodGet, "/readyz"); status != 503 || text != "not ready\nstarting\n" {
		t.Errorf("before all is there: %d %q", status, text)
	}
}

// TestProbesAreFew: however often somebody asks, the store is asked and written seldom.
func TestProbesAreFew(t *testing.T) {
	house := fakeHouse{health: connected}
	m := watched(&house)
	for range 20 {
		get(t, m, http.MethodGet, "/readyz")
		get(t, m, http.MethodGet, "/metrics")
	}
	if house.writes.Load() != 1 || house.looks.Load() != 1 {
		t.Errorf("20 times asked made %d writes and %d looks, want 1 each", house.writes.Load(), house.looks.Load())
	}
}

// TestHang: what holds a lock for good is seen, leaves one goroutine behind at most, and is over when it is.
func TestHang(t *testing.T) {
	house := fakeHouse{health: connected, held: make(chan struct{})}
	m := watched(&house)
	first := m.look()
	for range 10 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		if m.Alive(ctx) == nil {
			t.Error("a process that hangs is told to be alive")
		}
		cancel()
		if m.look() != first {
			t.Error("a second look was begun while the first one hangs")
		}
	}
	close(house.held)
	<-first
	if status, text := get(t, m, http.MethodGet, "/healthz"); status != 200 || text != "alive\n" {
		t.Errorf("afterwards: %d %q", status, text)
	}
}

func TestCounts(t *testing.T) {
	since := time.Now().Add(-time.Minute)
	house := fakeHouse{health: connected, vitals: archivist.Vitals{
		Jobs: []archivist.JobTally{{State: archivist.JobQueued, Kind: archivist.JobPage, Jobs: 7}}, Oldest: since, Bytes: 4096, Log: 512,
	}}
	m := watched(&house)
	for _, a := range []struct {
		grade archivist.Grade
		err   error
	}{
		{archivist.GradeAnswer, nil},
		{archivist.GradeAnswer, nil},
		{archivist.GradeClosest, nil},
		{archivist.GradeRefusal, nil},
		{"", errors.New("broken")},
		{"", &archivist.Invalid{Code: archivist.LibraryEmpty}},
		{"", context.Canceled},
	} {
		got, err := m.Asker(asks(func() (archivist.Answer, error) { return archivist.Answer{Grade: a.grade}, a.err })).Ask(t.Context(), archivist.Question{})
		if got.Grade != a.grade || !errors.Is(err, a.err) {
			t.Errorf("the answer became %v, %v", got, err)
		}
	}
	for _, status := range []int{200, 204, 304, 404, 429, 429, 502, 0, 999} {
		m.Called("PATCH @original", status)
	}
	m.Connected(false)
	m.Connected(true)
	m.Ended(archivist.JobPage, "")
	m.Ended(archivist.JobPage, archivist.Timeout)
	m.Took("search", 3*time.Millisecond)
	status, text := get(t, m, http.MethodGet, "/metrics")
	if status != 200 {
		t.Fatal(status, text)
	}
	for _, want := range []string{
		`archivist_asks_total{outcome="answered"} 2`, `archivist_asks_total{outcome="closest"} 1`, `archivist_asks_total{outcome="refused"} 1`,
		`archivist_asks_total{outcome="error"} 1`, `archivist_asks_total{outcome="invalid"} 1`,
		`archivist_rest_requests_total{route="PATCH @original",status="2xx"} 2`, `archivist_rest_requests_total{route="PATCH @original",status="429"} 2`,
		`archivist_rest_requests_total{route="PATCH @original",status="none"} 1`, `archivist_rest_requests_total{route="PATCH @original",status="odd"} 1`,
		`archivist_gateway_sessions_total{how="new"} 1`, `archivist_gateway_sessions_total{how="resumed"} 1`,
		`archivist_job_attempts_total{kind="page",reason="done"} 1`, `archivist_job_attempts_total{kind="page",reason="timeout"} 1`,
		`archivist_stage_seconds_bucket{stage="search",le="0.0025"} 0`, `archivist_stage_seconds_bucket{stage="search",le="0.005"} 1`,
		`archivist_gateway_shard_ready{shard="1"} 1`, `archivist_gateway_heartbeat_seconds{shard="0"} 0.04`, `archivist_gateway_session_starts_left 980`,
		`archivist_jobs{kind="page",state="queued"} 7`, `archivist_jobs{kind="feed",state="waiting"} 0`, `archivist_store_up 1`,
		`archivist_store_bytes{part="database"} 4096`, `archivist_store_bytes{part="log"} 512`, `archivist_libraries_loaded 3`, "archivist_libraries_bytes 1.048576e+06",
		`archivist_jobs_oldest_queued_seconds 6`, `archivist_build_info{commit="abc",go="go`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the scrape lacks %s", want)
		}
	}
	const left = "archivist_gateway_session_starts_left"
	for told, want := range map[bool]string{true: "\n" + left + " 0\n", false: ""} {
		m := watched(&fakeHouse{health: bot.Health{Shards: []bot.ShardHealth{{Starts: 0, StartsTold: told}}}})
		if _, text := get(t, m, http.MethodGet, "/metrics"); !strings.Contains(text, want) || strings.Contains(text, "\n"+left) != told {
			t.Errorf("no session start left, told %v: the series is not as it should be", told)
		}
	}
	broken := watched(&fakeHouse{store: errors.New("gone")})
	if _, text := get(t, broken, http.MethodGet, "/metrics"); !strings.Contains(text, "archivist_store_up 0") || strings.Contains(text, "archivist_jobs{") {
		t.Error("a store that does not answer has figures, or is up")
	}
}

type asks func() (archivist.Answer, error)

func (a asks) Ask(context.Context, archivist.Question) (archivist.Answer, error) { return a() }
func (a asks) Warm(context.Context, archivist.LibraryID) error                   { return nil }

// TestSeriesAreBounded: a label that gets ever new values, against the rule, fills nobody's memory.
func TestSeriesAreBounded(t *testing.T) {
	m := New(Build{})
	for i := range 1000 {
		m.Called(fmt.Sprint("GET guilds/", i), i)
		m.Took(fmt.Sprint("stage ", i), time.Second)
		m.Ended(archivist.JobKind(fmt.Sprint(i)), archivist.Code(fmt.Sprint(i)))
	}
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		values := map[string]bool{}
		for _, series := range f.GetMetric() {
			for _, l := range series.GetLabel() {
				values[l.GetName()+"="+l.GetValue()] = true
			}
		}
		if len(values) > 2*(labelsAtMost+1) {
			t.Errorf("%s has %d values of labels", f.GetName(), len(values))
		}
	}
}

// TestServer holds the server to its bounds.
func TestServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	m := watched(&fakeHouse{health: connected})
	go func() { ended <- m.Serve(ctx, l, slog.New(slog.DiscardHandler)) }()
	base := "http://" + l.Addr().String()
	for name, test := range map[string]struct {
		method, path string
		header       int
		want         int
	}{
		"metrics": {"GET", "/metrics", 0, 200}, "lives": {"GET", "/healthz", 0, 200}, "head": {"HEAD", "/readyz", 0, 200},
		"a change": {"POST", "/metrics", 0, 405}, "another": {"DELETE", "/readyz", 0, 405}, "elsewhere": {"GET", "/debug/pprof/", 0, 404}, "root": {"GET", "/", 0, 404},
		"long headers": {"GET", "/metrics", 3 * headersAtMost, 431},
	} {
		r, err := http.NewRequestWithContext(ctx, test.method, base+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.header > 0 {
			r.Header.Set("X-Long", strings.Repeat("x", test.header))
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil && test.want == http.StatusRequestHeaderFieldsTooLarge {
			continue // the server has hung up before all was sent, which is as good
		}
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil && answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Error(name, err)
		}
		answer.Body.Close()
		if answer.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, answer.StatusCode, test.want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if err := m.Serve(t.Context(), l, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a listener that is closed was no error")
	}
}

// TestGuests: of more connections than it takes, those that are too many wait.
func TestGuests(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	m := watched(&fakeHouse{health: connected})
	go func() { ended <- m.Serve(ctx, l, slog.New(slog.DiscardHandler)) }()
	var guests []net.Conn
	for range guestsAtMost {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		guests = append(guests, c)
		// It is served once it has an answer; then it holds its place.
		if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	late, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	if _, err := io.WriteString(late, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answers := func(within time.Duration) bool {
		if err := late.SetReadDeadline(time.Now().Add(within)); err != nil {
			t.Fatal(err)
		}
		_, err := late.Read(make([]byte, 1))
		return err == nil
	}
	if answers(50 * time.Millisecond) {
		t.Errorf("more than %d connections are served", guestsAtMost)
	}
	guests[0].Close()
	if !answers(20 * time.Second) {
		t.Error("whoever waited was not served when a place came free")
	}
	for _, c := range guests {
		c.Close()
	}
	late.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A fakeSystemd is the socket that systemd listens at.
func fakeSystemd(t *testing.T) (Notifier, func() string) {
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Skip("no such sockets here: ", err)
	}
	t.Cleanup(func() { socket.Close() })
	return Notifier{Socket: path, Watchdog: 20 * time.Millisecond}, func() string {
		t.Helper()
		buffer := make([]byte, 4096)
		if err := socket.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := socket.Read(buffer)
		if err != nil {
			t.Fatal("nothing more is told: ", err)
		}
		return string(buffer[:n])
	}
}

func TestSystemd(t *testing.T) {
	notifier, next := fakeSystemd(t)
	house := fakeHouse{health: connected}
	m := watched(&house)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- notifier.Run(ctx, m) }()
	var told []string
	for range 4 {
		told = append(told, next())
	}
	if want := []string{"READY=1", "STATUS=serving", "WATCHDOG=1", "WATCHDOG=1"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for last := ""; last != "STOPPING=1"; { // fails where that never comes
		last = next()
	}
	if err := (Notifier{}).Run(t.Context(), m); err != nil {
		t.Errorf("without systemd: %v", err)
	}
	if err := (Notifier{Socket: "/nowhere/notify"}).Run(t.Context(), m); err == nil {
		t.Error("a socket that is not there was no error")
	}
}

// TestWatchdogStarves: a process that hangs feeds no watchdog.
func TestWatchdogStarves(t *testing.T) {
	notifier, next := fakeSystemd(t)
	house := fakeHouse{held: make(chan struct{})}
	m := watched(&house)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- notifier.Run(ctx, m) }()
	told := []string{next(), next()}
	cancel()
	told = append(told, next())
	if want := []string{"READY=1", "STATUS=not ready: gateway: 0 of 0 shards are connected to Discord", "STOPPING=1"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	close(house.held)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
