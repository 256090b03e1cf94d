package ingest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

// archiveOf lets the site be an archive too, with copies by the address of their page; queue and reader know it.
func (s *site) archiveOf(copies map[string]string) *Archive {
	s.set("/available", func(w http.ResponseWriter, r *http.Request) {
		var answer availability
		if copied, found := copies[r.URL.Query().Get("url")]; found {
			answer.Snapshots.Closest.Available, answer.Snapshots.Closest.Status = true, "200"
			answer.Snapshots.Closest.Timestamp, answer.Snapshots.Closest.URL = "20240305060708", s.URL+copied
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer) // to a client of ours
	})
	return &Archive{Reader: s.reader, API: s.URL + "/available"}
}

// TestCopyOfGonePage: a page that is gone fails with the offer of its copy; the job for the copy stores the article under the page's own
// address, without the archive's toolbar.
func TestCopyOfGonePage(t *testing.T) {
	s := newSite(t)
	gone := s.URL + "/gone?b=2&a=1"
	copied := strings.Replace(page("The old mill", gone, "The mill stood still."), "<article>", `<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id="wm-ipp-base"><p>`+
		strings.Repeat("This is the archive's own bar with very many words. ", 20)+`</p></div><!-- END WAYBACK TOOLBAR INSERT --><article>`, 1)
	s.text("/web/20240305060708/copy", "text/html", copied)
	s.queue.handlers = s.handlers(s.archiveOf(map[string]string{gone: "/web/20240305060708/copy"}))
	defer startRun(t, s.queue.Run)()
	add := func(kind archivist.JobKind, link string) archivist.Job {
		t.Helper()
		job, err := s.queue.Submit(t.Context(), archivist.Job{Library: town, Kind: kind, URL: link, Person: "7"})
		if err == nil {
			job, err = s.queue.Follow(t.Context(), job.ID, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		return job
	}
	failed := add("", gone)
	want := archivist.Offer{Kind: archivist.OfferArchive, URL: s.URL + "/web/20240305060708/copy", At: time.Date(2024, 3, 5, 6, 7, 8, 0, time.UTC)}
	if failed.State != archivist.JobFailed || failed.Code != archivist.Gone || failed.Offer != want {
		t.Errorf("the page: %+v", failed)
	}
	if other := add("", s.URL+"/other"); other.Code != archivist.Gone || other.Offer.Kind != "" {
		t.Errorf("a page without a copy: %+v", other)
	}
	done := add(archivist.JobArchive, gone)
	a, err := s.store.Article(t.Context(), town, done.Article)
	if err != nil || done.Outcome != archivist.Added || a.URL != gone || a.Archived != want.URL || a.Title != "The old mill" || a.AddedBy != "7" {
		t.Errorf("the copy: %+v, %+v, %v", done, a.Head, err)
	}
	for _, p := range a.Paragraphs {
		if strings.Contains(p.Text, "own bar") {
			t.Errorf("the archive's bar was stored: %q", p.Text)
		}
	}
	if missing := add(archivist.JobArchive, s.URL+"/other"); missing.State != archivist.JobFailed || missing.Code != archivist.Gone {
		t.Errorf("a copy that is not there: %+v", missing)
	}
	if err := s.store.SetSetting(t.Context(), town, archivist.SettingDomain+"127.0.0.1", "block", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if blocked := add(archivist.JobArchive, gone); blocked.Code != archivist.DomainBlocked {
		t.Errorf("the copy of a page of a domain that is kept out: %+v", blocked)
	}
}

// TestArchiveAnswers: what an archive may answer, and what it must be for an offer.
func TestArchiveAnswers(t *testing.T) {
	s := newSite(t)
	archive := s.archiveOf(nil)
	const good = `{"archived_snapshots":{"closest":{"available":true,"url":"http://archive.example/web/1/http://x.example/","timestamp":"20240305060708","status":"200"}}}`
	for what, test := range map[string]struct {
		body  string
		offer string
	}{
		"a copy":             {good, "http://archive.example/web/1/http://x.example/"},
		"a copy of an error": {strings.Replace(good, `"200"`, `"404"`, 1), ""},
		"not available":      {strings.Replace(good, "true", "false", 1), ""},
		"no time":            {strings.Replace(good, "20240305060708", "now", 1), ""},
		"no address":         {strings.Replace(good, "http://archive", "javascript://archive", 1), ""},
		"nothing":            {`{"archived_snapshots":{}}`, ""},
		"no JSON":            {"<html>", ""},
		"another shape":      {`{"archived_snapshots":[1]}`, ""},
	} {
		s.text("/available", "application/json", test.body)
		err := archive.OrCopy(t.Context(), "https://x.example/", &archivist.Failure{Code: archivist.Gone, Detail: "HTTP 404"})
		if offer := archivist.OfferOf(err); offer.URL != test.offer || err.Error() != "gone: HTTP 404" {
			t.Errorf("%s: offer %+v, %v", what, offer, err)
		}
	}
	s.askedFor()
	var none *Archive
	for _, err := range []error{
		archive.OrCopy(t.Context(), "https://x.example/", &archivist.Failure{Code: archivist.Forbidden}),
		none.OrCopy(t.Context(), "https://x.example/", &archivist.Failure{Code: archivist.Gone}),
	} {
		if archivist.OfferOf(err).Kind != "" || len(s.askedFor()) != 0 {
			t.Errorf("asked for a copy where none is wanted: %v", err)
		}
	}
}

// TestFeedOfListing: a page that lists articles is refused with its feed, a feed with itself.
func TestFeedOfListing(t *testing.T) {
	s := newSite(t)
	var list strings.Builder
	for n := range 40 {
		fmt.Fprintf(&list, `<h2><a href="/%d">The headline of article number %d here</a></h2>`, n, n)
	}
	s.text("/home", "text/html", `<html><head><title>Herald</title><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>`+list.String()+`</body></html>`)
	s.text("/bare", "text/html", `<html><head><title>Herald</title></head><body>`+list.String()+`</body></html>`)
	s.text("/feed.xml", "application/rss+xml", s.rss(1, 2))
	for path, want := range map[string]string{"/home": s.URL + "/feed.xml", "/feed.xml": s.URL + "/feed.xml", "/bare": ""} {
		_, err := s.reader.Read(t.Context(), town, s.URL+path, func(archivist.Stage) {})
		if archivist.CodeOf(err) != archivist.Listing || archivist.OfferOf(err).URL != want {
			t.Errorf("%s: %v, offers %+v, want %q", path, err, archivist.OfferOf(err), want)
		}
	}
	if asked := s.askedFor(); !slices.Contains(asked, "/home") || len(asked) != 3 {
		t.Errorf("asked for %q", asked)
	}
}
