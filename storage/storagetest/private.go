package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist"
)

// private: an article that was added where not everybody sees is listed and told of only there, until it is added where more do.
func private(t *testing.T, s Store) {
	in := func(channel, name, text string) archivist.Put {
		p := put(name, text)
		if channel != "" {
			p.Article.Channels = []string{channel}
		}
		return p
	}
	listed := func(view archivist.View) (names string) {
		t.Helper()
		heads, err := s.Articles(t.Context(), town, view, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		sites, err := s.Sites(t.Context(), town, view)
		if err != nil {
			t.Fatal(err)
		}
		counted := 0
		for _, site := range sites {
			counted += site.Articles
		}
		if counted != len(heads) {
			t.Errorf("%d articles listed, %d counted", len(heads), counted)
		}
		for _, h := range heads {
			names += strings.TrimPrefix(h.Key, "example.com/") + strings.Join(h.Channels, "") + " "
		}
		return names
	}
	of := func(want string, view archivist.View) {
		t.Helper()
		if got := listed(view); got != want {
			t.Errorf("%+v lists %q, want %q", view, got, want)
		}
	}
	must(t, s, town, archivist.Added, in("", "open", "open"))
	must(t, s, town, archivist.Added, in("11", "den", "den"))
	of("den11 open ", archivist.View{Channel: "11"})
	of("open ", archivist.View{Channel: "1"}) // no part of a number
	of("open ", archivist.View{})
	of("den11 open ", archivist.View{Channel: "1", Thread: "11"})
	of("den11 open ", archivist.Everything)
	before := version(t, s, town)
	must(t, s, town, archivist.Unchanged, in("11", "den", "den"))
	if version(t, s, town) != before {
		t.Error("nothing changed, but the version did")
	}
	must(t, s, town, archivist.Added, in("22", "den", "den")) // to whoever adds it there it is new
	of("den1122 open ", archivist.View{Channel: "22"})
	of("open ", archivist.View{Channel: "33"})
	segments, err := s.Segments(t.Context(), town, before)
	if err != nil || len(segments.Rows) != 0 || segments.Version != before+1 || len(segments.Private) != 1 || len(segments.Private[2]) != 2 {
		t.Errorf("segments: %+v, %v", segments, err)
	}
	must(t, s, town, archivist.Unchanged, in("33", "open", "open")) // what all see stays open
	must(t, s, town, archivist.Added, in("", "another", "den"))     // the same text under another address, for all
	of("den open ", archivist.View{})
	if segments, err := s.Segments(t.Context(), town, 0); err != nil || len(segments.Private) != 0 {
		t.Errorf("segments: %+v, %v", segments, err)
	}
	texts, err := s.Passages(t.Context(), town, []archivist.Range{{Article: 2}})
	if err != nil || texts.Heads[2].Channels != nil {
		t.Errorf("passages: %+v, %v", texts.Heads, err)
	}
}

// privateJob: an article is private to where its job was asked for, also where that was asked after the job was begun.
// askedFor: a link whose article is just looked at again is a job like any other, and its article is seen where it was asked for.
func askedFor(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	for _, running := range []bool{false, true} {
		p := put(fmt.Sprint("looked at ", running), fmt.Sprint("text ", running))
		p.Article.Channels = []string{"11"}
		id := must(t, s, town, archivist.Added, p)[0].ID
		look := archivist.Job{Library: town, Kind: archivist.JobRefresh, URL: p.Article.URL, Key: p.Article.Key, Lane: archivist.LaneRefresh, Channels: p.Article.Channels, Due: now, Created: now}
		if _, err := s.Enqueue(ctx, look); err != nil {
			t.Fatal(err)
		}
		if running {
			if look, found, err := s.Claim(ctx, "p1", now, now.Add(time.Minute)); err != nil || !found || look.Kind != archivist.JobRefresh {
				t.Fatalf("claim: %+v, %v", look, err)
			}
		}
		add := archivist.Job{Library: town, Kind: archivist.JobPage, URL: p.Article.URL, Key: p.Article.Key, Person: "7", Due: now, Created: now}
		job, err := s.Enqueue(ctx, add)
		if err != nil || job.Kind != archivist.JobPage || job.State != archivist.JobQueued || job.Person != "7" || job.Lane != archivist.LaneInteractive || len(job.Channels) != 0 {
			t.Fatalf("asked for: %+v, %v", job, err)
		}
		if running {
			if err := s.Finish(ctx, job.ID, "p1"); !errors.Is(err, archivist.ErrLeaseLost) {
				t.Errorf("the look that was under way ends the job: %v", err)
			}
		}
		if same, err := s.Enqueue(ctx, look); err != nil || same.ID != job.ID || same.Kind != archivist.JobPage {
			t.Errorf("a look becomes due while somebody asks: %+v, %v", same, err)
		}
		if job, _, err = s.Claim(ctx, "p2", now, now.Add(time.Minute)); err != nil || job.Tries != 1 {
			t.Fatalf("claim: %+v, %v", job, err)
		}
		p.Job, p.Owner, p.Article.Channels = job.ID, "p2", nil
		must(t, s, town, archivist.Added, p)
		if a, err := s.Article(ctx, town, id); err != nil || len(a.Channels) != 0 {
			t.Errorf("seen in %v, %v", a.Channels, err)
		}
	}
}

func privateJob(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	for _, test := range []struct {
		name          string
		first, second []string
		want          string
	}{
		{"one", []string{"11"}, []string{"11"}, "11"},
		{"two", []string{"11"}, []string{"22"}, "11 22"},
		{"again", []string{"11", "22"}, []string{"22"}, "11 22"},
		{"wider", []string{"11"}, nil, ""},
		{"open", nil, []string{"11"}, ""},
	} {
		job := newJob(test.name, now)
		job.Channels = test.first
		if _, err := s.Enqueue(ctx, job); err != nil {
			t.Fatal(err)
		}
		claimed, found, err := s.Claim(ctx, "worker", now, now.Add(time.Minute))
		if err != nil || !found || len(claimed.Channels) != len(test.first) {
			t.Fatalf("claim: %+v, %v", claimed, err)
		}
		job.Channels = test.second
		if _, err := s.Enqueue(ctx, job); err != nil {
			t.Fatal(err)
		}
		p := put(test.name, test.name)
		p.Job, p.Owner = claimed.ID, "worker"
		stored := must(t, s, town, archivist.Added, p)
		if a, err := s.Article(ctx, town, stored[0].ID); err != nil || strings.Join(a.Channels, " ") != test.want {
			t.Errorf("%s: seen in %v, want %q (%v)", test.name, a.Channels, test.want, err)
		}
	}
}
