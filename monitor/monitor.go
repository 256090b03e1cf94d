// Package monitor shows how a running Archivist fares, to programs that watch over it: /metrics in Prometheus' format, /healthz and /readyz
// (server.go), and systemd's watchdog (notify.go). Other rooms know nothing of it: what they tell they tell to small interfaces of their
// own, which a Monitor satisfies; what it asks them stands in Sources.
//
// No figure names a guild, a library, a site or a person, and each has a bounded number of series: docs/METRICS.md lists them.
package monitor

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"archivist"
	"archivist/bot"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// A Build is what program is running.
type Build struct{ Version, Commit, Date string }

// Sources are asked how they fare, each time that somebody looks. All are set, and answer from memory but for the store.
type Sources struct {
	Discord   interface{ Health() bot.Health }
	Store     Store
	Libraries func() (n int, bytes int64) // in memory
	Queue     func() error                // why no jobs are taken; nil: they are
}

// A Store tells how it fares.
type Store interface {
	Vitals(ctx context.Context) (archivist.Vitals, error)
	Writable(ctx context.Context) error
}

// A Monitor counts what it is told. Its methods may be called by many goroutines.
type Monitor struct {
	registry *prometheus.Registry
	asks     *prometheus.CounterVec
	stages   *prometheus.HistogramVec
	calls    *prometheus.CounterVec
	sessions *prometheus.CounterVec
	attempts *prometheus.CounterVec

	mu      sync.Mutex
	sources *Sources                   // nil before Watch
	known   map[string]map[string]bool // label values that were seen, by label
	looking chan struct{}              // closed at the end of the look that is under way (health.go)
	writes  written
}

// stageBuckets are of seconds: from what a search in memory takes to what Discord's patience is.
var stageBuckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// New returns a monitor of the program that build names. Until Watch it only counts.
func New(build Build) *Monitor {
	m := &Monitor{registry: prometheus.NewRegistry(), known: map[string]map[string]bool{}}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	m.asks = counter("archivist_asks_total", "Questions by how they were answered: answered, closest, refused, invalid (the asker can mend it), error.", "outcome")
	m.calls = counter("archivist_rest_requests_total", "Calls to Discord's REST, each try, by route and by the class of the answer's status (429 apart, none where no answer came).", "route", "status")
	m.sessions = counter("archivist_gateway_sessions_total", "Sessions with Discord's gateway, by whether they were resumed or began anew.", "how")
	m.attempts = counter("archivist_job_attempts_total", "Attempts at jobs that ended, by kind and by the reason of their failure (done where they succeeded).", "kind", "reason")
	m.stages = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "archivist_stage_seconds", Help: "Time of the stages of an answer: acknowledge, search, rank, texts, render, whole.", Buckets: stageBuckets,
	}, []string{"stage"})
	built := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "archivist_build_info", Help: "1, with the program's version, commit and Go in its labels.",
		ConstLabels: prometheus.Labels{"version": build.Version, "commit": build.Commit, "go": runtime.Version()},
	})
	built.Set(1)
	m.registry.MustRegister(m.stages, built, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, o := range []string{answered, closest, refused, invalid, failed} { // so that their rates are 0 before the first
		m.asks.WithLabelValues(o)
	}
	return m
}

// Watch has the monitor look at a house from now on. It is called once.
func (m *Monitor) Watch(s Sources) {
	m.mu.Lock()
	m.sources = &s
	m.mu.Unlock()
	m.registry.MustRegister(&gauges{of: s})
}

// Outcomes of questions.
const (
	answered = "answered"
	closest  = "closest"
	refused  = "refused"
	invalid  = "invalid"
	failed   = "error"
)

// Asker is next, with its answers counted.
func (m *Monitor) Asker(next bot.Asker) bot.Asker { return asker{m, next} }

type asker struct {
	m *Monitor
	bot.Asker
}

func (a asker) Ask(ctx context.Context, q archivist.Question) (archivist.Answer, error) {
	answer, err := a.Asker.Ask(ctx, q)
	if !errors.Is(err, context.Canceled) {
		a.m.asks.WithLabelValues(outcome(answer, err)).Inc()
	}
	return answer, err
}

func outcome(a archivist.Answer, err error) string {
	var mistake *archivist.Invalid
	switch {
	case errors.As(err, &mistake):
		return invalid
	case err != nil:
		return failed
	case a.Grade == archivist.GradeAnswer:
		return answered
	case a.Grade == archivist.GradeClosest:
		return closest
	}
	return refused
}

// Took counts the time of a stage.
func (m *Monitor) Took(stage string, took time.Duration) {
	m.stages.WithLabelValues(m.bounded("stage", stage)).Observe(took.Seconds())
}

// Called counts a call to REST by the class of its status; 0: no answer came.
func (m *Monitor) Called(route string, status int) {
	m.calls.WithLabelValues(m.bounded("route", route), class(status)).Inc()
}

func class(status int) string {
	switch {
	case status == 429:
		return "429"
	case status >= 200 && status < 300:
		return "2xx"
	case status >= 300 && status < 400:
		return "3xx"
	case status >= 400 && status < 500:
		return "4xx"
	case status >= 500 && status < 600:
		return "5xx"
	case status == 0:
		return "none"
	}
	return "odd"
}

// Connected counts a session with the gateway.
func (m *Monitor) Connected(resumed bool) {
	how := "new"
	if resumed {
		how = "resumed"
	}
	m.sessions.WithLabelValues(how).Inc()
}

// Ended counts an attempt at a job; no code is success.
func (m *Monitor) Ended(kind archivist.JobKind, code archivist.Code) {
	reason := string(code)
	if code == "" {
		reason = "done"
	}
	m.attempts.WithLabelValues(m.bounded("kind", string(kind)), m.bounded("reason", reason)).Inc()
}

// labelsAtMost is how many values one label may have. All that are told come from tables in the source, which are shorter; what breaks that
// rule shall not fill the memory of whoever scrapes.
const labelsAtMost = 64

func (m *Monitor) bounded(label, value string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.known[label]
	if known == nil {
		known = map[string]bool{}
		m.known[label] = known
	}
	if !known[value] {
		if len(known) >= labelsAtMost {
			return "other"
		}
		known[value] = true
	}
	return value
}
