package bench

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// onPaper is the size whose figures are worked out from the slope, in passages.
const onPaper = 10_000_000

// Table is the figures as Markdown, a column a size, with what the slope says of 10 million passages where there are two sizes to draw it
// through.
func Table(figures []Figures, cores []int) string {
	if len(figures) == 0 {
		return ""
	}
	t := table{figures: figures}
	t.row("", func(f Figures) string { return f.Size })
	t.rule()
	t.row("passages", func(f Figures) string { return number(f.Passages) })
	t.row("articles", func(f Figures) string { return number(f.Articles) })
	for i, result := range figures[0].Results {
		of := func(f Figures) Result { return f.Results[i] }
		t.row(result.Name+": p50, µs", func(f Figures) string { return micros(of(f).P50) })
		t.paper(func(f Figures) float64 { return float64(of(f).P50) }, func(y float64) string { return micros(time.Duration(y)) })
		t.row("… p99 / p99.9, µs", func(f Figures) string { return micros(of(f).P99) + " / " + micros(of(f).P999) })
		if len(cores) > 0 {
			t.row(fmt.Sprintf("… questions/s on %s", coreNames(cores)), func(f Figures) string {
				var rates []string
				for _, rate := range of(f).Rates {
					rates = append(rates, number(int(rate)))
				}
				return strings.Join(rates, " / ")
			})
		}
	}
	t.row("bytes a posting in memory", func(f Figures) string { return perPosting(f.Resident, f) })
	t.row("… stored / merged", func(f Figures) string { return perPosting(f.Stored, f) + " / " + perPosting(f.StoredMerged, f) })
	t.row("index in memory, MB", func(f Figures) string { return megabytes(float64(f.Resident)) })
	t.paper(func(f Figures) float64 { return float64(f.Resident) }, megabytes)
	t.row("built in, s", func(f Figures) string { return fmt.Sprintf("%.1f", f.Build.Seconds()) })
	t.row("loaded in / merged, ms", func(f Figures) string { return millis(f.Load) + " / " + millis(f.LoadMerged) })
	t.row("new article found after, ms", func(f Figures) string { return millis(f.Found) })
	return t.String()
}

// A table is written row by row; the last column is that of the slope.
type table struct {
	figures []Figures
	rows    [][]string
}

func (t *table) row(name string, cell func(Figures) string) {
	cells := []string{name}
	for _, f := range t.figures {
		cells = append(cells, cell(f))
	}
	last := ""
	if len(t.rows) == 0 {
		last = "10M on paper"
	}
	t.rows = append(t.rows, append(cells, last))
}

func (t *table) rule() {
	rule := []string{"---"}
	for range len(t.figures) + 1 {
		rule = append(rule, "---:")
	}
	t.rows = append(t.rows, rule)
}

// paper fills the last column of the last row from the line through the others.
func (t *table) paper(value func(Figures) float64, show func(float64) string) {
	var x, y []float64
	for _, f := range t.figures {
		if v := value(f); v > 0 {
			x, y = append(x, float64(f.Passages)), append(y, v)
		}
	}
	if len(x) > 1 {
		row := t.rows[len(t.rows)-1]
		row[len(row)-1] = show(Fit(x, y).At(onPaper))
	}
}

// String writes the rows, without the last column where nothing fills it.
func (t *table) String() string {
	var b strings.Builder
	width := len(t.rows[0])
	if len(t.figures) < 2 {
		width--
	}
	for _, row := range t.rows {
		b.WriteString("| " + strings.Join(row[:width], " | ") + " |\n")
	}
	return b.String()
}

func coreNames(cores []int) string {
	var names []string
	for _, n := range cores {
		names = append(names, fmt.Sprint(n))
	}
	if len(cores) == 1 && cores[0] == 1 {
		return "1 core"
	}
	return strings.Join(names, " / ") + " cores"
}

func micros(d time.Duration) string { return number(int(d.Round(time.Microsecond).Microseconds())) }

func millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ms)
}

func megabytes(bytes float64) string { return fmt.Sprintf("%.1f", bytes/1e6) }

func perPosting(bytes int, f Figures) string {
	return fmt.Sprintf("%.2f", float64(bytes)/float64(max(f.Postings, 1)))
}

// number writes a whole number ≥ 0 with commas at the thousands.
func number(n int) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// Keep writes text into a Markdown file between the lines <!-- name --> and <!-- /name -->; a file that lacks them, or is not there, gets
// them at its end.
func Keep(file, name, text string) error {
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->\n"
	old, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	before, rest, found := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	switch {
	case found && !closed:
		return fmt.Errorf("%s: there is no line %s after its beginning", file, strings.TrimSpace(end))
	case !found && before != "" && !strings.HasSuffix(before, "\n"):
		before += "\n"
	}
	return os.WriteFile(file, []byte(before+begin+text+end+after), 0o644)
}
