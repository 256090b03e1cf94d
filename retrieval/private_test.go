package retrieval

import (
	"testing"
	"time"

	"archivist"
)

// TestPrivateArticles: what was added where not everybody sees answers only there, and leaves no trace elsewhere: no passage, no headline, no
// copy, no word of its own read into a question.
func TestPrivateArticles(t *testing.T) {
	e := New(openStore(t), Options{})
	secret := intake("merger", "The merger of the dairies", "The dairies Hollerbach and Stone will merge in March. Nobody outside the board knows of it.")
	secret.Article.Channels = []string{"11"}
	put(t, e, secret, intake("bridge", "The bridge", "The stone bridge over the Ebb was closed in March for two weeks."))
	in := func(view archivist.View, question string) archivist.Answer {
		t.Helper()
		a, err := e.Ask(t.Context(), archivist.Question{Library: town, View: view, Text: question, Asked: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	const question = "When will the dairies Hollerbach and Stone merge?"
	for _, view := range []archivist.View{{Channel: "11"}, archivist.Everything} {
		if a := in(view, question); len(a.Passages) == 0 || a.Passages[0].Article.ID != 1 {
			t.Errorf("%+v: %+v", view, a)
		}
	}
	for _, view := range []archivist.View{{}, {Channel: "22"}, {Channel: "1"}} {
		a := in(view, question)
		heads := a.Nearest
		for _, p := range a.Passages {
			heads = append(append(heads, p.Article), p.Also...)
		}
		for _, h := range heads {
			if h.ID == 1 {
				t.Errorf("%+v sees %q", view, h.Title)
			}
		}
		if a := in(view, "Holerbach?"); len(a.Passages) != 0 || len(a.Notes) != 0 {
			t.Errorf("%+v learns a word: %+v", view, a)
		}
	}
	// Added once more, where everybody sees: it answers everywhere.
	secret.Article.Channels = nil
	put(t, e, secret)
	if a := in(archivist.View{}, question); len(a.Passages) == 0 || a.Passages[0].Article.ID != 1 {
		t.Errorf("open now: %+v", a)
	}
}
