package rank

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestScoreByHand(t *testing.T) {
	e := Evidence{InPassage: 4, InTitle: .5, InArticle: 1.25, Matched: 3, Asked: 4}
	if score := Score(e); score != 5.75 {
		t.Errorf("score %v, want 4 + .5 + 1.25 = 5.75", score)
	}
	want := []Reason{{"passage", "3 of the question's 4 words", 4}, {"title", "words of the title", .5}, {"article", "words of the whole article", 1.25}}
	if reasons := Explain(e); !slices.Equal(reasons, want) {
		t.Errorf("reasons %+v, want %+v", reasons, want)
	}
}

func TestReasonsAddUp(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		e := Evidence{InPassage: chance.Float64() * 30, InTitle: chance.Float64(), InArticle: chance.NormFloat64()}
		sum := 0.
		for _, r := range Explain(e) {
			sum += r.Value
		}
		if sum != Score(e) {
			t.Fatalf("%+v: the reasons add up to %v, the score is %v", e, sum, Score(e))
		}
	}
}
