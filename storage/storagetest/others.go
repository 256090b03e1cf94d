package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist"
)

func versions(t *testing.T, s Store) {
	must(t, s, town, archivist.Added, many(3, "first")...)
	must(t, s, town, archivist.Added, put("second", "second"))
	must(t, s, town, archivist.Unchanged, put("second", "second"))
	must(t, s, town, archivist.Updated, put("second", "second, changed"))
	all, err := s.Segments(t.Context(), town, 0)
	if err != nil || all.Version != 3 || len(all.Rows) != 5 || all.Floor != 0 {
		t.Fatalf("all segments: %+v, %v", all, err)
	}
	for i, r := range all.Rows {
		if i > 0 && (r.Seq < all.Rows[i-1].Seq || r.Seq == all.Rows[i-1].Seq && r.Part <= all.Rows[i-1].Part) {
			t.Errorf("rows are not in order: %+v", all.Rows)
		}
	}
	if got := string(all.Rows[3].Bytes); got != "segment of second: second" {
		t.Errorf("bytes came back as %q", got)
	}
	if since, err := s.Segments(t.Context(), town, 2); err != nil || len(since.Rows) != 1 || since.Rows[0].Seq != 3 {
		t.Errorf("since 2: %+v, %v", since, err)
	}
	if since, err := s.Segments(t.Context(), town, 3); err != nil || len(since.Rows) != 0 || since.Version != 3 {
		t.Errorf("since 3: %+v, %v", since, err)
	}
}

func merge(t *testing.T, s Store) {
	for i := range 4 {
		must(t, s, town, archivist.Added, put(fmt.Sprint("m", i), fmt.Sprint("text ", i)))
	}
	before, err := s.Segments(t.Context(), town, 0)
	if err != nil {
		t.Fatal(err)
	}
	merged := []archivist.Segment{{Seq: 3, Part: 0, Kind: archivist.SegmentMerged, Bytes: []byte("merged")}}
	if err := s.ReplaceSegments(t.Context(), town, before.Rows[:3], merged); err != nil {
		t.Fatal(err)
	}
	after, err := s.Segments(t.Context(), town, 0)
	if err != nil || after.Version != 4 || after.Floor != 3 || len(after.Rows) != 2 || string(after.Rows[0].Bytes) != "merged" {
		t.Errorf("after the merge: %+v, %v", after, err)
	}
	// A reader of version 2 is below the floor: it gets everything. One of version 3 gets what is new.
	if old, err := s.Segments(t.Context(), town, 2); err != nil || len(old.Rows) != 2 {
		t.Errorf("below the floor: %+v, %v", old, err)
	}
	if young, err := s.Segments(t.Context(), town, 3); err != nil || len(young.Rows) != 1 {
		t.Errorf("at the floor: %+v, %v", young, err)
	}
	// A second merge of what is no longer there changes nothing.
	if err := s.ReplaceSegments(t.Context(), town, before.Rows, merged); err == nil {
		t.Error("a merge of rows that are gone was accepted")
	}
	if again, err := s.Segments(t.Context(), town, 0); err != nil || len(again.Rows) != 2 {
		t.Errorf("after the lost merge: %+v, %v", again, err)
	}
}

