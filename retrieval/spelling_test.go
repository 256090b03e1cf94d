package retrieval

import (
	"fmt"
	"testing"
	"time"

	"archivist"
)

// TestSpelling: a word that no article has is read as the nearest one that the library knows, and the reader is told.
func TestSpelling(t *testing.T) {
	e := New(openStore(t), Options{})
	again := intake("again", "Regatta called off", "The ferry was late, so that nobody crossed.", "Waves of three metres were counted.", "The ferry stayed away.")
	put(t, e, bridge, ferry, honey, again)
	for _, test := range []struct{ question, title, notes string }{
		{"When was the stone brigde closed?", bridge.Article.Title, "[{read brigde bridge}]"},
		{"When does the brige close?", bridge.Article.Title, "[]"}, // short, and bridge stands in one passage
		{"Whne was the bridge closed?", bridge.Article.Title, "[{read Whne when}]"},
		{"What do enginees expect of repairs?", bridge.Article.Title, "[{read enginees Engineers}]"},
		{"How many poeple came to the festivla?", honey.Article.Title, "[{read poeple people} {read festivla festival}]"},
		{"When does the fery run?", ferry.Article.Title, "[{read fery ferry}]"},
		{"Who won the festivval prize?", honey.Article.Title, "[{read festivval festival}]"},
		{"What do enginers expect of the repiars?", bridge.Article.Title, "[{read repiars repairs}]"},
		{"What do engneers expcet?", bridge.Article.Title, "[{read engneers Engineers} {read expcet expect}]"},
		{"When was the stone bridge closed?", bridge.Article.Title, "[]"},
		{"When was the sto bridge closed?", bridge.Article.Title, "[]"}, // too short
		{"Which 1100 people saw the honey?", honey.Article.Title, "[]"}, // a number is no slip
	} {
		a := ask(t, e, test.question)
		if got := fmt.Sprint(a.Notes); got != test.notes || len(a.Passages) == 0 || a.Passages[0].Article.Title != test.title {
			t.Errorf("%s: notes %s, want %s; %d passages", test.question, got, test.notes, len(a.Passages))
		}
	}
	verbatim, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: "fery?", Verbatim: true, Asked: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(verbatim.Notes) != 0 || !verbatim.Refused() {
		t.Errorf("verbatim: %+v, %v", verbatim, err)
	}
}

// TestSpellingLeavesTitles: a word of a title alone is known.
func TestSpellingLeavesTitles(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, intake("a", "Marlow wins", "The harlow cup was handed over on Sunday."), ferry)
	if a := ask(t, e, "Who is Marlow?"); len(a.Notes) != 0 {
		t.Errorf("notes %v", a.Notes)
	}
}
