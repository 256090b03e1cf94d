package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/fetch"
)

func TestLinkBecomesArticle(t *testing.T) {
	b := newBench(t, Options{})
	b.web.pages["https://example.com/a"] = page("The bell returns", "https://example.com/bell", "The bell returns to the tower.")
	b.web.hops["https://example.com/short"] = "https://example.com/a"
	defer b.run(t)()
	var stages []archivist.Stage
	job, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: " https://EXAMPLE.com/short?utm_source=x ", Person: "7"})
	if err != nil {
		t.Fatal(err)
	}
	if job, err = b.queue.Follow(t.Context(), job.ID, func(s archivist.Stage) { stages = append(stages, s) }); err != nil {
		t.Fatal(err)
	}
	if job.State != archivist.JobDone || job.Outcome != archivist.Added || job.Tries != 1 {
		t.Fatalf("job %+v", job)
	}
	a, err := b.store.Article(t.Context(), town, job.Article)
	if err != nil || a.URL != "https://example.com/bell" || a.Title != "The bell returns" || a.AddedBy != "7" || len(a.Paragraphs) != 3 || a.Language != "en" || a.Words < 50 {
		t.Errorf("article %+v, %v", a, err)
	}
	for _, key := range []string{"example.com/short", "example.com/a", "example.com/bell"} {
		if found, err := b.store.ArticleByKey(t.Context(), town, key); err != nil || found.ID != a.ID {
			t.Errorf("by %s: %v, %v", key, found.ID, err)
		}
	}
	if p, err := b.store.Page(t.Context(), town, a.ID); err != nil || !strings.Contains(string(p.Body), "<h1>") {
		t.Errorf("page: %v", err)
	}
	if !b.web.inside["https://example.com/short"] {
		t.Error("the library's right to read inside was not passed on")
	}
	for _, stage := range stages {
		if stage != archivist.StageFetching && stage != archivist.StageReading && stage != archivist.StageStoring {
			t.Errorf("stage %q", stage)
		}
	}
}

func TestSameLinkAgain(t *testing.T) {
	b := newBench(t, Options{})
	const link = "https://example.com/a"
	b.web.pages[link] = page("One", link, "First form.")
	defer b.run(t)()
	first := b.add(t, link)
	if again := b.add(t, link); again.Outcome != archivist.Unchanged || again.Article != first.Article {
		t.Errorf("again: %+v", again)
	}
	b.web.mu.Lock()
	b.web.pages[link] = page("One", link, "Second form.")
	b.web.pages["https://example.com/copy"] = page("One", "", "Second form.")
	b.web.mu.Unlock()
	if changed := b.add(t, link); changed.Outcome != archivist.Updated || changed.Article != first.Article {
		t.Errorf("changed: %+v", changed)
	}
	if dup := b.add(t, "https://example.com/copy"); dup.Outcome != archivist.Duplicate || dup.Article != first.Article {
		t.Errorf("copy: %+v", dup)
	}
	if a, err := b.store.Article(t.Context(), town, first.Article); err != nil || !strings.HasPrefix(a.Paragraphs[0].Text, "Second form.") {
		t.Errorf("text: %+v, %v", a.Paragraphs, err)
	}
}

