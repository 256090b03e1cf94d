package bot

import (
	"bytes"
	"image/color"
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// A day's figures, as a chart shows them.
type dayFigures struct {
	day               time.Time
	answered, refused int
	stored            int // articles in all at the day's end
}

// The chart brings its own ground, so that it reads the same on Discord's light and dark.
var (
	chartGround   = color.RGBA{0xF2, 0xF3, 0xF5, 0xFF}
	chartInk      = color.RGBA{0x2B, 0x2D, 0x31, 0xFF}
	chartAnswered = color.RGBA{0x2E, 0x7D, 0x6B, 0xFF}
	chartRefused  = color.RGBA{0x80, 0x84, 0x8E, 0xFF}
	chartStored   = color.RGBA{0x3B, 0x6E, 0xA8, 0xFF}
)

const (
	chartWidth  = 16 * vg.Centimeter
	chartHeight = 10 * vg.Centimeter
	chartDPI    = 120
	chartLabels = 8 // days that are named below
)

// drawChart is a PNG: above the questions a day, answered and refused on top of each other, below the articles stored.
func drawChart(r Request, days []dayFigures) ([]byte, error) {
	questions, stored := newPlot(r, "chart.questions", days), newPlot(r, "chart.articles", days)
	var answered, refused plotter.Values
	var growth plotter.XYs
	for i, d := range days {
		answered, refused = append(answered, float64(d.answered)), append(refused, float64(d.refused))
		growth = append(growth, plotter.XY{X: float64(i), Y: float64(d.stored)})
	}
	width := chartWidth * 0.8 / vg.Length(max(len(days), 8))
	below, err := plotter.NewBarChart(answered, width)
	if err != nil {
		return nil, err
	}
	above, err := plotter.NewBarChart(refused, width)
	if err != nil {
		return nil, err
	}
	line, err := plotter.NewLine(growth)
	if err != nil {
		return nil, err
	}
	below.Color, above.Color = chartAnswered, chartRefused
	below.LineStyle.Width, above.LineStyle.Width = 0, 0
	above.StackOn(below)
	line.Color, line.Width = chartStored, vg.Points(2)
	questions.Add(below, above)
	questions.Legend.Add(say(r.Locale, "chart.answered"), below)
	questions.Legend.Add(say(r.Locale, "chart.refused"), above)
	stored.Add(line)
	questions.Y.Max *= 1.3 // the legend stands above the bars: today's is where it stands
	for _, p := range []*plot.Plot{questions, stored} {
		p.Y.Min, p.Y.Max = 0, math.Max(p.Y.Max*1.1, 1) // never without extent
		p.X.Min, p.X.Max = -0.6, float64(len(days))-0.4
	}
	canvas := vgimg.NewWith(vgimg.UseWH(chartWidth, chartHeight), vgimg.UseDPI(chartDPI), vgimg.UseBackgroundColor(chartGround))
	tiles := draw.Tiles{Rows: 2, Cols: 1, PadY: vg.Points(8), PadTop: vg.Points(8), PadBottom: vg.Points(6), PadLeft: vg.Points(8), PadRight: vg.Points(10)}
	drawn := plot.Align([][]*plot.Plot{{questions}, {stored}}, tiles, draw.New(canvas))
	questions.Draw(drawn[0][0])
	stored.Draw(drawn[1][0])
	var out bytes.Buffer
	_, err = vgimg.PngCanvas{Canvas: canvas}.WriteTo(&out)
	return out.Bytes(), err
}

// newPlot is an empty plot in the chart's colours, with days below it.
func newPlot(r Request, title string, days []dayFigures) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = chartGround
	p.Title.Text = say(r.Locale, title)
	p.Title.TextStyle.Color = chartInk
	for _, f := range []*font.Font{&p.Title.TextStyle.Font, &p.Legend.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font} {
		f.Variant = "Sans"
	}
	p.Legend.Top = true
	p.Legend.TextStyle.Color = chartInk
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Label.TextStyle.Color, axis.Tick.Color, axis.Tick.Label.Color = chartInk, chartInk, chartInk, chartInk
	}
	p.Y.Tick.Marker = wholeTicks{}
	p.X.Tick.Marker = dayTicks(days)
	return p
}

// dayTicks name some days as month and day, which every language reads.
type dayTicks []dayFigures

func (d dayTicks) Ticks(_, _ float64) (ticks []plot.Tick) {
	step := (len(d) + chartLabels - 1) / chartLabels
	for i := 0; i < len(d); i += step {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: d[i].day.Format("01-02")})
	}
	return ticks
}

// wholeTicks name at most six whole numbers: there is no half of a question.
type wholeTicks struct{}

func (wholeTicks) Ticks(least, most float64) (ticks []plot.Tick) {
	step := 1.0
	for i := 0; (most-least)/step > 5; i++ {
		step *= []float64{2, 2.5, 2}[i%3] // 1, 2, 5, 10, 20 …
	}
	for v := math.Ceil(least/step) * step; v <= most; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', 0, 64)})
	}
	return ticks
}
