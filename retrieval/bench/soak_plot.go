package bench

import (
	"errors"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// SoakPlot writes an SVG of every gauge over the minutes of a soak, each as a share of its own median, a line a gauge. A grey line
// is where the warm-up ends. What is beyond three times the median is drawn there.
func SoakPlot(w io.Writer, samples []Sample) error {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "minutes", "times its median"
	p.Y.Min, p.Y.Max = 0, 3
	p.Legend.Top = true
	p.Add(plotter.NewGrid())
	drawn := 0
	for i, g := range Gauges {
		var all []float64
		for _, s := range samples {
			if v := g.Of(s); v > 0 {
				all = append(all, v)
			}
		}
		if len(all) == 0 {
			continue
		}
		middle := median(all)
		var points plotter.XYs
		for _, s := range samples {
			if v := g.Of(s); v > 0 {
				points = append(points, plotter.XY{X: s.At.Minutes(), Y: min(v/middle, p.Y.Max)})
			}
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return err
		}
		line.Color, line.Dashes = plotutil.Color(i), plotutil.Dashes(i/7)
		p.Add(line)
		p.Legend.Add(g.Name, line)
		drawn++
	}
	if drawn == 0 {
		return errors.New("nothing has been measured that could be drawn")
	}
	end := samples[len(samples)-1].At.Minutes() * warmUp
	mark, err := plotter.NewLine(plotter.XYs{{X: end, Y: p.Y.Min}, {X: end, Y: p.Y.Max}})
	if err != nil {
		return err
	}
	mark.Color = color.Gray{Y: 128}
	p.Add(mark)
	p.Legend.Add("end of the warm-up", mark)
	canvas := vgsvg.New(plotWidth, plotHeight)
	p.Draw(draw.New(canvas))
	_, err = canvas.WriteTo(w)
	return err
}
