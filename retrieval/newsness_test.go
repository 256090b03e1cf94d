package retrieval

import (
	"math"
	"slices"
	"testing"

	"archivist/retrieval/index"
)

// TestNewsness: of 800 articles 800/1000 counts by their number alone; the rest is by their days.
func TestNewsness(t *testing.T) {
	const today = 19_700
	even := func(n, years int) (days []int32) {
		for i := range n {
			days = append(days, today-int32(i*years*365/n))
		}
		return days
	}
	undated := func(days []int32, n int) []int32 {
		for i := range n {
			days[i] = index.NoDay
		}
		return days
	}
	for name, test := range map[string]struct {
		days   []int32
		lo, hi float64
	}{
		"nothing":                          {nil, 0, 0},
		"two years":                        {even(800, 2), .8, .8},
		"six years":                        {even(800, 6), .8, .8},
		"eight years":                      {even(800, 8), .3, .6}, // half of them are 3.6 years old
		"eleven years":                     {even(800, 11), 0, 0},
		"thirty years":                     {even(800, 30), 0, 0},
		"thirty years and a year of news":  {slices.Concat(even(380, 30), even(420, 1)), .8, .8},
		"half of them undated":             {undated(even(800, 2), 400), .4, .4},
		"a tenth of them undated":          {undated(even(800, 2), 80), .72, .72},
		"few":                              {even(50, 2), .2, .2},
		"days out of all bounds":           {[]int32{math.MinInt32 + 1, math.MaxInt32, math.MaxInt32}, 0, 1},
		"one far ahead, which is a slip":   {append(even(800, 2), today+365*50), .8, .81},
		"one of long ago among two years'": {append(even(800, 2), -60_000), .8, .81},
	} {
		if got := newsness(slices.Values(test.days)); got < test.lo-1e-9 || got > test.hi+1e-9 {
			t.Errorf("%s: %v, want %v to %v", name, got, test.lo, test.hi)
		}
	}
	var h histogram
	for _, day := range even(1000, 10) {
		h.add(day)
	}
	for share, want := range map[float64]float64{.05: today - .95*3650, .5: today - .5*3650, 1: today} {
		if got := float64(h.quantile(share)); math.Abs(got-want) > 31 {
			t.Errorf("the quantile %v is %v, want %v to a month", share, got, want)
		}
	}
}
