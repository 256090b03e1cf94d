package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"archivist"
)

func checksCase(t *testing.T, s Store) {
	ctx := t.Context()
	checked := func(name string, due time.Time) archivist.ArticleID {
		p := put(name, "text of "+name)
		p.Check = &archivist.Check{URL: "https://example.com/final/" + name, ETag: `"` + name + `"`, Modified: "yesterday", Checked: monday, Due: due}
		return must(t, s, town, archivist.Added, p)[0].ID
	}
	a, b := checked("a", monday.Add(2*time.Hour)), checked("b", monday.Add(time.Hour))
	unchecked := must(t, s, town, archivist.Added, put("file", "of a file"))[0].ID
	if c, err := s.NextCheck(ctx, town, a); err != nil || c != (archivist.Check{URL: "https://example.com/final/a", ETag: `"a"`, Modified: "yesterday", Checked: monday, Due: monday.Add(2 * time.Hour)}) {
		t.Errorf("the check of a: %+v, %v", c, err)
	}
	if _, err := s.NextCheck(ctx, town, unchecked); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("the check of a file: %v", err)
	}
	links := func() (links []string) {
		jobs, err := s.Jobs(ctx, archivist.JobFilter{Library: town, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range slices.Backward(jobs) {
			if job.Kind != archivist.JobRefresh || job.Lane != archivist.LaneRefresh || job.State != archivist.JobQueued {
				t.Errorf("job %+v", job)
			}
			links = append(links, job.URL)
		}
		return links
	}
	for i, test := range []struct {
		now  time.Time
		n    int
		jobs int
	}{{monday, 9, 0}, {monday.Add(3 * time.Hour), 1, 1}, {monday.Add(3 * time.Hour), 9, 1}, {monday.Add(3 * time.Hour), 9, 0}} {
		if n, err := s.ClaimChecks(ctx, test.now, monday.Add(24*time.Hour), test.n); err != nil || n != test.jobs {
			t.Errorf("claim %d: %d, %v, want %d", i, n, err, test.jobs)
		}
	}
	if got := links(); !slices.Equal(got, []string{"https://example.com/b", "https://example.com/a"}) {
		t.Errorf("jobs for %q", got)
	}
	if n, err := s.ClaimChecks(ctx, monday.Add(25*time.Hour), monday.Add(48*time.Hour), 9); err != nil || n != 2 || len(links()) != 2 {
		t.Errorf("claimed again while the jobs are open: %d, %v", n, err)
	}
	// Looks that are done are forgotten after a week, those that are open are not.
	looked, found, err := s.Claim(ctx, "p", monday.Add(49*time.Hour), monday.Add(50*time.Hour))
	if err != nil || !found || s.Finish(ctx, looked.ID, "p") != nil {
		t.Fatalf("claim: %+v, %v, %v", looked, found, err)
	}
	for weeks, left := range []int{2, 1} {
		now := monday.Add(48*time.Hour + time.Duration(weeks)*7*24*time.Hour)
		if _, err := s.ClaimChecks(ctx, now, now, 0); err != nil {
			t.Fatal(err)
		}
		if jobs, err := s.Jobs(ctx, archivist.JobFilter{Library: town, Limit: 10}); err != nil || len(jobs) != left {
			t.Errorf("%d jobs after %d weeks, %v, want %d", len(jobs), weeks, err, left)
		}
	}
	next := archivist.Check{URL: "https://example.com/b", Checked: monday.Add(time.Hour), Due: monday.Add(99 * time.Hour), Step: 3, Missed: 2, MissedSince: monday, Pending: [32]byte{7}}
	if err := s.SaveCheck(ctx, town, b, next, true); err != nil {
		t.Fatal(err)
	}
	if c, err := s.NextCheck(ctx, town, b); err != nil || c != next {
		t.Errorf("saved %+v, %v, want %+v", c, err, next)
	}
	texts, err := s.Passages(ctx, town, []archivist.Range{{Article: a, First: 0, Last: 0}, {Article: b, First: 0, Last: 0}})
	if err != nil || texts.Heads[a].Dead || !texts.Heads[b].Dead {
		t.Errorf("dead: %+v, %v", texts.Heads, err)
	}
	if err := s.SaveCheck(ctx, town, 99, next, true); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("the check of no article: %v", err)
	}
	// A new text brings it back to life; removal takes the check along, and what is put back is looked at again.
	must(t, s, town, archivist.Updated, put("b", "another text"))
	if article, err := s.Article(ctx, town, b); err != nil || article.Dead {
		t.Errorf("with a new text: %+v, %v", article.Head, err)
	}
	if c, err := s.NextCheck(ctx, town, b); err != nil || c != next {
		t.Errorf("a text from elsewhere changed the check: %+v, %v", c, err)
	}
	if _, err := s.RemoveArticles(ctx, town, []archivist.ArticleID{a, unchecked}, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NextCheck(ctx, town, a); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("the check of what was removed: %v", err)
	}
	if _, err := s.RestoreArticles(ctx, town, map[archivist.ArticleID][]byte{a: []byte("segment")}, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if c, err := s.NextCheck(ctx, town, a); err != nil || c.URL != "https://example.com/a" || !c.Due.After(c.Checked) {
		t.Errorf("the check of what was put back: %+v, %v", c, err)
	}
}

func formers(t *testing.T, s Store) {
	id := must(t, s, town, archivist.Added, put("a", "text 0"))[0].ID
	for n := range 7 {
		must(t, s, town, archivist.Updated, put("a", fmt.Sprint("text ", n+1)))
	}
	list, err := s.Formers(t.Context(), town, id)
	if err != nil || len(list) == 0 || len(list) > 5 {
		t.Fatalf("%d former texts, %v", len(list), err)
	}
	for i, former := range list {
		if len(former.Paragraphs) != 2 || former.Title != "About a" || former.Until.IsZero() || i > 0 && former.Until.After(list[i-1].Until) {
			t.Errorf("former text %d: %+v", i, former)
		}
	}
	if others, err := s.Formers(t.Context(), "elsewhere", id); err != nil || len(others) != 0 {
		t.Errorf("another library has %+v, %v", others, err)
	}
}
