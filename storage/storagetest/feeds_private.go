package storagetest

import (
	"slices"
	"testing"
	"time"

	"archivist"
)

// toldWhere: what a feed brings in for a place is told nowhere else, and whoever is elsewhere does not end that.
func toldWhere(t *testing.T, s Store) {
	ctx := t.Context()
	for i, step := range []struct {
		feed     string
		from     []string // the channels that alone see what is added from there
		to, want string
	}{
		{"open", nil, "9", "9"},
		{"open", []string{"5"}, "5", "5"},
		{"open", []string{"5"}, "9", "9"}, // its articles are seen everywhere
		{"open", []string{"5"}, "", ""},
		{"hidden", []string{"5", "6"}, "9", ""},
		{"hidden", []string{"5", "6"}, "6", "6"},
		{"hidden", nil, "9", "6"},
		{"hidden", nil, "", "6"},
		{"hidden", []string{"7"}, "7", "6"},
		{"hidden", []string{"5", "6"}, "", ""},
	} {
		wish := archivist.Subscription{
			Library: town, Feed: archivist.Feed{URL: "https://herald.example/" + step.feed}, Channels: step.from, Channel: step.to, Added: monday,
			Act: archivist.Act{Actor: "7", Verb: "feed.add"},
		}
		if _, err := s.Subscribe(ctx, wish, 9); err != nil {
			t.Fatal(err)
		}
		list, err := s.Subscriptions(ctx, town)
		for _, sub := range list {
			if sub.Feed.URL == wish.Feed.URL && sub.Channel != step.want {
				t.Errorf("%d: the %s feed is told in %q, want %q", i, step.feed, sub.Channel, step.want)
			}
		}
		entries, none := s.Audit(ctx, town, 0, 1)
		if err != nil || none != nil || len(entries) != 1 || entries[0].After != step.want {
			t.Errorf("%d: %v, %v; the log has %+v", i, err, none, entries)
		}
	}
}

// privateFeed: what a feed brings in for a place stays there, whoever wishes for the feed again, and wherever it moves.
func privateFeed(t *testing.T, s Store) {
	ctx := t.Context()
	wish := archivist.Subscription{Library: town, Feed: archivist.Feed{URL: herald}, Person: "7", Added: monday, Channels: []string{"5", "6"}}
	if created, err := s.Subscribe(ctx, wish, 9); err != nil || !created {
		t.Fatalf("subscribe: %v, %v", created, err)
	}
	subscribe(t, s, village, herald, "", monday)
	again := wish
	again.Channels = nil
	if created, err := s.Subscribe(ctx, again, 9); err != nil || created {
		t.Errorf("again, from an open place: %v, %v", created, err)
	}
	seen := func(library archivist.LibraryID, feed archivist.Feed, from string, first, last int, want []string) {
		t.Helper()
		_, ids, err := s.SavePoll(ctx, from, feed, newest(first, last), 9)
		if err != nil {
			t.Fatal(err)
		}
		jobs := 0
		for _, id := range ids {
			job, err := s.Job(ctx, id)
			if err == nil && job.Library != library {
				continue
			}
			jobs++
			if err != nil || !slices.Equal(job.Channels, want) {
				t.Errorf("%s of %s is for %q, %v; want %q", job.URL, library, job.Channels, err, want)
			}
		}
		if jobs == 0 {
			t.Errorf("no job for %s", library)
		}
	}
	seen(town, polled(monday), herald, 1, 3, wish.Channels)
	subscribe(t, s, "third", herald, "", monday)
	seen("third", polled(monday), herald, 4, 4, nil)
	if list, err := s.Subscriptions(ctx, town); err != nil || len(list) != 1 || !slices.Equal(list[0].Channels, wish.Channels) {
		t.Errorf("the subscription is %+v, %v", list, err)
	}
	// Another feed is where it moves to: its own wishes stay, those of the old address come along.
	const to = "https://new.example.com/feed"
	subscribe(t, s, village, to, "", monday)
	if err := s.PauseFeed(ctx, "third", herald, true, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	moved := polled(monday.Add(time.Hour))
	moved.URL = to
	seen(town, moved, herald, 5, 6, wish.Channels)
	if list, err := s.Subscriptions(ctx, "third"); err != nil || len(list) != 1 || list[0].Feed.URL != to || !list[0].Paused {
		t.Errorf("a subscription that was paused is %+v, %v", list, err)
	}
}
