package eval

import (
	"fmt"
	"testing"
)

// TestThreshold reads the threshold of 40 right answers of the confidences .01, .02, … .40: two of them, 5%, lie below that of the third.
func TestThreshold(t *testing.T) {
	var questions []Question
	var runs []Run
	for i := 40; i > 0; i-- {
		id := fmt.Sprint(i)
		questions = append(questions, Question{ID: id, Answers: []string{"lamp"}, Articles: []string{"a"}, Answerable: true})
		runs = append(runs, Run{ID: id, Confidence: float64(i) / 100, Passages: []Passage{{URL: "a", Text: "a lamp"}}})
	}
	questions = append(questions, Question{ID: "wrong", Answers: []string{"mole"}, Articles: []string{"a"}, Answerable: true}, Question{ID: "none"})
	runs = append(runs, Run{ID: "wrong", Passages: runs[0].Passages}, Run{ID: "none", Passages: runs[0].Passages})
	if got, ok := Threshold(questions, runs); !ok || got != .03 {
		t.Errorf("the threshold is %v, %t; want .03", got, ok)
	}
	if got, ok := Threshold(questions[:fewestRight-1], runs); ok {
		t.Errorf("of too few right answers: %v", got)
	}
}
