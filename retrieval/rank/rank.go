// Package rank is the second stage: it orders the passages that the index found by what they show, with a formula that can be read. A
// score is a sum of terms, each with its reason: whatever cannot be printed by `archivist ask --explain` does not enter it.
//
//	S(p) = Σ weight · (feature − typical)
//
// features.go says what each feature is, weights.tsv what it weighs; `archivist eval --fit` writes that table. Begin with Rank.
package rank

import (
	"cmp"
	"slices"

	"archivist/retrieval/index"
)

// Rank orders hits, which stand best first by the first stage, by the formula, and lets the caller look closer at their texts.
func Rank(q Question, hits []index.Hit, s *index.Snapshot) ([]Scored, *Close) {
	r := measure(q, hits, s)
	w := table.mixed(q.Dated).without(q.Without)
	scores, order := make([]float64, len(hits)), make([]int, len(hits))
	for i, v := range r.vectors {
		scores[i], order[i] = w.Score(v), i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b)) })
	list := make([]Scored, len(hits))
	for place, i := range order {
		list[place] = Scored{hits[i], r.reading.Passages[i], r.vectors[i], scores[i]}
	}
	return list, &Close{r, w}
}