func TestFailures(t *testing.T) {
	b := newBench(t, Options{})
	b.web.errs["https://example.com/busy"] = &archivist.Failure{Code: archivist.Busy, Detail: "HTTP 503"}
	b.web.errs["https://example.com/robots"] = &archivist.Failure{Code: archivist.Robots}
	b.web.errs["https://example.com/odd"] = errors.New("something of ours broke")
	b.web.pages["https://example.com/panic"] = "panic"
	b.web.pages["https://example.com/empty"] = "<html><body><p>Hello.</p></body></html>"
	b.web.hops["https://example.com/around"] = "https://blocked.example/a"
	b.web.pages["https://blocked.example/a"] = page("Blocked", "", "Blocked.")
	if err := b.store.SetSetting(t.Context(), town, archivist.SettingDomain+"blocked.example", "block", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	defer b.run(t)()
	for link, want := range map[string]struct {
		state archivist.JobState
		code  archivist.Code
	}{
		"https://example.com/gone":   {archivist.JobFailed, archivist.Gone},
		"https://example.com/busy":   {archivist.JobWaiting, archivist.Busy},
		"https://example.com/robots": {archivist.JobFailed, archivist.Robots},
		"https://example.com/odd":    {archivist.JobWaiting, archivist.Internal},
		"https://example.com/panic":  {archivist.JobFailed, archivist.TooComplex},
		"https://example.com/empty":  {archivist.JobFailed, archivist.EmptyPage},
		"https://blocked.example/x":  {archivist.JobFailed, archivist.DomainBlocked},
		"https://example.com/around": {archivist.JobFailed, archivist.DomainBlocked}, // a redirect is no way around a rule
	} {
		job := b.add(t, link)
		if job.State != want.state || job.Code != want.code {
			t.Errorf("%s: %s %q, want %s %q", link, job.State, job.Code, want.state, want.code)
		}
		if job.State == archivist.JobWaiting && time.Until(job.Due) < 40*time.Second {
			t.Errorf("%s: tried again in %s", link, time.Until(job.Due))
		}
	}
	if _, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: "ftp://example.com/x", Person: "7"}); archivist.CodeOf(err) != archivist.BadScheme {
		t.Errorf("no link: %v", err)
	}
	if heads, err := b.store.Articles(t.Context(), town, archivist.Everything, 0, 10); err != nil || len(heads) != 0 {
		t.Errorf("stored: %+v, %v", heads, err)
	}
}

// TestStopKeepsJobs stops a queue while a page is under way: the job is queued again, its try does not count, and another queue does it.
func TestStopKeepsJobs(t *testing.T) {
	b := newBench(t, Options{})
	const link = "https://example.com/slow"
	b.web.pages[link] = page("Slow", link, "It takes its time.")
	b.web.waits[link] = make(chan struct{})
	stop := b.run(t)
	job, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: link, Person: "7"})
	if err != nil {
		t.Fatal(err)
	}
	fetching := make(chan struct{})
	following, cancel := context.WithCancel(t.Context())
	var followed sync.WaitGroup
	followed.Go(func() {
		_, err := b.queue.Follow(following, job.ID, func(s archivist.Stage) {
			if s == archivist.StageFetching {
				close(fetching)
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("follow: %v", err)
		}
	})
	<-fetching
	cancel()
	followed.Wait()
	stop()
	if job, err = b.store.Job(t.Context(), job.ID); err != nil || job.State != archivist.JobQueued || job.Tries != 0 {
		t.Fatalf("after the stop: %+v, %v", job, err)
	}
	close(b.web.waits[link])
	defer b.run(t)()
	if job, err = b.queue.Follow(t.Context(), job.ID, nil); err != nil || job.State != archivist.JobDone {
		t.Errorf("after the restart: %+v, %v", job, err)
	}
}

// TestCancelledStoresNothing takes a job back while its page is under way: the attempt ends, and nothing is stored.
func TestCancelledStoresNothing(t *testing.T) {
	b := newBench(t, Options{})
	const link = "https://example.com/slow"
	b.web.pages[link] = page("Slow", link, "It takes its time.")
	b.web.waits[link] = make(chan struct{}) // never closed: only the cancellation ends the attempt
	defer b.run(t)()
	job, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: link, Person: "7"})
	if err != nil {
		t.Fatal(err)
	}
	job, err = b.queue.Follow(t.Context(), job.ID, func(s archivist.Stage) {
		if s != archivist.StageFetching {
			return
		}
		if cancelled, err := b.queue.CancelJob(t.Context(), town, job.ID); err != nil || !cancelled {
			t.Errorf("cancel: %v, %v", cancelled, err)
		}
	})
	if err != nil || job.State != archivist.JobCancelled {
		t.Fatalf("%+v, %v", job, err)
	}
	if cancelled, err := b.queue.CancelJob(t.Context(), town, job.ID); err != nil || cancelled {
		t.Errorf("cancelled twice: %v, %v", cancelled, err)
	}
	if heads, err := b.store.Articles(t.Context(), town, archivist.Everything, 0, 10); err != nil || len(heads) != 0 {
		t.Errorf("stored: %+v, %v", heads, err)
	}
}

// A handlerFunc is a Handler.
type handlerFunc func(context.Context, archivist.Job, func(archivist.Stage)) (bool, error)

