package storagetest

import (
	"slices"
	"testing"
	"time"

	"archivist"
)

// vitals: open jobs are counted by state and kind, whoever's they are; the oldest is one that may begin; and a store that takes writes says so.
func vitals(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	empty, err := s.Vitals(ctx)
	if err != nil || len(empty.Jobs) != 0 || !empty.Oldest.IsZero() || empty.Bytes <= 0 || empty.Log < 0 {
		t.Fatalf("an empty store: %+v, %v", empty, err)
	}
	if err := s.Writable(ctx); err != nil {
		t.Errorf("it takes no writes: %v", err)
	}
	waiting, over := newJob("waiting", now), newJob("over", now)
	waiting.Due, waiting.Kind = now.Add(time.Hour), archivist.JobRefresh
	early, other := newJob("early", now.Add(-time.Minute)), newJob("other", now)
	other.Library = "village"
	for _, job := range []archivist.Job{early, other, waiting, over, newJob("claimed", now)} {
		made, err := s.Enqueue(ctx, job)
		if err != nil {
			t.Fatal(err)
		}
		if job.URL == over.URL {
			if _, err := s.CancelJob(ctx, town, made.ID, archivist.Act{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []archivist.JobTally{{State: archivist.JobQueued, Kind: archivist.JobPage, Jobs: 3}, {State: archivist.JobWaiting, Kind: archivist.JobRefresh, Jobs: 1}}
	v, err := s.Vitals(ctx)
	if err != nil || !slices.Equal(v.Jobs, want) || !v.Oldest.Equal(early.Created) {
		t.Errorf("%+v, %v; want %+v, the oldest of %s", v, err, want, early.Created)
	}
	first, found, err := s.Claim(ctx, "p1", now, now.Add(time.Minute))
	if err != nil || !found {
		t.Fatal(found, err)
	}
	v, err = s.Vitals(ctx)
	running := archivist.JobTally{State: archivist.JobRunning, Kind: first.Kind, Jobs: 1}
	if err != nil || len(v.Jobs) != 3 || !slices.Contains(v.Jobs, running) {
		t.Errorf("with one under way: %+v, %v", v, err)
	}
}
