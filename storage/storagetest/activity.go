package storagetest

import (
	"fmt"
	"testing"
	"time"

	"archivist"

	"github.com/google/go-cmp/cmp"
)

func unanswered(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	for i, q := range []struct {
		text     string
		grade    archivist.Grade
		channels []string
	}{
		{"Where is the bell?", archivist.GradeRefusal, nil},
		{"Who keeps the keys?", archivist.GradeRefusal, nil},
		{" where is the BELL? ", archivist.GradeRefusal, nil},
		{"When was it closed?", archivist.GradeAnswer, nil},
		{"Is it near?", archivist.GradeClosest, nil},
		{"Who is the spy?", archivist.GradeRefusal, []string{"11"}},
	} {
		asked := archivist.Asked{Library: town, Text: q.text, Grade: q.grade, At: now.Add(time.Duration(i) * time.Minute), Channels: q.channels, Took: time.Duration(i) * time.Millisecond}
		if err := s.SaveQuestion(ctx, asked); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Unanswered(ctx, town, archivist.View{Channel: "11"}, 0, 9)
	if err != nil || len(all) != 3 || all[0].Text != "Who is the spy?" || all[1].Times != 2 || !all[1].Last.Equal(now.Add(2*time.Minute)) || all[2].Text != "Who keeps the keys?" {
		t.Errorf("unanswered: %+v, %v", all, err)
	}
	if open, err := s.Unanswered(ctx, town, archivist.View{Channel: "1"}, 1, 9); err != nil || len(open) != 1 || open[0].Times != 1 {
		t.Errorf("the second that all may know: %+v, %v", open, err)
	}
	questions, err := s.Questions(ctx, town, 2)
	if err != nil || len(questions) != 2 || len(questions[0].Channels) != 1 || questions[1].Channels != nil || questions[0].Took != 5*time.Millisecond {
		t.Errorf("questions: %+v, %v", questions, err)
	}
	if none, err := s.Unanswered(ctx, "elsewhere", archivist.Everything, 0, 9); err != nil || len(none) != 0 {
		t.Errorf("elsewhere: %+v, %v", none, err)
	}
}

// activity: what was swept and what is kept count together, and percentiles are those of a sorted list.
func activity(t *testing.T, s Store) {
	ctx := t.Context()
	today := time.Now().UTC().Truncate(24 * time.Hour)
	yesterday := today.AddDate(0, 0, -1)
	ask := func(at time.Time, grade archivist.Grade, took time.Duration) {
		t.Helper()
		if err := s.SaveQuestion(ctx, archivist.Asked{Library: town, Text: "why?", Person: "hash", Grade: grade, At: at, Took: took}); err != nil {
			t.Fatal(err)
		}
	}
	vote := func(at time.Time, card string, vote int) {
		t.Helper()
		if err := s.SaveFeedback(ctx, archivist.Feedback{Library: town, Card: card, Person: "hash", Vote: vote, At: at, Channels: []string{"11"}}); err != nil {
			t.Fatal(err)
		}
	}
	ask(yesterday.Add(-time.Millisecond), archivist.GradeAnswer, time.Hour) // the day before
	ask(yesterday, archivist.GradeAnswer, time.Hour)
	vote(yesterday, "a", 1)
	keep := archivist.Retention{Questions: time.Hour, Cards: time.Hour, Audit: time.Hour}
	if err := s.Sweep(ctx, yesterday.Add(2*time.Hour), keep); err != nil {
		t.Fatal(err)
	}
	ask(yesterday.Add(3*time.Hour), archivist.GradeAnswer, 0) // not measured
	ask(today, archivist.GradeRefusal, 0)
	for i := range 100 {
		ask(today, archivist.GradeAnswer, time.Duration(100-i)*time.Millisecond)
	}
	vote(today, "b", -1)
	must(t, s, town, archivist.Added, put("a", "one"), put("b", "two"))
	got, err := s.Activity(ctx, town, yesterday.Add(time.Hour)) // of whose day all counts
	if err != nil {
		t.Fatal(err)
	}
	want := archivist.Activity{
		Days: []archivist.DayCount{
			{Day: yesterday, What: "question.answer", N: 2},
			{Day: yesterday, What: "vote.up", N: 1},
			{Day: today, What: "article", N: 2},
			{Day: today, What: "question.answer", N: 100},
			{Day: today, What: "question.refusal", N: 1},
			{Day: today, What: "vote.down", N: 1},
		},
		Median: 50 * time.Millisecond, Slowest: 99 * time.Millisecond, Measured: 100,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("activity (-want +got):\n%s", diff)
	}
	if list, err := s.Feedback(ctx, town, 9); err != nil || fmt.Sprint(list[0].Channels) != "[11]" {
		t.Errorf("feedback: %+v, %v", list, err)
	}
	if none, err := s.Activity(ctx, "elsewhere", yesterday); err != nil || none.Measured != 0 || len(none.Days) != 0 {
		t.Errorf("elsewhere: %+v, %v", none, err)
	}
}
