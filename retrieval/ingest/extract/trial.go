package extract

import "slices"

// A Trial is a decision that lacks something, to measure what it is worth (`archivist eval --pages --knock-out`). The zero Trial lacks
// nothing.
type Trial struct {
	Without []string // names of rules of choice and of the filter
	Lost    string   // selectors whose votes are gone from the whole page: letters of "TR"
	Hole    byte     // 'T' or 'R': it loses holeShare of the blocks that both chose, in one piece; 0: none does
	At      float64  // where that piece begins, 0…1
}

// holeShare is the part of the common blocks that a trial's selector loses.
const holeShare = .4

// lacks reports whether the trial does without the rule.
func (t Trial) lacks(rule string) bool { return slices.Contains(t.Without, rule) }

// on is the ballot as the trial leaves it.
func (t Trial) on(b ballot) ballot {
	for _, selector := range t.Lost {
		*b.of(byte(selector)) = nil
	}
	if t.Hole == 0 || b.t == nil || b.r == nil {
		return b
	}
	var common []int
	for i := range b.blocks {
		if b.t[i] && b.r[i] {
			common = append(common, i)
		}
	}
	n := int(holeShare * float64(len(common)))
	from := int(t.At * float64(len(common)-n+1))
	left := slices.Clone(*b.of(t.Hole))
	for _, i := range common[min(from, len(common)-n):][:n] {
		left[i] = false
	}
	*b.of(t.Hole) = left
	return b
}

// of is the votes of the selector T or R.
func (b *ballot) of(selector byte) *votes {
	if selector == 'T' {
		return &b.t
	}
	return &b.r
}
