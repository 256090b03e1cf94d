package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"archivist"
)

const (
	herald                      = "https://herald.example.com/feed"
	village archivist.LibraryID = "village"
)

var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func subscribe(t *testing.T, s Store, library archivist.LibraryID, feed, channel string, at time.Time) {
	t.Helper()
	created, err := s.Subscribe(t.Context(), archivist.Subscription{
		Library: library, Feed: archivist.Feed{URL: feed, Title: "Herald", Home: "https://herald.example.com/"}, Channel: channel, Person: "7", Added: at,
	}, 10)
	if err != nil || !created {
		t.Fatalf("subscribe: %v, %v", created, err)
	}
}

// item makes the item that a feed lists as number n.
func item(n int) archivist.FeedItem {
	return archivist.FeedItem{
		URL: fmt.Sprint("https://herald.example.com/", n), Key: fmt.Sprint("herald.example.com/", n), Title: fmt.Sprint("Item ", n),
		Published: monday.Add(time.Duration(n) * time.Minute), Content: fmt.Sprint("<p>Text ", n),
	}
}

// newest are the items first to last as a feed lists them.
func newest(first, last int) (items []archivist.FeedItem) {
	for n := last; n >= first; n-- {
		items = append(items, item(n))
	}
	return items
}

// polled is the feed as a good answer at a time leaves it.
func polled(at time.Time) archivist.Feed {
	return archivist.Feed{URL: herald, Title: "Herald", State: archivist.FeedActive, Polled: at, Good: at, Due: at.Add(time.Hour)}
}

