package storagetest

import (
	"errors"
	"testing"
	"time"

	"archivist"
)

// clockSteps: what a clock wrote that was days ahead keeps nobody waiting once it is right, and one that jumps ahead makes nothing happen twice.
func clockSteps(t *testing.T, s Store) {
	const lease = 30 * time.Second
	right, ahead := monday, monday.Add(3*24*time.Hour)
	add := func(name string) {
		t.Helper()
		if _, err := s.Enqueue(t.Context(), newJob(name, right)); err != nil {
			t.Fatal(err)
		}
	}
	lost := func(err error) {
		t.Helper()
		if !errors.Is(err, archivist.ErrLeaseLost) {
			t.Errorf("%v, want a lost lease", err)
		}
	}
	take := func(owner string, now time.Time) (archivist.Job, bool) {
		t.Helper()
		job, found, err := s.Claim(t.Context(), owner, now, now.Add(lease))
		if err != nil {
			t.Fatal(err)
		}
		return job, found
	}
	add("leased")
	leased, found := take("before", ahead)
	if !found {
		t.Fatal("no job")
	}
	again, found := take("after", right)
	if !found || again.ID != leased.ID {
		t.Errorf("a lease of a clock that was ahead keeps its job: %+v, %v", again, found)
	}
	lost(s.Finish(t.Context(), leased.ID, "before"))
	if err := s.Finish(t.Context(), leased.ID, "after"); err != nil {
		t.Fatal(err)
	}
	lost(s.Finish(t.Context(), leased.ID, "after"))

	// The clock of another process steps ahead under a job that runs: it takes the job for a dead one's, but one of them completes it.
	add("running")
	running, _ := take("before", right)
	if again, found = take("after", right.Add(time.Hour)); !found || again.ID != running.ID {
		t.Fatalf("claimed an hour ahead: %+v, %v", again, found)
	}
	for _, owner := range []string{"before", "after", "before"} {
		p := put("running", "text by "+owner)
		p.Job, p.Owner = running.ID, owner
		_, err := s.PutArticles(t.Context(), town, []archivist.Put{p})
		switch {
		case owner == "before":
			lost(err)
		case err != nil:
			t.Error(err)
		}
	}
	if a, err := s.ArticleByKey(t.Context(), town, put("running", "").Article.Key); err != nil || len(a.Paragraphs) != 2 || a.Paragraphs[1].Text != "text by after" {
		t.Errorf("stored %+v, %v", a, err)
	}

	add("waiting")
	waiting, _ := take("before", ahead)
	if err := s.Retry(t.Context(), waiting.ID, "before", archivist.Network, ahead.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if again, found = take("after", right); !found || again.ID != waiting.ID {
		t.Errorf("a job waits for a clock that was ahead: %+v, %v", again, found)
	}
	// The longest pause that there is stays one: 24 h, and a fifth more.
	if err := s.Retry(t.Context(), waiting.ID, "after", archivist.Network, right.Add(29*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if again, found := take("after", right); found {
		t.Errorf("a pause of 29 h is none: %+v", again)
	}

	shard := archivist.ShardLease{Shard: 0, Shards: 1, Owner: "before", Until: ahead.Add(lease)}
	if _, ok, err := s.LeaseShard(t.Context(), shard, ahead); err != nil || !ok {
		t.Fatal(ok, err)
	}
	shard.Owner, shard.Until = "after", right.Add(lease)
	if _, ok, err := s.LeaseShard(t.Context(), shard, right); err != nil || !ok {
		t.Errorf("a shard is kept by a clock that was ahead: %v, %v", ok, err)
	}
	shard.Owner = "other"
	if _, ok, err := s.LeaseShard(t.Context(), shard, right); err != nil || ok {
		t.Errorf("a shard is taken from who has it: %v, %v", ok, err)
	}
}

// retimed: looks at pages and polls of feeds by a clock that was days ahead are due again as long after the right time as they were to be after
// the wrong one; others stay as they are.
func retimed(t *testing.T, s Store) {
	ctx, ahead := t.Context(), monday.Add(3*24*time.Hour)
	checked := func(name string, at time.Time) archivist.ArticleID {
		p := put(name, "text of "+name)
		p.Check = &archivist.Check{URL: "https://example.com/" + name, Checked: at, Due: at.Add(2 * time.Hour), Missed: 1, MissedSince: at}
		return must(t, s, town, archivist.Added, p)[0].ID
	}
	wrong, right := checked("wrong", ahead), checked("right", monday.Add(-time.Hour))
	subscribe(t, s, town, herald, "", monday)
	feed := polled(ahead)
	feed.Good, feed.Due = ahead, ahead.Add(30*time.Minute)
	if _, _, err := s.SavePoll(ctx, herald, feed, newest(1, 2), 9); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 0} {
		if n, err := s.Retime(ctx, monday); err != nil || n != want {
			t.Errorf("%d timed anew, %v; want %d", n, err, want)
		}
	}
	for id, want := range map[archivist.ArticleID][3]time.Time{wrong: {monday, monday.Add(2 * time.Hour), monday}, right: {monday.Add(-time.Hour), monday.Add(time.Hour), monday.Add(-time.Hour)}} {
		if c, err := s.NextCheck(ctx, town, id); err != nil || [3]time.Time{c.Checked, c.Due, c.MissedSince} != want {
			t.Errorf("article %d: %+v, %v", id, c, err)
		}
	}
	list, err := s.Subscriptions(ctx, town)
	if err != nil || len(list) != 1 || !list[0].Feed.Due.Equal(monday.Add(30*time.Minute)) || !list[0].Feed.Polled.Equal(monday) || !list[0].Feed.Good.Equal(monday) {
		t.Errorf("the feed: %+v, %v", list, err)
	}
	// A clock that is a little ahead is no reason to ask again.
	feed.Polled, feed.Due = monday.Add(30*time.Second), monday.Add(time.Hour)
	if _, _, err := s.SavePoll(ctx, herald, feed, nil, 9); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Retime(ctx, monday); err != nil || n != 0 {
		t.Errorf("%d timed anew, %v", n, err)
	}
}
