package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Sample is what a process has at one moment of a soak, and how it served since the sample before. 0 is "not measured".
type Sample struct {
	At                         time.Duration // since the load began
	Asked                      int           // interactions since then
	Heap, Resident             int64         // bytes in use after a collection; of the whole process in memory
	Goroutines, Descriptors    int
	Log, Database              int64         // bytes of the write-ahead log, and of the database without it
	P50, P99                   time.Duration // from question to card
	Late, Never, Twice, Stored int           // interactions that a fault cost, unanswered ones, ones answered twice; links stored
}

// A Gauge is one thing of a Sample that must not grow, with what it may grow by from the end of the warm-up to the end of the soak.
type Gauge struct {
	Name     string
	Of       func(Sample) float64
	Show     func(float64) string
	Share    float64 // of its median
	Slack    float64 // and so much more, in its own unit
	PerAsked float64 // and for each interaction, as what is asked is kept
}

// Gauges are those of a soak.
var Gauges = []Gauge{
	{Name: "live heap, MB", Of: func(s Sample) float64 { return float64(s.Heap) }, Show: megabytes, Share: .05},
	{Name: "resident memory, MB", Of: func(s Sample) float64 { return float64(s.Resident) }, Show: megabytes, Share: .1},
	{Name: "goroutines", Of: func(s Sample) float64 { return float64(s.Goroutines) }, Show: whole, Share: .1, Slack: 5},
	{Name: "descriptors", Of: func(s Sample) float64 { return float64(s.Descriptors) }, Show: whole, Share: .1, Slack: 2},
	{Name: "write-ahead log, MB", Of: func(s Sample) float64 { return float64(s.Log) }, Show: megabytes, Share: .1, Slack: 1e6},
	{Name: "database, MB", Of: func(s Sample) float64 { return float64(s.Database) }, Show: megabytes, Share: .05, PerAsked: 2048},
	{Name: "card p50, ms", Of: func(s Sample) float64 { return float64(s.P50) }, Show: asMillis, Share: .25, Slack: float64(2 * time.Millisecond)},
	{Name: "card p99, ms", Of: func(s Sample) float64 { return float64(s.P99) }, Show: asMillis, Share: .25, Slack: float64(10 * time.Millisecond)},
}

func whole(v float64) string    { return fmt.Sprintf("%.0f", v) }
func asMillis(v float64) string { return fmt.Sprintf("%.1f", v/float64(time.Millisecond)) }

const (
	// warmUp is the share of a soak in which things may grow: what is remembered for ten minutes is full after a third of half an hour.
	warmUp = 1. / 3
	// fewestSamples after the warm-up; of fewer no slope is believed.
	fewestSamples = 6
)

// LeastSamples is how many a soak must have for anything to be said of it.
const LeastSamples = fewestSamples * 3 / 2

// A Verdict is what a soak says of one gauge. Early and Late are the medians of the first and of the last third of what is judged.
type Verdict struct {
	Gauge             string
	Early, Late, Most float64
	Growth, Allowed   float64 // over what is judged, by Trend
	Flat              bool
	Points            int
}

// Judge says of each gauge whether it was flat after the warm-up: whether its trend over that time is no more than what is allowed. A gauge that no
// sample has is left out; one that fewer than six have then is not flat.
func Judge(samples []Sample) (verdicts []Verdict) {
	if len(samples) == 0 {
		return nil
	}
	from := time.Duration(warmUp * float64(samples[len(samples)-1].At))
	for _, g := range Gauges {
		var x, y []float64
		asked, measured := 0, false
		for i, s := range samples {
			v := g.Of(s)
			measured = measured || v > 0
			if s.At < from || v <= 0 {
				continue
			}
			x, y = append(x, s.At.Seconds()), append(y, v)
			if len(x) > 1 {
				asked += s.Asked - samples[i-1].Asked
			}
		}
		if !measured {
			continue
		}
		v := Verdict{Gauge: g.Name, Points: len(x)}
		if len(x) > 0 {
			third := (len(y) + 2) / 3
			v.Early, v.Late = median(slices.Clone(y[:third])), median(slices.Clone(y[len(y)-third:]))
			v.Most = slices.Max(y)
			v.Growth = Trend(x, y) * (x[len(x)-1] - x[0])
			v.Allowed = g.Share*median(slices.Clone(y)) + g.Slack + g.PerAsked*float64(asked)
		}
		v.Flat = len(x) >= fewestSamples && v.Growth <= v.Allowed
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// Trend is the median of the slopes of y over x between all pairs of points (Theil 1950, Sen 1968): up to 29% of the points, wherever they lie, do not
// bend it far. Of (0,0), (1,1), (2,2), (3,30) the slopes are 1, 1, 1, 10, 14.5 and 28, so it is 1, the lower median; 0 for fewer than two points.
func Trend(x, y []float64) float64 {
	var slopes []float64
	for i := range x {
		for j := range i {
			if x[i] != x[j] {
				slopes = append(slopes, (y[i]-y[j])/(x[i]-x[j]))
			}
		}
	}
	return median(slopes)
}

// SoakTable is what was judged as Markdown.
func SoakTable(samples []Sample) string {
	var b strings.Builder
	b.WriteString("| | first third | last third | most | trend over it | allowed | |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, v := range Judge(samples) {
		show := whole
		for _, g := range Gauges {
			if g.Name == v.Gauge {
				show = g.Show
			}
		}
		word := "flat"
		switch {
		case v.Points < fewestSamples:
			word = "too few samples"
		case !v.Flat:
			word = "grows"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", v.Gauge, show(v.Early), show(v.Late), show(v.Most), signed(show, v.Growth), show(v.Allowed), word)
	}
	return b.String()
}

func signed(show func(float64) string, v float64) string {
	if v < 0 {
		return "−" + show(-v)
	}
	return "+" + show(v)
}
