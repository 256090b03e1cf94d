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
	list := make([]Scored, len(hits))
	for i, v := range r.vectors {
		list[i] = Scored{hits[i], r.reading.Passages[i], v, w.Score(v)}
	}
	slices.SortStableFunc(list, func(a, b Scored) int { return cmp.Compare(b.Score, a.Score) })
	return list, &Close{r, w}
}
