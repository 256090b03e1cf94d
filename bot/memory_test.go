package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"archivist"
)

func names(choices []Choice) string {
	var list []string
	for _, c := range choices {
		list = append(list, c.Value+"="+c.Name)
	}
	return strings.Join(list, "; ")
}

func TestComplete(t *testing.T) {
	s, b, r := fixture()
	hidden := article(3, "Secret ferry", "https://secret.example/x")
	hidden.Channels = []string{"9"}
	s.articles = append(s.articles, hidden)
	r.Command = "article"
	if c := b.Complete(r, "title", ""); len(c) != 0 {
		t.Errorf("a cold cache gives %v", c)
	}
	if err := b.Warm(t.Context(), r.Library); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"":        "2=Honey festival · Harbour Herald; 1=Ferry returns · Harbour Herald",
		" FERRY ": "1=Ferry returns · Harbour Herald",
		"ret fer": "1=Ferry returns · Harbour Herald",
		"zebra":   "",
	} {
		if got := names(b.Complete(r, "title", typed)); got != want {
			t.Errorf("title %q: %q, want %q", typed, got, want)
		}
	}
	if got := names(b.Complete(r, "source", "her")); got != "herald.example=Harbour Herald · herald.example" {
		t.Errorf("source: %q", got)
	}
	r.Channel = "9"
	if got := names(b.Complete(r, "title", "secret")); got != "3=Secret ferry · Harbour Herald" {
		t.Errorf("what is private to a channel is not offered there: %q", got)
	}
}

func TestCompleteIsBounded(t *testing.T) {
	s, b, r := fixture()
	r.Command = "article"
	for i := range 60 {
		a := article(archivist.ArticleID(i+3), fmt.Sprintf("🚢 %d %s", i, strings.Repeat("long ", 60)), fmt.Sprintf("https://site%d.example/x", i))
		a.Site = strings.Repeat("Site ", 40)
		s.articles = append(s.articles, a)
	}
	if err := b.Warm(t.Context(), r.Library); err != nil {
		t.Fatal(err)
	}
	for _, option := range []string{"title", "source"} {
		choices := b.Complete(r, option, "")
		if len(choices) != 25 {
			t.Errorf("%s: %d choices", option, len(choices))
		}
		for _, c := range choices {
			if Units(c.Name) > 100 || Units(c.Value) > 100 || c.Name == "" || strings.ContainsRune(c.Name, '\uFFFD') {
				t.Errorf("%s: %q of %d units", option, c.Name, Units(c.Name))
			}
		}
	}
	for i := range librariesIn + 5 {
		b.titles.put(archivist.LibraryID(fmt.Sprint("guild:", i)), nil, time.Now())
	}
	if n := len(b.titles.by); n != librariesIn {
		t.Errorf("%d libraries in memory", n)
	}
}

// TestRun: a library that somebody types about is read, buckets are stored every ten seconds and at the end, and each hour is swept.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b, r := limitedFixture()
		s.buckets = []archivist.Bucket{{Library: r.Library, Key: "library", Tokens: 0, At: r.Asked}}
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		synctest.Wait()
		if s.swept() != 1 {
			t.Errorf("%d sweeps at the start", s.swept())
		}
		if asks(t, b, r) {
			t.Error("the stored bucket was not taken up")
		}
		b.Complete(r, "title", "")
		b.Complete(r, "title", "")
		synctest.Wait()
		if len(b.Complete(r, "title", "")) != 2 {
			t.Error("the library was not read")
		}
		r.Asked = r.Asked.Add(time.Minute)
		asks(t, b, r)
		stored := s.saved()
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if s.saved() != stored+3 {
			t.Errorf("%d buckets stored after ten seconds", s.saved()-stored)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if s.swept() != 2 {
			t.Errorf("%d sweeps after an hour", s.swept())
		}
		asks(t, b, r)
		cancel(errors.New("over"))
		if err := <-ended; err != nil || s.saved() != stored+6 {
			t.Errorf("at the end: %v, %d buckets", err, s.saved()-stored)
		}
	})
}

func TestForms(t *testing.T) {
	_, b, r := fixture()
	for _, locale := range []string{"en", "de", "es"} {
		r.Locale = locale
		for id, want := range map[string]string{
			"v1:link:BBBBBBBBBBBBBBBB": "v1:add:BBBBBBBBBBBBBBBB", "v1:about:BBBBBBBBBBBBBBBB": "v1:ask:BBBBBBBBBBBBBBBB",
			"v1:again:AAAAAAAAAAAAAAAA": "v1:anew:AAAAAAAAAAAAAAAA", "v1:reason:BBBBBBBBBBBBBBBB": "v1:words:BBBBBBBBBBBBBBBB",
			"v1:more:BBBBBBBBBBBBBBBB": "", "nonsense": "",
		} {
			r.Values = map[string]string{Chosen: "other"}
			form, ok := b.Form(r, id)
			if form.ID != want || ok != (want != "") {
				t.Errorf("%s opens %q, %v", id, form.ID, ok)
			}
			if ok && (Units(form.Title) > 45 || form.Title == "" || len(form.Inputs) != 1 || Units(form.Inputs[0].Label) > 45 || form.Inputs[0].Max < 1 || form.Inputs[0].Max > 4000) {
				t.Errorf("%s: %+v", locale, form)
			}
		}
		r.Values = map[string]string{Chosen: "wrong"}
		if _, ok := b.Form(r, "v1:reason:BBBBBBBBBBBBBBBB"); ok {
			t.Error("every reason asks for words")
		}
	}
}

// BenchmarkComplete is a keystroke in a library of as many articles as are kept in memory; the most it may take is 20 ms.
func BenchmarkComplete(b *testing.B) {
	s, bot, r := fixture()
	s.articles = nil
	r.Command = "article"
	var list []listedHead
	for i := range titlesKept {
		list = append(list, listedOf(article(archivist.ArticleID(i+1), fmt.Sprintf("The harbour's ferry line number %d returns after two long years", i), fmt.Sprintf("https://site%d.example/%d", i%300, i)).Head))
	}
	bot.titles.put(r.Library, list, r.Asked)
	for name, typed := range map[string]string{"title": "zebra ferry", "source": "site2"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				bot.Complete(r, name, typed)
			}
		})
	}
}
