package file

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A textLine is what stands between two edges of a column. Points, as in run.
type textLine struct {
	x, end float64
	y      float64
	size   float64
	column int  // 0, or 1 for the right one of two; a line across both has 0
	edge   bool // among the first or last lines of its page
	text   string
}

// Distances, in sizes of the letters.
const (
	sameLine  = .35 // runs whose base lines are nearer than this stand on one line
	wordGap   = .17 // a gap between two letters that is a blank: those of justified text are .2 at least, kerning is .1 at most
	gutterGap = 1.2 // a gap that divides a line into parts: two columns, or cells of a table
)

// linesOf puts runs together into lines, and lines into the order in which they are read.
func linesOf(runs []run) []textLine {
	runs = slices.DeleteFunc(slices.Clone(runs), func(r run) bool { return strings.TrimSpace(r.text) == "" && r.text != " " })
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(b.y, a.y) })
	var lines []textLine
	for len(runs) > 0 {
		n := 1
		for n < len(runs) && runs[0].y-runs[n].y < sameLine*max(runs[0].size, runs[n].size) {
			n++
		}
		lines = append(lines, divide(runs[:n])...)
		runs = runs[n:]
	}
	lines = inColumns(lines)
	for i := range lines {
		lines[i].edge = i < edgeLines || i >= len(lines)-edgeLines
	}
	return lines
}

// divide makes lines of runs on one base line: one, or several where wide gaps divide it.
func divide(runs []run) (lines []textLine) {
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(a.x, b.x) })
	for _, r := range runs {
		last := len(lines) - 1
		if last < 0 || r.x-lines[last].end > gutterGap*max(r.size, lines[last].size) {
			if strings.TrimSpace(r.text) != "" {
				lines = append(lines, textLine{x: r.x, end: r.end, y: r.y, size: r.size, text: r.text})
			}
			continue
		}
		l := &lines[last]
		if r.x < l.x+.3*r.size && r.text == l.text { // the same letters twice in one place: a shadow, or bold by hand
			continue
		}
		if r.x-l.end > wordGap*r.size && !strings.HasSuffix(l.text, " ") && !strings.HasPrefix(r.text, " ") {
			l.text += " "
		}
		// The larger letters give the size: an initial or a superscript says nothing about its line.
		if utf8.RuneCountInString(r.text) > 2 {
			l.size = max(l.size, r.size)
		}
		l.text += r.text
		l.end = max(l.end, r.end)
	}
	return lines
}

// Two columns there are where so many of a page's lines, and at least so many, begin at one place right of its middle, and few cross it.
const (
	columnShare = .25
	columnLines = 5
	crossing    = .25
)

// inColumns orders a page's lines: where there are two columns, between lines across both the left one comes before the right one.
func inColumns(lines []textLine) []textLine {
	gutter, found := gutterOf(lines)
	if !found {
		return lines
	}
	var ordered, left, right []textLine
	flush := func() {
		ordered = append(append(ordered, left...), right...)
		left, right = nil, nil
	}
	for _, l := range lines {
		switch {
		case l.x >= gutter:
			l.column = 1
			right = append(right, l)
		case l.end <= gutter+l.size:
			left = append(left, l)
		default: // across both
			flush()
			ordered = append(ordered, l)
		}
	}
	flush()
	return ordered
}

// gutterOf finds where the right one of two columns begins.
func gutterOf(lines []textLine) (gutter float64, found bool) {
	if len(lines) < 2*columnLines {
		return 0, false
	}
	first, last := math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		first, last = min(first, l.x), max(last, l.end)
	}
	width := last - first
	starts := map[int]int{} // lines by where they begin, in steps of 4 points
	for _, l := range lines {
		if l.x > first+.35*width && l.x < first+.65*width {
			starts[int(l.x/4)]++
		}
	}
	best, most := 0, 0
	for step, n := range starts {
		n += starts[step+1]
		if n > most || n == most && step < best {
			best, most = step, n
		}
	}
	if most < columnLines || float64(most) < columnShare*float64(len(lines)) {
		return 0, false
	}
	gutter = float64(best)*4 - 1
	crossed := 0
	for _, l := range lines {
		if l.x < gutter-l.size && l.end > gutter+l.size {
			crossed++
		}
	}
	return gutter, float64(crossed) <= crossing*float64(len(lines))
}
