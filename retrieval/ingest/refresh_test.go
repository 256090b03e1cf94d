package ingest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

// TestCheckAfter is INGEST's schedule, by hand.
func TestCheckAfter(t *testing.T) {
	const day = 24 * time.Hour
	for step, want := range []time.Duration{time.Hour, 6 * time.Hour, day, 3 * day, 10 * day, 30 * day, 90 * day, 180 * day, 360 * day, 360 * day} {
		if got := CheckAfter(step); got != want {
			t.Errorf("CheckAfter(%d) = %s, want %s", step, got, want)
		}
	}
	if CheckAfter(-1) != time.Hour || CheckAfter(1_000_000_000) != 360*day {
		t.Error("steps beyond the ends")
	}
}

// stored brings in the page at path and gives its article.
func (s *site) stored(t *testing.T, path string) archivist.Article {
	t.Helper()
	job, err := s.queue.Submit(t.Context(), archivist.Job{Library: town, URL: s.URL + path, Person: "7"})
	if err == nil {
		job, err = s.queue.Follow(t.Context(), job.ID, nil)
	}
	if err != nil || job.State != archivist.JobDone {
		t.Fatalf("%s: %+v, %v", path, job, err)
	}
	return s.articleNow(t, job.Article)
}

func (s *site) articleNow(t *testing.T, id archivist.ArticleID) archivist.Article {
	t.Helper()
	a, err := s.store.Article(t.Context(), town, id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *site) check(t *testing.T, id archivist.ArticleID) archivist.Check {
	t.Helper()
	c, err := s.store.NextCheck(t.Context(), town, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refresh lets time pass until the article is due, makes its job as the scheduler does, and gives the job when it has ended.
func (s *site) refresh(t *testing.T, a archivist.Article) archivist.Job {
	t.Helper()
	c := s.check(t, a.ID)
	if n, err := s.store.ClaimChecks(t.Context(), c.Due, c.Due.Add(checkPause), 9); err != nil || n == 0 {
		t.Fatalf("%d checks are due, %v", n, err)
	}
	jobs, err := s.store.Jobs(t.Context(), archivist.JobFilter{Library: town, Limit: 1})
	if err != nil || len(jobs) != 1 || jobs[0].Kind != archivist.JobRefresh {
		t.Fatalf("jobs %+v, %v", jobs, err)
	}
	// The job is due when the article is; let that be now.
	if _, err := s.store.Enqueue(t.Context(), archivist.Job{Library: town, Kind: archivist.JobRefresh, URL: a.URL, Key: a.Key, Channels: a.Channels, Due: time.Now(), Created: time.Now()}); err != nil {
		t.Fatal(err)
	}
	s.queue.Wake()
	job, err := s.queue.Follow(t.Context(), jobs[0].ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// longText is a page of n paragraphs that the word is part of.
func longText(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>Paragraph %d tells of the %s at some length, so that nobody takes it for the furniture of a page.</p>", i, word)
	}
	return `<!doctype html><html lang="en"><head><title>The ` + word + `</title></head><body><article><h1>The ` + word + `</h1>` + b.String() + `</article></body></html>`
}

// TestRefreshUnchanged: validators go back, and each look that finds nothing puts the next one off.
func TestRefreshUnchanged(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, longText("mill", 9))
	})
	a := s.stored(t, "/a")
	if c := s.check(t, a.ID); c.ETag != `"1"` || c.URL != s.URL+"/a" || c.Step != 0 || c.Due.Sub(c.Checked) != time.Hour {
		t.Errorf("after adding: %+v", c)
	}
	s.askedFor()
	if job := s.refresh(t, a); job.State != archivist.JobDone || job.Outcome != "" {
		t.Errorf("not modified: %+v", job)
	}
	if c := s.check(t, a.ID); c.Step != 1 || c.Due.Sub(c.Checked) != 6*time.Hour || s.headers.Get("If-None-Match") != `"1"` {
		t.Errorf("not modified: %+v", c)
	}
	// Other markup around the same words is no change.
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"2"`)
		fmt.Fprint(w, strings.Replace(longText("mill", 9), "<article>", `<article class="new"><!-- x -->`, 1))
	})
	if job := s.refresh(t, a); job.State != archivist.JobDone || job.Outcome != "" {
		t.Errorf("other markup: %+v", job)
	}
	if c := s.check(t, a.ID); c.Step != 2 || c.ETag != `"2"` {
		t.Errorf("other markup: %+v", c)
	}
	if now := s.articleNow(t, a.ID); !now.Updated.Equal(a.Updated) {
		t.Errorf("updated without a change: %+v", now.Head)
	}
}

// TestRefreshChanged: a correction takes the old text's place, which stays as a former one; the schedule goes on at a day.
func TestRefreshChanged(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	s.text("/a", "text/html", longText("mill", 9))
	a := s.stored(t, "/a")
	// The page now says that another address is its own: it stays this article.
	changed := strings.Replace(longText("mill", 9), "Paragraph 3 tells", "Paragraph 3, corrected, tells", 1)
	s.text("/a", "text/html", strings.Replace(changed, "</head>", `<link rel="canonical" href="/b"></head>`, 1))
	if job := s.refresh(t, a); job.State != archivist.JobDone || job.Outcome != archivist.Updated || job.Article != a.ID {
		t.Errorf("the job: %+v", job)
	}
	now := s.articleNow(t, a.ID)
	if !strings.Contains(now.Paragraphs[3].Text, "corrected") || now.URL != a.URL || !now.Updated.After(now.Added) || now.AddedBy != "7" {
		t.Errorf("the article: %+v", now)
	}
	if c := s.check(t, a.ID); c.Step != 2 || c.Due.Sub(c.Checked) != 24*time.Hour {
		t.Errorf("the check: %+v", c)
	}
	if list, err := s.store.Formers(t.Context(), town, a.ID); err != nil || len(list) != 1 || !slices.Equal(list[0].Paragraphs, a.Paragraphs) {
		t.Errorf("former texts: %+v, %v", list, err)
	}
}

// TestRefreshSuspicious: a text that is mostly gone must be found twice.
func TestRefreshSuspicious(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	s.text("/a", "text/html", longText("mill", 9))
	a := s.stored(t, "/a")
	for _, word := range []string{"wall", "gate"} { // the second is another text: it is found once again
		s.text("/a", "text/html", longText(word, 3))
		if job := s.refresh(t, a); job.State != archivist.JobFailed || job.Code != archivist.Suspicious {
			t.Errorf("found once: %+v", job)
		}
		if c := s.check(t, a.ID); c.Due.Sub(c.Checked) != 24*time.Hour || c.Pending == [32]byte{} {
			t.Errorf("the check: %+v", c)
		}
		if now := s.articleNow(t, a.ID); !slices.Equal(now.Paragraphs, a.Paragraphs) {
			t.Errorf("the old text is gone: %+v", now.Paragraphs)
		}
	}
	if job := s.refresh(t, a); job.Outcome != archivist.Updated {
		t.Errorf("found twice: %+v", job)
	}
	if now := s.articleNow(t, a.ID); len(now.Paragraphs) != 3 {
		t.Errorf("%d paragraphs", len(now.Paragraphs))
	}
	if c := s.check(t, a.ID); c.Pending != ([32]byte{}) {
		t.Errorf("still pending: %+v", c)
	}
	// The old text again, and what was pending is forgotten.
	s.text("/a", "text/html", longText("wall", 1))
	s.refresh(t, a)
	s.text("/a", "text/html", longText("gate", 3))
	if job := s.refresh(t, a); job.Outcome != "" || s.check(t, a.ID).Pending != ([32]byte{}) {
		t.Errorf("well again: %+v", job)
	}
}

// TestRefreshGone: three times within seven days and the link is dead; the text still answers, and the page may come back.
func TestRefreshGone(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	s.text("/a", "text/html", longText("mill", 9))
	a := s.stored(t, "/a")
	s.set("/a", nil)
	for n := 1; n <= 3; n++ {
		if job := s.refresh(t, a); job.State != archivist.JobFailed || job.Code != archivist.Gone {
			t.Errorf("time %d: %+v", n, job)
		}
		if now := s.articleNow(t, a.ID); now.Dead != (n == 3) || len(now.Paragraphs) != 9 {
			t.Errorf("time %d: %+v", n, now.Head)
		}
		if c := s.check(t, a.ID); c.Missed != n || n < 3 && c.Due.Sub(c.Checked) != 48*time.Hour {
			t.Errorf("time %d: %+v", n, c)
		}
	}
	s.text("/a", "text/html", longText("mill", 9))
	if job := s.refresh(t, a); job.State != archivist.JobDone || s.articleNow(t, a.ID).Dead || s.check(t, a.ID).Missed != 0 {
		t.Errorf("back again: %+v", job)
	}
}

func TestMissed(t *testing.T) {
	const day = 24 * time.Hour
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for what, test := range map[string]struct {
		days []int
		dead bool
	}{
		"three in a week":            {[]int{0, 2, 4}, true},
		"three in more than a week":  {[]int{0, 4, 8}, false},
		"two":                        {[]int{0, 2}, false},
		"three in a week after long": {[]int{0, 30, 32, 34}, true},
	} {
		var c archivist.Check
		dead := false
		for _, n := range test.days {
			c, dead = missed(c, at.Add(time.Duration(n)*day))
		}
		if dead != test.dead {
			t.Errorf("%s: %t, %+v", what, dead, c)
		}
	}
}

// TestRefreshUnreadable: a page that is no article now, or that the library lets in no more, leaves the text as it is.
func TestRefreshUnreadable(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	s.text("/a", "text/html", longText("mill", 9))
	a := s.stored(t, "/a")
	s.text("/a", "text/html", "<html><body><p>Hello.</p></body></html>")
	if job := s.refresh(t, a); job.State != archivist.JobFailed || job.Code != archivist.EmptyPage {
		t.Errorf("no article: %+v", job)
	}
	if c := s.check(t, a.ID); c.Step != 1 || c.Due.Sub(c.Checked) != 6*time.Hour {
		t.Errorf("no article: %+v", c)
	}
	s.set("/a", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if job := s.refresh(t, a); job.State != archivist.JobWaiting || job.Code != archivist.ServerError {
		t.Errorf("an error of the site: %+v", job)
	}
	if now := s.articleNow(t, a.ID); !slices.Equal(now.Paragraphs, a.Paragraphs) || now.Dead {
		t.Errorf("the article: %+v", now)
	}
}

// TestScheduler: what is due becomes a job without anybody asking.
func TestScheduler(t *testing.T) {
	s := newSite(t)
	stop := startRun(t, s.queue.Run)
	s.text("/a", "text/html", longText("mill", 9))
	a := s.stored(t, "/a")
	stop()
	c := s.check(t, a.ID)
	c.Due = time.Now().Add(-time.Second)
	if err := s.store.SaveCheck(t.Context(), town, a.ID, c, false); err != nil {
		t.Fatal(err)
	}
	woken := make(chan struct{})
	scheduler := &Scheduler{Desk: s.store, Wake: func() { close(woken) }, Logger: s.poller.Logger, Every: time.Hour}
	defer startRun(t, scheduler.Run)()
	<-woken
	jobs, err := s.store.Jobs(t.Context(), archivist.JobFilter{Library: town, States: []archivist.JobState{archivist.JobQueued}, Limit: 9})
	if err != nil || len(jobs) != 1 || jobs[0].Kind != archivist.JobRefresh || jobs[0].URL != a.URL {
		t.Errorf("jobs %+v, %v", jobs, err)
	}
}

// TestNoSnippet: what its site does not want quoted is not stored.
func TestNoSnippet(t *testing.T) {
	s := newSite(t)
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Robots-Tag", "nosnippet")
		fmt.Fprint(w, longText("mill", 9))
	})
	_, err := s.reader.Read(t.Context(), town, s.URL+"/a", func(archivist.Stage) {})
	if archivist.CodeOf(err) != archivist.Robots {
		t.Errorf("read: %v", err)
	}
}