func subscriptions(t *testing.T, s Store) {
	ctx := t.Context()
	subscribe(t, s, town, herald, "9", monday)
	subscribe(t, s, village, herald, "", monday)
	subscribe(t, s, town, "https://other.example.com/feed", "", monday.Add(time.Hour))
	if created, err := s.Subscribe(ctx, archivist.Subscription{Library: town, Feed: archivist.Feed{URL: herald}, Channel: "8", Added: monday}, 2); err != nil || created {
		t.Errorf("the same again with another channel: %v, %v", created, err)
	}
	var invalid *archivist.Invalid
	if _, err := s.Subscribe(ctx, archivist.Subscription{Library: town, Feed: archivist.Feed{URL: "https://third.example.com/"}, Added: monday}, 2); !errors.As(err, &invalid) || invalid.Code != archivist.FeedsFull {
		t.Errorf("one too many: %v", err)
	}
	list, err := s.Subscriptions(ctx, town)
	if err != nil || len(list) != 2 || list[0].Feed.URL != herald || list[0].Channel != "8" || list[0].Person != "7" || !list[0].Added.Equal(monday) || list[0].Feed.Title != "Herald" {
		t.Errorf("subscriptions: %+v, %v", list, err)
	}
	if libraries, err := s.Subscribers(ctx, herald); err != nil || !slices.Equal(libraries, []archivist.LibraryID{town, village}) {
		t.Errorf("subscribers: %v, %v", libraries, err)
	}
	// The feed is claimed once for both, then the other, then none until the leases are over.
	until := monday.Add(3 * time.Hour)
	for _, want := range []string{herald, "https://other.example.com/feed", ""} {
		feed, found, err := s.ClaimFeed(ctx, monday.Add(2*time.Hour), until)
		if err != nil || found != (want != "") || feed.URL != want {
			t.Errorf("claim: %+v, %v, %v; want %q", feed, found, err, want)
		}
	}
	if feed, found, err := s.ClaimFeed(ctx, until, until.Add(time.Hour)); err != nil || !found || feed.URL != herald {
		t.Errorf("claim after a lease: %+v, %v, %v", feed, found, err)
	}
	if err := s.Unsubscribe(ctx, town, herald, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Unsubscribe(ctx, town, herald, archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("unsubscribe twice: %v", err)
	}
	if libraries, err := s.Subscribers(ctx, herald); err != nil || !slices.Equal(libraries, []archivist.LibraryID{village}) {
		t.Errorf("subscribers: %v, %v", libraries, err)
	}
	// A library that is deleted leaves no feed that would be polled for nobody.
	if err := s.DeleteLibrary(ctx, village); err != nil {
		t.Fatal(err)
	}
	if feed, found, err := s.ClaimFeed(ctx, until.Add(99*time.Hour), until.Add(100*time.Hour)); err != nil || !found || feed.URL == herald {
		t.Errorf("claim: %+v, %v, %v", feed, found, err)
	}
}

// feedJobs are the links of a library's jobs, the oldest first.
func feedJobs(t *testing.T, s Store, library archivist.LibraryID) (links []string) {
	t.Helper()
	jobs, err := s.Jobs(t.Context(), archivist.JobFilter{Library: library, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range slices.Backward(jobs) {
		if job.Kind != archivist.JobFeed || job.Person != "7" || job.State != archivist.JobQueued {
			t.Errorf("job %+v", job)
		}
		links = append(links, job.URL)
	}
	return links
}

func polls(t *testing.T, s Store) {
	ctx := t.Context()
	subscribe(t, s, town, herald, "", monday)
	if n, jobs, err := s.SavePoll(ctx, herald, polled(monday), newest(1, 5), 3); err != nil || n != 5 || len(jobs) != 3 {
		t.Fatalf("first poll: %d, %v, %v", n, jobs, err)
	}
	want := []string{item(3).URL, item(4).URL, item(5).URL} // the newest three, the oldest of them first
	if got := feedJobs(t, s, town); !slices.Equal(got, want) {
		t.Errorf("jobs %q, want %q", got, want)
	}
	// What is known makes no job; a library that comes later gets what the feed has, though the answer says that nothing has changed.
	subscribe(t, s, village, herald, "", monday)
	feed := polled(monday.Add(time.Hour))
	feed.ETag, feed.Modified, feed.Unchanged, feed.Pause, feed.Code, feed.Failed = `"7"`, "yesterday", 2, 90*time.Minute, archivist.Busy, 1
	feed.Every, feed.Digest = 30*time.Minute, "abc"
	feed.MovedTo, feed.MovedAt = "https://new.example.com/feed", monday
	if n, jobs, err := s.SavePoll(ctx, herald, feed, nil, 2); err != nil || n != 0 || len(jobs) != 2 {
		t.Errorf("second poll: %d, %v, %v", n, jobs, err)
	}
	list, err := s.Subscriptions(ctx, village)
	if feed.Items = 5; err != nil || len(list) != 1 || list[0].Feed != feed {
		t.Errorf("the feed is %+v, %v; want %+v", list, err, feed)
	}
	if n, _, err := s.SavePoll(ctx, herald, polled(monday), newest(2, 6), 200); err != nil || n != 1 {
		t.Errorf("third poll: %d, %v", n, err)
	}
	if got := feedJobs(t, s, village); !slices.Equal(got, []string{item(4).URL, item(5).URL, item(6).URL}) {
		t.Errorf("jobs of the other library: %q", got)
	}
	if got := feedJobs(t, s, town); !slices.Equal(got, append(want, item(6).URL)) {
		t.Errorf("jobs: %q", got)
	}
	if found, err := s.FeedItem(ctx, town, item(6).Key); err != nil || found != item(6) {
		t.Errorf("item: %+v, %v", found, err)
	}
	if _, err := s.FeedItem(ctx, "elsewhere", item(6).Key); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("another library's item: %v", err)
	}
	if n, jobs, err := s.SavePoll(ctx, "https://gone.example.com/", polled(monday), newest(1, 5), 3); err != nil || n != 0 || len(jobs) != 0 {
		t.Errorf("a feed that is not there: %d, %v, %v", n, jobs, err)
	}
	// An endless feed is not remembered for ever.
	for first := 1000; first < 3000; first += 200 {
		if _, _, err := s.SavePoll(ctx, herald, polled(monday), newest(first, first+199), 1); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.Subscriptions(ctx, town); err != nil || list[0].Feed.Items < 200 || list[0].Feed.Items > 1000 {
		t.Errorf("%d items are remembered, %v", list[0].Feed.Items, err)
	}
}

func everybody(archivist.LibraryID) bool { return true }

// noticesOfOthers: those of one library are found behind hundreds of others' of the same moment, and in order.
func noticesOfOthers(t *testing.T, s Store) {
	const many = 450 // more than are read at once, and more than twice so
	for i := range many {
		subscribe(t, s, archivist.LibraryID(fmt.Sprintf("other-%03d", i)), herald, "9", monday)
	}
	subscribe(t, s, town, herald, "9", monday)
	paused := polled(monday)
	paused.State = archivist.FeedPaused
	if _, _, err := s.SavePoll(t.Context(), herald, paused, nil, 9); err != nil {
		t.Fatal(err)
	}
	ours := func(l archivist.LibraryID) bool { return l == town || l == "other-449" || l == "other-000" }
	list, err := s.Notices(t.Context(), 9, ours)
	if err != nil || len(list) != 3 || list[0].Library != "other-000" || list[1].Library != "other-449" || list[2].Library != town {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := s.Notices(t.Context(), 2*many, everybody); err != nil || len(list) != many+1 {
		t.Errorf("%d of %d, %v", len(list), many+1, err)
	}
}

func notices(t *testing.T, s Store) {
	ctx := t.Context()
	told := func(want ...archivist.Notice) []archivist.Notice {
		t.Helper()
		list, err := s.Notices(ctx, 10, everybody)
		got := slices.Clone(list)
		for i := range got {
			got[i].Job = 0
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("notices %+v, %v; want %+v", got, err, want)
		}
		return list
	}
	subscribe(t, s, town, herald, "9", monday)
	subscribe(t, s, village, herald, "", monday)
	if _, _, err := s.SavePoll(ctx, herald, polled(monday), newest(1, 2), 9); err != nil {
		t.Fatal(err)
	}
	finish := func(number int, library archivist.LibraryID) (added archivist.ArticleID) {
		t.Helper()
		for {
			job, found, err := s.Claim(ctx, "p", monday.Add(time.Hour), monday.Add(2*time.Hour))
			if err != nil || !found {
				t.Fatalf("no job for item %d: %v", number, err)
			}
			if job.Library != library || job.URL != item(number).URL {
				if err := s.Fail(ctx, job.ID, "p", archivist.Gone, archivist.Offer{}); err != nil {
					t.Fatal(err)
				}
				continue
			}
			p := put(fmt.Sprint(number), fmt.Sprint("text ", number))
			p.Job, p.Owner = job.ID, "p"
			return must(t, s, library, archivist.Added, p)[0].ID
		}
	}
	finish(2, town)
	told() // what stood in the feed at first is not announced
	if _, _, err := s.SavePoll(ctx, herald, polled(monday), newest(1, 4), 9); err != nil {
		t.Fatal(err)
	}
	told() // its job is not done
	article := finish(4, town)
	announced := archivist.Notice{Library: town, Channel: "9", Feed: herald, Title: "Herald", What: archivist.NoticeArticle, Article: article}
	list := told(announced)
	paused := polled(monday.Add(time.Minute))
	paused.State = archivist.FeedPaused
	for range 2 { // told once
		if _, _, err := s.SavePoll(ctx, herald, paused, nil, 9); err != nil {
			t.Fatal(err)
		}
	}
	pausedNotice := archivist.Notice{Library: town, Channel: "9", Feed: herald, Title: "Herald", What: archivist.NoticePaused}
	told(announced, pausedNotice)
	if few, err := s.Notices(ctx, 1, everybody); err != nil || len(few) != 1 || few[0].What != archivist.NoticeArticle {
		t.Errorf("the oldest notice: %+v, %v", few, err)
	}
	if others, err := s.Notices(ctx, 10, func(l archivist.LibraryID) bool { return l != town }); err != nil || len(others) != 0 {
		t.Errorf("other libraries' notices: %+v, %v", others, err)
	}
	// What became no article is told to nobody, and its jobs go when their time has come.
	if err := s.Sweep(ctx, monday.Add(40*24*time.Hour), archivist.Retention{Jobs: 30 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if failed, err := s.Jobs(ctx, archivist.JobFilter{Library: town, States: []archivist.JobState{archivist.JobFailed}, Limit: 9}); err != nil || len(failed) != 0 {
		t.Errorf("jobs that outlive their time: %+v, %v", failed, err)
	}
	told(announced, pausedNotice)
	if err := s.Told(ctx, list[0]); err != nil {
		t.Fatal(err)
	}
	told(pausedNotice)
	if _, found, err := s.ClaimFeed(ctx, monday.Add(99*time.Hour), monday); err != nil || found {
		t.Errorf("a paused feed was claimed: %v", err)
	}
	// Whoever adds it again makes it active.
	if _, err := s.Subscribe(ctx, archivist.Subscription{Library: town, Feed: archivist.Feed{URL: herald}, Channel: "9", Added: monday.Add(time.Hour)}, 9); err != nil {
		t.Fatal(err)
	}
	if feed, found, err := s.ClaimFeed(ctx, monday.Add(time.Hour), monday.Add(2*time.Hour)); err != nil || !found || feed.State != archivist.FeedActive || !feed.Good.Equal(monday.Add(time.Hour)) {
		t.Errorf("a feed that was added again: %+v, %v, %v", feed, found, err)
	}
	if err := s.Unsubscribe(ctx, town, herald, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	told()
}

func movedFeed(t *testing.T, s Store) {
	ctx := t.Context()
	const to = "https://new.example.com/feed"
	subscribe(t, s, town, herald, "9", monday)
	subscribe(t, s, village, herald, "", monday)
	if _, _, err := s.SavePoll(ctx, herald, polled(monday), newest(1, 3), 9); err != nil {
		t.Fatal(err)
	}
	moved := polled(monday.Add(time.Hour))
	moved.URL = to
	if n, jobs, err := s.SavePoll(ctx, herald, moved, newest(2, 4), 9); err != nil || n != 1 || len(jobs) != 2 {
		t.Fatalf("moved: %d, %v, %v", n, jobs, err)
	}
	if list, err := s.Subscriptions(ctx, town); err != nil || len(list) != 1 || list[0].Feed.URL != to || list[0].Feed.Items != 4 || list[0].Channel != "9" {
		t.Errorf("after the move: %+v, %v", list, err)
	}
	// A feed that moves to where another is already joins it; what is still to be told is.
	subscribe(t, s, "third", herald, "5", monday)
	subscribe(t, s, town, herald, "6", monday)
	paused := polled(monday.Add(time.Minute))
	paused.State = archivist.FeedPaused
	if _, _, err := s.SavePoll(ctx, herald, paused, nil, 9); err != nil {
		t.Fatal(err)
	}
	if n, jobs, err := s.SavePoll(ctx, herald, moved, newest(2, 5), 9); err != nil || n != 1 || len(jobs) != 3 {
		t.Fatalf("joined: %d, %v, %v", n, jobs, err)
	}
	for library, channel := range map[archivist.LibraryID]string{town: "9", village: "", "third": "5"} {
		if list, err := s.Subscriptions(ctx, library); err != nil || len(list) != 1 || list[0].Feed.URL != to || list[0].Channel != channel {
			t.Errorf("%s after they joined: %+v, %v", library, list, err)
		}
	}
	if list, err := s.Notices(ctx, 9, everybody); err != nil || len(list) != 2 || list[0].Feed != to || list[0].What != archivist.NoticePaused {
		t.Errorf("notices after they joined: %+v, %v", list, err)
	}
	if libraries, err := s.Subscribers(ctx, herald); err != nil || len(libraries) != 0 {
		t.Errorf("the old address has %v, %v", libraries, err)
	}
}
