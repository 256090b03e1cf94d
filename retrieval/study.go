package retrieval

import (
	"context"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/query"
	"archivist/retrieval/rank"
)

// A Studied is a passage that the second stage chose from, as it would be shown, with what the formula sees of it.
type Studied struct {
	rank.Scored
	URL, Title string
	Text       string
	Content    float64 // of the question, as rank.Question has it
}

// Study lists all passages that the second stage chooses from for a question, best first, for fitting the formula. It reads the text of
// each, and takes many times as long as Ask.
func (e *Engine) Study(ctx context.Context, q archivist.Question) (list []Studied, err error) {
	l := e.use(q.Library)
	defer e.done(l)
	s, err := l.current(ctx, e, 0)
	if err != nil {
		return nil, err
	}
	typed := query.Parse(q.Text)
	q.Text = typed.Text
	f, err := e.filter(ctx, s, q, typed)
	if err != nil {
		return nil, err
	}
	words, _ := s.analyse(q.Text, q.Verbatim)
	if len(words) == 0 {
		return nil, nil
	}
	asked := answer.NewQuery(words)
	candidates, near, _ := s.candidates(asked, q, f, e.without)
	defer near.Release()
	if len(candidates) == 0 && len(typed.Phrases) > 0 {
		// As Ask does: what stands nowhere so is asked without the marks.
		typed.Phrases = nil
		if f, err = e.filter(ctx, s, q, typed); err != nil {
			return nil, err
		}
		candidates, near, _ = s.candidates(asked, q, f, e.without)
		defer near.Release()
	}
	wanted := make([]distinct, len(candidates))
	for i, c := range candidates {
		wanted[i].Scored = c
	}
	texts, err := e.corpus.Passages(ctx, q.Library, ranges(wanted))
	if err != nil {
		return nil, err
	}
	centring := answer.NewCentring(asked)
	read := map[archivist.ArticleID]answer.Text{}
	for _, c := range candidates {
		id := archivist.ArticleID(c.Article)
		head, ok := texts.Heads[id]
		if !ok {
			continue
		}
		if _, known := read[id]; !known {
			read[id] = answer.NewText(texts.Paragraphs[id], head.Language)
		}
		x := c.Extent
		if shown, ok := answer.Widen(read[id], x.First, x.Start, x.Last, x.End); ok {
			if s.moved() > 0 {
				shown = centring.Move(read[id], shown)
			}
			list = append(list, Studied{c, head.URL, head.Title, shown.Text, s.content(asked)})
		}
	}
	return list, nil
}

// RarestWord is where the rarest word of a question stands that has at least some letters and that the library knows; ok is false where there
// is none. It is for measuring what a slip in that word costs.
func (e *Engine) RarestWord(ctx context.Context, library archivist.LibraryID, question string, letters int) (at archivist.Span, ok bool, err error) {
	l := e.use(library)
	defer e.done(l)
	s, err := l.current(ctx, e, 0)
	if err != nil {
		return archivist.Span{}, false, err
	}
	rarest := 0.
	for _, w := range s.tokens(question, s.questionLanguages(question)) {
		typed := question[w.At:w.End]
		if w.Known && w.IDF > rarest && mayBeMistyped(typed) && utf8.RuneCountInString(typed) >= letters {
			at, ok, rarest = archivist.Span{Start: w.At, End: w.End}, true, w.IDF
		}
	}
	return at, ok, nil
}
