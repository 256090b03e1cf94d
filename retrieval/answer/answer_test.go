package answer

import (
	"slices"
	"strings"
	"testing"

	"archivist"
	"archivist/retrieval/rank"
	"archivist/retrieval/text"
)

func textOf(paragraphs ...string) Text {
	m := map[int]archivist.Paragraph{}
	for i, p := range paragraphs {
		heading, isHeading := strings.CutPrefix(p, "# ")
		if isHeading {
			m[i] = archivist.Paragraph{Kind: archivist.KindHeading, Text: heading}
		} else {
			m[i] = archivist.Paragraph{Text: p}
		}
	}
	return NewText(m, "en")
}

// marked marks paragraphs as boilerplate.
func marked(t Text, numbers ...int) Text {
	for _, n := range numbers {
		p := t.paragraphs[n]
		p.Boilerplate = true
		t.paragraphs[n] = p
	}
	return t
}

func sized(n int, first string) string {
	return first + strings.Repeat(" word", n-2) + " end."
}

func TestWiden(t *testing.T) {
	for _, test := range []struct {
		what             string
		text             Text
		first, last      int
		want             string
		wantFrom, wantTo int
	}{
		{"alone", textOf("One sentence."), 0, 0, "One sentence.", 0, 0},
		{"to both sides, after first", textOf(sized(30, "A"), sized(30, "B"), sized(30, "C")), 1, 1, sized(30, "B") + "\n" + sized(30, "C"), 1, 2},
		{"both sides where both fit", textOf(sized(20, "A"), sized(30, "B"), sized(20, "C")), 1, 1, sized(20, "A") + "\n" + sized(30, "B") + "\n" + sized(20, "C"), 0, 2},
		{"not over a heading", textOf("Before.", "# Heading", "The passage.", "# Next", "After."), 2, 2, "The passage.", 2, 2},
		{"not into what recurs on the site", marked(textOf("Before.", "Subscribe.", "The passage.", "Follow us.", "After."), 1, 3), 2, 2, "The passage.", 2, 2},
		{"not into what was not read", NewText(map[int]archivist.Paragraph{3: {Text: "Only this."}}, "en"), 3, 3, "Only this.", 3, 3},
		{"not beyond 80 words", textOf(sized(60, "A"), sized(25, "B")), 0, 0, sized(60, "A"), 0, 0},
	} {
		end := len(test.text.paragraphs[test.last].Text)
		got, ok := Widen(test.text, test.first, 0, test.last, end)
		if !ok || got.Text != test.want || got.First != test.wantFrom || got.Last != test.wantTo {
			t.Errorf("%s: %d-%d %q, want %d-%d %q", test.what, got.First, got.Last, got.Text, test.wantFrom, test.wantTo, test.want)
		}
		if sentences := text.Sentences(got.Text, "en"); !slices.Equal(got.Sentences, sentences) {
			t.Errorf("%s: sentences %v, want %v", test.what, got.Sentences, sentences)
		}
	}
}

func TestWidenWithinAParagraph(t *testing.T) {
	long := textOf("First here. " + sized(70, "Second") + " Third here. " + sized(70, "Fourth"))
	p := long.paragraphs[0].Text
	start := strings.Index(p, "Second")
	end := strings.Index(p, " Third")
	got, ok := Widen(long, 0, start, 0, end)
	if want := "First here. " + sized(70, "Second") + " Third here."; !ok || got.Text != want {
		t.Errorf("got %q, want %q", got.Text, want)
	}
	if sentences := text.Sentences(got.Text, "en"); !slices.Equal(got.Sentences, sentences) {
		t.Errorf("sentences %v, want %v", got.Sentences, sentences)
	}
	if from, to := got.Within(0, start, 0, end); from != 1 || to != 2 {
		t.Errorf("the passage is its sentences %d to %d as shown, want 1 to 2", from, to)
	}
	if from, to := got.Within(0, start, 0, len(p)); from != to {
		t.Errorf("of a passage that is not shown whole the sentences are %d to %d", from, to)
	}
	if _, ok := Widen(long, 0, 0, 1, 5); ok {
		t.Error("a passage whose second paragraph was not read is shown")
	}
	if _, ok := Widen(long, 0, 0, 0, len(p)+1); ok {
		t.Error("a passage beyond its paragraph's end is shown")
	}
	other, _ := Widen(long, 0, end+1, 0, len(p))
	if !got.Overlaps(other) || !other.Overlaps(got) {
		t.Error("passages that share a sentence do not overlap")
	}
}

// thai is clauses of so many characters.
func thai(sizes ...int) string {
	var clauses []string
	for _, n := range sizes {
		clauses = append(clauses, strings.Repeat("ก", n))
	}
	return strings.Join(clauses, " ")
}

func TestAnswering(t *testing.T) {
	both, first, none, voted := rank.Signs{Found: 0b11, Score: 3}, rank.Signs{Found: 0b01, Score: 1}, rank.Signs{Score: .5}, rank.Signs{Votes: 1, Score: 4}
	for _, test := range []struct {
		text  string
		signs []rank.Signs
		want  string
	}{
		{"The river rose. The bridge was closed on 4 March. People walked.", []rank.Signs{none, both, none}, "The bridge was closed on 4 March."},
		{"Nothing of it. Nothing at all.", []rank.Signs{none, none}, ""},
		// Fewer than four words and the last one: takes the one before along.
		{"The bridge stands. Bridges close.", []rank.Signs{first, both}, "The bridge stands. Bridges close."},
		{"The bridge was closed.", []rank.Signs{both}, "The bridge was closed."},
		// What other articles agree on stands in the sentence beside the one that says the question's words.
		{"The bridge was closed again. That happened on 4 March at noon.", []rank.Signs{both, voted}, "That happened on 4 March at noon."},
		// Thai ends no sentence: the clause grows by its neighbours, the one after it first, up to 112 characters.
		{thai(30, 30, 30, 30, 30), []rank.Signs{none, none, both, none, none}, thai(30, 30, 30)},
		{thai(40, 40, 50), []rank.Signs{none, both, none}, thai(40, 50)},
	} {
		shown, _ := Widen(textOf(test.text), 0, 0, 0, len(test.text))
		span := Answering(shown, test.signs)
		if got := shown.Text[span.Start:span.End]; got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestMassByHand(t *testing.T) {
	q := NewQuery([]Word{{Terms: []string{"ferri", "fähr"}, IDF: 1}, {Terms: []string{"bridg"}, IDF: 3}, {Terms: []string{"tower"}, IDF: 4}})
	if q.Mass != 8 {
		t.Errorf("mass is %v, want 1+3+4", q.Mass)
	}
	if n := len(NewQuery(make([]Word, 100)).Words); n != MaxWordsAsked {
		t.Errorf("%d words count", n)
	}
}

func TestGrades(t *testing.T) {
	for confidence, want := range map[float64]archivist.Grade{0: archivist.GradeRefusal, .25: archivist.GradeClosest, AnswerFrom: archivist.GradeAnswer, 1: archivist.GradeAnswer} {
		if got := Grade(confidence, .25); got != want {
			t.Errorf("grade of %v is %s, want %s", confidence, got, want)
		}
	}
	if got := Grade(AnswerFrom, AnswerFrom+.1); got != archivist.GradeRefusal {
		t.Errorf("below a threshold above AnswerFrom: %s", got)
	}
}
