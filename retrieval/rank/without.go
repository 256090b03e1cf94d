package rank

import (
	"fmt"
	"slices"
	"strings"
)

// A Without is what of the formula is left out, to learn by evaluation what it is worth: features, which then weigh nothing, and the rule
// of time, by which age yields to the time that a question names. The zero value leaves nothing out.
type Without struct {
	features [features]bool
	time     bool
}

// timeRule is the name of the rule of time among those of the features.
const timeRule = "time"

// ParseWithout reads names of features, or "time". An error names those that there are.
func ParseWithout(names []string) (w Without, err error) {
	for _, name := range names {
		f := slices.Index(featureNames[:], name)
		switch {
		case f >= 0:
			w.features[f] = true
		case name == timeRule:
			w.time = true
		default:
			return Without{}, fmt.Errorf("%q is no part of the formula; there are %s and %s", name, strings.Join(featureNames[:], ", "), timeRule)
		}
	}
	return w, nil
}

// without is the formula in which what is left out weighs nothing.
func (c Column) without(w Without) Column {
	for f, out := range w.features {
		if out {
			c.Weights[f] = 0
		}
	}
	return c
}
