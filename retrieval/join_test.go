package retrieval

import (
	"slices"
	"strings"
	"testing"

	"archivist"
)

// inLanguage is an article of one paragraph.
func inLanguage(language, name, text string) archivist.Intake {
	in := intake(name, "Notes "+name, text)
	in.Article.Language = language
	return in
}

// TestJoined: a word is found whether it is written as one, apart or with hyphens, in the question or in the library.
func TestJoined(t *testing.T) {
	spellings := map[string][]string{
		"Chick-fil-A opened a branch on the quay.":        {"Chick-fil-A?", "chick fil a?", "chickfila?", "ChickfilA?"},
		"The council answers every email within a day.":   {"email?", "e-mail?", "E-Mail?"},
		"Send an e-mail to the mayor of the old town.":    {"email?", "e-mail?"},
		"Nurses marched for better healthcare in autumn.": {"healthcare?", "health care?", "health-care?"},
		"Nurses marched for better health care in May.":   {"healthcare?", "health care?", "health-care?"},
		"Money came from JPMorgan for the new pier.":      {"JPMorgan?", "JP Morgan?"},
		"Money came from JP Morgan for the new bridge.":   {"JPMorgan?", "JP Morgan?"},
		"The US sent two ships to the regatta.":           {"the U.S.?", "the US?"},
		"The U.S. sent three ships to the feast.":         {"the U.S.?", "the US?"},
	}
	for passage, questions := range spellings {
		e := New(openStore(t), Options{})
		put(t, e, intake("it", "Notes", passage), ferry, honey)
		for _, question := range questions {
			a := ask(t, e, question)
			if len(a.Passages) == 0 || !strings.HasPrefix(a.Passages[0].Text, passage) || len(a.Notes) != 0 {
				t.Errorf("%q over %q: %d passages, notes %v", question, passage, len(a.Passages), a.Notes)
			}
		}
	}
	e := New(openStore(t), Options{})
	put(t, e, bridge, ferry)
	if a := ask(t, e, "Tell us about it: what did the xylophone do to us?"); len(a.Passages) != 0 {
		t.Errorf("the pronoun finds %q", a.Passages[0].Text)
	}
}

// TestJoinedMarksBoth: where the library writes two words of the question as one, both are found there, and neither outside.
func TestJoinedMarksBoth(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, intake("a", "A", "Nurses marched for healthcare."), intake("b", "B", "Good health is a gift."), intake("c", "C", "Take care of the lamp."))
	s, err := e.library(town).current(t.Context(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	words, _ := s.analyse("better health care now", false)
	var joined []string
	for _, w := range words {
		joined = append(joined, strings.Join(w.Terms[len(w.Terms)-w.Joined:], " "))
	}
	if want := []string{"", "healthcar", "healthcar", ""}; !slices.Equal(joined, want) {
		t.Errorf("joined forms %q, want %q", joined, want)
	}
	a := ask(t, e, "health care")
	if a.Passages[0].Article.Title != "A" {
		t.Errorf("first comes %s", a.Passages[0].Article.Title)
	}
	verbatim, _ := s.analyse("better health care now", true)
	if len(verbatim[1].Terms) != 1 {
		t.Errorf("verbatim: %+v", verbatim)
	}
}

// TestCompounds: a compound that no article has is taken to the words that it is made of.
func TestCompounds(t *testing.T) {
	for _, test := range []struct{ language, passage, question string }{
		{"de", "Das Gericht des Bundes prüft die Verfassung des Landes sehr genau.", "Bundesverfassungsgericht?"},
		{"de", "Die Versicherung der Kranken wird im Herbst wieder teurer.", "Krankenversicherung?"},
		{"nl", "De verzekering voor elke fiets wordt in het najaar duurder.", "Fietsverzekering?"},
		{"sv", "Båten går från hamnen till ön varje morgon utan passagerare.", "Morgonbåten?"},
		{"da", "Regeringen vil bygge en bro over fjorden næste sommer.", "Sommerfjorden?"},
		{"no", "Skolen fikk et nytt bibliotek av kommunen i fjor høst.", "Skolebibliotek?"},
		{"fi", "Kaupunki rakensi uuden kirjasto rakennuksen sataman viereen.", "Kaupunkikirjasto?"},
	} {
		e := New(openStore(t), Options{})
		put(t, e, inLanguage(test.language, "it", test.passage), inLanguage(test.language, "other", "Lorem ipsum dolor sit amet."))
		a := ask(t, e, test.question)
		if len(a.Passages) == 0 || a.Passages[0].Text != test.passage || len(a.Notes) != 0 {
			t.Errorf("%s %s: %d passages, notes %v", test.language, test.question, len(a.Passages), a.Notes)
		}
	}
}
