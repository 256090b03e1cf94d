package storagetest

import (
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"archivist"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func vote(card, person string, way int) archivist.Feedback {
	return archivist.Feedback{Library: town, Card: card, Person: person, Vote: way, Question: "why?", Article: 1, At: noon}
}

func votes(t *testing.T, s Store) {
	first, second := vote("a", "hash", 1), vote("a", "other", -1)
	second.At = noon.Add(time.Minute)
	changed := vote("a", "hash", -1)
	changed.Reason, changed.Text, changed.At = "other", "It is of 2019.", noon.Add(2*time.Minute)
	for _, f := range []archivist.Feedback{first, second, changed} {
		if err := s.SaveFeedback(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.Feedback(t.Context(), town, 9); err != nil || !reflect.DeepEqual(list, []archivist.Feedback{changed, second}) {
		t.Errorf("feedback: %+v, %v", list, err)
	}
	if list, err := s.Feedback(t.Context(), town, 1); err != nil || len(list) != 1 {
		t.Errorf("the newest: %+v, %v", list, err)
	}
	if list, err := s.Feedback(t.Context(), "elsewhere", 9); err != nil || len(list) != 0 {
		t.Errorf("of another library: %+v, %v", list, err)
	}
}

func asked(person string, at time.Time, grade archivist.Grade) archivist.Asked {
	return archivist.Asked{Library: town, Channel: "9", Person: person, Text: "why?", At: at, Grade: grade}
}

func sweep(t *testing.T, s Store) {
	ctx := t.Context()
	old, fresh := noon.Add(-31*24*time.Hour), noon.Add(-29*24*time.Hour)
	for _, q := range []archivist.Asked{
		asked("hash", old, archivist.GradeAnswer), asked("hash", old.Add(-time.Hour), archivist.GradeAnswer), asked("hash", old, archivist.GradeRefusal),
		asked("hash", fresh, archivist.GradeAnswer),
	} {
		if err := s.SaveQuestion(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	for i, at := range []time.Time{old, fresh} {
		f := vote(fmt.Sprint("card", i), "hash", 1)
		f.At = at
		if err := s.SaveFeedback(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	for id, at := range map[string]time.Time{"ancient": noon.Add(-91 * 24 * time.Hour), "old": old, "fresh": fresh} {
		if err := s.SaveCard(ctx, archivist.CardState{ID: id, Library: town, Person: "hash", Question: "why?", State: "{}", Created: at}); err != nil {
			t.Fatal(err)
		}
	}
	var links []archivist.JobID
	for _, at := range []time.Time{old, old, fresh} {
		job, err := s.Enqueue(ctx, newJob(fmt.Sprint("link", len(links)), at))
		if err != nil {
			t.Fatal(err)
		}
		links = append(links, job.ID)
	}
	for _, id := range []archivist.JobID{links[0], links[2]} {
		if cancelled, err := s.CancelJob(ctx, town, id, archivist.Act{}); err != nil || !cancelled {
			t.Fatal(err)
		}
	}
	keep := archivist.Retention{Questions: 30 * 24 * time.Hour, Cards: 90 * 24 * time.Hour, Audit: 365 * 24 * time.Hour, Jobs: 30 * 24 * time.Hour}
	for range 2 { // the second finds nothing more
		if err := s.Sweep(ctx, noon, keep); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.Questions(ctx, town, 9); err != nil || len(list) != 1 || !list[0].At.Equal(fresh) {
		t.Errorf("questions: %+v, %v", list, err)
	}
	if list, err := s.Feedback(ctx, town, 9); err != nil || len(list) != 1 || list[0].Card != "card1" {
		t.Errorf("feedback: %+v, %v", list, err)
	}
	day := old.Truncate(24 * time.Hour)
	want := []archivist.DayCount{{Day: day, What: "question.answer", N: 2}, {Day: day, What: "question.refusal", N: 1}, {Day: day, What: "vote.up", N: 1}}
	if counts, err := s.Daily(ctx, town, old); err != nil || !reflect.DeepEqual(counts, want) {
		t.Errorf("counts: %+v, %v", counts, err)
	}
	if counts, err := s.Daily(ctx, town, old.Add(24*time.Hour)); err != nil || len(counts) != 0 {
		t.Errorf("counts since the day after: %+v, %v", counts, err)
	}
	if jobs, err := s.Jobs(ctx, archivist.JobFilter{Limit: 9}); err != nil || len(jobs) != 2 || jobs[0].ID != links[2] || jobs[1].ID != links[1] || jobs[1].State != archivist.JobQueued {
		t.Errorf("jobs that are over go, those that are open do not: %+v, %v", jobs, err)
	}
	questions := map[string]string{}
	for _, id := range []string{"ancient", "old", "fresh"} {
		if c, err := s.Card(ctx, town, id); err == nil {
			questions[id] = c.Question
		}
	}
	if !maps.Equal(questions, map[string]string{"old": "", "fresh": "why?"}) {
		t.Errorf("cards and their questions: %q", questions)
	}
}

func buckets(t *testing.T, s Store) {
	ctx := t.Context()
	a, b := archivist.Bucket{Library: town, Key: "person hash", Tokens: 2.5, At: noon}, archivist.Bucket{Library: town, Key: "guild", Tokens: 7, At: noon}
	stale := archivist.Bucket{Library: town, Key: "channel 9", Tokens: 1, At: noon.Add(-48 * time.Hour)}
	if err := s.SaveBuckets(ctx, nil); err != nil {
		t.Error(err)
	}
	if err := s.SaveBuckets(ctx, []archivist.Bucket{a, b, stale}); err != nil {
		t.Fatal(err)
	}
	a.Tokens, a.At = 1.25, noon.Add(time.Second)
	if err := s.SaveBuckets(ctx, []archivist.Bucket{a}); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(ctx, noon, archivist.Retention{Questions: time.Hour, Cards: time.Hour, Audit: time.Hour}); err != nil {
		t.Fatal(err)
	}
	var have []archivist.Bucket
	take := func(b archivist.Bucket) { have = append(have, b) }
	if err := s.Buckets(ctx, take); err != nil || !reflect.DeepEqual(have, []archivist.Bucket{b, a}) {
		t.Errorf("buckets: %+v, %v", have, err)
	}
	have = nil
	if err := s.DeleteLibrary(ctx, town); err != nil {
		t.Fatal(err)
	}
	if err := s.Buckets(ctx, take); err != nil || len(have) != 0 {
		t.Errorf("buckets of a library that is gone: %+v, %v", have, err)
	}
}

func privacy(t *testing.T, s Store) {
	ctx := t.Context()
	for _, hash := range []string{"hash", "other"} {
		if err := s.SaveQuestion(ctx, asked(hash, noon, archivist.GradeAnswer)); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveFeedback(ctx, vote("card", hash, -1)); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveCard(ctx, archivist.CardState{ID: hash, Library: town, Person: hash, Kind: "answer", Question: "why?", State: "{}", Created: noon}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Spend(ctx, town, noon, archivist.Quota{Person: hash, What: "ingest", Limit: 9}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, person := range map[string]string{"a": "7", "b": "8"} {
		p := put(name, "text of "+name)
		p.Article.AddedBy = person
		must(t, s, town, archivist.Added, p)
		job := newJob(name, noon)
		job.Person = person
		if _, err := s.Enqueue(ctx, job); err != nil {
			t.Fatal(err)
		}
		feed := archivist.Feed{URL: "https://example.com/feed/" + name}
		if _, err := s.Subscribe(ctx, archivist.Subscription{Library: town, Feed: feed, Channel: "9", Person: person, Added: noon}, 9); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(library archivist.LibraryID, person, hash string) map[string]archivist.Kept {
		all := map[string]archivist.Kept{}
		if err := s.Kept(ctx, library, person, hash, func(k archivist.Kept) error {
			if _, twice := all[k.Kind]; twice {
				t.Errorf("two of %s", k.Kind)
			}
			all[k.Kind] = k
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return all
	}
	have := kept(town, "7", "hash")
	if a := have[archivist.KeptArticle]; a.URL != "https://example.com/a" || a.Title != "About a" || a.At.IsZero() {
		t.Errorf("the article: %+v", a)
	}
	delete(have, archivist.KeptArticle) // its time is the store's clock
	day := noon.Truncate(24 * time.Hour)
	want := map[string]archivist.Kept{
		archivist.KeptQuestion: {Kind: archivist.KeptQuestion, At: noon, Channel: "9", Question: "why?", Grade: "answer"},
		archivist.KeptVote:     {Kind: archivist.KeptVote, At: noon, Question: "why?", Vote: -1},
		archivist.KeptCard:     {Kind: archivist.KeptCard, At: noon, Question: "why?", What: "answer"},
		archivist.KeptLink:     {Kind: archivist.KeptLink, At: noon, URL: "https://example.com/a", What: "queued"},
		archivist.KeptFeed:     {Kind: archivist.KeptFeed, At: noon, Channel: "9", URL: "https://example.com/feed/a"},
		archivist.KeptCounter:  {Kind: archivist.KeptCounter, At: day, What: "ingest", N: 2},
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("kept: %+v\nwant: %+v", have, want)
	}
	if none := kept("elsewhere", "7", "hash"); len(none) != 0 {
		t.Errorf("elsewhere: %+v", none)
	}
	gone, err := s.Forget(ctx, town, "7", "hash")
	if all := map[string]int{"question": 1, "vote": 1, "card": 1, "link": 1, "feed": 1, "article": 1}; err != nil || !maps.Equal(gone, all) {
		t.Errorf("erased: %v, %v", gone, err)
	}
	if left := kept(town, "7", "hash"); len(left) != 1 || left[archivist.KeptCounter].N != 2 {
		t.Errorf("left: %+v", left)
	}
	if others := kept(town, "8", "other"); len(others) != 7 {
		t.Errorf("another person has %+v", others)
	}
	if counts, err := s.Daily(ctx, town, day); err != nil || len(counts) != 2 || counts[0] != (archivist.DayCount{Day: day, What: "question.answer", N: 1}) {
		t.Errorf("counts: %+v, %v", counts, err)
	}
	if a, err := s.ArticleByKey(ctx, town, "example.com/a"); err != nil || a.AddedBy != "" {
		t.Errorf("the article stays without a name: %+v, %v", a.Head, err)
	}
	if again, err := s.Forget(ctx, town, "7", "hash"); err != nil || len(again) != 0 {
		t.Errorf("erased again: %v, %v", again, err)
	}
}
