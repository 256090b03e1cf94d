package bot

import (
	"fmt"
	"testing"
	"time"

	"archivist"
)

func TestHeard(t *testing.T) {
	const link, ask, idle = "https://a.example/x", "When does it run?", "It runs."
	type place struct {
		mode     string
		direct   bool
		ours     bool
		spokenTo bool
	}
	for _, test := range []struct {
		place place
		text  string
		want  reaction
	}{
		{place{mode: modeOff, spokenTo: true}, ask, silence},
		{place{mode: modeOff, spokenTo: true, direct: true}, ask, answering},
		{place{mode: modeMention}, ask, silence},
		{place{mode: modeMention}, link, silence},
		{place{mode: modeMention, spokenTo: true}, ask, answering},
		{place{mode: modeMention, spokenTo: true}, idle, answering},
		{place{mode: modeMention, spokenTo: true}, link, adding},
		{place{mode: modeMention, spokenTo: true}, "", helping},
		{place{mode: modeMention, ours: true}, ask, answering},
		{place{mode: modeMention, ours: true}, idle, silence},
		{place{mode: modeLinks}, link, collecting},
		{place{mode: modeLinks}, ask, silence},
		{place{mode: modeLinks, spokenTo: true}, link, adding},
		{place{mode: modeAuto}, ask, answering},
		{place{mode: modeAuto}, idle, silence},
		{place{mode: modeAuto}, ask + " " + link, silence},
	} {
		r := Request{Channel: "5", Target: test.text, Ours: test.place.ours}
		if test.place.direct {
			r.Channel = ""
		}
		if got := heard(test.place.mode, r, test.place.spokenTo, len(Links(test.text)) > 0); got != test.want {
			t.Errorf("%+v %q: %d, want %d", test.place, test.text, got, test.want)
		}
	}
}

// TestAuto: nobody spoke to the bot, so that it speaks only where it is sure, and keeps nothing else.
func TestAuto(t *testing.T) {
	s, b, r := fixture()
	s.settings["channel.5.mode"] = modeAuto
	r.Target = "When does it run?"
	for grade, want := range map[archivist.Grade]bool{archivist.GradeAnswer: true, archivist.GradeClosest: false, archivist.GradeRefusal: false} {
		s.answer, s.asked = ferryAnswer(s, grade), nil
		if c, said := b.Hear(t.Context(), r, false); said != want || said && c.Kind != KindAnswer || len(s.asked) == 1 != want {
			t.Errorf("%s: said %v, kept %d", grade, said, len(s.asked))
		}
	}
	s.err = errBroken
	if _, said := b.Hear(t.Context(), r, false); said {
		t.Error("troubles are told to who did not ask")
	}
	r.Moderator, b.limits.Person = false, Rate{Burst: .5, PerMinute: 1}
	if _, said := b.Hear(t.Context(), r, false); said {
		t.Error("limits are told to who did not ask")
	}
	if c, said := b.Hear(t.Context(), r, true); !said || c.Kind != KindNotice {
		t.Error("limits are told to who did")
	}
}

func TestFollowUps(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	r.Thread, r.Ours = "77", true
	hear := func(text string) Card {
		r.Target = text
		c, said := b.Hear(t.Context(), r, false)
		if !said {
			t.Fatalf("%q is not heard", text)
		}
		return c
	}
	hear("When will the island ferry start again?")
	r.Asked = r.Asked.Add(29 * time.Minute)
	wants(t, hear("And on Sundays?"), "Understood as: When will the island ferry start again? And on Sundays?")
	if s.question.Text != "When will the island ferry start again? And on Sundays?" || s.asked[1].Text != "And on Sundays?" {
		t.Errorf("asked %q, kept %q", s.question.Text, s.asked[1].Text)
	}
	hear("How much does the ticket cost for adults?")
	if s.question.Text != "How much does the ticket cost for adults?" {
		t.Errorf("a whole question was widened: %q", s.question.Text)
	}
	r.Asked = r.Asked.Add(31 * time.Minute)
	if hear("And on Sundays?"); s.question.Text != "And on Sundays?" {
		t.Errorf("widened after half an hour: %q", s.question.Text)
	}
	r.Thread = "78"
	if hear("And on Sundays?"); s.question.Text != "And on Sundays?" {
		t.Errorf("widened by another thread's: %q", s.question.Text)
	}
	r.Ours, r.Thread, r.Target = false, "", "And on Sundays?"
	if _, said := b.Hear(t.Context(), r, false); said {
		t.Error("answered outside of its own threads")
	}
}

func TestThreadsAreBounded(t *testing.T) {
	var kept threads
	for i := range threadsKept + 10 {
		kept.note(Request{Thread: fmt.Sprint(i), Asked: monday23}, question{typed: "why?"})
	}
	if n := len(kept.last); n > threadsKept {
		t.Errorf("%d threads", n)
	}
}

// TestMark: posted links are brought in without a word, or, where the channel wants it and at least one was taken, with a silent mark.
func TestMark(t *testing.T) {
	s, b, r := fixture()
	s.settings["channel.5.mode"] = modeLinks
	r.Target = "see https://herald.example/1"
	if _, said := b.Hear(t.Context(), r, false); said {
		t.Error("a mark that nobody asked for")
	}
	s.settings["channel.5.announce"] = switchOn
	if c, said := b.Hear(t.Context(), r, false); !said || !c.Silent || len(c.Body) != 1 || c.Body[0].Parts[0].Text != "✓" {
		t.Errorf("said %v: %+v", said, c)
	}
	s.limit = &archivist.Invalid{Code: archivist.TooManyRequests}
	if _, said := b.Hear(t.Context(), r, false); said {
		t.Error("a mark at a link that was not taken")
	}
}
