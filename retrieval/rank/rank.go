// Package rank gives a passage its score and the reasons for it. Whatever is not a line of the table below does not enter a score, so
// that every score can be printed as the sum of its reasons. It computes and nothing else.
//
// Begin with the table; Score and Explain do the same sum, the one for all candidates, the other for those that are shown.
package rank

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Match is what a question found in one text.
type Match struct {
	Terms int     // of the question that the text contains
	BM25  float64 // in units of the first stage: the field's weight is in it; not negative
}

// Evidence is all that a score may rest on.
type Evidence struct {
	Terms   int   // of the question
	Passage Match // in the passage
	Title   Match // in the title of its article
	Article Match // anywhere in its article
}

// A Reason is one addend of a score.
type Reason struct {
	Name, Note string
	Value      float64 // in units of the first stage; may be negative
}

// A term is one line of the table.
type term struct {
	name   string
	weight float64
	value  func(*Evidence) float64
	note   func(*Evidence) string
}

// table is the formula: score = Σ weight · value. A feature joins by a field of Evidence and a line here.
//
//	passage  what is quoted must speak of what was asked: BM25 with k1 .6 and b .2, as passages are short and of like length and a word
//	         said twice adds little. Robertson and Zaragoza (2009).
//	title    says what the story is about. Worth 1.1 points of mrr on news over passages alone (RANKING 4).
//	article  tells that the missing words stand two paragraphs further on. With the title 2.8 points of mrr.
//
// Title and article are fields as in BM25F (Robertson, Zaragoza and Taylor 2004), but summed apart so that each can be explained. Their
// shares (.3 and .6) are the first stage's, which has to know them to choose whom to score at all.
var table = [...]term{
	{"passage", 1, func(e *Evidence) float64 { return e.Passage.BM25 }, func(e *Evidence) string { return found(e.Passage, e) }},
	{"title", 1, func(e *Evidence) float64 { return e.Title.BM25 }, func(e *Evidence) string { return found(e.Title, e) }},
	{"article", 1, func(e *Evidence) float64 { return e.Article.BM25 }, func(e *Evidence) string { return found(e.Article, e) }},
}

func found(m Match, e *Evidence) string {
	if e.Terms == 1 {
		return fmt.Sprintf("%d of 1 term", m.Terms)
	}
	return fmt.Sprintf("%d of %d terms", m.Terms, e.Terms)
}

// An addend is a line of the table with its value for one passage.
type addend struct {
	line  int
	value float64
}

// addends are the lines' values, largest share first: the order in which they are summed. Lines of equal share keep the table's order.
func addends(e *Evidence) [len(table)]addend {
	var values [len(table)]addend
	for i := range table {
		values[i] = addend{i, table[i].weight * table[i].value(e)}
	}
	slices.SortStableFunc(values[:], func(a, b addend) int { return cmp.Compare(math.Abs(b.value), math.Abs(a.value)) })
	return values
}

// Score is the score of a passage: to the last bit what Explain says, without allocating.
func Score(e *Evidence) float64 {
	sum := 0.
	for _, a := range addends(e) {
		sum += a.value
	}
	return sum
}

// Explain is the score with its reasons, largest share first; their sum in this order is the score to the last bit.
func Explain(e *Evidence) (float64, []Reason) {
	sum := 0.
	reasons := make([]Reason, 0, len(table))
	for _, a := range addends(e) {
		sum += a.value
		reasons = append(reasons, Reason{Name: table[a.line].name, Note: table[a.line].note(e), Value: a.value})
	}
	return sum, reasons
}