func (f handlerFunc) Do(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (bool, error) {
	return f(ctx, job, stage)
}

// TestOneFillsTheQueue: somebody has 3,000 links queued; another one's is done after a handful of them, and a turn is found as fast as in an empty
// queue.
func TestOneFillsTheQueue(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 3,000 jobs")
	}
	b := newBench(t, Options{})
	var mu sync.Mutex
	var done []string
	b.queue.handlers = Handlers{archivist.JobPage: handlerFunc(func(_ context.Context, job archivist.Job, _ func(archivist.Stage)) (bool, error) {
		mu.Lock()
		defer mu.Unlock()
		done = append(done, job.Person)
		return false, nil
	})}
	for i := range 3_000 {
		if _, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: fmt.Sprintf("https://s%d.example.com/%d", i%50, i), Person: "many"}); err != nil {
			t.Fatal(err)
		}
	}
	one, err := b.queue.Submit(t.Context(), archivist.Job{Library: "yonder", URL: "https://example.com/one", Person: "one"})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	stop := b.run(t)
	defer stop()
	if one, err = b.queue.Follow(t.Context(), one.ID, nil); err != nil || one.State != archivist.JobDone {
		t.Fatalf("%+v, %v", one, err)
	}
	took := time.Since(began)
	stop()
	mu.Lock()
	defer mu.Unlock()
	if at := slices.Index(done, "one"); at < 0 || at > 4 || took > 10*time.Second {
		t.Errorf("it was done after %d others, in %s", at, took)
	}
	began = time.Now()
	const claims = 40
	for range claims {
		if _, found, err := b.store.Claim(t.Context(), "test", began, began.Add(time.Hour)); err != nil || !found {
			t.Fatal(found, err)
		}
	}
	t.Logf("done after %s and %d others; a claim takes %s", took, slices.Index(done, "one"), time.Since(began)/claims)
}

// TestKinds: jobs go to the handler of their kind, and end as it ends.
func TestKinds(t *testing.T) {
	b := newBench(t, Options{})
	until := time.Now().Add(5 * time.Hour).Truncate(time.Millisecond)
	b.queue.handlers = Handlers{
		"nothing": handlerFunc(func(context.Context, archivist.Job, func(archivist.Stage)) (bool, error) { return false, nil }),
		"panics":  handlerFunc(func(context.Context, archivist.Job, func(archivist.Stage)) (bool, error) { panic("broken") }),
		"paused": handlerFunc(func(context.Context, archivist.Job, func(archivist.Stage)) (bool, error) {
			return false, &archivist.Failure{Code: archivist.Busy, Err: &fetch.Pause{Until: until}}
		}),
		"late": handlerFunc(func(context.Context, archivist.Job, func(archivist.Stage)) (bool, error) {
			return false, context.DeadlineExceeded
		}),
	}
	defer b.run(t)()
	for kind, want := range map[archivist.JobKind]struct {
		state archivist.JobState
		code  archivist.Code
	}{
		"nothing": {archivist.JobDone, ""}, "panics": {archivist.JobFailed, archivist.TooComplex}, "paused": {archivist.JobWaiting, archivist.Busy},
		"late": {archivist.JobWaiting, archivist.Timeout}, "unknown": {archivist.JobWaiting, archivist.Internal},
	} {
		now := time.Now()
		job, err := b.store.Enqueue(t.Context(), archivist.Job{Library: town, Kind: kind, Key: string(kind), Due: now, Created: now})
		if err != nil {
			t.Fatal(err)
		}
		if job, err = b.queue.Follow(t.Context(), job.ID, nil); err != nil || job.State != want.state || job.Code != want.code {
			t.Errorf("%s: %+v, %v", kind, job, err)
		}
		if kind == "paused" && !job.Due.Equal(until) {
			t.Errorf("the site asked to be left alone until %s; tried again at %s", until, job.Due)
		}
	}
}

// TestLeaseIsTakenOver: a process that died holds a job until its lease ends; then another does it.
func TestLeaseIsTakenOver(t *testing.T) {
	b := newBench(t, Options{})
	const link = "https://example.com/a"
	b.web.pages[link] = page("Orphan", link, "Somebody died over it.")
	job, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: link, Person: "7"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if _, found, err := b.store.Claim(t.Context(), "dead", now, now.Add(50*time.Millisecond)); err != nil || !found {
		t.Fatal(found, err)
	}
	defer b.run(t)()
	if job, err = b.queue.Follow(t.Context(), job.ID, nil); err != nil || job.State != archivist.JobDone || job.Tries != 2 {
		t.Errorf("%+v, %v", job, err)
	}
}

