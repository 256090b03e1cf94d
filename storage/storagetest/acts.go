package storagetest

import (
	"errors"
	"testing"
	"time"

	"archivist"
)

// jobActs: what a moderator does to a job is in the log, and what changed nothing is not.
func jobActs(t *testing.T, s Store) {
	ctx := t.Context()
	job, err := s.Enqueue(ctx, newJob("a", time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	cancel, retry := archivist.Act{Actor: "7", Verb: "job.cancel", Target: "#1"}, archivist.Act{Actor: "7", Verb: "job.retry", Target: "#1"}
	for range 2 { // the second has nothing to cancel, and nothing to queue
		if _, err := s.CancelJob(ctx, town, job.ID, cancel); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if again, err := s.Again(ctx, town, job.ID, retry); err != nil || again.State != archivist.JobQueued {
			t.Fatalf("again: %+v, %v", again, err)
		}
	}
	if log, err := s.Audit(ctx, town, 0, 9); err != nil || len(log) != 2 || log[0].Act != retry || log[1].Act != cancel {
		t.Errorf("audit: %+v, %v", log, err)
	}
}

// pausedFeed: nothing of a feed comes in while a library has it paused, and all that it listed meanwhile does when it goes on.
func pausedFeed(t *testing.T, s Store) {
	ctx := t.Context()
	act := func(verb string) archivist.Act { return archivist.Act{Actor: "7", Verb: verb, Target: herald} }
	if _, err := s.Subscribe(ctx, archivist.Subscription{Library: town, Feed: archivist.Feed{URL: herald}, Added: monday, Act: archivist.Act{Actor: "7", Verb: "feed.add"}}, 9); err != nil {
		t.Fatal(err)
	}
	subscribe(t, s, village, herald, "", monday)
	poll := func(last int) int {
		t.Helper()
		_, jobs, err := s.SavePoll(ctx, herald, polled(monday.Add(time.Duration(last)*time.Hour)), newest(1, last), 9)
		if err != nil {
			t.Fatal(err)
		}
		return len(jobs)
	}
	if n := poll(2); n != 4 {
		t.Errorf("%d jobs of two items for two libraries", n)
	}
	if err := s.PauseFeed(ctx, town, herald, true, act("feed.pause")); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Subscriptions(ctx, town); err != nil || len(list) != 1 || !list[0].Paused {
		t.Errorf("subscriptions: %+v, %v", list, err)
	}
	if n := poll(4); n != 2 {
		t.Errorf("%d jobs of two items while one library has paused", n)
	}
	if err := s.PauseFeed(ctx, town, herald, false, act("feed.resume")); err != nil {
		t.Fatal(err)
	}
	if n := poll(5); n != 4 {
		t.Errorf("%d jobs, want three for who went on and one for the other", n)
	}
	if err := s.PauseFeed(ctx, town, "https://elsewhere.example/", true, act("feed.pause")); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("no such subscription: %v", err)
	}
	if err := s.Unsubscribe(ctx, town, herald, act("feed.remove")); err != nil {
		t.Fatal(err)
	}
	if log, err := s.Audit(ctx, town, 0, 9); err != nil || len(log) != 4 || log[3].Act != act("feed.add") || log[0].Act != act("feed.remove") {
		t.Errorf("audit: %+v, %v", log, err)
	}
}
