// Package rank scores passages. A score is a sum of terms, each with its reason: whatever cannot be printed by `archivist ask --explain`
// does not enter the formula. The table of weights is the formula; it computes and nothing else.
package rank

import (
	"cmp"
	"fmt"
	"slices"

	"archivist/retrieval/index"
)

// A Reason is one addend of a score.
type Reason struct {
	Name  string
	Note  string // in words: "3 of 4 words"
	Value float64
}

var weights = Vector{Age: -5.6, Now: -3.8, Typed: 4.6, Votes: 2.3, Coverage: 3, Lead: 1.4, Terms: 1.6, Title: 3.4, Missing: -2.1, Article: 2, Ordered: .6, Names: .7}

// Rank orders hits, which stand best first by the first stage, by the formula.
func Rank(q Question, hits []index.Hit, s *index.Snapshot) []Scored {
	list := make([]Scored, len(hits))
	for i, v := range Measure(q, hits, s) {
		list[i] = Scored{hits[i], v, Score(v)}
	}
	slices.SortStableFunc(list, func(a, b Scored) int { return cmp.Compare(b.Score, a.Score) })
	return list
}

// Score is the value of the formula.
func Score(v Vector) (score float64) {
	for f, x := range v {
		score += weights[f] * x
	}
	return score
}

// Explain lists what each term of the formula adds, in its order: they add up to Score, to the last bit.
func Explain(v Vector) (reasons []Reason) {
	for f, x := range v {
		if weights[f] != 0 {
			reasons = append(reasons, Reason{featureNames[f], fmt.Sprintf("%.2f", x), weights[f] * x})
		}
	}
	return reasons
}

// FeatureNames are the names of a Vector's features.
func FeatureNames() []string { return featureNames[:] }
