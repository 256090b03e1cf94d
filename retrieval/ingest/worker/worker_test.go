package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval/ingest/extract"
)

// TestMain lets the test binary be the worker too.
func TestMain(m *testing.M) {
	if os.Args[0] != "worker" {
		os.Exit(m.Run())
	}
	if len(os.Environ()) > 0 || Confine() != nil {
		os.Exit(9)
	}
	if err := Serve(os.Stdin, os.Stdout, tasks, slog.New(slog.NewTextHandler(os.Stderr, nil))); err != nil {
		os.Exit(8)
	}
}

const slow, busy, grown, broken, refused, gone, writes, counted Task = "slow", "busy", "grown", "broken", "refused", "gone", "writes", "counted"

var served int

var tasks = Tasks{
	TaskPage: extract.HTML,
	busy: func(extract.Input) (extract.Result, error) {
		for {
			runtime.Gosched()
		}
	},
	slow: func(extract.Input) (extract.Result, error) { time.Sleep(time.Hour); return extract.Result{}, nil },
	grown: func(extract.Input) (extract.Result, error) {
		var kept [][]byte
		for range 1000 {
			kept = append(kept, bytes.Repeat([]byte{1}, 4<<20))
			time.Sleep(time.Millisecond)
		}
		return extract.Result{Pages: []string{string(kept[0])}}, nil
	},
	broken: func(extract.Input) (extract.Result, error) { panic("broken") },
	refused: func(extract.Input) (extract.Result, error) {
		return extract.Result{}, &archivist.Failure{Code: archivist.Listing, Detail: "a list", Offer: archivist.Offer{URL: "https://example.com/feed"}}
	},
	gone: func(extract.Input) (extract.Result, error) { os.Exit(0); return extract.Result{}, nil },
	writes: func(extract.Input) (extract.Result, error) {
		f, err := os.CreateTemp("", "worker")
		if err == nil {
			defer os.Remove(f.Name())
			_, err = f.WriteString("x")
		}
		return extract.Result{}, err
	},
	counted: func(extract.Input) (extract.Result, error) {
		served++
		return extract.Result{Article: archivist.Article{Head: archivist.Head{Words: served}}}, nil
	},
}

func newPool(t *testing.T, o Options) *Pool {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o.Command, o.Stderr = []string{exe, "worker"}, io.Discard
	p := NewPool(o)
	t.Cleanup(p.Close)
	return p
}

var page = extract.Input{
	ContentType: "text/html; charset=utf-8", URL: "https://example.com/bell", Now: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC),
	Body: []byte(`<!doctype html><html lang="en"><head><title>The bell</title><meta property="article:published_time" content="2026-03-02T10:00:00Z"></head><body><article><h1>The bell</h1>
<p>The bell returned to the tower on Monday. The council spoke about it for three hours and then went home in the rain.</p>
<h2>What comes next</h2>
<p>Nobody in the town had expected that, since the matter had been put off again and again for more than eleven years by now.</p>
<p>The next meeting is in March. Until then the harbour master keeps the keys, the maps and the old brass bell in his office.</p></article></body></html>`),
}

// TestSameResult: a worker's result is that of the extractor itself, and so are its refusals.
func TestSameResult(t *testing.T) {
	p := newPool(t, Options{PageTime: time.Minute})
	want, err := extract.HTML(page)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Extract(t.Context(), page)
	if err != nil || got.Article.Title != "The bell" || len(got.Article.Paragraphs) != len(want.Article.Paragraphs) || !got.Article.Published.Equal(want.Article.Published) {
		t.Fatalf("%+v, %v; want %+v", got, err, want)
	}
	for i, paragraph := range want.Article.Paragraphs {
		if got.Article.Paragraphs[i] != paragraph {
			t.Errorf("paragraph %d: %+v, want %+v", i, got.Article.Paragraphs[i], paragraph)
		}
	}
	var failure *archivist.Failure
	if _, err := p.Do(t.Context(), refused, page, time.Minute); !errors.As(err, &failure) || failure.Code != archivist.Listing || failure.Detail != "a list" || failure.Offer.URL != "https://example.com/feed" {
		t.Errorf("a refusal came as %+v", err)
	}
	if _, err := p.Do(t.Context(), "unknown", page, time.Minute); archivist.CodeOf(err) != archivist.Internal {
		t.Errorf("an unknown task: %v", err)
	}
}

