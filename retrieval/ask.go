package retrieval

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/query"
	"archivist/retrieval/rank"
	"archivist/retrieval/text"
)

const (
	firstStage   = 150 // hits that the index gives to the second stage
	defaultLimit = 5
	spare        = 10 // further hits that are read for each answer: some overlap, some have left
	reach        = 2  // paragraphs read before and after a passage, for widening
	fewestKnown  = .2 // share of the question's mass that the library must know to be searched at all
	nearest      = 3  // headlines of a refusal
	catchUps     = 3  // tries to read texts of the version that was searched
)

// Ask answers a question from its library, as it stands: with an answer, the closest passage, or a refusal (an answer too). An
// *archivist.Invalid says what is wrong with the question (empty, too long, stop words only) or that the library is empty.
func (e *Engine) Ask(ctx context.Context, q archivist.Question) (archivist.Answer, error) {
	e.gate.ask()
	defer e.gate.answered()
	q.Text = strings.TrimSpace(q.Text)
	if err := check(q); err != nil {
		return archivist.Answer{}, err
	}
	q.Limit = cmp.Or(q.Limit, defaultLimit)
	l := e.use(q.Library)
	defer e.done(l)
	version := uint64(0)
	for try := 1; ; try++ {
		s, err := l.current(ctx, e, version)
		if err != nil {
			return archivist.Answer{}, err
		}
		result, read, err := e.search(ctx, s, q)
		if err != nil {
			return archivist.Answer{}, err
		}
		// The texts may be of a newer version than the index that found them, if another process has written meanwhile; of an older one if the
		// library has been deleted.
		if version = read; version == s.version || try == catchUps {
			return result, nil
		}
		if version < s.version {
			l.forget(s)
		}
	}
}

// check refuses what is no question.
func check(q archivist.Question) error {
	switch {
	case len(text.Analyse(query.Parse(q.Text).Text, "")) == 0:
		return &archivist.Invalid{Code: archivist.QuestionEmpty, Text: "ask a question in words, such as: When was the bridge closed?"}
	case utf8.RuneCountInString(q.Text) > archivist.MaxQuestion:
		return &archivist.Invalid{Code: archivist.QuestionLong, Text: fmt.Sprintf("the question is longer than %d characters; ask in a sentence or two", archivist.MaxQuestion)}
	case q.Limit < 0 || q.Limit > archivist.MaxPassages:
		return &archivist.Invalid{Code: archivist.InvalidArgument, Text: fmt.Sprintf("the limit is 1 to %d passages", archivist.MaxPassages)}
	}
	return nil
}

// search answers on one snapshot and tells the version of the texts that it read.
func (e *Engine) search(ctx context.Context, s *snapshot, q archivist.Question) (archivist.Answer, uint64, error) {
	if s.index.Stats().Articles == 0 {
		// The library may have been filled by another process since.
		texts, err := e.corpus.Passages(ctx, q.Library, nil)
		if err == nil && texts.Version <= s.version {
			err = &archivist.Invalid{Code: archivist.LibraryEmpty, Text: "this library is empty; add an article first"}
		}
		return archivist.Answer{}, texts.Version, err
	}
	typed := query.Parse(q.Text)
	typed.Since, typed.Before = later(q.Since, typed.Since), earlier(q.Before, typed.Before)
	if q.Title != "" {
		typed.Titles = append(typed.Titles, q.Title)
	}
	q.Text = typed.Text
	words, corrected := s.analyse(q.Text, q.Verbatim)
	if len(words) == 0 {
		return archivist.Answer{}, s.version, &archivist.Invalid{
			Code: archivist.QuestionCommon, Text: "every word of that is in every article; name the person, place or thing that you ask about",
		}
	}
	result, version, err := e.found(ctx, s, q, typed, words)
	if err != nil {
		return archivist.Answer{}, 0, err
	}
	if len(typed.Phrases) > 0 && len(result.Passages) == 0 {
		phrases := typed.Phrases
		typed.Phrases = nil
		if result, version, err = e.found(ctx, s, q, typed, words); err != nil {
			return archivist.Answer{}, 0, err
		}
		for _, phrase := range phrases {
			result.Notes = append(result.Notes, archivist.Note{Kind: archivist.NoteLoose, Typed: phrase})
		}
	}
	result.Notes = append(result.Notes, told(corrected, result.Passages, s.hides(q.View))...)
	return result, version, nil
}

