package eval

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCompare: of four questions the whole formula has 1 and 2 right, the other 2 and 3, and nobody 4.
func TestCompare(t *testing.T) {
	var questions []Question
	for _, id := range []string{"1", "2", "3", "4"} {
		questions = append(questions, Question{ID: id, Answers: []string{"lamp"}, Articles: []string{"a"}, Answerable: true})
	}
	answered := func(texts ...string) (runs []Run) {
		for i, text := range texts {
			runs = append(runs, Run{ID: questions[i].ID, Passages: []Passage{{URL: "a#p2", Text: text}}})
		}
		return runs
	}
	c := Compare(questions, answered("a lamp", "a lamp", "a bell", "a bell"), answered("a bell", "a lamp", "a lamp")) // 4 has no run
	if !slices.Equal(c.Won, []string{"1"}) || !slices.Equal(c.Lost, []string{"3"}) {
		t.Errorf("won %v, lost %v; want 1, and 3", c.Won, c.Lost)
	}
	for _, figures := range []Figures{c.Whole, c.Without} {
		if figures[1].Name != "hit@1" || figures[1].Value != .5 {
			t.Errorf("%v, want hit@1 of .5", figures[1])
		}
	}
}

// TestTimeSet holds our own questions to what the scorer expects of them, and to two halves of which no topic stands in both.
func TestTimeSet(t *testing.T) {
	f, err := os.Open("testdata/time.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	questions, err := ReadQuestions(f)
	if err != nil {
		t.Fatal(err)
	}
	ids, halves := map[string]bool{}, map[string]int{}
	for _, q := range questions {
		if ids[q.ID] || !q.Answerable || len(q.Articles) == 0 || len(q.Answers) == 0 {
			t.Errorf("question %s is there twice or lacks articles or answers", q.ID)
		}
		ids[q.ID] = true
		if _, err := time.Parse(time.DateOnly, q.Asked); err != nil {
			t.Errorf("question %s: asked: %v", q.ID, err)
		}
		for _, answer := range q.Answers {
			if answer != strings.TrimSpace(Fold(answer)) {
				t.Errorf("question %s: the answer %q is not folded", q.ID, answer)
			}
		}
		half, topic, ok := strings.Cut(q.Week, "-")
		if !ok || topic == "" || half != "a" && half != "b" {
			t.Errorf("question %s: %q is no half and topic", q.ID, q.Week)
		}
		halves[half]++
	}
	if len(questions) < 80 || halves["a"] < 60 || halves["b"] < 60 {
		t.Errorf("%d questions, in halves of %v", len(questions), halves)
	}
}
