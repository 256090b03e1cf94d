package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"archivist"
)

func versions(t *testing.T, s Store) {
	must(t, s, town, archivist.Added, many(3, "first")...)
	must(t, s, town, archivist.Added, put("second", "second"))
	must(t, s, town, archivist.Unchanged, put("second", "second"))
	must(t, s, town, archivist.Updated, put("second", "second, changed"))
	all, err := s.Segments(t.Context(), town, 0)
	if err != nil || all.Version != 3 || len(all.Rows) != 5 || all.Floor != 0 {
		t.Fatalf("all segments: %+v, %v", all, err)
	}
	for i, r := range all.Rows {
		if i > 0 && (r.Seq < all.Rows[i-1].Seq || r.Seq == all.Rows[i-1].Seq && r.Part <= all.Rows[i-1].Part) {
			t.Errorf("rows are not in order: %+v", all.Rows)
		}
	}
	if got := string(all.Rows[3].Bytes); got != "segment of second: second" {
		t.Errorf("bytes came back as %q", got)
	}
	if since, err := s.Segments(t.Context(), town, 2); err != nil || len(since.Rows) != 1 || since.Rows[0].Seq != 3 {
		t.Errorf("since 2: %+v, %v", since, err)
	}
	if since, err := s.Segments(t.Context(), town, 3); err != nil || len(since.Rows) != 0 || since.Version != 3 {
		t.Errorf("since 3: %+v, %v", since, err)
	}
}

