package bench

import (
	"fmt"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const plotWidth, plotHeight = 18 * vg.Centimeter, 11 * vg.Centimeter

// Plot writes an SVG of p50 against passages, both logarithmic, a line a contender.
func Plot(w io.Writer, figures []Figures) error {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "passages of the library", "p50 of one question, µs"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = logTicks{}, logTicks{}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	var names []string
	lines := map[string]plotter.XYs{}
	for _, f := range figures {
		for _, r := range f.Results {
			if f.Passages == 0 || r.P50 <= 0 {
				continue // has no logarithm
			}
			if lines[r.Name] == nil {
				names = append(names, r.Name)
			}
			lines[r.Name] = append(lines[r.Name], plotter.XY{X: float64(f.Passages), Y: float64(r.P50.Nanoseconds()) / 1000})
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("nothing has been measured that could be drawn")
	}
	for i, name := range names {
		line, points, err := plotter.NewLinePoints(lines[name])
		if err != nil {
			return err
		}
		line.Color, points.Color = plotutil.Color(i), plotutil.Color(i)
		points.Shape = plotutil.Shape(i)
		p.Add(line, points)
		p.Legend.Add(name, line, points)
	}
	// Whole decades hold all points, and one alone has no extent.
	p.X.Min, p.X.Max = decades(p.X.Min, p.X.Max)
	p.Y.Min, p.Y.Max = decades(p.Y.Min, p.Y.Max)
	canvas := vgsvg.New(plotWidth, plotHeight)
	p.Draw(draw.New(canvas))
	_, err := canvas.WriteTo(w)
	return err
}

// decades widens a range to powers of ten, with another one above as room for the legend.
func decades(least, most float64) (from, to float64) {
	from, to = 1, 1
	for from*10 <= least {
		from *= 10
	}
	for from > least {
		from /= 10
	}
	for to <= most {
		to *= 10
	}
	return from, to
}

// logTicks are powers of ten with their names, and between them the others without.
type logTicks struct{}

// Ticks is called by the plot.
func (logTicks) Ticks(least, most float64) (ticks []plot.Tick) {
	for decade := least; decade <= most*1.001; decade *= 10 {
		label := fmt.Sprintf("%g", decade)
		if decade >= 1 {
			label = number(int(decade + .5))
		}
		ticks = append(ticks, plot.Tick{Value: decade, Label: label})
		for n := 2.; n < 10 && n*decade < most; n++ {
			ticks = append(ticks, plot.Tick{Value: n * decade})
		}
	}
	return ticks
}
