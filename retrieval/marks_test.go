package retrieval

import (
	"fmt"
	"slices"
	"testing"

	"archivist/retrieval/index"
)

// TestMarks writes each token with its marks: c capital, s start, i inside, p placed, n a person, a amount; then its joint.
func TestMarks(t *testing.T) {
	letters := []struct {
		mark index.Marks
		name string
	}{{index.Capital, "c"}, {index.Start, "s"}, {index.Inside, "i"}, {index.Placed, "p"}, {index.Person, "n"}, {index.Amount, "a"}}
	joints := [...]string{index.Beside: "-", index.Linked: "=", index.Apart: "~", index.Broken: "|"}
	for text, want := range map[string][]string{
		"Mayor Noor opened it.":      {"mayor csn|", "noor cin-", "open i-"},
		"Rain fell in New Haven.":    {"rain cs|", "fell i-", "new cip~", "haven cip-"},
		"The Bank of Ebb, said Noor": {"bank csin|", "ebb cin=", "said i|", "noor ci-"},
		"It paid $40 and 7 euros.":   {"paid si|", "40 ia|", "7 ia~", "euro i-"},
		"It paid 3 million to 5.":    {"paid si|", "3000000 ia-", "5 i~"},
		"Ships came. Noor said so.":  {"ship cs|", "came i-", "noor csn|", "said i-"},
	} {
		var got []string
		for _, token := range tokens(text, "en") {
			marks := ""
			for _, l := range letters {
				if token.Marks.Has(l.mark) {
					marks += l.name
				}
			}
			got = append(got, fmt.Sprintf("%s %s%s", token.Term, marks, joints[token.Marks.Joint()]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}
