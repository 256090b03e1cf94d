package retrieval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/rank"
	"archivist/retrieval/text"
)

const (
	firstStage     = 150 // hits that the index gives to the second stage
	defaultLimit   = 5
	spare          = 10 // further hits that are read for each answer: some overlap, some have left
	reach          = 2  // paragraphs read before and after a passage, for widening
	fewestKnown    = .2 // share of the question's mass that the library must know to be searched at all
	sureOfLanguage = .8 // from here on a question is analysed in its own language alone
	nearest        = 3  // headlines of a refusal
	catchUps       = 3  // tries to read texts of the version that was searched
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
	words := s.analyse(q.Text)
	if len(words) == 0 {
		return archivist.Answer{}, s.version, &archivist.Invalid{
			Code: archivist.QuestionCommon, Text: "every word of that is in every article; name the person, place or thing that you ask about",
		}
	}
	candidates := s.candidates(words)
	ranges := make([]archivist.Range, 0, q.Limit+spare)
	for _, c := range candidates[:min(len(candidates), q.Limit+spare)] {
		ranges = append(ranges, archivist.Range{Article: archivist.ArticleID(c.hit.Article), First: c.hit.Extent.First - reach, Last: c.hit.Extent.Last + reach})
	}
	texts, err := e.corpus.Passages(ctx, q.Library, ranges)
	if err != nil {
		return archivist.Answer{}, 0, err
	}
	return compose(words, candidates[:len(ranges)], texts, q.Limit, s), texts.Version, nil
}

// analyse turns a question into words, each with its terms in the question's language, or in all that the library holds where that is
// unsure. Stop words and repetitions are left out.
func (s *snapshot) analyse(question string) []answer.Word {
	languages := s.languages
	if lang, sure := text.Detect(question); sure >= sureOfLanguage && slices.Contains(languages, lang) {
		languages = []string{lang}
	}
	type place struct{ start, end int }
	var order []place
	byPlace := map[place]*answer.Word{}
	stopped := map[place]bool{}
	for _, language := range languages {
		for _, token := range text.Analyse(question, language) {
			at := place{token.Start, token.End}
			if token.Stop {
				stopped[at] = true
				continue
			}
			if byPlace[at] == nil {
				byPlace[at] = &answer.Word{}
				order = append(order, at)
			}
			if w := byPlace[at]; !slices.Contains(w.Terms, token.Term) {
				w.Terms = append(w.Terms, token.Term)
			}
		}
	}
	var words []answer.Word
	seen := map[string]bool{}
	for _, at := range order {
		w := byPlace[at]
		// What is a stop word in the question's likeliest language is one, whatever it may be in the others.
		if key := strings.Join(w.Terms, " "); stopped[at] || seen[key] {
			continue
		} else {
			seen[key] = true
		}
		for _, term := range w.Terms {
			if idf := s.index.IDF(term); s.index.DF(term) > 0 && (!w.Known || idf > w.IDF) {
				w.IDF, w.Known = idf, true
			} else if !w.Known {
				w.IDF = max(w.IDF, idf)
			}
		}
		words = append(words, *w)
	}
	return words
}

// A candidate is a hit with what the formula makes of it.
type candidate struct {
	hit      index.Hit
	evidence rank.Evidence
	score    float64
}

// candidates are the passages for a question, best first.
func (s *snapshot) candidates(words []answer.Word) []candidate {
	query := index.Query{Weights: index.FirstStage}
	known := 0.
	for _, w := range words {
		query.Terms = append(query.Terms, w.Terms...)
		if w.Known {
			known += w.IDF
		}
	}
	if known < fewestKnown*answer.Mass(words) {
		return nil
	}
	hits := s.index.Top(query, firstStage, nil)
	list := make([]candidate, len(hits))
	for i, h := range hits {
		e := rank.Evidence{InPassage: h.InPassage, InTitle: h.InTitle, InArticle: h.InArticle, Asked: len(words)}
		list[i] = candidate{h, e, rank.Score(e)}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	return list
}
