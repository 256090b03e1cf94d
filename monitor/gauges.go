package monitor

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"archivist"
	"archivist/bot"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	vitalsEvery  = 5 * time.Second // how often the store is asked, however many scrape
	vitalsWithin = 2 * time.Second
)

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	ready     = gauge("archivist_gateway_shard_ready", "Whether a shard of this process is connected.", "shard")
	heartbeat = gauge("archivist_gateway_heartbeat_seconds", "How long the last heartbeat of a shard took to be answered.", "shard")
	starts    = gauge("archivist_gateway_session_starts_left", "Session starts (identifies) that Discord has left for today, as told when a session was last begun.")
	guilds    = gauge("archivist_gateway_guilds", "Guilds that the shards of this process serve.")
	underWay  = gauge("archivist_gateway_requests_under_way", "Requests that are being answered.")
	undecoded = gauge("archivist_gateway_events_undecoded_total", "Events of the gateway that could not be read.")
	banned    = gauge("archivist_rest_requests_invalid", "Requests refused within the present ten minutes, of the 10,000 at which Discord bans an address.")
	skew      = gauge("archivist_gateway_clock_skew_seconds", "How far Discord's clock is ahead of this machine's; 0 below two seconds.")
	libraries = gauge("archivist_libraries_loaded", "Libraries in memory.")
	held      = gauge("archivist_libraries_bytes", "Memory of the libraries in memory.")
	queued    = gauge("archivist_jobs", "Open jobs of all processes on this store, by state and kind.", "state", "kind")
	oldest    = gauge("archivist_jobs_oldest_queued_seconds", "How long the job has waited for its turn that has waited longest; 0 where none is queued.")
	storeUp   = gauge("archivist_store_up", "Whether the store answers.")
	stored    = gauge("archivist_store_bytes", "Size of the database, and of its write-ahead log.", "part")
)

// gauges are read when they are scraped.
type gauges struct {
	of Sources

	mu     sync.Mutex
	asked  time.Time
	vitals archivist.Vitals
	err    error
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		ready, heartbeat, starts, guilds, underWay, undecoded, banned, skew, libraries, held, queued, oldest, storeUp, stored,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	set := func(d *prometheus.Desc, value float64, labels ...string) {
		kind := prometheus.GaugeValue
		if d == undecoded { // which only grows
			kind = prometheus.CounterValue
		}
		out <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	collectDiscord(g.of.Discord.Health(), set)
	n, bytes := g.of.Libraries()
	set(libraries, float64(n))
	set(held, float64(bytes))
	v, err := g.look()
	set(storeUp, truth(err == nil))
	if err != nil {
		return
	}
	for _, state := range []archivist.JobState{archivist.JobQueued, archivist.JobRunning, archivist.JobWaiting} {
		for _, kind := range archivist.JobKinds { // those of which there are none too: a series that comes and goes is hard to reckon with
			i := slices.IndexFunc(v.Jobs, func(t archivist.JobTally) bool { return t.State == state && t.Kind == kind })
			n := 0
			if i >= 0 {
				n = v.Jobs[i].Jobs
			}
			set(queued, float64(n), string(state), string(kind))
		}
	}
	waited := time.Duration(0)
	if !v.Oldest.IsZero() {
		waited = max(0, time.Since(v.Oldest))
	}
	set(oldest, waited.Seconds())
	set(stored, float64(v.Bytes), "database")
	set(stored, float64(v.Log), "log")
}

func collectDiscord(h bot.Health, set func(d *prometheus.Desc, value float64, labels ...string)) {
	left := -1
	for _, s := range h.Shards {
		id := strconv.Itoa(s.ID)
		set(ready, truth(s.Ready), id)
		set(heartbeat, s.Latency.Seconds(), id)
		if s.StartsTold && (left < 0 || s.Starts < left) {
			left = s.Starts
		}
	}
	if left >= 0 { // else Discord has not told yet
		set(starts, float64(left))
	}
	set(guilds, float64(h.Guilds))
	set(underWay, float64(h.UnderWay))
	set(undecoded, float64(h.Undecoded))
	set(banned, float64(h.Refused))
	set(skew, h.Behind.Seconds())
}

// look asks the store, or remembers what it said.
func (g *gauges) look() (archivist.Vitals, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.asked) > vitalsEvery {
		ctx, cancel := context.WithTimeout(context.Background(), vitalsWithin)
		defer cancel()
		g.vitals, g.err = g.of.Store.Vitals(ctx)
		g.asked = time.Now()
	}
	return g.vitals, g.err
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
