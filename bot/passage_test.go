package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"archivist"
)

// TestCardsHoldNoWords: the state of a card has neither the words of its passages nor their links, and its buttons show both; of an article that
// has changed they say so.
func TestCardsHoldNoWords(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	s.answer.Passages[1].Text, s.answer.Passages[1].Start = "The ferry runs on 2 March. Bring a coat.\nAfter.", 10
	s.answer.Passages[1].Last = 2
	s.answer.Passages[0].Reasons[0].Value = 1.23456789
	k := talking(t, b, r)
	c := k.says("When does it run?", ferryText[:9], "2 March")
	state := s.cards[c.ID].State
	for _, word := range []string{"ferry runs", "coat", "https://herald", "1.2345"} {
		if strings.Contains(state, word) {
			t.Errorf("%q is kept: %s", word, state)
		}
	}
	k.presses("▶", "", "The ferry runs on 2 March. Bring a coat.", "After.", "https://herald.example/honey#:~:text=The%20ferry")
	k.presses("◀", "", ferryText[:9], "https://herald.example/ferry#:~:text=It%20rains.")
	s.articles[0].Paragraphs[1].Text = strings.Replace(ferryText, "2 March", "9 March", 1)
	k.presses("More context", "", "changed")
}

// TestCardsOfBefore: a card that was kept with the words of its passages works, and loses those that were shown when it is kept again.
func TestCardsOfBefore(t *testing.T) {
	s, b, r := fixture()
	hash, err := b.hash(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	const id = "ABCDEFGHIJKLMNOP"
	s.cards[id] = archivist.CardState{ID: id, Library: r.Library, Person: hash, Channel: r.Channel, Kind: string(KindAnswer), State: `{"version":4,"page":0,"passages":[
		{"article":1,"first":1,"last":1,"text":"The ferry runs on 2 March.","bold":[0,26],"link":"https://herald.example/ferry#:~:text=x","reasons":[{"Name":"lead","Note":"","Value":0.123456}]},
		{"article":2,"first":1,"last":1,"text":"Bring a coat.","bold":[0,0]}],"confidence":0.7}`}
	c := b.Press(t.Context(), r, customID(actionMore, id))
	wants(t, c, "It rains.", ">>The ferry runs on 2 March.<<", "Bring a coat.", "https://herald.example/ferry#:~:text=The%20ferry")
	var kept struct{ Passages []map[string]any }
	if err := json.Unmarshal([]byte(s.cards[id].State), &kept); err != nil || kept.Passages[0]["text"] != nil || kept.Passages[0]["start"] != 10. || kept.Passages[1]["text"] != "Bring a coat." {
		t.Errorf("%v, %s", err, s.cards[id].State)
	}
	wants(t, b.Press(t.Context(), r, customID(actionForth, id)), "Bring a coat.", "Honey festival")
	wants(t, b.Press(t.Context(), r, customID(actionPrev, id)), ">>The ferry runs on 2 March.<<")
}

// FuzzFind: whatever the state of a card says, what is found stands in the article.
func FuzzFind(f *testing.F) {
	f.Add(`{"first":0,"last":1,"start":3,"bytes":9,"sum":1}`)
	f.Add(`{"first":0,"last":0,"text":"It"}`)
	f.Add(`{"first":-1,"last":9223372036854775807,"start":9223372036854775807,"bytes":9223372036854775807}`)
	a := article(1, "Ferry returns", "https://herald.example/ferry")
	f.Fuzz(func(t *testing.T, state string) {
		var p passageState
		if json.Unmarshal([]byte(state), &p) == nil && p.find(a) && !strings.Contains("Before.\n"+ferryText+"\nAfter.", p.Text) {
			t.Errorf("found %q", p.Text)
		}
	})
}
