package main

import (
	"context"
	"errors"
	"fmt"

	"archivist"
	"archivist/retrieval"
)

const moveQuestions = 20 // that both stores must answer alike

// ask has both stores answer questions made of titles, of the libraries in turn. Where an answer differs because the old store has been written to
// since, that is no error, but a difference.
func (m *move) ask(ctx context.Context, libraries []archivist.LibraryID) (asked int, err error) {
	before, after := retrieval.New(m.from, retrieval.Options{}), retrieval.New(m.to, retrieval.Options{})
	for _, library := range libraries {
		heads, err := m.from.Articles(ctx, library, archivist.Everything, 0, moveQuestions)
		if err != nil {
			return asked, err
		}
		for _, head := range heads {
			if asked == moveQuestions {
				return asked, nil
			}
			q := archivist.Question{Library: library, Text: head.Title, View: archivist.Everything, Limit: archivist.MaxPassages}
			one, errOne := before.Ask(ctx, q)
			two, errTwo := after.Ask(ctx, q)
			if archivist.CodeOf(errOne) != archivist.CodeOf(errTwo) || !alike(one, two) {
				p, err := m.look(ctx, library)
				if err != nil || len(p.tables) == 0 {
					return asked, errors.Join(err, errOne, errTwo, fmt.Errorf("library %s answers %q otherwise than before", library, head.Title))
				}
				m.differ("library %s: %v", library, p.tables)
				break
			}
			if errOne == nil {
				asked++
			}
		}
	}
	return asked, nil
}

// alike reports whether two answers have the same passages with the same scores.
func alike(a, b archivist.Answer) bool {
	if a.Grade != b.Grade || a.Confidence != b.Confidence || len(a.Passages) != len(b.Passages) {
		return false
	}
	for i, p := range a.Passages {
		q := b.Passages[i]
		if p.Article.ID != q.Article.ID || p.First != q.First || p.Last != q.Last || p.Score != q.Score || p.Text != q.Text {
			return false
		}
	}
	return true
}
