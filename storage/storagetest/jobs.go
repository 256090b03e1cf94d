package storagetest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
)

func newJob(name string, now time.Time) archivist.Job {
	return archivist.Job{Library: town, Kind: archivist.JobPage, URL: "https://example.com/" + name, Key: "example.com/" + name, Person: "7", Due: now, Created: now}
}

func jobsCase(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	job, err := s.Enqueue(ctx, newJob("a", now))
	if err != nil || job.ID == 0 || job.State != archivist.JobQueued {
		t.Fatalf("enqueue: %+v, %v", job, err)
	}
	if same, err := s.Enqueue(ctx, newJob("a", now)); err != nil || same.ID != job.ID {
		t.Errorf("the same link made job %d beside %d, %v", same.ID, job.ID, err)
	}
	later := newJob("later", now)
	later.Due = now.Add(24 * time.Hour)
	if later, err = s.Enqueue(ctx, later); err != nil || later.State != archivist.JobWaiting {
		t.Errorf("a job for later: %+v, %v", later, err)
	}
	claimed, found, err := s.Claim(ctx, "p1", now, now.Add(time.Minute))
	if err != nil || !found || claimed.ID != job.ID || claimed.Tries != 1 || claimed.Owner != "p1" || !claimed.Until.Equal(now.Add(time.Minute)) {
		t.Fatalf("claim: %+v, %v, %v", claimed, found, err)
	}
	if _, found, _ := s.Claim(ctx, "p2", now, now.Add(time.Minute)); found {
		t.Error("claimed twice")
	}
	if err := s.Renew(ctx, job.ID, "p2", now); !errors.Is(err, archivist.ErrLeaseLost) {
		t.Errorf("renewed by another: %v", err)
	}
	if err := s.Renew(ctx, job.ID, "p1", now.Add(2*time.Minute)); err != nil {
		t.Error(err)
	}
	// The lease runs out: another process takes it, and the first one's article is refused whole.
	late := now.Add(3 * time.Minute)
	if taken, found, err := s.Claim(ctx, "p2", late, late.Add(time.Minute)); err != nil || !found || taken.ID != job.ID || taken.Tries != 2 {
		t.Fatalf("take over: %+v, %v, %v", taken, found, err)
	}
	p := put("a", "one")
	p.Job, p.Owner = job.ID, "p1"
	if _, err := s.PutArticles(ctx, town, []archivist.Put{p}); !errors.Is(err, archivist.ErrLeaseLost) {
		t.Errorf("the article of a lost lease was stored: %v", err)
	}
	if _, err := s.ArticleByKey(ctx, town, "example.com/a"); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("the article of a lost lease is there: %v", err)
	}
	p.Owner = "p2"
	stored, err := s.PutArticles(ctx, town, []archivist.Put{p})
	if err != nil {
		t.Fatal(err)
	}
	if done, err := s.Job(ctx, job.ID); err != nil || done.State != archivist.JobDone || done.Article != stored[0].ID || done.Outcome != archivist.Added {
		t.Errorf("done: %+v, %v", done, err)
	}
	// A finished job is never claimed; the same link makes a new one.
	if again, err := s.Enqueue(ctx, newJob("a", late)); err != nil || again.ID == job.ID {
		t.Errorf("a new job for the same link: %+v, %v", again, err)
	}
	second, _, err := s.Claim(ctx, "p1", late, late.Add(time.Minute))
	if err != nil || s.Retry(ctx, second.ID, "p1", archivist.Busy, late.Add(time.Hour)) != nil {
		t.Fatalf("retry: %v", err)
	}
	if waiting, err := s.Job(ctx, second.ID); err != nil || waiting.State != archivist.JobWaiting || waiting.Code != archivist.Busy || !waiting.Open() {
		t.Errorf("waiting: %+v, %v", waiting, err)
	}
	offer := archivist.Offer{Kind: archivist.OfferArchive, URL: "https://archive.example.org/1", At: now}
	third, found, err := s.Claim(ctx, "p1", late.Add(2*time.Hour), late.Add(3*time.Hour))
	if err != nil || !found || s.Fail(ctx, third.ID, "p1", archivist.Gone, offer) != nil {
		t.Fatalf("fail: %v", err)
	}
	if failed, err := s.Job(ctx, third.ID); err != nil || failed.State != archivist.JobFailed || failed.Code != archivist.Gone || failed.Offer != offer || failed.Open() {
		t.Errorf("failed: %+v, %v", failed, err)
	}
	if jobs, err := s.Jobs(ctx, archivist.JobFilter{Library: town, Limit: 10}); err != nil || len(jobs) != 3 || jobs[0].ID < jobs[1].ID {
		t.Errorf("jobs: %+v, %v", jobs, err)
	}
	if _, err := s.Job(ctx, 99); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("no such job: %v", err)
	}
}

