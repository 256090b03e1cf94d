package retrieval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
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
	q.Text = strings.TrimSpace(q.Text)
	if err := check(q); err != nil {
		return archivist.Answer{}, err
	}
	q.Limit = cmp.Or(q.Limit, defaultLimit)
	l := e.library(q.Library)
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
		// The texts may be of a newer version than the index that found them, if another process has written meanwhile.
		if version = read; version <= s.version || try == catchUps {
			return result, nil
		}
	}
}

// check refuses what is no question.
func check(q archivist.Question) error {
	switch {
	case q.Text == "" || len(text.Analyse(q.Text, "")) == 0:
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
	words, corrected := s.analyse(q.Text, q.Verbatim)
	if len(words) == 0 {
		return archivist.Answer{}, s.version, &archivist.Invalid{
			Code: archivist.QuestionCommon, Text: "every word of that is in every article; name the person, place or thing that you ask about",
		}
	}
	query := answer.NewQuery(words)
	candidates, near, known := s.candidates(query, q, e.without)
	defer near.Release()
	candidates = candidates[:min(len(candidates), q.Limit+spare)]
	different := withoutCopies(candidates)
	var result archivist.Answer
	var version uint64
	// Most of what follows the limit is not needed: it is read where too many overlap or have left.
	for n := q.Limit + q.Limit/4 + 1; ; n = len(different) {
		n = min(n, len(different))
		texts, err := e.corpus.Passages(ctx, q.Library, ranges(different[:n]))
		if err != nil {
			return archivist.Answer{}, 0, err
		}
		result, version = compose(candidates, different[:n], near, texts, q.Limit), texts.Version
		if n == len(different) || len(result.Passages) == q.Limit {
			break
		}
	}
	result.Version, result.Notes = s.version, told(corrected, result.Passages)
	if known < fewestKnown {
		// What the library does not know it cannot answer, whatever the rest of the question finds.
		result.Grade, result.Confidence = archivist.GradeRefusal, 0
	}
	return result, version, nil
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

// allowed lets in the articles of a question's days; nil lets all in.
func (s *snapshot) allowed(q archivist.Question) func(article int64) bool {
	if q.Since.IsZero() && q.Before.IsZero() {
		return nil
	}
	since, before := int32(math.MinInt32), int32(math.MaxInt32)
	if !q.Since.IsZero() {
		since = int32(q.Since.Unix() / 86400)
	}
	if !q.Before.IsZero() {
		before = int32(q.Before.Unix() / 86400)
	}
	return func(article int64) bool {
		day := s.index.Day(article)
		return day != index.NoDay && day >= since && day < before
	}
}

// candidates are the passages for a question, best first, and the share of the question's mass that the library knows.
func (s *snapshot) candidates(q answer.Query, asked archivist.Question, without rank.Without) (list []rank.Scored, near *rank.Close, known float64) {
	query := index.Query{Weights: index.FirstStage}
	question := rank.Question{Text: asked.Text, Dated: s.dated, Mass: q.Mass, Day: index.NoDay, Without: without}
	if !asked.Asked.IsZero() {
		question.Day = int32(asked.Asked.Unix() / 86400)
	}
	for _, w := range q.Words {
		query.Terms = append(query.Terms, w.Terms...)
		if w.Known {
			known += w.IDF
		}
		question.Words = append(question.Words, rank.Word{Terms: w.Terms, IDF: w.IDF, Capital: w.Capital, At: w.At})
	}
	question.TitleMass, question.ArticleMass = s.index.Masses(query.Terms)
	hits := s.index.Top(query, firstStage, s.allowed(asked))
	list, near = rank.Rank(question, hits, s.index)
	return list, near, known / q.Mass
}
