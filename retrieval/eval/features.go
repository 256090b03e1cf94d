package eval

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/rank"
)

// A Student lists the passages that the second stage chooses from: the Engine.
type Student interface {
	Study(ctx context.Context, q archivist.Question) ([]retrieval.Studied, rank.Wanted, error)
}

type studied struct {
	ID         string      `json:"id"`
	Week       string      `json:"week"`
	Wanted     string      `json:"wanted"`
	Answerable bool        `json:"answerable"`
	Rows       [][]float64 `json:"rows"`
	Article    []int64     `json:"article"`
	Right      []int       `json:"right"`
}

// WriteFeatures writes a line a question.
func WriteFeatures(ctx context.Context, w io.Writer, student Student, library archivist.LibraryID, questions []Question) error {
	encoder := json.NewEncoder(w)
	if err := encoder.Encode(rank.FeatureNames()); err != nil {
		return err
	}
	for _, q := range questions {
		asked, err := time.Parse(time.DateOnly, cmp.Or(q.Asked, "2026-01-01"))
		if err != nil {
			return fmt.Errorf("question %s: asked: %w", q.ID, err)
		}
		list, wanted, err := student.Study(ctx, archivist.Question{Library: library, Text: q.Text, Asked: asked, Limit: archivist.MaxPassages})
		if err != nil {
			return err
		}
		line := studied{ID: q.ID, Week: q.Week, Wanted: wanted.String(), Answerable: q.Answerable}
		for _, c := range list {
			right := 0
			if p := (Passage{URL: c.URL, Text: c.Text}); q.Answerable && relevant(q, p) {
				right = 1
				if Holds(cut(p.Text, cutWords), q.Answers) {
					right = 2
				}
			}
			line.Right = append(line.Right, right)
			line.Rows = append(line.Rows, c.Features[:])
			line.Article = append(line.Article, int64(c.Article))
		}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
