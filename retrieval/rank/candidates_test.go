package rank

import (
	"testing"

	"archivist/retrieval/index"
)

// school is a library of one passage: "Noor studied at Kingsbury University and praised President Ada Kingsbury Hall".
func school(t *testing.T) *index.Snapshot {
	t.Helper()
	const name = index.Capital | index.Inside
	b, err := index.Encode(index.Document{Day: 300, Language: "en", Passages: []index.Passage{{Tokens: []index.Token{
		{Term: "noor", Marks: name},
		{Term: "studi", Marks: index.Inside},
		{Term: "kingsburi", Marks: name.With(index.Apart)},
		{Term: "univers", Marks: name},
		{Term: "prais", Marks: index.Inside.With(index.Apart)},
		{Term: "presid", Marks: name},
		{Term: "ada", Marks: name},
		{Term: "kingsburi", Marks: name},
		{Term: "hall", Marks: name},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := index.Empty().Apply([]index.Change{{Article: 1, Bytes: b}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func candidatesOf(t *testing.T, text string, words ...Word) (spans []string) {
	t.Helper()
	s := school(t)
	q := Question{Text: text, Day: 400, Dated: 1, Words: words, TitleMass: 1, ArticleMass: 1}
	var terms []string
	for i := range q.Words {
		q.Words[i].IDF = 2
		q.Mass += 2
		terms = append(terms, q.Words[i].Terms...)
	}
	_, near := Rank(q, s.Top(index.Query{Terms: terms, Weights: index.FirstStage}, 150, nil), s)
	defer near.Release()
	for _, c := range near.r.spans[0] {
		said := ""
		for _, w := range near.r.reading.Passages[0][c.start:c.end] {
			said += string(near.r.reading.Text(w.Term())) + " "
		}
		spans = append(spans, said)
	}
	return spans
}

// TestHeadIsPartOfAnAnswer: what names the kind that is asked for may stand in the answer; the question's other words may not end it.
func TestHeadIsPartOfAnAnswer(t *testing.T) {
	hall := "presid ada kingsburi hall "
	for _, test := range []struct {
		text string
		at   int // of "university"
		want []string
	}{
		{"Which university did Noor attend?", 6, []string{"kingsburi univers ", hall}},
		{"Which company did the university of Noor sell?", 22, []string{hall}},
	} {
		got := candidatesOf(t, test.text, Word{Terms: []string{"univers"}, At: test.at}, Word{Terms: []string{"noor"}, At: 30})
		if len(got) != len(test.want) || got[0] != test.want[0] {
			t.Errorf("%q: candidates %q, want %q", test.text, got, test.want)
		}
	}
	if got := candidatesOf(t, "Which Kingsbury University?", Word{Terms: []string{"kingsburi"}, At: 6}, Word{Terms: []string{"univers"}, At: 16}); len(got) != 2 || got[0] != "noor " || got[1] != hall {
		t.Errorf("candidates %q: nothing but the question's words is no answer", got)
	}
}

// TestSays: a name votes by its last two words.
func TestSays(t *testing.T) {
	var words []index.Word
	for term := range 4 {
		words = append(words, index.NewWord(term+1, index.WordForm, index.Capital))
	}
	for c, want := range map[candidate]int{{start: 0, end: 3}: 2, {start: 1, end: 3}: 2, {start: 2, end: 3}: 1} {
		if got := c.says(words); len(got) != want || got[len(got)-1].Term() != 3 {
			t.Errorf("%v says %v, want the last %d words up to 3", c, got, want)
		}
	}
}