func merge(t *testing.T, s Store) {
	for i := range 4 {
		must(t, s, town, archivist.Added, put(fmt.Sprint("m", i), fmt.Sprint("text ", i)))
	}
	before, err := s.Segments(t.Context(), town, 0)
	if err != nil {
		t.Fatal(err)
	}
	merged := []archivist.Segment{{Seq: 3, Part: 0, Kind: archivist.SegmentMerged, Bytes: []byte("merged")}}
	if err := s.ReplaceSegments(t.Context(), town, before.Rows[:3], merged); err != nil {
		t.Fatal(err)
	}
	after, err := s.Segments(t.Context(), town, 0)
	if err != nil || after.Version != 4 || after.Floor != 3 || len(after.Rows) != 2 || string(after.Rows[0].Bytes) != "merged" {
		t.Errorf("after the merge: %+v, %v", after, err)
	}
	// A reader of version 2 is below the floor: it gets everything. One of version 3 gets what is new.
	if old, err := s.Segments(t.Context(), town, 2); err != nil || len(old.Rows) != 2 {
		t.Errorf("below the floor: %+v, %v", old, err)
	}
	if young, err := s.Segments(t.Context(), town, 3); err != nil || len(young.Rows) != 1 {
		t.Errorf("at the floor: %+v, %v", young, err)
	}
	// A second merge of what is no longer there changes nothing.
	if err := s.ReplaceSegments(t.Context(), town, before.Rows, merged); err == nil {
		t.Error("a merge of rows that are gone was accepted")
	}
	if again, err := s.Segments(t.Context(), town, 0); err != nil || len(again.Rows) != 2 {
		t.Errorf("after the lost merge: %+v, %v", again, err)
	}
}

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
	if _, found, err := s.Claim(ctx, "p1", now.Add(-time.Second), now); err != nil || found {
		t.Errorf("claimed before it is due: %v, %v", found, err)
	}
	claimed, found, err := s.Claim(ctx, "p1", now, now.Add(time.Minute))
	if err != nil || !found || claimed.ID != job.ID || claimed.Tries != 1 || claimed.Owner != "p1" || !claimed.Until.Equal(now.Add(time.Minute)) {
		t.Fatalf("claim: %+v, %v, %v", claimed, found, err)
	}
	if _, found, _ := s.Claim(ctx, "p2", now, now.Add(time.Minute)); found {
		t.Error("claimed twice")
	}
	if err := s.Renew(ctx, job.ID, "p2", now); !errors.Is(err, archivist.ErrNotFound) {
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
	if _, err := s.PutArticles(ctx, town, []archivist.Put{p}); err == nil {
		t.Error("the article of a lost lease was stored")
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
	third, found, err := s.Claim(ctx, "p1", late.Add(2*time.Hour), late.Add(3*time.Hour))
	if err != nil || !found || s.Fail(ctx, third.ID, "p1", archivist.Gone) != nil {
		t.Fatalf("fail: %v", err)
	}
	if failed, err := s.Job(ctx, third.ID); err != nil || failed.State != archivist.JobFailed || failed.Code != archivist.Gone || failed.Open() {
		t.Errorf("failed: %+v, %v", failed, err)
	}
	if jobs, err := s.Jobs(ctx, town, 10); err != nil || len(jobs) != 2 || jobs[0].ID < jobs[1].ID {
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
		job.Library = archivist.LibraryID(fmt.Sprintf("l%d", i%3))
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

func settings(t *testing.T, s Store) {
	ctx := t.Context()
	if m, err := s.Settings(ctx, town); err != nil || len(m) != 0 {
		t.Errorf("of a library that is not there: %v, %v", m, err)
	}
	for _, value := range []string{"block", "allow"} {
		if err := s.SetSetting(ctx, town, "domain.example.com", value, archivist.Act{Actor: "7", Verb: "domain", Target: "example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := s.Settings(ctx, town); err != nil || len(m) != 1 || m["domain.example.com"] != "allow" {
		t.Errorf("settings: %v, %v", m, err)
	}
	must(t, s, town, archivist.Added, put("a", "x"))
	for _, value := range []string{"0.25", ""} {
		if err := s.SetSetting(ctx, town, archivist.SettingThreshold, value, archivist.Act{}); err != nil {
			t.Fatal(err)
		}
		if texts, err := s.Passages(ctx, town, nil); err != nil || texts.Threshold != value {
			t.Errorf("the threshold with the texts: %q, %v; want %q", texts.Threshold, err, value)
		}
	}
	if err := s.SetSetting(ctx, town, "domain.example.com", "", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if m, err := s.Settings(ctx, town); err != nil || len(m) != 0 {
		t.Errorf("back to the default: %v, %v", m, err)
	}
}

func peopleCase(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	for i := range 3 {
		q := archivist.Asked{Library: town, Channel: "9", Person: "hash", Text: fmt.Sprint("question ", i), At: now, Grade: archivist.GradeRefusal, Confidence: .25}
		if err := s.SaveQuestion(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	questions, err := s.Questions(ctx, town, 2)
	if err != nil || len(questions) != 2 || questions[0].Text != "question 2" || questions[0].Confidence != .25 || !questions[0].At.Equal(now) {
		t.Errorf("questions: %+v, %v", questions, err)
	}
	for want := 2; want >= 0; want-- {
		if left, err := s.Spend(ctx, town, "7", "ingest", now, 1, 3); err != nil || left != want {
			t.Errorf("left %d, %v, want %d", left, err, want)
		}
	}
	var invalid *archivist.Invalid
	if _, err := s.Spend(ctx, town, "7", "ingest", now, 1, 3); !errors.As(err, &invalid) || invalid.Code != archivist.TooManyRequests {
		t.Errorf("beyond the limit: %v", err)
	}
	if _, err := s.Spend(ctx, town, "8", "ingest", now, 1, 3); err != nil {
		t.Errorf("another person: %v", err)
	}
	if _, err := s.Spend(ctx, town, "7", "ingest", now.Add(24*time.Hour), 1, 3); err != nil {
		t.Errorf("the next day: %v", err)
	}
	card := archivist.CardState{ID: "abc", Library: town, Person: "7", Channel: "9", Kind: "answer", Question: "why?", State: `{"page":1}`, Created: now}
	if err := s.SaveCard(ctx, card); err != nil {
		t.Fatal(err)
	}
	card.State = `{"page":2}`
	if err := s.SaveCard(ctx, card); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Card(ctx, town, "abc"); err != nil || got != card {
		t.Errorf("card: %+v, %v", got, err)
	}
}

func check(t *testing.T, s Store) {
	ids := must(t, s, town, archivist.Added, put("a", "one"), put("b", "two"), put("c", "three"))
	inspect := func(last int, other archivist.ArticleID) func(archivist.Segment) ([]archivist.Range, error) {
		return func(r archivist.Segment) ([]archivist.Range, error) {
			if r.Article == ids[2].ID && other != 0 {
				return []archivist.Range{{Article: other}}, nil
			}
			return []archivist.Range{{Article: r.Article, First: 0, Last: last}}, nil
		}
	}
	for _, test := range []struct {
		what    string
		inspect func(archivist.Segment) ([]archivist.Range, error)
		want    int
	}{
		{"all is well", inspect(1, 0), 0},
		{"passages beyond the last paragraph", inspect(2, 0), 3},
		{"an index of an article that is not there", inspect(1, 99), 1},
		{"segments that cannot be read", func(archivist.Segment) ([]archivist.Range, error) { return nil, errors.New("broken") }, 6}, // and so three articles without index
	} {
		findings, err := s.Check(t.Context(), test.inspect)
		if err != nil || len(findings) != test.want {
			t.Errorf("%s: %d findings, want %d: %+v, %v", test.what, len(findings), test.want, findings, err)
		}
		for _, f := range findings {
			if f.Problem == "" || f.Advice == "" {
				t.Errorf("%s: finding %+v", test.what, f)
			}
		}
	}
}