// TestBadPages: a page that hangs, grows, breaks its reader or ends it fails alone, soon, and the next one is read.
func TestBadPages(t *testing.T) {
	p := newPool(t, Options{PageTime: time.Minute})
	for task, limit := range map[Task]time.Duration{busy: 100 * time.Millisecond, slow: 100 * time.Millisecond, grown: time.Minute, broken: time.Minute, gone: time.Minute} {
		began := time.Now()
		if _, err := p.Do(t.Context(), task, page, limit); archivist.CodeOf(err) != archivist.TooComplex {
			t.Errorf("%s: %v", task, err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %s", task, took)
		}
		if _, err := p.Extract(t.Context(), page); err != nil {
			t.Errorf("after %s: %v", task, err)
		}
	}
}

// TestProcessorTime: what works is ended by the time that it has used, not only by the clock as what hangs; and what other programs use of the
// machine is not a page's fault.
func TestProcessorTime(t *testing.T) {
	if processorTime(os.Getpid()) == 0 {
		t.Skip("the system does not tell a process's time")
	}
	const limit = time.Second
	p := newPool(t, Options{})
	w, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := p.ask(t.Context(), w, request{busy, page, limit}); err == nil {
		t.Error("a page that never ends was read")
	}
	took, used := time.Since(began), w.command.ProcessState.UserTime()+w.command.ProcessState.SystemTime()
	// The system counts in hundredths; on a machine that others share it may have had little when its time by the clock was over.
	if used < limit*9/10 && took < patience*limit || used > patience*limit {
		t.Errorf("it was ended after %s of processor time, %s by the clock", used, took)
	}
}

// TestParentGone: a worker whose parent does not kill it ends by itself.
func TestParentGone(t *testing.T) {
	p := newPool(t, Options{})
	w, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	defer w.kill()
	if err := writeFrame(w.in, request{slow, page, 10 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	if err := w.command.Wait(); err == nil || w.command.ProcessState.ExitCode() != exitTooMuch {
		t.Errorf("it ended with %v", err)
	}
}

func TestConfined(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system has no such limit")
	}
	p := newPool(t, Options{})
	if _, err := p.Do(t.Context(), writes, page, time.Minute); err == nil || !strings.Contains(err.Error(), "file") {
		t.Errorf("a worker could write a file: %v", err)
	}
}

func TestReplaced(t *testing.T) {
	for name, o := range map[string]Options{"pages": {Pages: 2}, "age": {Age: time.Nanosecond}} {
		p := newPool(t, o)
		var served []int
		for range 3 {
			result, err := p.Do(t.Context(), counted, page, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			served = append(served, result.Article.Words)
		}
		if want := map[string][]int{"pages": {1, 2, 1}, "age": {1, 1, 1}}[name]; !slices.Equal(served, want) {
			t.Errorf("by %s: the workers had served %v, want %v", name, served, want)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	p := newPool(t, Options{Size: 2, PageTime: time.Minute})
	var readers sync.WaitGroup
	for range 6 {
		readers.Go(func() {
			if _, err := p.Extract(t.Context(), page); err != nil {
				t.Error(err)
			}
		})
	}
	readers.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := p.Do(ctx, slow, page, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := NewPool(Options{Command: []string{"/nowhere/worker", "worker"}}).Extract(t.Context(), page); archivist.CodeOf(err) != archivist.Internal {
		t.Errorf("no worker: %v", err)
	}
}

func TestFrames(t *testing.T) {
	var a answer
	for name, frame := range map[string]string{
		"too long": "\xff\xff\xff\xff", "cut": "\x00\x00\x00\x09ab", "no gob": "\x00\x00\x00\x02ab", "half a length": "\x00\x00",
	} {
		if err := readFrame(strings.NewReader(frame), &a); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := readFrame(strings.NewReader(""), &a); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	if err := writeFrame(io.Discard, request{Input: extract.Input{Body: make([]byte, maxFrame)}}); err == nil {
		t.Error("a frame that is too long was written")
	}
}
