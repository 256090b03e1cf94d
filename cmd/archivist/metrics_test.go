package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// TestMetrics scrapes the program while it serves a community: what is told moves with what happens, names nobody, and is what
// docs/METRICS.md lists; and deploy's dashboard and alerts ask for nothing else.
func TestMetrics(t *testing.T) {
	w := newWholeWay(t)
	w.listen = "127.0.0.1:0"
	guild := w.discord.Guild("Herald readers")
	news, ann := guild.Channel("news"), guild.Member("Ann")
	w.reading = archivist.GuildLibrary(guild.ID())
	w.serve()
	base := w.told()
	w.page(base+"/healthz", http.StatusOK, "alive\n")
	w.waitReady(base)

	w.discord.Fault(fakediscord.REST("PATCH @original").RateLimit(50*time.Millisecond, "user").Times(1))
	w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/bridge")), "Old bridge closes")
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "When was the stone bridge closed?")), "4 March")
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "Who won the prize for the best honey?")), "nothing in this library")
	w.text(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/gone")))
	asked, err := ann.Type(news, "<@"+w.discord.ApplicationID()+"> How many vehicles did the bridge carry?")
	w.must(err)
	_, err = news.Answer(w.ctx, asked)
	w.must(err)

	// The last reply is seen here before the program has Discord's word that it was taken.
	families, text := w.scrape(base)
	for sum(families, "archivist_stage_seconds", "stage", "whole") < 3 && w.ctx.Err() == nil {
		families, text = w.scrape(base)
	}
	for _, want := range []struct {
		name, label, value string
		least              float64
	}{
		{"archivist_asks_total", "outcome", "refused", 1},
		{"archivist_stage_seconds", "stage", "acknowledge", 4},
		{"archivist_stage_seconds", "stage", "search", 3},
		{"archivist_stage_seconds", "stage", "rank", 3},
		{"archivist_stage_seconds", "stage", "texts", 2},
		{"archivist_stage_seconds", "stage", "render", 4},
		{"archivist_stage_seconds", "stage", "whole", 3},
		{"archivist_rest_requests_total", "route", "POST callback", 4},
		{"archivist_rest_requests_total", "status", "429", 1},
		{"archivist_job_attempts_total", "reason", "done", 1},
		{"archivist_job_attempts_total", "reason", "gone", 1},
		{"archivist_gateway_sessions_total", "how", "new", 1},
		{"archivist_gateway_shard_ready", "shard", "0", 1},
		{"archivist_gateway_guilds", "", "", 1},
		{"archivist_libraries_loaded", "", "", 1},
		{"archivist_libraries_bytes", "", "", 100},
		{"archivist_store_bytes", "part", "database", 4096},
		{"archivist_store_bytes", "part", "log", 1},
		{"archivist_store_up", "", "", 1},
		{"process_resident_memory_bytes", "", "", 1},
		{"go_goroutines", "", "", 1},
	} {
		if got := sum(families, want.name, want.label, want.value); got < want.least {
			t.Errorf("%s{%s=%q} is %v, want %v at least", want.name, want.label, want.value, got, want.least)
		}
	}
	if got := sum(families, "archivist_asks_total", "", ""); got != 3 {
		t.Errorf("three questions are counted as %v", got)
	}
	for _, private := range []string{guild.ID(), w.discord.Token(), w.discord.ApplicationID(), "Herald", "Ann", w.database, "127.0.0.1", "bridge"} {
		if strings.Contains(text, private) {
			t.Errorf("the scrape has %q in it", private)
		}
	}
	checkMetricsPage(t, families)
	checkDeploy(t, families)
	if code := w.stop(); code != exitDone {
		t.Errorf("exit code %d\n%s", code, w.log)
	}
}

// told is where the program says that it tells how it fares.
func (w *wholeWay) told() string {
	w.t.Helper()
	m := regexp.MustCompile(`telling how it fares" address=(\S+)`).FindStringSubmatch(w.log.String())
	if m == nil {
		w.t.Fatalf("nothing is told anywhere\n%s", w.log)
	}
	return "http://" + m[1]
}

// page reads a page and wants it so.
func (w *wholeWay) page(address string, wantStatus int, want string) {
	w.t.Helper()
	if status, text := w.fetch(address); status != wantStatus || text != want {
		w.t.Errorf("%s: %d %q, want %d %q", address, status, text, wantStatus, want)
	}
}

func (w *wholeWay) fetch(address string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, address, nil)
	w.must(err)
	answer, err := http.DefaultClient.Do(r)
	w.must(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	w.must(err)
	return answer.StatusCode, string(text)
}

// waitReady asks until the program is ready: the fake Discord knows so a moment earlier.
func (w *wholeWay) waitReady(base string) {
	w.t.Helper()
	for {
		status, text := w.fetch(base + "/readyz")
		if status == http.StatusOK && text == "ready\n" {
			return
		}
		w.must(w.ctx.Err())
	}
}

func (w *wholeWay) scrape(base string) (map[string]*dto.MetricFamily, string) {
	w.t.Helper()
	status, text := w.fetch(base + "/metrics")
	if status != http.StatusOK {
		w.t.Fatalf("/metrics: %d\n%s", status, text)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	w.must(err)
	return families, text
}

// sum adds up the series of a metric that have a label's value, of histograms how many were observed.
func sum(families map[string]*dto.MetricFamily, name, label, value string) (total float64) {
	for _, m := range families[name].GetMetric() {
		if label != "" && !slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool { return l.GetName() == label && l.GetValue() == value }) {
			continue
		}
		total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return total
}

const metricsPage = "../../docs/METRICS.md"

// checkMetricsPage holds the page to the scrape; -update writes it anew.
func checkMetricsPage(t *testing.T, families map[string]*dto.MetricFamily) {
	var b strings.Builder
	b.WriteString("# Metrics\n\nWhat `/metrics` tells where `serve.listen` names an address (a test writes this page). Beside these, client_golang's own `go_*` and `process_*`.\n" +
		"No label names a server, a library, a site or a person.\n\n| Metric | Type | Labels | What it is |\n|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(families)) {
		if !strings.HasPrefix(name, "archivist_") {
			continue
		}
		f := families[name]
		labels := map[string]bool{}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = true
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, strings.ToLower(f.GetType().String()), strings.Join(slices.Sorted(maps.Keys(labels)), ", "), f.GetHelp())
	}
	if *update {
		if err := os.WriteFile(metricsPage, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(metricsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != b.String() {
		t.Errorf("docs/METRICS.md is out of date: go test ./cmd/archivist -run TestMetrics -update. It should be\n%s", b.String())
	}
}

// metricName is what Prometheus would look for.
var metricName = regexp.MustCompile(`\b(?:archivist|go|process)_[a-z0-9_]+`)

// checkDeploy wants every metric that deploy's alerts and dashboard ask for to be one that is told.
func checkDeploy(t *testing.T, families map[string]*dto.MetricFamily) {
	told := map[string]bool{}
	for name, f := range families {
		told[name] = true
		if f.GetType() == dto.MetricType_HISTOGRAM {
			told[name+"_bucket"], told[name+"_sum"], told[name+"_count"] = true, true, true
		}
	}
	for _, file := range []string{"alerts.yaml", "dashboard.json"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "prometheus", file))
		if err != nil {
			t.Fatal(err)
		}
		names := metricName.FindAllString(string(text), -1)
		if len(names) < 10 {
			t.Errorf("%s asks for %d metrics", file, len(names))
		}
		for _, name := range names {
			if !told[name] {
				t.Errorf("%s asks for %s, which is not told", file, name)
			}
		}
	}
}
