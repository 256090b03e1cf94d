package bot

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"archivist"
)

// TestNothingCanBeKept: where the disk is full, questions are answered all the same, refused with what comes nearest, searches listed and articles
// shown: without buttons, which would not work, and with a line in the log.
func TestNothingCanBeKept(t *testing.T) {
	s, _, r := fixture()
	var log bytes.Buffer
	b := New(Options{Asker: s, Adder: s, Remover: s, Store: s, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	s.full = errors.New("the disk is full")
	s.job = archivist.Job{ID: 7, Person: r.Person, State: archivist.JobDone, Article: s.articles[0].ID, Outcome: archivist.Added}
	for _, test := range []struct {
		command string
		options map[string]string
		grade   archivist.Grade
		kind    Kind
		says    string
	}{
		{"ask", map[string]string{"question": "When does it run?"}, archivist.GradeAnswer, KindAnswer, "The ferry runs on 2 March."},
		{"ask", map[string]string{"question": "When does it run?"}, archivist.GradeRefusal, KindRefusal, "I found nothing"},
		{"search", map[string]string{"query": "ferry"}, archivist.GradeAnswer, KindList, "The ferry runs on 2 March."},
		{"article", map[string]string{"title": "1"}, archivist.GradeAnswer, KindArticle, s.articles[0].Title},
		{"add", map[string]string{"url": "https://herald.example/ferry"}, archivist.GradeAnswer, KindArticle, s.articles[0].Title},
	} {
		s.answer = ferryAnswer(s, test.grade)
		r.Command, r.Options = test.command, test.options
		r.Progress = func(c Card) {
			if len(c.Buttons) > 0 {
				t.Errorf("/%s shows buttons while it works: %+v", test.command, c.Buttons)
			}
		}
		c := b.Do(t.Context(), r)
		if c.Kind != test.kind || !strings.Contains(strings.ReplaceAll(RenderText(c), "**", ""), test.says) || len(c.Buttons) > 0 || c.ID != "" {
			t.Errorf("/%s %s: %s, buttons %+v\n%s", test.command, test.grade, c.Kind, c.Buttons, RenderText(c))
		}
	}
	if n := strings.Count(log.String(), "the disk is full"); n < 5 {
		t.Errorf("the log says it %d times:\n%s", n, log.String())
	}
	s.full = nil
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	r.Command, r.Options = "ask", map[string]string{"question": "When does it run?"}
	if c := b.Do(t.Context(), r); len(c.Buttons) == 0 || c.ID == "" {
		t.Errorf("there is room again, and no buttons: %+v", c)
	}
}
