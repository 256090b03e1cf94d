// Package eval measures answers: it asks an Engine every question of a set, each on its own day, and counts how often the right passage
// comes first, and the other figures of retrieval research. The figures are those of the corpora's own referee, to the last digit;
// score.go says how each is defined.
package eval

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"archivist"
)

// An Asker answers questions: the Engine.
type Asker interface {
	Ask(ctx context.Context, q archivist.Question) (archivist.Answer, error)
}

// A Question is one line of a question file.
type Question struct {
	ID         string   `json:"id"`
	Text       string   `json:"question"`
	Answers    []string `json:"answers"`  // accepted strings, folded by the scorer's rules
	Asked      string   `json:"asked"`    // the day, "2022-06-16"; empty where the set knows none
	Articles   []string `json:"articles"` // addresses judged relevant
	Answerable bool     `json:"answerable"`
	Week       string   `json:"week"` // the fold for cross-validation; empty where the set has none

	Verbatim bool `json:"-"` // to be asked as it is typed
}

// maxLine bounds a line of a question file, in bytes.
const maxLine = 4 << 20

// ReadQuestions reads a question file, gzipped or not: one JSON object a line.
func ReadQuestions(r io.Reader) ([]Question, error) {
	buffered := bufio.NewReader(r)
	if magic, err := buffered.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, err
		}
		defer unzipped.Close()
		buffered = bufio.NewReader(unzipped)
	}
	var questions []Question
	scanner := bufio.NewScanner(buffered)
	scanner.Buffer(nil, maxLine)
	for line := 1; scanner.Scan(); line++ {
		var q Question
		if err := json.Unmarshal(scanner.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		questions = append(questions, q)
	}
	return questions, scanner.Err()
}

// A Run is what was answered to one question: a line of a run file.
type Run struct {
	ID         string    `json:"id"`
	Passages   []Passage `json:"passages"` // best first, at most 20
	Sentence   string    `json:"sentence"`
	Confidence float64   `json:"confidence"`
	Refused    bool      `json:"refused"`
	Micros     int64     `json:"micros"` // of one whole Ask
}

// A Passage of a run.
type Passage struct {
	URL   string  `json:"url"`
	Text  string  `json:"text"`
	Score float64 `json:"score"`
}

// Of is the question as a library is asked it: on its own day (a set without days: the first of January 2026), for as many passages as an
// answer may hold.
func (q Question) Of(library archivist.LibraryID) (archivist.Question, error) {
	asked, err := time.Parse(time.DateOnly, cmp.Or(q.Asked, "2026-01-01"))
	if err != nil {
		return archivist.Question{}, fmt.Errorf("question %s: asked: %w", q.ID, err)
	}
	return archivist.Question{Library: library, Text: q.Text, Asked: asked, Limit: archivist.MaxPassages, Verbatim: q.Verbatim}, nil
}

// Ask asks every question of a library, one after the other, and tells done after each. A question that the Engine finds invalid counts
// as refused without passages.
func Ask(ctx context.Context, asker Asker, library archivist.LibraryID, questions []Question, done func()) ([]Run, error) {
	runs := make([]Run, 0, len(questions))
	for _, q := range questions {
		question, err := q.Of(library)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		answer, err := asker.Ask(ctx, question)
		micros := time.Since(began).Microseconds()
		if err != nil && archivist.CodeOf(err) == archivist.Internal {
			return nil, fmt.Errorf("question %s: %w", q.ID, err)
		}
		runs = append(runs, runOf(q.ID, answer, err != nil, micros))
		done()
	}
	return runs, nil
}

func runOf(id string, a archivist.Answer, invalid bool, micros int64) Run {
	run := Run{ID: id, Passages: []Passage{}, Confidence: a.Confidence, Refused: invalid || a.Refused(), Micros: micros}
	for i, p := range a.Passages {
		if i == 0 {
			run.Sentence = p.Answering()
		}
		run.Passages = append(run.Passages, Passage{p.Article.URL, p.Text, p.Score})
	}
	return run
}

// WriteRuns writes a run file: one JSON object a line.
func WriteRuns(w io.Writer, runs []Run) error {
	encoder := json.NewEncoder(w)
	for _, run := range runs {
		run.Passages = append([]Passage{}, run.Passages...) // a list, also where it is empty
		if err := encoder.Encode(run); err != nil {
			return err
		}
	}
	return nil
}

// A Figure is one measured number with its name.
type Figure struct {
	Name  string
	Value float64
}

// Figures are printed and written in their order.
type Figures []Figure

// MarshalJSON writes an object whose keys keep their order.
func (f Figures) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, figure := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(figure.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(figure.Value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// String writes a line a figure.
func (f Figures) String() string {
	var b strings.Builder
	for _, figure := range f {
		fmt.Fprintf(&b, "%16s  %v\n", figure.Name, figure.Value)
	}
	return b.String()
}

// Score counts the figures of runs against their questions. A question without a run counts as refused with no passage.
func Score(questions []Question, runs []Run) Figures {
	c := count(questions, runs)
	slices.Sort(c.micros)
	return c.figures()
}

func count(questions []Question, runs []Run) (c counts) {
	byID := map[string]Run{}
	for _, run := range runs {
		byID[run.ID] = run
	}
	for _, q := range questions {
		run, found := byID[q.ID]
		if !found {
			run = Run{Refused: true}
		} else {
			c.micros = append(c.micros, run.Micros)
		}
		c.add(q, run)
	}
	return c
}
