package rank

import (
	"strings"
	"testing"
)

// TestWithout: without age nothing of it enters the score, and without the rule of time the newest article leads though the question names
// the time of the oldest.
func TestWithout(t *testing.T) {
	w, err := ParseWithout([]string{"age", "time"})
	if err != nil || !w.features[Age] || w.features[Votes] || !w.time {
		t.Errorf("%+v, %v", w, err)
	}
	if c := table.News.without(w); c.Weights[Age] != 0 || c.Weights[Votes] != table.News.Weights[Votes] {
		t.Errorf("age weighs %v, votes %v", c.Weights[Age], c.Weights[Votes])
	}
	if table.News.Weights[Age] == 0 {
		t.Error("the table itself has changed")
	}
	if _, err := ParseWithout([]string{"charm"}); err == nil || !strings.Contains(err.Error(), "votes") {
		t.Errorf("%v, want an error that names the features", err)
	}
	const text = "Who opened the bridge in April 1970?"
	list, near := askWithout(town(t), text, 400, Without{}, "open", "bridg")
	defer near.Release()
	if list[0].Article != 1 {
		t.Errorf("the first is article %d, want the one of April 1970", list[0].Article)
	}
	list, near = askWithout(town(t), text, 400, Without{time: true}, "open", "bridg")
	defer near.Release()
	if list[0].Article != 3 {
		t.Errorf("without the rule the first is article %d, want the newest", list[0].Article)
	}
}
