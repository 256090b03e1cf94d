package storagetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"archivist"
)

// withPage is an article whose page is kept.
func withPage(text, body string) archivist.Put {
	in := put("bridge", text)
	in.Page = &archivist.Page{URL: in.Article.URL, ContentType: "text/html", Fetched: time.UnixMilli(77).UTC(), Body: []byte(body)}
	return in
}

// pageOfText: a page that is kept is of the text that is stored; one of a former text would bring it back.
func pageOfText(t *testing.T, s Store) {
	id := must(t, s, town, archivist.Added, withPage("one", "<p>one"))[0].ID
	other := put("other", "none")
	other.Page = &archivist.Page{URL: other.Article.URL, Fetched: time.UnixMilli(77).UTC(), Body: []byte("other")}
	otherID := must(t, s, town, archivist.Added, other)[0].ID
	must(t, s, town, archivist.Unchanged, put("bridge", "one"))
	if page, err := s.Page(t.Context(), town, id); err != nil || string(page.Body) != "<p>one" {
		t.Errorf("the same text without a page leaves %q, %v", page.Body, err)
	}
	must(t, s, town, archivist.Updated, put("bridge", "two"))
	if page, err := s.Page(t.Context(), town, id); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("another text without a page leaves %q, %v", page.Body, err)
	}
	if _, err := s.Page(t.Context(), town, otherID); err != nil {
		t.Errorf("the page of another article: %v", err)
	}
	must(t, s, town, archivist.Updated, withPage("three", "<p>three"), withPage("four", "<p>four"))
	if page, err := s.Page(t.Context(), town, id); err != nil || !bytes.Equal(page.Body, []byte("<p>four")) {
		t.Errorf("the last text's page is %q, %v", page.Body, err)
	}
}

// rereadsCase: a text that is read anew from the page of another one replaces that one alone, and is no sign that the page is there.
func rereadsCase(t *testing.T, s Store) {
	id := must(t, s, town, archivist.Added, withPage("one", "<p>one"))[0].ID
	if err := s.SaveCheck(t.Context(), town, id, archivist.Check{URL: "https://example.com/bridge", Due: time.UnixMilli(1)}, true); err != nil {
		t.Fatal(err)
	}
	article := func() archivist.Article {
		t.Helper()
		a, err := s.Article(t.Context(), town, id)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := article()
	again := withPage("one, better", "<p>one")
	again.Reread = first.Updated
	must(t, s, town, archivist.Updated, again)
	if a := article(); a.Paragraphs[1].Text != "one, better" || !a.Dead {
		t.Errorf("read anew: %+v", a)
	}

	again = withPage("one, best", "<p>one")
	again.Reread = first.Updated.Add(-time.Millisecond) // of a text that another one has replaced meanwhile
	before := version(t, s, town)
	if _, err := s.PutArticles(t.Context(), town, []archivist.Put{again}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("read anew for a text that is gone: %v", err)
	}
	if a := article(); a.Paragraphs[1].Text != "one, better" || version(t, s, town) != before {
		t.Errorf("it replaced another text: %+v", a)
	}
	missing := put("missing", "gone")
	missing.Reread = first.Updated
	if _, err := s.PutArticles(t.Context(), town, []archivist.Put{missing}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("read anew for an article that was removed: %v", err)
	}
	if _, err := s.ArticleByKey(t.Context(), town, missing.Article.Key); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("an article that was removed is back: %v", err)
	}

	must(t, s, town, archivist.Updated, withPage("two", "<p>two"))
	if article().Dead {
		t.Error("a page that was looked at is dead")
	}
}