func TestRetryAfter(t *testing.T) {
	for tries, want := range map[int]time.Duration{1: time.Minute, 2: 5 * time.Minute, 3: 30 * time.Minute, 4: 3 * time.Hour, 5: 12 * time.Hour, 6: 24 * time.Hour, 7: 0, 0: 0} {
		if got := retryAfter(tries, .5); got != want {
			t.Errorf("try %d: %s, want %s", tries, got, want)
		}
	}
	if low, high := retryAfter(1, 0), retryAfter(1, 1); low != 48*time.Second || high != 72*time.Second {
		t.Errorf("spread %s to %s, want ±20%%", low, high)
	}
}

func TestLanguage(t *testing.T) {
	english := strings.Repeat("The council spoke about it for three hours on Monday evening. ", 5)
	for _, test := range []struct{ declared, text, want string }{
		{"en-GB", english, "en"},
		{"de", english, "en"}, // the text is surely English
		{"", english, "en"},
		{"de_AT", "kurz", "de"}, // too short to tell
		{"", "3", "und"},
	} {
		if got := language(test.declared, test.text); got != test.want {
			t.Errorf("language(%q, %.20q) = %s, want %s", test.declared, test.text, got, test.want)
		}
	}
}

func TestFileIdentity(t *testing.T) {
	in, err := FromHTML(extract.Input{Body: []byte(page("Own", "https://example.com/own", "x")), URL: "file:own.html", Now: time.Now()})
	if err != nil || in.Article.URL != "https://example.com/own" || in.Article.Key != "example.com/own" {
		t.Errorf("a file that names its address: %q, %q, %v", in.Article.URL, in.Article.Key, err)
	}
	in, err = FromHTML(extract.Input{Body: []byte(page("Own", "", "x")), URL: "file:own.html", Now: time.Now()})
	if err != nil || in.Article.URL != "file:own.html" || in.Article.Key != "file:own.html" {
		t.Errorf("a file that does not: %q, %q, %v", in.Article.URL, in.Article.Key, err)
	}
	in, err = FromHTML(extract.Input{Body: []byte(page("Own", "https://other.example/own", "x")), URL: "https://example.com/a", Now: time.Now()})
	if err != nil || in.Article.URL != "https://example.com/a" {
		t.Errorf("a page that speaks for another site: %q, %v", in.Article.URL, err)
	}
}

func TestBulk(t *testing.T) {
	b := newBench(t, Options{})
	engine := retrieval.New(b.store, retrieval.Options{})
	articles := func(n int) iter.Seq2[archivist.Intake, error] {
		return func(yield func(archivist.Intake, error) bool) {
			for i := range n {
				if i == 7 && !yield(archivist.Intake{}, &archivist.Failure{Code: archivist.TooLarge}) {
					return
				}
				in := NewIntake(archivist.Article{
					Head:       archivist.Head{URL: fmt.Sprint("https://example.com/", i), Title: fmt.Sprint("Title ", i)},
					Paragraphs: []archivist.Paragraph{{Text: fmt.Sprint("Text number ", i)}},
				})
				if !yield(in, nil) {
					return
				}
			}
		}
	}
	told, failed := 0, 0
	run := func(n int) Report {
		r, err := Bulk(t.Context(), engine, town, articles(n), func(batch []archivist.Intake, results []archivist.Stored) {
			if told += len(batch); len(results) != len(batch) {
				t.Errorf("%d results of %d", len(results), len(batch))
			}
		}, func(error) { failed++ })
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := run(600); r.Added != 600 || r.Failed != 1 || r.Reasons[archivist.TooLarge] != 1 || told != 600 || failed != 1 {
		t.Errorf("first: %+v, told %d", r, told)
	}
	if r := run(650); r.Added != 50 || r.Unchanged != 600 || r.Done() != 650 {
		t.Errorf("again, with more: %+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Bulk(ctx, engine, town, articles(9), func([]archivist.Intake, []archivist.Stored) {}, func(error) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
