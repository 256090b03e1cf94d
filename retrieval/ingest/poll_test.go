package ingest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

// TestFeedToArticles: one poll for two libraries, each of which gets the articles; later only what is new, which is announced where asked.
func TestFeedToArticles(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	for n := range 5 {
		s.article(n)
	}
	s.text("/feed", "application/rss+xml", s.rss(1, 3))
	first := s.subscribe(t, town, "/feed", "9")
	if first.Added != 3 || len(first.Jobs) != 3 || first.Feed.Title != "Herald" || first.Feed.URL != s.URL+"/feed" || first.Feed.Due.Sub(first.Feed.Polled) != 30*time.Minute {
		t.Errorf("subscribed: %+v", first)
	}
	s.end(t, first.Jobs, archivist.Added)
	second := s.subscribe(t, "village", "/feed", "")
	if second.Added != 0 || len(second.Jobs) != 3 {
		t.Errorf("the second library: %+v", second)
	}
	s.end(t, second.Jobs, archivist.Added)
	s.text("/feed", "application/rss+xml", s.rss(1, 4))
	s.askedFor()
	third := s.poll(t, second.Feed)
	if third.Added != 1 || len(third.Jobs) != 2 || third.Feed.Unchanged != 0 {
		t.Errorf("a new item: %+v", third)
	}
	s.end(t, third.Jobs, archivist.Added)
	if asked := s.askedFor(); !slices.Equal(asked, []string{"/feed", "/4", "/4"}) {
		t.Errorf("asked for %q", asked)
	}
	told, err := s.store.Notices(t.Context(), 10, everybody)
	if err != nil || len(told) != 1 || told[0].Library != town || told[0].Channel != "9" || told[0].What != archivist.NoticeArticle {
		t.Fatalf("notices %+v, %v", told, err)
	}
	if a, err := s.store.Article(t.Context(), town, told[0].Article); err != nil || a.Title != "Article 4" || a.AddedBy != "7" {
		t.Errorf("announced %+v, %v", a.Head, err)
	}
}

// TestPollerRuns: what is due is polled without anybody asking, and once.
func TestPollerRuns(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", s.rss(1, 2))
	s.subscribe(t, town, "/feed", "")
	f := feedOf(t, s, town)
	f.Due = time.Now().Add(-time.Second)
	if _, _, err := s.store.SavePoll(t.Context(), f.URL, f, nil, 1); err != nil {
		t.Fatal(err)
	}
	s.askedFor()
	s.text("/feed", "application/rss+xml", s.rss(1, 3))
	saved := make(chan struct{})
	s.poller.Wake = func() { close(saved) }
	defer startRun(t, s.poller.Run)()
	<-saved
	if now := feedOf(t, s, town); !now.Due.After(time.Now()) || now.Items != 3 {
		t.Errorf("after the poll: %+v", now)
	}
	if asked := s.askedFor(); !slices.Equal(asked, []string{"/feed"}) {
		t.Errorf("asked for %q", asked)
	}
}

func feedOf(t *testing.T, s *site, library archivist.LibraryID) archivist.Feed {
	t.Helper()
	list, err := s.store.Subscriptions(t.Context(), library)
	if err != nil || len(list) != 1 {
		t.Fatalf("subscriptions %+v, %v", list, err)
	}
	return list[0].Feed
}

