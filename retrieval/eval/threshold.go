package eval

import (
	"math"
	"slices"
)

// fewestRight is how many right answers a threshold is read from at least: of fewer the lowest 5% are none.
const fewestRight = 20

// Threshold is the confidence below which the lowest 5% of the right answers of some runs lie, in thousandths, rounded down: a library that
// refuses below it wrongly refuses at most so many. ok is false if too few answers are right to tell.
func Threshold(questions []Question, runs []Run) (confidence float64, ok bool) {
	c := count(questions, runs)
	if len(c.right) < fewestRight {
		return 0, false
	}
	slices.Sort(c.right)
	return math.Floor(1000*c.right[len(c.right)/refusedOf]) / 1000, true
}
