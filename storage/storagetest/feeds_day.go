package storagetest

import (
	"testing"
	"time"

	"archivist"
)

// feedDay: a library of Discord's takes archivist.FeedDay articles a day from a feed; the rest waits, the oldest first. Local ones take all.
func feedDay(t *testing.T, s Store) {
	const guild archivist.LibraryID = "guild:5"
	const joined = "https://new.example.com/feed"
	subscribe(t, s, guild, herald, "9", monday)
	subscribe(t, s, village, herald, "", monday)
	poll := func(hours, first, last int, want ...int) {
		t.Helper()
		var items []archivist.FeedItem
		if last > 0 {
			items = newest(first, last)
		}
		_, ids, err := s.SavePoll(t.Context(), herald, polled(monday.Add(time.Duration(hours)*time.Hour)), items, 200)
		if err != nil {
			t.Fatal(err)
		}
		got := map[archivist.LibraryID][]string{}
		for _, id := range ids {
			job, err := s.Job(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			got[job.Library] = append(got[job.Library], job.URL)
		}
		if links := got[guild]; len(links) != max(0, want[1]-want[0]+1) || len(links) > 0 && (links[0] != item(want[0]).URL || links[len(links)-1] != item(want[1]).URL) {
			t.Errorf("after %d hours the guild gets %q, want items %v", hours, links, want)
		}
		if all := last - first + 1; last > 0 && len(got[village]) != all {
			t.Errorf("after %d hours the local library gets %d, want %d", hours, len(got[village]), all)
		}
	}
	poll(0, 1, 70, 21, 70)     // monday: the newest of what was there
	poll(1, 71, 80, 1, 0)      // they wait
	poll(16, 81, 150, 71, 120) // tuesday, 00:00: the oldest first
	poll(17, 0, 0, 1, 0)
	poll(40, 0, 0, 121, 150) // wednesday
	poll(41, 151, 180, 151, 170)
	// A feed that joins another brings along what it has brought in today.
	subscribe(t, s, "other", joined, "", monday)
	moved := polled(monday.Add(42 * time.Hour))
	moved.URL = joined
	if _, _, err := s.SavePoll(t.Context(), herald, moved, newest(181, 181), 200); err != nil {
		t.Fatal(err)
	}
	jobs, err := s.Jobs(t.Context(), archivist.JobFilter{Library: guild, Limit: 1})
	if err != nil || len(jobs) != 1 || jobs[0].URL != item(170).URL {
		t.Errorf("after it joined another the guild has %+v, %v", jobs, err)
	}
	if n := archivist.FeedDay; n != 50 {
		t.Errorf("this test counts by 50, not by %d", n)
	}
}
