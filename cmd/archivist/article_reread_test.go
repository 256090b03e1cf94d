package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
)

// TestRefreshStored: pages that are kept are read again without a look at their sites, and what is read otherwise is answered with from then on.
func TestRefreshStored(t *testing.T) {
	database := filepath.Join(t.TempDir(), "test.db")
	s := opened(t, database)
	e := retrieval.New(s, retrieval.Options{})
	now := time.Now().UTC()
	for n := range 3 { // the last without a page
		in := lamp(n, 1)
		in.Article.Paragraphs = append(in.Article.Paragraphs, archivist.Paragraph{Text: "Advertisement: buy two lamps and get one."})
		in.Check = &archivist.Check{URL: in.Article.URL, Checked: now, Due: now.Add(time.Hour)}
		if n < 2 {
			in.Page = &archivist.Page{URL: in.Article.URL, ContentType: "text/html", Fetched: now, Body: []byte(`<!doctype html><html lang="en"><head><title>A lamp for the harbour</title></head>
<body><article><h1>A lamp for the harbour</h1>
<p>The harbour has a new lamp. It stands on the south mole and can be seen from eleven miles away on a clear night, the harbour master said.</p>
<p>The old one broke in the storm of last October, when a wave as high as a house took it from its foot and threw it into the basin.</p>
<p>It is the ` + strings.Repeat("very ", n+1) + `last one of its kind, as the works in which it was made have been closed since the end of the year, and all its workers left.</p>
</article></body></html>`)}
		}
		if _, err := e.Put(t.Context(), "town", []archivist.Intake{in}); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			if err := s.SaveCheck(t.Context(), "town", 2, *in.Check, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	tell := func(code int, says string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		args = append([]string{"article", "refresh", "--database", database, "--library", "town"}, args...)
		got := run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &out}, func(name string) string {
			return map[string]string{"ARCHIVIST_INGEST_WORKER": workerInline}[name]
		})
		if got != code || !strings.Contains(out.String(), says) {
			t.Errorf("%q ended with %d, want %d and %q:\n%s", args, got, code, says, &out)
		}
	}
	tell(exitDone, "updated 1 https://herald.example/0\n", "--stored", "1")
	tell(exitDone, "0 added, 1 updated, 1 unchanged", "--stored")
	tell(exitDone, "0 added, 0 updated, 2 unchanged", "--stored")
	tell(exitFailed, "https://herald.example/2: argument: no page of it is kept", "--stored", "3")
	tell(exitUsage, "refresh needs at least one article")
	for id := archivist.ArticleID(1); id <= 2; id++ {
		a, err := s.Article(t.Context(), "town", id)
		if err != nil || a.Title != "A lamp for the harbour" || len(a.Paragraphs) != 3 || a.Dead != (id == 2) {
			t.Errorf("%+v, %v", a, err)
		}
	}
	answer, err := retrieval.New(s, retrieval.Options{}).Ask(t.Context(), archivist.Question{Library: "town", View: archivist.Everything, Text: "Where does the lamp of the harbour stand?", Limit: 1})
	if err != nil || answer.Grade == archivist.GradeRefusal || !strings.Contains(answer.Passages[0].Text, "south mole") {
		t.Errorf("%+v, %v", answer, err)
	}
}