func claimers(t *testing.T, s Store) {
	now := time.Now()
	const n = 60
	for i := range n {
		job := newJob(fmt.Sprint("j", i), now)
		job.Library, job.Key = archivist.LibraryID(fmt.Sprintf("l%d", i%3)), fmt.Sprintf("j%d.example/", i)
		if _, err := s.Enqueue(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	taken := map[archivist.JobID]string{}
	for w := range 6 {
		owner := fmt.Sprint("p", w)
		all.Go(func() {
			for {
				job, found, err := s.Claim(t.Context(), owner, now.Add(time.Second), now.Add(time.Hour))
				if err != nil {
					t.Error(err)
				}
				if !found || err != nil {
					return
				}
				mu.Lock()
				if other, twice := taken[job.ID]; twice {
					t.Errorf("job %d went to %s and to %s", job.ID, other, owner)
				}
				taken[job.ID] = owner
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(taken) != n {
		t.Errorf("%d of %d jobs were claimed", len(taken), n)
	}
}

// claimAll claims until nothing is left and tells what their keys end in.
func claimAll(t *testing.T, s Store, now time.Time, n int) string {
	t.Helper()
	var names []string
	for range n {
		job, found, err := s.Claim(t.Context(), "p", now, now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			break
		}
		_, name, _ := strings.Cut(job.Key, "/")
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func turns(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	add := func(library archivist.LibraryID, person string, lane archivist.Lane, host, name string) {
		job := newJob(name, now)
		job.Library, job.Person, job.Lane, job.Key = library, person, lane, cmp.Or(host, name+".example")+"/"+name
		if got, err := s.Enqueue(ctx, job); err != nil || got.Lane != lane {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	for i := range 4 {
		add("a", "ann", archivist.LaneInteractive, "", fmt.Sprint("ann", i))
	}
	add("a", "bob", archivist.LaneInteractive, "", "bob0")
	add("a", "bob", archivist.LaneInteractive, "", "bob1")
	add("b", "cid", archivist.LaneInteractive, "", "cid0")
	add("b", "cid", archivist.LaneInteractive, "", "cid1")
	add("c", "dot", archivist.LaneBulk, "", "bulk")
	add("c", "", archivist.LaneRefresh, "", "refresh")
	add("c", "", archivist.LaneFeed, "", "feed")
	// Libraries in turn, in a library people in turn; then the lanes behind.
	if got, want := claimAll(t, s, now, 20), "ann0 cid0 bob0 cid1 ann1 bob1 ann2 ann3 feed refresh bulk"; got != want {
		t.Errorf("claimed %s,\nwant    %s", got, want)
	}
	// The turns are remembered: b had its last one before a.
	add("a", "ann", archivist.LaneInteractive, "", "ann9")
	add("b", "cid", archivist.LaneInteractive, "", "cid9")
	if got, want := claimAll(t, s, now, 20), "cid9 ann9"; got != want {
		t.Errorf("later claimed %s, want %s", got, want)
	}
	// Two jobs of a site at a time, whoever they are of; others pass them.
	for i := range 3 {
		add("a", "ann", archivist.LaneInteractive, "slow.example", fmt.Sprint("slow", i))
	}
	add("a", "ann", archivist.LaneInteractive, "quick.example", "quick")
	add("b", "cid", archivist.LaneInteractive, "slow.example", "slow3")
	if got, want := claimAll(t, s, now, 20), "slow3 slow0 quick"; got != want {
		t.Errorf("of one site claimed %s, want %s", got, want)
	}
	// Somebody who asks for what waits in a lane behind takes it to the front.
	add("c", "dot", archivist.LaneBulk, "", "both")
	again := newJob("both", now)
	again.Library = "c"
	if job, err := s.Enqueue(ctx, again); err != nil || job.Lane != archivist.LaneInteractive {
		t.Errorf("asked for again: %+v, %v", job, err)
	}
}

func takenBack(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	enqueue := func(key string) archivist.Job {
		job, err := s.Enqueue(ctx, newJob(key, now))
		if err != nil {
			t.Fatal(err)
		}
		return job
	}
	queued := enqueue("queued")
	for i, want := range []bool{true, false} {
		if cancelled, err := s.CancelJob(ctx, town, queued.ID, archivist.Act{}); err != nil || cancelled != want {
			t.Errorf("cancel, time %d: %v, %v", i, cancelled, err)
		}
	}
	if job, err := s.Job(ctx, queued.ID); err != nil || job.State != archivist.JobCancelled || job.Code != archivist.Cancelled || job.Open() {
		t.Errorf("cancelled: %+v, %v", job, err)
	}
	if got := claimAll(t, s, now, 5); got != "" {
		t.Errorf("a cancelled job was claimed: %s", got)
	}
	running := enqueue("running")
	if got := claimAll(t, s, now, 5); got != "running" {
		t.Fatalf("claimed %s", got)
	}
	if cancelled, err := s.CancelJob(ctx, "elsewhere", running.ID, archivist.Act{}); err != nil || cancelled {
		t.Errorf("another library cancelled it: %v", err)
	}
	if cancelled, err := s.CancelJob(ctx, town, running.ID, archivist.Act{}); err != nil || !cancelled {
		t.Errorf("cancel while it runs: %v, %v", cancelled, err)
	}
	p := put("running", "text")
	p.Job, p.Owner = running.ID, "p"
	if _, err := s.PutArticles(ctx, town, []archivist.Put{p}); !errors.Is(err, archivist.ErrLeaseLost) {
		t.Errorf("a cancelled job's article: %v", err)
	}
	if _, err := s.ArticleByKey(ctx, town, p.Article.Key); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("a cancelled job stored something: %v", err)
	}
	for name, err := range map[string]error{
		"renew": s.Renew(ctx, running.ID, "p", now), "finish": s.Finish(ctx, running.ID, "p"), "fail": s.Fail(ctx, running.ID, "p", archivist.Gone, archivist.Offer{}),
		"retry": s.Retry(ctx, running.ID, "p", archivist.Busy, now),
	} {
		if !errors.Is(err, archivist.ErrLeaseLost) {
			t.Errorf("%s a cancelled job: %v", name, err)
		}
	}
	// From the beginning once more, unless another job of the key is open.
	if job, err := s.Again(ctx, town, running.ID, archivist.Act{}); err != nil || job.State != archivist.JobQueued || job.Tries != 0 || job.Code != "" {
		t.Errorf("again: %+v, %v", job, err)
	}
	other := enqueue("queued")
	if job, err := s.Again(ctx, town, queued.ID, archivist.Act{}); err != nil || job.State != archivist.JobCancelled {
		t.Errorf("again beside an open job: %+v, %v", job, err)
	}
	if got := claimAll(t, s, now, 5); got != "running queued" || s.Finish(ctx, other.ID, "p") != nil {
		t.Errorf("claimed %s", got)
	}
	if cancelled, err := s.CancelJob(ctx, town, other.ID, archivist.Act{}); err != nil || cancelled {
		t.Errorf("what is done was cancelled: %v", err)
	}
	if job, err := s.Again(ctx, town, other.ID, archivist.Act{}); err != nil || job.State != archivist.JobDone {
		t.Errorf("what is done is done again: %+v, %v", job, err)
	}
	if _, err := s.Again(ctx, town, 99, archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("no such job: %v", err)
	}
	counts, err := s.JobCounts(ctx, "")
	if want := []archivist.JobCount{
		{Library: town, State: archivist.JobCancelled, Code: archivist.Cancelled, Jobs: 1}, {Library: town, State: archivist.JobDone, Jobs: 1}, {Library: town, State: archivist.JobRunning, Jobs: 1},
	}; err != nil || !slices.Equal(counts, want) {
		t.Errorf("counts %+v, %v", counts, err)
	}
	if counts, err := s.JobCounts(ctx, "elsewhere"); err != nil || len(counts) != 0 {
		t.Errorf("counts of another library: %+v, %v", counts, err)
	}
	for _, c := range []struct {
		filter archivist.JobFilter
		want   []archivist.JobID
	}{
		{archivist.JobFilter{Limit: 9}, []archivist.JobID{other.ID, running.ID, queued.ID}},
		{archivist.JobFilter{Limit: 1}, []archivist.JobID{other.ID}},
		{archivist.JobFilter{Limit: 9, Before: other.ID}, []archivist.JobID{running.ID, queued.ID}},
		{archivist.JobFilter{Limit: 9, Library: "elsewhere"}, nil},
		{archivist.JobFilter{Limit: 9, Library: town, States: []archivist.JobState{archivist.JobDone, archivist.JobRunning}}, []archivist.JobID{other.ID, running.ID}},
	} {
		jobs, err := s.Jobs(ctx, c.filter)
		var ids []archivist.JobID
		for _, job := range jobs {
			ids = append(ids, job.ID)
		}
		if err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("jobs of %+v: %v, %v, want %v", c.filter, ids, err, c.want)
		}
	}
}

func deaths(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	job, err := s.Enqueue(ctx, newJob("killer", now))
	if err != nil {
		t.Fatal(err)
	}
	for death := range 2 {
		claimed, found, err := s.Claim(ctx, "p", now, now.Add(time.Minute))
		if err != nil || !found || claimed.Deaths != death {
			t.Fatalf("attempt %d: %+v, %v, %v", death, claimed, found, err)
		}
		now = now.Add(time.Hour)
	}
	if claimed, found, err := s.Claim(ctx, "p", now, now.Add(time.Minute)); err != nil || found {
		t.Errorf("a third attempt: %+v, %v", claimed, err)
	}
	if job, err = s.Job(ctx, job.ID); err != nil || job.State != archivist.JobFailed || job.Code != archivist.TooComplex {
		t.Errorf("after two deaths: %+v, %v", job, err)
	}
}
