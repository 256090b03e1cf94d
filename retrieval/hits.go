package retrieval

import (
	"context"
	"strings"

	"archivist"
	"archivist/retrieval/index"
)

// Hits is the first stage alone: the k best passages of a library for a query, best first, as index.Snapshot.Top has them.
//
// Here one huge library would be handed to a search engine (SCALE 11): hits come from it with their texts, of which a small index is made
// (index.Encode, index.Empty().Apply), so that the second stage, the sentence, the refusal and the card go on as they are, over k of 50 and the
// document frequencies that the engine tells. Nothing but Top and what rank.Rank reads of the hits' passages would be another's.
func (e *Engine) Hits(ctx context.Context, library archivist.LibraryID, query index.Query, k int) ([]index.Hit, error) {
	l := e.use(library)
	defer e.done(l)
	s, err := l.current(ctx, e, 0)
	if err != nil {
		return nil, err
	}
	return s.index.Top(query, k, nil), nil
}

// Terms are what Ask has the first stage look for, none where every word is a stop word.
func (e *Engine) Terms(ctx context.Context, q archivist.Question) (terms []string, err error) {
	l := e.use(q.Library)
	defer e.done(l)
	s, err := l.current(ctx, e, 0)
	if err != nil {
		return nil, err
	}
	words, _ := s.analyse(q.Text, q.Verbatim)
	for _, word := range words {
		terms = append(terms, word.Terms...)
	}
	return terms, nil
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
