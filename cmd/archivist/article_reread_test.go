package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/ingest"
	"archivist/retrieval/ingest/extract"
)

// lampPage is a page as it was kept; very tells it from others.
func lampPage(address string, fetched time.Time, very int) *archivist.Page {
	return &archivist.Page{URL: address, ContentType: "text/html", Fetched: fetched, Body: []byte(`<!doctype html><html lang="en"><head><title>A lamp for the harbour</title></head>
<body><article><h1>A lamp for the harbour</h1>
<p>The harbour has a new lamp. It stands on the south mole and can be seen from eleven miles away on a clear night, the harbour master said.</p>
<p>The old one broke in the storm of last October, when a wave as high as a house took it from its foot and threw it into the basin.</p>
<p>It is the ` + strings.Repeat("very ", very) + `last one of its kind, as the works in which it was made have been closed since the end of the year, and all its workers left.</p>
</article></body></html>`)}
}

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
			in.Page = lampPage(in.Article.URL, now, n+1)
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
	if _, err := e.Put(t.Context(), "town", []archivist.Intake{lamp(0, 7)}); err != nil { // a correction, from a file
		t.Fatal(err)
	}
	tell(exitFailed, "https://herald.example/0: argument: no page of it is kept", "--stored", "1")
	answer, err := retrieval.New(s, retrieval.Options{}).Ask(t.Context(), archivist.Question{Library: "town", View: archivist.Everything, Text: "Where does the lamp of the harbour stand?", Limit: 1})
	if err != nil || answer.Grade == archivist.GradeRefusal || !strings.Contains(answer.Passages[0].Text, "south mole") {
		t.Errorf("%+v, %v", answer, err)
	}
}

// A meddler extracts as others do, but something happens meanwhile.
type meddler struct {
	ingest.Extractor
	meddle func()
}

func (m meddler) Extract(ctx context.Context, in extract.Input) (extract.Result, error) {
	m.meddle()
	return m.Extractor.Extract(ctx, in)
}

// TestRefreshStoredMeanwhile: what is stored while a page is read again stays, and an article that is removed meanwhile too.
func TestRefreshStoredMeanwhile(t *testing.T) {
	c := defaults()
	c.Database, c.Ingest.Worker = filepath.Join(t.TempDir(), "test.db"), workerInline
	p := &program{streams: streams{out: io.Discard, err: io.Discard}, getenv: noEnvironment}
	h, err := p.openDatabase(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close() })
	r, err := h.jobRun(p, "town")
	if err != nil {
		t.Fatal(err)
	}
	in := lamp(0, 1)
	in.Page = lampPage(in.Article.URL, time.Now(), 1)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	extractor := h.pages.Extractor
	for _, meanwhile := range []struct {
		do   func()
		want error
	}{
		{func() { must(h.engine.Put(t.Context(), "town", []archivist.Intake{lamp(0, 2)})) }, nil},
		{func() { must(nil, h.engine.Remove(t.Context(), "town", 1, archivist.Act{})) }, archivist.ErrNotFound},
	} {
		must(h.engine.Put(t.Context(), "town", []archivist.Intake{in}))
		h.pages.Extractor = meddler{extractor, meanwhile.do}
		if err := r.reread(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		a, err := h.store.Article(t.Context(), "town", 1)
		if !errors.Is(err, meanwhile.want) || err == nil && !slices.Equal(a.Paragraphs, lamp(0, 2).Article.Paragraphs) {
			t.Errorf("%+v, %v; want %v", a, err, meanwhile.want)
		}
	}
	if r.report.Unchanged != 2 || r.report.Updated+r.report.Failed != 0 {
		t.Errorf("%+v", r.report)
	}
}