// TestConditional: validators go back as they came; an answer without anything new doubles the interval, whatever its counters say.
func TestConditional(t *testing.T) {
	s := newSite(t)
	counter := 0
	feed := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"7"`)
		w.Header().Set("Last-Modified", "Mon, 04 Mar 2024 10:00:00 GMT")
		counter++
		fmt.Fprintf(w, strings.Replace(s.rss(1, 9), "Herald", "Herald %d", 1), counter)
	}
	s.set("/feed", feed)
	f := s.subscribe(t, town, "/feed", "").Feed
	if f.ETag != `W/"7"` || f.Modified != "Mon, 04 Mar 2024 10:00:00 GMT" {
		t.Errorf("validators of %+v", f)
	}
	f = s.poll(t, f).Feed
	if f.Unchanged != 1 || f.Due.Sub(f.Polled) != time.Hour || f.Title != "Herald 2" {
		t.Errorf("the same items: %+v", f)
	}
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `W/"7"` && r.Header.Get("If-Modified-Since") == "Mon, 04 Mar 2024 10:00:00 GMT" {
			w.Header().Set("Cache-Control", "max-age=10800")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		feed(w, r)
	})
	f = s.poll(t, f).Feed
	if f.Unchanged != 2 || f.Due.Sub(f.Polled) != 3*time.Hour {
		t.Errorf("not modified, and max-age of three hours: %+v", f)
	}
	if accept := s.headers.Get("Accept"); !strings.HasPrefix(accept, "application/atom+xml") {
		t.Errorf("asked for %q", accept)
	}
}

// TestFeedTroubles: what a bad answer does to a feed.
func TestFeedTroubles(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", s.rss(1, 9))
	good := s.subscribe(t, town, "/feed", "9").Feed
	status := func(code int, header ...string) {
		s.set("/feed", func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		})
	}
	status(http.StatusInternalServerError)
	f := s.poll(t, good).Feed
	if f.Code != archivist.ServerError || f.Failed != 1 || f.State != archivist.FeedActive || f.Due.Sub(f.Polled) != time.Hour || !f.Good.Equal(good.Good) {
		t.Errorf("an error: %+v", f)
	}
	f = s.poll(t, f).Feed
	if f.Failed != 2 || f.Due.Sub(f.Polled) != 2*time.Hour {
		t.Errorf("another error: %+v", f)
	}
	old := f
	old.Good = time.Now().Add(-31 * 24 * time.Hour)
	if paused := s.poll(t, old).Feed; paused.State != archivist.FeedPaused {
		t.Errorf("thirty days without a good answer: %+v", paused)
	}
	s.text("/feed", "text/html", page("A page", "", "No feed."))
	if f = s.poll(t, f).Feed; f.Code != archivist.WrongType || f.State != archivist.FeedActive {
		t.Errorf("no feed any more: %+v", f)
	}
	s.text("/feed", "application/rss+xml", s.rss(1, 9))
	if f = s.poll(t, f).Feed; f.Code != "" || f.Failed != 0 || f.State != archivist.FeedActive {
		t.Errorf("well again: %+v", f)
	}
	status(http.StatusGone)
	f = s.poll(t, f).Feed
	if f.State != archivist.FeedEnded || f.Code != archivist.Gone {
		t.Errorf("gone for good: %+v", f)
	}
	if told, err := s.store.Notices(t.Context(), 9, everybody); err != nil || len(told) != 2 || told[0].What != archivist.NoticePaused || told[1].What != archivist.NoticeEnded || told[1].Title != "Herald" {
		t.Errorf("notices %+v, %v", told, err)
	}
	status(http.StatusNotFound)
	if f = s.poll(t, good).Feed; f.State != archivist.FeedActive || f.Code != archivist.Gone {
		t.Errorf("not found, which may be a slip: %+v", f)
	}
	status(http.StatusServiceUnavailable, "Retry-After", "36000")
	if f = s.poll(t, good).Feed; f.Code != archivist.Busy || f.Due.Sub(f.Polled) < 9*time.Hour {
		t.Errorf("asked for ten hours: %+v", f)
	}
}

// TestMove: two permanent redirects within a week move a feed, one or two far apart do not, nor does a redirect for now.
func TestMove(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", s.rss(1, 9))
	s.text("/new", "application/rss+xml", s.rss(1, 9))
	f := s.subscribe(t, town, "/feed", "").Feed
	redirect := func(to string, code int) {
		s.set("/feed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, code) })
	}
	redirect("/new", http.StatusFound)
	if f = s.poll(t, f).Feed; f.MovedTo != "" || f.URL != s.URL+"/feed" || f.ETag != "" {
		t.Errorf("for now: %+v", f)
	}
	redirect("/new", http.StatusMovedPermanently)
	if f = s.poll(t, f).Feed; f.MovedTo != s.URL+"/new" || f.URL != s.URL+"/feed" {
		t.Errorf("for good, once: %+v", f)
	}
	late := f
	late.MovedAt = late.MovedAt.Add(-8 * 24 * time.Hour)
	if late = s.poll(t, late).Feed; late.URL != s.URL+"/feed" || time.Since(late.MovedAt) > time.Hour {
		t.Errorf("for good again after more than a week: %+v", late)
	}
	if f = s.poll(t, f).Feed; f.MovedTo != "" || f.URL != s.URL+"/new" {
		t.Errorf("for good, twice: %+v", f)
	}
	if stored := feedOf(t, s, town); stored.URL != s.URL+"/new" || stored.Items != 9 {
		t.Errorf("stored: %+v", stored)
	}
}

// TestFindFeed: from a home page by its link, then by the usual places, then not at all.
func TestFindFeed(t *testing.T) {
	s := newSite(t)
	s.text("/linked", "text/html", `<html><head><link rel="alternate" type="application/rss+xml" href="/broken"><link rel="alternate" type="application/atom+xml" href="/deep/feed.xml"></head></html>`)
	s.text("/deep/feed.xml", "text/plain", s.rss(1, 2))
	s.text("/plain", "text/html", page("A page", "", "No link."))
	if got := s.subscribe(t, town, "/linked", ""); got.Feed.URL != s.URL+"/deep/feed.xml" || got.Added != 2 {
		t.Errorf("by its link: %+v", got)
	}
	s.askedFor()
	_, _, err := s.poller.Subscribe(t.Context(), archivist.Subscription{Library: "village", Feed: archivist.Feed{URL: s.URL + "/plain"}})
	if archivist.CodeOf(err) != archivist.NoFeed {
		t.Errorf("no feed: %v", err)
	}
	if asked := s.askedFor(); !slices.Equal(asked, []string{"/plain", "/feed", "/rss.xml", "/atom.xml"}) {
		t.Errorf("asked for %q", asked)
	}
	s.text("/atom.xml", "application/xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><link href="/1"/></entry></feed>`)
	if got := s.subscribe(t, "village", "/plain", ""); got.Feed.URL != s.URL+"/atom.xml" {
		t.Errorf("by the usual places: %+v", got)
	}
	_, _, err = s.poller.Subscribe(t.Context(), archivist.Subscription{Library: town, Feed: archivist.Feed{URL: s.URL + "/missing"}})
	if archivist.CodeOf(err) != archivist.Gone {
		t.Errorf("a page that is not there: %v", err)
	}
	if err := s.store.SetSetting(t.Context(), town, archivist.SettingDomain+"127.0.0.1", "block", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.poller.Subscribe(t.Context(), archivist.Subscription{Library: town, Feed: archivist.Feed{URL: s.URL + "/deep/feed.xml"}})
	if archivist.CodeOf(err) != archivist.DomainBlocked {
		t.Errorf("a domain that is blocked: %v", err)
	}
}

