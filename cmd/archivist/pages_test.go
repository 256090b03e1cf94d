package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
)

// TestSixtyPages brings in pages of a server on this machine through the queue, with its workers as processes, and tells pages a second and
// the memory of all processes together, which has a bound.
//
//	go test -run TestSixtyPages -v ./cmd/archivist
func TestSixtyPages(t *testing.T) {
	if runtime.GOOS != "linux" || testing.Short() {
		t.Skip("reads memory from /proc, and takes some seconds")
	}
	files, err := filepath.Glob("../../../shared/corpora/pages/*.html.gz")
	if err != nil || len(files) == 0 {
		t.Skip("the pages are not here")
	}
	pages := map[string][]byte{}
	for i, name := range files {
		pages[fmt.Sprintf("/%d", i)] = unpacked(t, name)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page)
	}))
	defer server.Close()
	p := &program{streams: streams{err: io.Discard}, getenv: os.Getenv}
	c := defaults()
	c.Database, c.Ingest.AllowAddresses = filepath.Join(t.TempDir(), "pages.db"), []string{strings.TrimPrefix(server.URL, "http://")}
	h, err := p.openDatabase(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	queue, err := h.queue()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() {
		if err := queue.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	states := map[archivist.JobState]int{}
	began := time.Now()
	var jobs []archivist.JobID
	for path := range pages {
		job, err := queue.Submit(ctx, archivist.Job{Library: "town", URL: server.URL + path, Person: "cli", Lane: archivist.LaneBulk})
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, job.ID)
	}
	for _, id := range jobs {
		job, err := queue.Follow(ctx, id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if job.Code == archivist.TooComplex {
			t.Errorf("%s: %s", job.URL, job.Code)
		}
		states[job.State]++
	}
	took := time.Since(began)
	most := peakMemory(t)
	t.Logf("%d pages in %s: %.0f a second; %d MiB in all processes, each at its peak; %v", len(pages), took.Round(time.Millisecond), float64(len(pages))/took.Seconds(), most>>20, states)
	if most > 400<<20 {
		t.Errorf("%d MiB of memory, more than 400", most>>20)
	}
	if states[archivist.JobDone] < len(pages)*9/10 {
		t.Errorf("of %d pages became %v", len(pages), states)
	}
}

func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// peakMemory is the sum of the most that this process and its children have had resident, each at its own time.
func peakMemory(t *testing.T) (sum int64) {
	own := strconv.Itoa(os.Getpid())
	names, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		values := map[string]string{}
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) > 1 {
				values[fields[0]] = fields[1]
			}
		}
		if values["Pid:"] != own && values["PPid:"] != own || values["VmHWM:"] == "" { // what has ended and was not waited for has no memory
			continue
		}
		kib, err := strconv.ParseInt(values["VmHWM:"], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += kib << 10
	}
	return sum
}
