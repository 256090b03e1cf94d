package retrieval

import (
	"fmt"
	"strings"
	"testing"
)

// TestInitials: a long form and its initials find each other where the library teaches that they are one.
func TestInitials(t *testing.T) {
	teacher := intake("teacher", "Vaccines", "Nurses from the World Health Organization (WHO) came by ferry. They stayed a week.")
	short := intake("short", "Fever", "The WHO sent forty doctors to the valley.")
	long := intake("long", "Malaria", "Nets were given out by the World Health Organization in the delta.")
	pronoun := intake("pronoun", "Doctors", "Forty doctors who played in a band came to the valley and to the delta.")
	e := New(openStore(t), Options{})
	put(t, e, teacher, short, long, pronoun, ferry)
	for question, title := range map[string]string{
		"What did the WHO give out in the delta?":                          "Malaria",
		"Which World Health Organization doctors were sent to the valley?": "Fever",
	} {
		a := ask(t, e, question)
		if len(a.Passages) == 0 || a.Passages[0].Article.Title != title {
			t.Errorf("%s: %+v", question, a.Passages)
		}
	}
	s, err := e.library(town).current(t.Context(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	words, _ := s.analyse("Where did the WHO go?", false)
	mass := 0.
	for _, w := range words[:3] {
		mass += w.IDF
		if w.Joined != 1 || w.Terms[1] != "who" {
			t.Errorf("%+v", w)
		}
	}
	if want := s.index.IDF("who"); mass < want-1e-9 || mass > want+1e-9 {
		t.Errorf("the long form weighs %v, the initials %v", mass, want)
	}
	if words, _ := s.analyse("Where did the WHO go?", true); len(words) != 2 {
		t.Errorf("verbatim: %+v", words)
	}
	for _, question := range []string{"Who came by ferry?", "What did OPEC decide?"} {
		for _, w := range s.tokens(question, []string{"en"}) {
			if w.Joined != 0 {
				t.Errorf("%s: %+v", question, w)
			}
		}
	}
}

// TestLongForms: what is remembered is what the index tells, again and after more initials than are kept.
func TestLongForms(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, intake("teacher", "Vaccines", "Nurses from the World Health Organization (WHO) came by ferry. They stayed a week."), ferry)
	s, err := e.library(town).current(t.Context(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 2*maxLongForms + 2 {
		if long, ok := s.longForms.of(s.index, "who", "who"); !ok || strings.Join(long.Terms, " ") != "world health organ" || long.Articles != 1 {
			t.Fatalf("after %d: %+v, %t", n, long, ok)
		}
		if long, ok := s.longForms.of(s.index, fmt.Sprint("term", n), "who"); ok {
			t.Fatalf("term%d stands for %+v", n, long)
		}
		if kept := len(s.longForms.read); kept > maxLongForms {
			t.Fatalf("%d are kept", kept)
		}
	}
}
