package rank

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestExplain(t *testing.T) {
	score, reasons := Explain(&Evidence{Terms: 4, Passage: Match{3, 2.5}, Title: Match{1, .25}, Article: Match{4, 3}})
	want := []Reason{{"article", "4 of 4 terms", 3}, {"passage", "3 of 4 terms", 2.5}, {"title", "1 of 4 terms", .25}}
	if score != 5.75 || !reflect.DeepEqual(reasons, want) {
		t.Errorf("Explain = %v, %v", score, reasons)
	}
	if _, reasons := Explain(&Evidence{Terms: 1}); reasons[0].Name != "passage" || reasons[0].Note != "0 of 1 term" {
		t.Errorf("nothing found: %v; equal shares stand in the table's order", reasons)
	}
}

// TestReasonsAddUp holds the promise that everybody prints: the reasons, in order, sum up to the score, to the last bit.
func TestReasonsAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		e := &Evidence{Terms: 3, Passage: Match{1, random.ExpFloat64()}, Title: Match{1, random.ExpFloat64()}, Article: Match{1, random.ExpFloat64()}}
		score, reasons := Explain(e)
		sum := 0.
		for i, r := range reasons {
			if i > 0 && math.Abs(r.Value) > math.Abs(reasons[i-1].Value) {
				t.Fatalf("%v: the largest share does not stand first: %v", e, reasons)
			}
			sum += r.Value
		}
		if sum != score || Score(e) != score {
			t.Fatalf("%v: reasons %v, Explain %v, Score %v", e, sum, score, Score(e))
		}
	}
}

func TestScoreDoesNotAllocate(t *testing.T) {
	e := &Evidence{Terms: 3, Passage: Match{1, 2}, Title: Match{1, 1}, Article: Match{1, 3}}
	if n := testing.AllocsPerRun(100, func() { Score(e) }); n != 0 {
		t.Errorf("Score allocates %v times", n)
	}
}
