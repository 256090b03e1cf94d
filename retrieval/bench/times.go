// Package bench measures how fast an Engine answers and what a library costs, at sizes up to many times the corpus at hand, and shows it
// as a table and a plot. `archivist bench` is its command; the rivals' module (retrieval/bench/rivals) races other search libraries on it.
//
// A machine is rarely quiet. So contenders take turns within a round (Race), every figure is the median of several rounds, and what
// should be believed first are ratios within one run.
//
// Begin with Race and Measure.
package bench

import (
	"math"
	"slices"
	"time"
)

// Quantile is the q-quantile (0 < q ≤ 1) of times by nearest rank: the smallest of them that at least a share q does not exceed. Of 1 to
// 10 ms the .5-quantile is 5 ms and the .99-quantile 10 ms. It sorts times; 0 where there are none.
func Quantile(times []time.Duration, q float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	rank := int(math.Ceil(q*float64(len(times)))) - 1
	return times[min(max(rank, 0), len(times)-1)]
}

// median is the lower median of one figure of each round.
func median[T int | float64 | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[(len(list)-1)/2]
}

// A Line is y = At0 + Slope·x.
type Line struct{ At0, Slope float64 }

// Fit is the line with the least squares of relative errors ((y - line(x))/y)², so that small sizes count as much as large ones; all y > 0.
// Fewer than two different x give a line through the origin.
func Fit(x, y []float64) Line {
	var w, wx, wy, wxx, wxy float64
	for i := range x {
		weight := 1 / (y[i] * y[i])
		w += weight
		wx += weight * x[i]
		wy += weight * y[i]
		wxx += weight * x[i] * x[i]
		wxy += weight * x[i] * y[i]
	}
	switch determinant := w*wxx - wx*wx; {
	case determinant > 1e-9*w*wxx:
		slope := (w*wxy - wx*wy) / determinant
		return Line{At0: (wy - slope*wx) / w, Slope: slope}
	case wxx > 0:
		return Line{Slope: wxy / wxx}
	}
	return Line{}
}

// At is the line's value at x.
func (l Line) At(x float64) float64 { return l.At0 + l.Slope*x }
