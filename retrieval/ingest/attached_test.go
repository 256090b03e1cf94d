package ingest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"archivist"
)

// TestAttachedFiles brings in files of each kind that needs no worker, from addresses as Discord's; nothing leads on from them, robots.txt is
// not asked, and what lies about its kind or its origin is refused.
func TestAttachedFiles(t *testing.T) {
	s := newSite(t)
	s.set("/robots.txt", func(http.ResponseWriter, *http.Request) { t.Error("robots.txt was asked") })
	s.queue.handlers = s.handlers(nil)
	s.queue.handlers[archivist.JobFile] = &Files{Pages{Reader: s.reader, Putter: s.engine}}
	defer startRun(t, s.queue.Run)()
	add := func(path, body string) archivist.Job {
		t.Helper()
		s.text(path, "application/octet-stream", body)
		job, err := s.queue.Submit(t.Context(), archivist.Job{Library: town, Kind: archivist.JobFile, URL: s.URL + path + "?ex=1&is=2&hm=3&", Person: "7", Channels: []string{"5"}})
		if err == nil {
			job, err = s.queue.Follow(t.Context(), job.ID, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		return job
	}
	const text = "The bell came back to the tower on a wet Monday.\n\nIts rope is new, and was given by the bakers of the town."
	declares := func(address string) string { return page("The bell returns", address, "The bell hangs again.") }
	for path, want := range map[string]struct{ body, url, title string }{
		"/1/notes.txt":   {text, "file:notes.txt", "The bell came back to the tower on a wet Monday."},
		"/1/Bell.MD":     {"# The bell\n\n" + text, "file:Bell.MD", "The bell"},
		"/1/front.md":    {"---\ntitle: Front\nurl: https://herald.example/front\n---\n\nOn the front page " + text, "https://herald.example/front", "Front"},
		"/1/a.html":      {declares("https://herald.example/bell"), "https://herald.example/bell", "The bell returns"},
		"/1/plain.htm":   {strings.Replace(declares(""), "again", "still", 1), "file:plain.htm", "The bell returns"},
		"/1/reload.html": {`<meta http-equiv="refresh" content="0; url=/elsewhere">` + strings.Replace(declares(""), "again", "today", 1), "file:reload.html", "The bell returns"},
	} {
		job := add(path, want.body)
		if job.State != archivist.JobDone || job.Outcome != archivist.Added {
			t.Errorf("%s: %+v", path, job)
			continue
		}
		a, err := s.store.Article(t.Context(), town, job.Article)
		if err != nil || a.URL != want.url || a.Title != want.title || a.AddedBy != "7" || len(a.Channels) != 1 || a.Channels[0] != "5" {
			t.Errorf("%s: %+v, %v", path, a.Head, err)
		}
	}
	// Others of the same name, or that name the same address, take nobody's place; the same words are the same article.
	for path, want := range map[string]struct {
		body    string
		outcome archivist.Outcome
	}{
		"/5/notes.txt": {text + "\n\nThis one says more.", archivist.Added},
		"/5/a.html":    {strings.Replace(declares("https://herald.example/bell"), "again", "no more", 1), archivist.Added},
		"/5/a.htm":     {declares("https://herald.example/bell"), archivist.Duplicate},
	} {
		if job := add(path, want.body); job.Outcome != want.outcome {
			t.Errorf("%s: %+v", path, job)
		}
	}
	for path, want := range map[string]struct {
		body string
		code archivist.Code
	}{
		"/2/pdf.txt":    {"%PDF-1.4 " + text, archivist.WrongType},
		"/2/text.pdf":   {text, archivist.WrongType},
		"/2/image.md":   {"\x89PNG\r\n\x1a\n" + text, archivist.WrongType},
		"/2/none.exe":   {text, archivist.WrongType},
		"/2/empty.html": {"<html><body></body></html>", archivist.EmptyPage},
		"/2/big.txt":    {strings.Repeat(text, 9<<20/len(text)), archivist.TooLarge},
	} {
		if job := add(path, want.body); job.State != archivist.JobFailed || job.Code != want.code {
			t.Errorf("%s: %s %s, want %s", path, job.State, job.Code, want.code)
		}
	}

	s.set("/3/moved.txt", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/1/notes.txt", http.StatusFound) })
	job, err := s.queue.Submit(t.Context(), archivist.Job{Library: town, Kind: archivist.JobFile, URL: s.URL + "/3/moved.txt"})
	if err == nil {
		job, err = s.queue.Follow(t.Context(), job.ID, nil)
	}
	if err != nil || job.Code != archivist.BadURL {
		t.Errorf("a file that is elsewhere: %+v, %v", job, err)
	}

	// The moderators' rule holds for what a file says of its origin; a list of sites that are let in keeps files without one out.
	if err := s.store.SetSetting(t.Context(), town, archivist.SettingDomain+"good.example", "allow", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct{ address, state string }{
		"/4/good.html": {"https://good.example/a", "done"}, "/4/bad.html": {"https://bad.example/a", "failed"}, "/4/none.html": {"", "failed"},
	} {
		if job := add(path, strings.Replace(declares(want.address), "hangs", "rings "+path, 1)); string(job.State) != want.state {
			t.Errorf("%s: %s %s", path, job.State, job.Code)
		}
	}
}

// TestAttachedTeachesNothing: files that say that they are of a site do not make a paragraph of its own pages its furniture.
func TestAttachedTeachesNothing(t *testing.T) {
	s := newSite(t)
	s.queue.handlers[archivist.JobFile] = &Files{Pages{Reader: s.reader, Putter: s.engine}}
	defer startRun(t, s.queue.Run)()
	for n := range 5 {
		path := fmt.Sprintf("/%d/saved.html", n)
		body := strings.Replace(longText(fmt.Sprint("mill number ", n), 4), "</head>", fmt.Sprintf(`<link rel="canonical" href="https://herald.example/%d"></head>`, n), 1)
		s.text(path, "text/html", strings.Replace(body, "</article>", "<p>The mayor resigned over the missing money of the harbour fund.</p></article>", 1))
		if job := s.add(t, archivist.JobFile, path); job.Outcome != archivist.Added {
			t.Errorf("%s: %+v", path, job)
		}
	}
	if all, err := s.engine.Learned(t.Context(), town, ""); err != nil || len(all) != 0 {
		t.Errorf("learned %+v, %v", all, err)
	}
}

// TestFileName: what an address ends in names a file, whatever else it holds.
func TestFileName(t *testing.T) {
	for address, want := range map[string]string{
		"https://cdn.discordapp.com/attachments/1/2/my%20notes.txt?ex=1": "my notes.txt",
		"https://x.example/%E2%80%AEgpj.txt":                             "gpj.txt",
		"https://x.example/a%0Ab.txt":                                    "ab.txt",
		"https://x.example/a%2Fb.txt":                                    "b.txt",
		"https://x.example/" + strings.Repeat("a", 300) + ".txt":         strings.Repeat("a", maxFileName-4) + ".txt",
		"%": "",
	} {
		if got := fileName(address); got != want {
			t.Errorf("%s is called %q", address, got)
		}
	}
}
