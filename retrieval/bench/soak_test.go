package bench

import (
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestTrend(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		want float64
	}{
		{[]float64{0, 1, 2, 3}, []float64{0, 1, 2, 30}, 1}, // slopes 1, 1, 1, 10, 14.5, 28: the lower median
		{[]float64{0, 2, 4}, []float64{9, 5, 1}, -2},
		{[]float64{1, 1}, []float64{1, 9}, 0}, // no two different x
		{[]float64{1}, []float64{1}, 0},
		{nil, nil, 0},
	} {
		if got := Trend(c.x, c.y); got != c.want {
			t.Errorf("the trend of %v over %v is %v, want %v", c.y, c.x, got, c.want)
		}
	}
}

// soaked is 30 minutes of samples, 10 s apart, changed by change.
func soaked(change func(s *Sample, share float64)) (samples []Sample) {
	chance := rand.New(rand.NewPCG(13, 13))
	for n := range 180 {
		noise := func(of float64) float64 { return of * (.97 + .06*chance.Float64()) }
		s := Sample{
			At: time.Duration(n+1) * 10 * time.Second, Asked: 200 * (n + 1), Heap: int64(noise(50e6)), Resident: int64(noise(120e6)), Goroutines: 80, Descriptors: 40,
			Log: 5e6, Database: int64(30e6 + 1000*200*float64(n)), P50: time.Duration(noise(25e6)), P99: time.Duration(noise(120e6)),
		}
		if n%20 == 7 { // a fault
			s.Goroutines, s.P99 = 500, 3*time.Second
		}
		change(&s, float64(n)/179)
		samples = append(samples, s)
	}
	return samples
}

// TestJudge: noise, outliers and what grows during the warm-up are flat; each gauge that grows by a tenth, a fifth or half more than it may is
// found, alone.
func TestJudge(t *testing.T) {
	quiet := func(*Sample, float64) {}
	for name, c := range map[string]struct {
		change func(s *Sample, share float64)
		grows  string
	}{
		"nothing": {quiet, ""},
		"a warm-up": {func(s *Sample, share float64) {
			s.Heap = int64(float64(s.Heap) * min(1, .3+share*2.2))
		}, ""},
		"falls":       {func(s *Sample, share float64) { s.Resident -= int64(share * 60e6) }, ""},
		"heap":        {func(s *Sample, share float64) { s.Heap += int64(share * 6e6) }, "live heap, MB"},
		"resident":    {func(s *Sample, share float64) { s.Resident += int64(share * 25e6) }, "resident memory, MB"},
		"goroutines":  {func(s *Sample, share float64) { s.Goroutines += int(share * 40) }, "goroutines"},
		"descriptors": {func(s *Sample, share float64) { s.Descriptors += int(share * 15) }, "descriptors"},
		"log":         {func(s *Sample, share float64) { s.Log += int64(share * 5e6) }, "write-ahead log, MB"},
		"database":    {func(s *Sample, share float64) { s.Database += int64(share * 80e6) }, "database, MB"},
		"p50":         {func(s *Sample, share float64) { s.P50 += time.Duration(share * 20e6) }, "card p50, ms"},
		"p99":         {func(s *Sample, share float64) { s.P99 += time.Duration(share * 100e6) }, "card p99, ms"},
	} {
		samples := soaked(c.change)
		verdicts := Judge(samples)
		if len(verdicts) != len(Gauges) {
			t.Fatalf("%s: %d verdicts", name, len(verdicts))
		}
		for _, v := range verdicts {
			if v.Flat != (v.Gauge != c.grows) {
				t.Errorf("%s: %+v", name, v)
			}
		}
		if table := SoakTable(samples); strings.Count(table, "| grows |") != map[bool]int{true: 0, false: 1}[c.grows == ""] || strings.Count(table, "\n") != 2+len(Gauges) {
			t.Errorf("%s:\n%s", name, table)
		}
	}
}

// TestJudgeByHand: of 9 samples the last 6 or 7 are judged; the heap's trend is a byte a second, the allowance 5% of the median.
func TestJudgeByHand(t *testing.T) {
	var samples []Sample
	for n := 1; n <= 9; n++ {
		samples = append(samples, Sample{At: time.Duration(n) * 10 * time.Second, Heap: int64(1000 + 10*n)})
	}
	verdicts := Judge(samples)
	if len(verdicts) != 1 {
		t.Fatalf("what was not measured is judged: %+v", verdicts)
	}
	v := verdicts[0] // from 30 s on: 1030, 1040, … 1090
	if v.Points != 7 || v.Early != 1040 || v.Late != 1080 || v.Most != 1090 || math.Abs(v.Growth-60) > 1e-9 || math.Abs(v.Allowed-.05*1060) > 1e-9 || v.Flat {
		t.Errorf("%+v", v)
	}
	if v := Judge(samples[:5])[0]; v.Flat || v.Points >= fewestSamples {
		t.Errorf("a soak that is too short is flat: %+v", v)
	}
	if !strings.Contains(SoakTable(samples[:5]), "too few samples") {
		t.Error("nothing is said of too few samples")
	}
	if Judge(nil) != nil {
		t.Error("nothing is judged")
	}
}

func TestSoakPlot(t *testing.T) {
	var b strings.Builder
	if err := SoakPlot(&b, soaked(func(*Sample, float64) {})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "live heap, MB", "card p99, ms", "end of the warm-up", "minutes"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the plot does not say %q", want)
		}
	}
	if err := SoakPlot(io.Discard, nil); err == nil {
		t.Error("nothing was drawn without an error")
	}
}
