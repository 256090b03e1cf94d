package retrieval

import (
	"context"
	"strings"

	"archivist"
	"archivist/retrieval/index"
)

// Probe returns what Ask gives to the index for a question, for measuring the index alone: the index of the question's library and the
// terms, none where every word is a stop word.
func (e *Engine) Probe(ctx context.Context, q archivist.Question) (*index.Snapshot, []string, error) {
	l := e.use(q.Library)
	defer e.done(l)
	s, err := l.current(ctx, e, 0)
	if err != nil {
		return nil, nil, err
	}
	var terms []string
	words, _ := s.analyse(q.Text, q.Verbatim)
	for _, word := range words {
		terms = append(terms, word.Terms...)
	}
	return s.index, terms, nil
}

// Cut is the texts of the passages that an article is indexed as, in order.
func Cut(a archivist.Article) []string {
	var texts []string
	for _, extent := range pack(a.Paragraphs, a.Language) {
		var parts []string
		for n := extent.First; n <= extent.Last; n++ {
			s := a.Paragraphs[n].Text
			if n == extent.Last {
				s = s[:extent.End]
			}
			if n == extent.First {
				s = s[extent.Start:]
			}
			parts = append(parts, s)
		}
		texts = append(texts, strings.Join(parts, "\n"))
	}
	return texts
}
