// Package rank scores passages. A score is a sum of terms, each with its reason: whatever cannot be printed by `archivist ask --explain`
// does not enter the formula. The table of terms is the formula; it computes and nothing else.
package rank

import "fmt"

// Evidence is what the index and the question say of one passage.
type Evidence struct {
	InPassage, InTitle, InArticle float64 // BM25 of the three fields, each times its weight in the first stage
	Matched, Asked                int     // words of the question in the passage or its title, and in all
}

// A Reason is one addend of a score.
type Reason struct {
	Name  string
	Note  string // in words: "3 of 4 words"
	Value float64
}

// A term is one line of the formula.
type term struct {
	name   string
	weight float64
	value  func(Evidence) float64
	note   func(Evidence) string
}

// formula is S1 = BM25(passage) + .3 BM25(title) + .6 BM25(article), Robertson and Zaragoza (2009). The factors of title and article are
// in the index's weights, since the first stage already chooses by the whole sum: here they come weighted.
var formula = []term{
	{
		// The question's rare words stand in the passage itself.
		name: "passage", weight: 1,
		value: func(e Evidence) float64 { return e.InPassage },
		note:  func(e Evidence) string { return fmt.Sprintf("%d of the question's %d words", e.Matched, e.Asked) },
	},
	{
		// The title says what the story is about.
		name: "title", weight: 1,
		value: func(e Evidence) float64 { return e.InTitle },
		note:  func(Evidence) string { return "words of the title" },
	},
	{
		// The missing words stand two paragraphs further on.
		name: "article", weight: 1,
		value: func(e Evidence) float64 { return e.InArticle },
		note:  func(Evidence) string { return "words of the whole article" },
	},
}

// Score is the value of the formula.
func Score(e Evidence) (score float64) {
	for _, t := range formula {
		score += t.weight * t.value(e)
	}
	return score
}

// Explain lists what each term of the formula adds, in its order: they add up to Score, to the last bit.
func Explain(e Evidence) []Reason {
	reasons := make([]Reason, len(formula))
	for i, t := range formula {
		reasons[i] = Reason{t.name, t.note(e), t.weight * t.value(e)}
	}
	return reasons
}
