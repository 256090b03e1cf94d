package retrieval

import (
	"context"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/rank"
)

// Ranking takes a question through the first stage, for benchmarks: the function is the second stage alone. A question without words has none.
func (e *Engine) Ranking(ctx context.Context, q archivist.Question) (func(), error) {
	l := e.use(q.Library)
	defer e.done(l)
	s, err := l.current(ctx, e, 0)
	if err != nil {
		return nil, err
	}
	words, _ := s.analyse(q.Text, q.Verbatim)
	if len(words) == 0 {
		return func() {}, nil
	}
	question, hits, _ := s.hits(answer.NewQuery(words), q, filter{}, e.without)
	return func() {
		_, near := rank.Rank(question, hits, s.index)
		near.Release()
	}, nil
}