func settings(t *testing.T, s Store) {
	ctx := t.Context()
	if m, err := s.Settings(ctx, town); err != nil || len(m) != 0 {
		t.Errorf("of a library that is not there: %v, %v", m, err)
	}
	for _, value := range []string{"block", "allow"} {
		if err := s.SetSetting(ctx, town, "domain.example.com", value, archivist.Act{Actor: "7", Verb: "domain", Target: "example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := s.Settings(ctx, town); err != nil || len(m) != 1 || m["domain.example.com"] != "allow" {
		t.Errorf("settings: %v, %v", m, err)
	}
	must(t, s, town, archivist.Added, put("a", "x"))
	before, err := s.Audit(ctx, town, 0, 9)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if after, err := s.Audit(ctx, town, 0, 9); err != nil || len(after) != len(before) {
			t.Errorf("changes without an act are in the audit log: %+v, %v", after, err)
		}
	}()
	for _, value := range []string{"0.25", ""} {
		if err := s.SetSetting(ctx, town, archivist.SettingThreshold, value, archivist.Act{}); err != nil {
			t.Fatal(err)
		}
		if texts, err := s.Passages(ctx, town, nil); err != nil || texts.Threshold != value {
			t.Errorf("the threshold with the texts: %q, %v; want %q", texts.Threshold, err, value)
		}
	}
	if err := s.SetSetting(ctx, town, "domain.example.com", "", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if entries, err := s.Audit(ctx, town, 0, 9); err != nil || len(entries) != 2 || entries[0].Before != "block" || entries[0].After != "allow" {
		t.Errorf("what was set without an act is in the log, or what was set with one is not: %+v, %v", entries, err)
	}
	if m, err := s.Settings(ctx, town); err != nil || len(m) != 0 {
		t.Errorf("back to the default: %v, %v", m, err)
	}
}

func peopleCase(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	for i := range 3 {
		q := archivist.Asked{Library: town, Channel: "9", Person: "hash", Text: fmt.Sprint("question ", i), At: now, Grade: archivist.GradeRefusal, Confidence: .25}
		if err := s.SaveQuestion(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	questions, err := s.Questions(ctx, town, 2)
	if err != nil || len(questions) != 2 || questions[0].Text != "question 2" || questions[0].Confidence != .25 || !questions[0].At.Equal(now) {
		t.Errorf("questions: %+v, %v", questions, err)
	}
	quota := func(person string, limit int) archivist.Quota {
		return archivist.Quota{Person: person, What: "ingest", Limit: limit}
	}
	for i := range 3 {
		if err := s.Spend(ctx, town, now, quota("7", 3)); err != nil {
			t.Errorf("number %d: %v", i, err)
		}
	}
	if err := s.Spend(ctx, town, now, quota("7", 3)); archivist.CodeOf(err) != archivist.TooManyRequests {
		t.Errorf("beyond the limit: %v", err)
	}
	if err := s.Spend(ctx, town, now.Add(24*time.Hour), quota("7", 3)); err != nil {
		t.Errorf("the next day: %v", err)
	}
	// All of them, or none.
	if err := s.Spend(ctx, town, now, quota("8", 2), quota("7", 3)); archivist.CodeOf(err) != archivist.TooManyRequests {
		t.Errorf("beyond the second one's limit: %v", err)
	}
	for i := range 2 {
		if err := s.Spend(ctx, town, now, quota("8", 2), quota("9", 2)); err != nil {
			t.Errorf("number %d of both: %v", i, err)
		}
	}
	if err := s.Spend(ctx, town, now, quota("9", 2)); archivist.CodeOf(err) != archivist.TooManyRequests {
		t.Errorf("beyond the limit, after both: %v", err)
	}
	card := archivist.CardState{ID: "abc", Library: town, Person: "7", Channel: "9", Kind: "answer", Question: "why?", State: `{"page":1}`, Created: now}
	if err := s.SaveCard(ctx, card); err != nil {
		t.Fatal(err)
	}
	// What is long is packed, and may become short again.
	for _, state := range []string{`{"page":2}`, `{"passages":[` + strings.Repeat(`{"article":7,"first":0,"last":2},`, 100) + `{}]}`, `{"page":3}`} {
		card.State = state
		if err := s.SaveCard(ctx, card); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Card(ctx, town, "abc"); err != nil || got != card {
			t.Errorf("card: %+v, %v", got, err)
		}
	}
	reply := archivist.CardState{ID: "def", Library: "village", Person: "7", Channel: "9", Kind: "answer", Question: "why not?", State: `{"page":3}`, Created: now}
	if err := s.SaveQuestion(ctx, archivist.Asked{Library: "village", Text: "why not?", At: now, Channels: []string{"9", "10"}}, reply); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Card(ctx, "village", "def"); err != nil || got != reply {
		t.Errorf("the card of a question: %+v, %v", got, err)
	}
	if got, err := s.Questions(ctx, "village", 2); err != nil || len(got) != 1 || got[0].ID != 1 || got[0].Text != "why not?" || len(got[0].Channels) != 2 {
		t.Errorf("a question with a card, in a library that was not there: %+v, %v", got, err)
	}
}

func check(t *testing.T, s Store) {
	ids := must(t, s, town, archivist.Added, put("a", "one"), put("b", "two"), put("c", "three"))
	inspect := func(last int, other archivist.ArticleID) func(archivist.Segment) ([]archivist.Range, error) {
		return func(r archivist.Segment) ([]archivist.Range, error) {
			if r.Article == ids[2].ID && other != 0 {
				return []archivist.Range{{Article: other}}, nil
			}
			return []archivist.Range{{Article: r.Article, First: 0, Last: last}}, nil
		}
	}
	for _, test := range []struct {
		what    string
		inspect func(archivist.Segment) ([]archivist.Range, error)
		want    int
	}{
		{"all is well", inspect(1, 0), 0},
		{"passages beyond the last paragraph", inspect(2, 0), 3},
		{"an index of an article that is not there", inspect(1, 99), 1},
		{"segments that cannot be read", func(archivist.Segment) ([]archivist.Range, error) { return nil, errors.New("broken") }, 6}, // and so three articles without index
	} {
		findings, err := s.Check(t.Context(), test.inspect)
		if err != nil || len(findings) != test.want {
			t.Errorf("%s: %d findings, want %d: %+v, %v", test.what, len(findings), test.want, findings, err)
		}
		for _, f := range findings {
			if f.Problem == "" || f.Advice == "" {
				t.Errorf("%s: finding %+v", test.what, f)
			}
		}
	}
}
