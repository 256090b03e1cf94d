package main

import (
	"fmt"
	"strings"
	"time"

	"archivist/retrieval/bench"
)

// figures are those of one size. Results are ours (the index over one field, over three, the whole ask), then the rivals' in their order.
type figures struct {
	bench.Figures
	rivals []rival
}

// The places of our results.
const (
	oneField = iota
	threeFields
	wholeAsk
	ours // how many they are
)

// table is the figures as Markdown, a column a size.
func table(all []figures) string {
	var b strings.Builder
	row := func(name string, cell func(figures) string) {
		b.WriteString("| " + name + " |")
		for _, f := range all {
			b.WriteString(" " + cell(f) + " |")
		}
		b.WriteByte('\n')
	}
	row("", func(f figures) string { return f.Size })
	b.WriteString("|---|" + strings.Repeat("---:|", len(all)) + "\n")
	row("passages", func(f figures) string { return fmt.Sprint(f.Passages) })
	for i, result := range all[0].Results {
		row(result.Name+": p50 / p99, µs", func(f figures) string {
			return fmt.Sprintf("%d / %d", f.Results[i].P50.Microseconds(), f.Results[i].P99.Microseconds())
		})
	}
	for i, rival := range all[0].rivals {
		for _, at := range []int{threeFields, wholeAsk} {
			row(rival.name+", times our "+all[0].Results[at].Name+": p50 / p99", func(f figures) string {
				theirs := f.Results[ours+i]
				return fmt.Sprintf("%.1f / %.1f", ratio(theirs.P50, f.Results[at].P50), ratio(theirs.P99, f.Results[at].P99))
			})
		}
	}
	row("built in, s: ours", func(f figures) string { return fmt.Sprintf("%.1f", f.Build.Seconds()) })
	for i, rival := range all[0].rivals {
		row("… "+rival.name, func(f figures) string { return fmt.Sprintf("%.1f", f.rivals[i].build.Seconds()) })
	}
	row("MB: our index in memory", func(f figures) string { return fmt.Sprintf("%.1f", float64(f.Resident)/1e6) })
	for i, rival := range all[0].rivals {
		row("… "+rival.name+" on disk", func(f figures) string { return fmt.Sprintf("%.1f", float64(f.rivals[i].bytes)/1e6) })
	}
	return b.String()
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