// found is what a library has for words and filters, and the version of the texts that were read.
func (e *Engine) found(ctx context.Context, s *snapshot, q archivist.Question, typed query.Query, words []answer.Word) (archivist.Answer, uint64, error) {
	f, err := e.filter(ctx, s, q, typed)
	if err != nil {
		return archivist.Answer{}, 0, err
	}
	asked := answer.NewQuery(words)
	began := time.Now()
	question, hits, known := s.hits(asked, q, f, e.without)
	searched := time.Now()
	candidates, near := rank.Rank(question, hits, s.index)
	e.took(StageSearch, searched.Sub(began))
	e.took(StageRank, time.Since(searched))
	defer near.Release()
	candidates = f.worth(candidates, q.Limit)
	var result archivist.Answer
	var version uint64
	// Most of what follows the limit is not needed: it is read where too many overlap or have left.
	for n := q.Limit + q.Limit/4 + 1; ; n = len(candidates) {
		n = min(n, len(candidates))
		different := withoutCopies(candidates, n)
		began := time.Now()
		texts, err := e.corpus.Passages(ctx, q.Library, ranges(different))
		if err != nil {
			return archivist.Answer{}, 0, err
		}
		e.took(StageTexts, time.Since(began))
		result, version = compose(asked, candidates, different, near, texts, f, s.moved(), q.Limit), texts.Version
		if n == len(candidates) || len(different) < n || len(result.Passages) == q.Limit {
			break
		}
	}
	result.Version = s.version
	if known < fewestKnown {
		// What the library does not know it cannot answer, whatever the rest of the question finds.
		result.Grade, result.Confidence = archivist.GradeRefusal, 0
	}
	if len(candidates) == 0 && f.typed && len(f.phrases) == 0 {
		result.Notes = append(result.Notes, archivist.Note{Kind: archivist.NoteFiltered})
	}
	return result, version, nil
}

// later is the later of two times, where zero is none.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier is the earlier of two times, where zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// ranges are the paragraphs of passages and of what they may be widened by. Of their copies only the heads are wanted.
func ranges(candidates []distinct) []archivist.Range {
	list := make([]archivist.Range, 0, len(candidates))
	for _, c := range candidates {
		list = append(list, archivist.Range{Article: archivist.ArticleID(c.Article), First: c.Extent.First - reach, Last: c.Extent.Last + reach})
		for _, id := range c.copies {
			list = append(list, archivist.Range{Article: id, First: 0, Last: -1})
		}
	}
	return list
}

// candidates are the passages for a question, best first, and the share of the question's mass that the library knows.
func (s *snapshot) candidates(q answer.Query, asked archivist.Question, f filter, without rank.Without) (list []rank.Scored, near *rank.Close, known float64) {
	question, hits, known := s.hits(q, asked, f, without)
	list, near = rank.Rank(question, hits, s.index)
	return list, near, known
}

// hits are what the first stage finds for a question, and what the second stage takes them against.
func (s *snapshot) hits(q answer.Query, asked archivist.Question, f filter, without rank.Without) (question rank.Question, hits []index.Hit, known float64) {
	terms := index.Query{Weights: index.FirstStage}
	question = rank.Question{Text: asked.Text, Dated: s.dated, Mass: q.Mass, Content: s.content(q), Day: index.NoDay, Without: without}
	if !asked.Asked.IsZero() {
		question.Day = dayOf(asked.Asked)
	}
	var own []string
	for _, w := range q.Words {
		terms.Terms = append(terms.Terms, w.Terms...)
		if w.Known || s.index.InTitles(w.Terms) {
			known += w.IDF
		}
		own = append(own, w.Terms[:len(w.Terms)-w.Joined]...)
		question.Words = append(question.Words, rank.Word{Terms: w.Terms, IDF: w.IDF, Capital: w.Capital, At: w.At})
	}
	question.TitleMass, question.ArticleMass = s.index.Masses(own)
	return question, f.top(s.index, terms), known / q.Mass
}

// content is how much a question says, whatever the size of the library: its mass in words that one passage has each.
func (s *snapshot) content(q answer.Query) float64 {
	return q.Mass / index.IDF(1, max(s.index.Stats().Passages, 1))
}
