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
// The list is the caller's until Close.Release.
func Rank(q Question, hits []index.Hit, s *index.Snapshot) ([]Scored, *Close) {
	r := measure(q, hits, s)
	w := table.mixed(q.Dated).without(q.Without)
	r.scores, r.best = zeros(r.scores, len(hits)), zeros(r.best, len(hits))
	for i, v := range r.vectors {
		r.scores[i], r.best[i] = w.Score(v), i
	}
	slices.SortFunc(r.best, func(a, b int) int { return cmp.Or(cmp.Compare(r.scores[b], r.scores[a]), cmp.Compare(a, b)) })
	r.list = r.list[:0]
	for _, i := range r.best {
		r.list = append(r.list, Scored{hits[i], r.reading.Passages[i], r.vectors[i], r.scores[i]})
	}
	return r.list, &Close{r, w}
}