// TestFeedInside: a feed within a network is read for libraries that may read there, and only as long as all may.
func TestFeedInside(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", s.rss(1, 2))
	sub := archivist.Subscription{Library: "guild:5", Feed: archivist.Feed{URL: s.URL + "/feed"}}
	if _, _, err := s.poller.Subscribe(t.Context(), sub); archivist.CodeOf(err) != archivist.BadPort {
		t.Errorf("a guild subscribed to a feed inside: %v", err)
	}
	f := s.subscribe(t, town, "/feed", "").Feed
	sub.Added = time.Now()
	if _, err := s.store.Subscribe(t.Context(), sub, 9); err != nil {
		t.Fatal(err)
	}
	s.askedFor()
	if f = s.poll(t, f).Feed; f.Code != archivist.BadPort || len(s.askedFor()) != 0 {
		t.Errorf("polled for a guild too: %+v", f)
	}
}

// TestItemInsteadOfPage: an item's own text stands for its page only where that cannot be read.
func TestItemInsteadOfPage(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	prose := func(what string) string {
		return "<p>" + strings.Repeat("The "+what+" of the feed has this sentence more than once, as it is long. ", 12) + "</p>"
	}
	s.text("/feed", "application/rss+xml", `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Herald</title>
<item><title>Closed &amp; quoted</title><link>/closed</link><pubDate>Wed, 18 Nov 2020 08:00:00 GMT</pubDate><content:encoded><![CDATA[`+prose("text")+`<p>Related</p>]]></content:encoded></item>
<item><title>Short</title><link>/short</link><content:encoded>Too short.</content:encoded></item>
<item><title>Article 1</title><link>/1</link><content:encoded><![CDATA[`+prose("other text")+`]]></content:encoded></item></channel></rss>`)
	s.set("/closed", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	s.set("/short", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	s.article(1)
	for _, id := range s.subscribe(t, town, "/feed", "").Jobs {
		if _, err := s.queue.Follow(t.Context(), id, nil); err != nil {
			t.Fatal(err)
		}
	}
	a, err := s.store.ArticleByKey(t.Context(), town, strings.TrimPrefix(s.URL, "http://")+"/closed")
	if err != nil || a.Title != "Closed & quoted" || a.Published.Year() != 2020 || len(a.Paragraphs) != 1 || !strings.HasPrefix(a.Paragraphs[0].Text, "The text of the feed") {
		t.Errorf("from the feed: %+v, %v", a, err)
	}
	if _, err := s.store.ArticleByKey(t.Context(), town, strings.TrimPrefix(s.URL, "http://")+"/short"); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("a teaser was stored: %v", err)
	}
	if a, err := s.store.ArticleByKey(t.Context(), town, strings.TrimPrefix(s.URL, "http://")+"/1"); err != nil || !strings.Contains(a.Paragraphs[0].Text, "number 1") {
		t.Errorf("from the page: %+v, %v", a, err)
	}
}

func TestGivenUp(t *testing.T) {
	fail := func(code archivist.Code) error { return &archivist.Failure{Code: code} }
	for _, test := range []struct {
		err   error
		tries int
		want  bool
	}{
		{fail(archivist.Forbidden), 1, true},
		{fail(archivist.Paywall), 1, true},
		{fail(archivist.Timeout), 1, false},
		{fail(archivist.Timeout), 7, true},
		{fail(archivist.DomainBlocked), 7, false},
		{fail(archivist.AddressRefused), 7, false},
		{errors.New("ours"), 7, false},
	} {
		if got := givenUp(test.err, test.tries); got != test.want {
			t.Errorf("givenUp(%v, %d) = %t", test.err, test.tries, got)
		}
	}
}

// TestMaxFeeds: libraries of Discord's have MaxFeeds feeds, local ones as many as they like.
func TestMaxFeeds(t *testing.T) {
	s := newSite(t)
	s.poller.Inside = func(archivist.LibraryID) bool { return true }
	s.text("/feed", "application/rss+xml", s.rss(1, 2))
	for library, refused := range map[archivist.LibraryID]bool{"guild:5": true, "user:7": true, town: false} {
		var err error
		for n := range MaxFeeds {
			if err != nil {
				t.Fatalf("feed %d of %s: %v", n, library, err)
			}
			_, err = s.store.Subscribe(t.Context(), archivist.Subscription{Library: library, Feed: archivist.Feed{URL: fmt.Sprint("https://example.com/", n)}, Added: time.Now()}, MaxFeeds)
		}
		_, _, err = s.poller.Subscribe(t.Context(), archivist.Subscription{Library: library, Feed: archivist.Feed{URL: s.URL + "/feed"}})
		var invalid *archivist.Invalid
		if is := errors.As(err, &invalid) && invalid.Code == archivist.FeedsFull; is != refused || !refused && err != nil {
			t.Errorf("feed %d of %s: %v", MaxFeeds+1, library, err)
		}
	}
}
