package ingest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"archivist"
)

// add hands in a link and gives the job when it has ended.
func (s *site) add(t *testing.T, kind archivist.JobKind, path string) archivist.Job {
	t.Helper()
	job, err := s.queue.Submit(t.Context(), archivist.Job{Library: town, Kind: kind, URL: s.URL + path, Person: "7"})
	if err == nil {
		job, err = s.queue.Follow(t.Context(), job.ID, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// TestFurtherPageAlone: who posts the second page of an article that is stored whole gets that article, whatever the page says its address is.
func TestFurtherPageAlone(t *testing.T) {
	for what, canonical := range map[string]string{"its own": "/story/2", "the first page's": "/story", "none": ""} {
		s := newSite(t)
		stop := startRun(t, s.queue.Run)
		s.text("/story", "text/html", paged(1, "/story/2"))
		s.text("/story/2", "text/html", paged(2, "/story/3"))
		s.text("/story/3", "text/html", paged(3))
		a := s.stored(t, "/story")
		if len(a.Paragraphs) != 6 {
			t.Fatalf("%d paragraphs", len(a.Paragraphs))
		}
		check := s.check(t, a.ID)
		second := paged(2, "/story/3")
		if canonical != "" {
			second = strings.Replace(second, "</head>", `<link rel="canonical" href="`+s.URL+canonical+`"></head>`, 1)
		}
		s.text("/story/2", "text/html", second)
		job := s.add(t, "", "/story/2")
		if job.Outcome != archivist.Unchanged || job.Article != a.ID {
			t.Errorf("%s: %+v", what, job)
		}
		if now := s.articleNow(t, a.ID); !slices.Equal(now.Paragraphs, a.Paragraphs) || s.check(t, a.ID) != check {
			t.Errorf("%s: %+v, looked at again %+v", what, now, s.check(t, a.ID))
		}
		stop()
	}
}

// TestStubOfAStoredArticle: what is added once more, or comes with a feed or from an archive, is held to the rule for what is looked at again: a text of
// which most is gone leaves the stored one, and the page is looked at again the next day.
func TestStubOfAStoredArticle(t *testing.T) {
	s := newSite(t)
	s.queue.handlers = s.handlers(s.archiveOf(map[string]string{s.URL + "/a": "/copy"}))
	defer startRun(t, s.queue.Run)()
	s.text("/a", "text/html", longText("mill", 9))
	a := s.stored(t, "/a")
	s.text("/a", "text/html", longText("gate", 2))
	s.text("/copy", "text/html", longText("archive", 2))
	for _, kind := range []archivist.JobKind{archivist.JobPage, archivist.JobPage, archivist.JobFeed, archivist.JobArchive} {
		if job := s.add(t, kind, "/a"); job.State != archivist.JobFailed || job.Code != archivist.Suspicious {
			t.Errorf("%s: %+v", kind, job)
		}
		c := s.check(t, a.ID)
		if now := s.articleNow(t, a.ID); !slices.Equal(now.Paragraphs, a.Paragraphs) || c.Pending == [32]byte{} || c.Due.Sub(c.Checked) != checkPause {
			t.Errorf("%s: %+v, looked at again %+v", kind, now, c)
		}
	}
	if job := s.refresh(t, a); job.Outcome != archivist.Updated {
		t.Errorf("a page that says so the next day too: %+v", job)
	}
	s.text("/a", "text/html", longText("gate", 9))
	if job := s.add(t, "", "/a"); job.Outcome != archivist.Updated {
		t.Errorf("a text that has grown: %+v", job)
	}
}

// TestStubInAFeed: the same holds for what a feed gives of a page that cannot be read.
func TestStubInAFeed(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	s.text("/a", "text/html", longText("mill", 40))
	a := s.stored(t, "/a")
	s.set("/a", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	content := "<p>" + strings.Repeat("The teaser of the feed has this sentence more than once, as it is long. ", 12) + "</p>"
	s.text("/feed", "application/rss+xml", `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Herald</title>
<item><title>The mill</title><link>/a</link><content:encoded><![CDATA[`+content+`]]></content:encoded></item></channel></rss>`)
	for _, id := range s.subscribe(t, town, "/feed", "").Jobs {
		if job, err := s.queue.Follow(t.Context(), id, nil); err != nil || job.Code != archivist.Suspicious {
			t.Errorf("%+v, %v", job, err)
		}
	}
	if now := s.articleNow(t, a.ID); !slices.Equal(now.Paragraphs, a.Paragraphs) {
		t.Errorf("%+v", now)
	}
}

// TestOneCanonicalForAll: a site that names one address on all its pages has an article of each, which changes by itself; under the address of
// an article's other form (a tracked link, a page for telephones) its changed text is that article's.
func TestOneCanonicalForAll(t *testing.T) {
	s := newSite(t)
	defer startRun(t, s.queue.Run)()
	text := func(word string, n int, canonical string) string {
		return strings.Replace(longText(word, n), "</head>", `<link rel="canonical" href="`+s.URL+canonical+`"></head>`, 1)
	}
	var ids []archivist.ArticleID
	for n, word := range []string{"mill", "bridge", "tower", "mole"} {
		path := fmt.Sprint("/post-", n)
		s.text(path, "text/html", text(word, 6, "/blog"))
		job := s.add(t, "", path)
		if job.Outcome != archivist.Added {
			t.Errorf("%s: %+v", path, job)
		}
		a := s.articleNow(t, job.Article)
		if n > 0 && a.URL != s.URL+path {
			t.Errorf("%s is known as %s", path, a.URL)
		}
		ids = append(ids, a.ID)
	}
	for n, word := range []string{"miller", "viaduct", "belfry", "pier"} { // with other words
		path := fmt.Sprint("/post-", n)
		s.text(path, "text/html", text(word, 6, "/blog"))
		if job := s.add(t, "", path); job.Outcome != archivist.Updated || job.Article != ids[n] {
			t.Errorf("%s, changed: %+v, want article %d", path, job, ids[n])
		}
	}

	s.text("/full", "text/html", text("lamp", 6, "/full"))
	full := s.stored(t, "/full")
	s.text("/amp/full", "text/html", strings.Replace(text("lamp", 6, "/full"), "Paragraph 3", "Corrected, paragraph 3", 1))
	job := s.add(t, "", "/amp/full")
	if now := s.articleNow(t, full.ID); job.Outcome != archivist.Updated || job.Article != full.ID || now.URL != full.URL || !strings.HasPrefix(now.Paragraphs[3].Text, "Corrected") {
		t.Errorf("another form of the page: %+v, %+v", job, now)
	}
	s.text("/amp/full", "text/html", text("lantern", 6, "/full"))
	if job := s.add(t, "", "/amp/full"); job.Outcome != archivist.Updated || job.Article != full.ID {
		t.Errorf("an address that is known, with other words: %+v", job)
	}
}

// TestAlike: half of the shorter one's sentences is enough, and less is not.
func TestAlike(t *testing.T) {
	of := func(text string) archivist.Article {
		return archivist.Article{Head: archivist.Head{Language: "en"}, Paragraphs: []archivist.Paragraph{{Text: text}}}
	}
	const four = "The mill burned. The miller fled. The river rose. The bridge held."
	for text, want := range map[string]bool{
		four: true, "The mill burned. A man fled.": true, "The mill burned. A man fled. It rained.": false,
		"The mill burned. The miller fled. " + strings.Repeat("It rained. So it went on, and on.", 9): true, "Nothing of it.": false,
	} {
		if alike(of(four), of(text)) != want || alike(of(text), of(four)) != want {
			t.Errorf("%q: want %t", text, want)
		}
	}
}
