package eval

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"archivist"
)

func TestFold(t *testing.T) {
	for s, want := range map[string]string{
		"The FIANCÉ’s  house!":      "the fiance house",
		"$1,200,000 or 3.5%":        "$1200000 or 3.5%",
		"U.S. – end.":               "u s end",
		"ﬁnal Ｆｕｌｌ":                 "final full",
		"well-known, (R&D) 'quote'": "well known r d quote",
		"हिन्दी":                    "ह न द",
		"ΟΔΟΣ ΟΔΟΣΑ":                "οδος οδοσα", // the final sigma
		"a_b £5 €6":                 "a_b £5 €6",
		"":                          "",
	} {
		if got := Fold(s); got != want {
			t.Errorf("Fold(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestHolds(t *testing.T) {
	for _, test := range []struct {
		text   string
		answer string
		want   bool
	}{
		{"They paid $5 million.", "$5 million", true},
		{"nineteenth", "nine", false},
		{"nine and nineteenth", "nine", true},
		{"in 北京市 now", "北京", true}, // no blanks: anywhere
		{"Ann's", "ann", true},
		{"", "x", false},
	} {
		if got := Holds(test.text, []string{"zzz", test.answer}); got != test.want {
			t.Errorf("Holds(%q, %q) = %t", test.text, test.answer, got)
		}
	}
	if long := strings.Repeat("word ", 100) + "answer"; Holds(cut(long, cutWords), []string{"answer"}) {
		t.Error("the 101st word counts")
	}
	if long := strings.Repeat("字", 250) + "京"; Holds(cut(long, cutWords), []string{"京"}) {
		t.Error("the 251st character counts")
	}
}

// TestScoreByHand: five questions. a: right at 1; b: right at 3; c: right article, wrong passage; d: no run; e: unanswerable.
func TestScoreByHand(t *testing.T) {
	right, wrong := Passage{URL: "u#x", Text: "the answer is gold"}, Passage{URL: "u", Text: "nothing here"}
	question := func(id string, answerable bool) Question {
		return Question{ID: id, Answers: []string{"gold"}, Articles: []string{"u"}, Answerable: answerable}
	}
	questions := []Question{question("a", true), question("b", true), question("c", true), question("d", true), question("e", false)}
	runs := []Run{
		{ID: "a", Passages: []Passage{right}, Sentence: "is gold", Confidence: .9, Micros: 30},
		{ID: "b", Passages: []Passage{wrong, {URL: "v", Text: "gold"}, right}, Confidence: .5, Micros: 10},
		{ID: "c", Passages: []Passage{wrong}, Refused: true, Micros: 20},
		{ID: "e", Passages: []Passage{right}, Refused: true, Confidence: .4, Micros: 40},
	}
	got := map[string]float64{}
	for _, f := range Score(questions, runs) {
		got[f.Name] = f.Value
	}
	for name, want := range map[string]float64{
		"questions": 4, "hit@1": .25, "hit@3": .5, "hit@10": .5, "mrr@10": .3333, "article hit@1": .75, "sentence": 1, "words": 2,
		"wrongly refused": .5, "unanswerable": 1, "auroc": 1, "refused at 5%": 1, "rightly refused": 1, "p50 us": 30, "p99 us": 40,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

func TestAUROCByHand(t *testing.T) {
	// Of 2·3 pairs: .9 beats all three; .5 beats one and ties with one: (3 + 1.5) / 6.
	if got := auroc([]float64{.9, .5}, []float64{.5, .7, .1}); math.Abs(got-.75) > 1e-12 {
		t.Errorf("auroc %v, want .75", got)
	}
}

// TestRefereeAgrees holds Score to the corpora's own script on a run of every kind of line, where both are at hand.
func TestRefereeAgrees(t *testing.T) {
	shared := os.Getenv("ARCHIVIST_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	script, questionFile := filepath.Join(shared, "corpora", "score.py"), filepath.Join(shared, "corpora", "xquad", "hi", "questions.jsonl.gz")
	python, err := exec.LookPath("python3")
	if _, missing := os.Stat(script); missing != nil || err != nil {
		t.Skip("no corpora beside the project, or no python3: the referee cannot be asked")
	}
	raw, err := os.ReadFile(questionFile)
	if err != nil {
		t.Fatal(err)
	}
	questions, err := ReadQuestions(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var runs []Run
	for i, q := range questions {
		if i%7 == 0 {
			continue
		}
		run := Run{ID: q.ID, Confidence: float64(i%10) / 10, Refused: i%3 == 0, Micros: int64(i * 37 % 1000), Sentence: q.Text}
		for j := range i % 5 {
			text := q.Text
			if j == i%4 {
				text = strings.Repeat("x ", i%110) + q.Answers[0]
			}
			run.Passages = append(run.Passages, Passage{URL: q.Articles[0], Text: text})
		}
		runs = append(runs, run)
	}
	file := filepath.Join(t.TempDir(), "run.jsonl")
	var out bytes.Buffer
	if err := errors.Join(WriteRuns(&out, runs), os.WriteFile(file, out.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	printed, err := exec.Command(python, script, questionFile, file, "--json").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	var want map[string]float64
	if err := json.Unmarshal(printed, &want); err != nil {
		t.Fatal(err)
	}
	for _, f := range Score(questions, runs) {
		if w, ok := want[f.Name]; !ok && f.Name != "p50 us" || math.Abs(w-f.Value) > 1e-4 {
			t.Errorf("%s: ours %v, the referee's %v", f.Name, f.Value, w)
		}
	}
}

type fakeAsker struct{ asked []archivist.Question }

func (a *fakeAsker) Ask(_ context.Context, q archivist.Question) (archivist.Answer, error) {
	a.asked = append(a.asked, q)
	if q.Text == "bad" {
		return archivist.Answer{}, &archivist.Invalid{Code: archivist.QuestionCommon}
	}
	p := archivist.Passage{Article: archivist.Head{URL: "u"}, Text: "gold", Sentence: archivist.Span{Start: 0, End: 4}}
	return archivist.Answer{Grade: archivist.GradeAnswer, Passages: []archivist.Passage{p}, Confidence: .5}, nil
}

func TestAsk(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(`{"id":"1","question":"good","asked":"2022-06-16","answers":["gold"],"articles":["u"],"answerable":true}` + "\n" + `{"id":"2","question":"bad"}` + "\n"))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	questions, err := ReadQuestions(&zipped)
	if err != nil || len(questions) != 2 {
		t.Fatal(questions, err)
	}
	asker, done := &fakeAsker{}, 0
	runs, err := Ask(t.Context(), asker, "main", questions, func() { done++ })
	if err != nil || done != 2 || len(runs) != 2 || runs[0].Sentence != "gold" || runs[0].Refused || !runs[1].Refused {
		t.Errorf("runs %+v, %d done, %v", runs, done, err)
	}
	if day := asker.asked[0].Asked.Format("2006-01-02"); day != "2022-06-16" || asker.asked[0].Limit != archivist.MaxPassages {
		t.Errorf("asked %+v", asker.asked[0])
	}
}
