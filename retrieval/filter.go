package retrieval

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strings"

	"archivist"
	"archivist/retrieval/index"
	"archivist/retrieval/query"
	"archivist/retrieval/rank"
	"archivist/retrieval/text"
)

// A filter is what a question lets in. Its zero value lets all in.
//
// Days, sites, titles and words to leave out are about articles: whoever wants Mercury but not the planet wants none of the passages in which
// an article about the planet does not name it. Phrases are about passages, and stand in what is shown.
type filter struct {
	allow    func(article int64) bool // nil: all
	passages map[int64][]int          // that may have all phrases, by article; nil: all
	phrases  []string                 // in their normal form
	typed    bool                     // the question itself leaves articles out, not the place where it is asked alone
}

// filter makes ready what a question asks for beside its words.
func (e *Engine) filter(ctx context.Context, s *snapshot, asked archivist.Question, q query.Query) (filter, error) {
	var f filter
	var tests []func(article int64) bool
	if !q.Since.IsZero() || !q.Before.IsZero() {
		tests = append(tests, s.between(q))
	}
	if len(q.Sites) > 0 || asked.Site != "" {
		on := map[int64]bool{}
		err := e.corpus.Addresses(ctx, asked.Library, func(id archivist.ArticleID, address string) {
			u, err := url.Parse(address)
			on[int64(id)] = err == nil && (len(q.Sites) == 0 || query.On(u.Hostname(), q.Sites)) && (asked.Site == "" || query.On(u.Hostname(), []string{asked.Site}))
		})
		if err != nil {
			return f, err
		}
		tests = append(tests, func(article int64) bool { return on[article] })
	}
	for _, title := range q.Titles {
		if lists := s.forms(title); len(lists) > 0 {
			tests = append(tests, func(article int64) bool {
				return slices.ContainsFunc(lists, func(form []index.Token) bool { return s.index.TitleHas(article, termsOf(form)) })
			})
		}
	}
	for _, unwanted := range q.Without {
		if lists := s.forms(unwanted); len(lists) > 0 {
			tests = append(tests, s.lacks(lists))
		}
	}
	for _, phrase := range q.Phrases {
		f.phrases = append(f.phrases, text.Normal(phrase))
		if lists := s.forms(phrase); len(lists) > 0 {
			f.narrow(s.having(lists))
		}
	}
	if f.passages != nil {
		tests = append(tests, func(article int64) bool { return f.passages[article] != nil })
	}
	f.typed = len(tests) > 0
	if s.hides(asked.View) {
		tests = append(tests, func(article int64) bool { return asked.View.Sees(s.private[archivist.ArticleID(article)]) })
	}
	if len(tests) > 0 {
		f.allow = func(article int64) bool {
			return !slices.ContainsFunc(tests, func(test func(int64) bool) bool { return !test(article) })
		}
	}
	return f, nil
}

// hides reports whether the library has articles that a view does not.
func (s *snapshot) hides(view archivist.View) bool {
	for _, channels := range s.private {
		if !view.Sees(channels) {
			return true
		}
	}
	return false
}

// narrow keeps the passages that are in both sets.
func (f *filter) narrow(passages map[int64][]int) {
	if f.passages == nil {
		f.passages = passages
		return
	}
	for article, list := range f.passages {
		both := slices.DeleteFunc(list, func(p int) bool { return !slices.Contains(passages[article], p) })
		if f.passages[article] = both; len(both) == 0 {
			delete(f.passages, article)
		}
	}
}

// forms are the tokens of a word or phrase in each language that the library holds; none where all are stop words.
func (s *snapshot) forms(phrase string) (lists [][]index.Token) {
	for _, language := range s.questionLanguages(phrase) {
		form := tokens(phrase, language)
		if len(form) > 0 && !slices.ContainsFunc(lists, func(other []index.Token) bool { return slices.Equal(other, form) }) {
			lists = append(lists, form)
		}
	}
	return lists
}

func termsOf(form []index.Token) []string {
	list := make([]string, len(form))
	for i, token := range form {
		list[i] = token.Term
	}
	return list
}

// having are the passages with one of the forms.
func (s *snapshot) having(forms [][]index.Token) map[int64][]int {
	all := s.index.Phrase(forms[0])
	for _, form := range forms[1:] {
		for article, passages := range s.index.Phrase(form) {
			all[article] = append(all[article], passages...)
		}
	}
	return all
}

// lacks lets in the articles that have none of the forms, neither in their text nor in their title.
func (s *snapshot) lacks(forms [][]index.Token) func(article int64) bool {
	var long map[int64][]int // those with a phrase
	if slices.ContainsFunc(forms, func(form []index.Token) bool { return len(form) > 1 }) {
		long = s.having(forms)
	}
	return func(article int64) bool {
		return long[article] == nil && !slices.ContainsFunc(forms, func(form []index.Token) bool {
			return len(form) == 1 && s.index.Holds(article, form[0].Term) || s.index.TitleHas(article, termsOf(form))
		})
	}
}

// between lets in the articles published on the days that a question names. Undated ones are not.
func (s *snapshot) between(q query.Query) func(article int64) bool {
	since, before := int32(math.MinInt32), int32(math.MaxInt32)
	if !q.Since.IsZero() {
		since = dayOf(q.Since)
	}
	if !q.Before.IsZero() {
		before = dayOf(q.Before)
	}
	return func(article int64) bool {
		day := s.index.Day(article)
		return day != index.NoDay && day >= since && day < before
	}
}

const searchedForPhrases = 10 * firstStage // passages of the articles with a phrase, of which those with it are kept

// top is the first stage: the best passages that the filter lets in.
func (f filter) top(s *index.Snapshot, q index.Query) []index.Hit {
	if f.passages == nil {
		return s.Top(q, firstStage, f.allow)
	}
	hits := slices.DeleteFunc(s.Top(q, searchedForPhrases, f.allow), func(h index.Hit) bool { return !slices.Contains(f.passages[h.Article], h.Passage) })
	return hits[:min(len(hits), firstStage)]
}

// worth are the candidates whose texts are read: all where they must still be held to phrases, else as many as will be shown, with some spare.
func (f filter) worth(candidates []rank.Scored, limit int) []rank.Scored {
	if len(f.phrases) > 0 {
		return candidates
	}
	return candidates[:min(len(candidates), limit+spare)]
}

// holds reports whether a text has all phrases word for word.
func (f filter) holds(shown string) bool {
	if len(f.phrases) == 0 {
		return true
	}
	normal := text.Normal(shown)
	return !slices.ContainsFunc(f.phrases, func(phrase string) bool { return !strings.Contains(normal, phrase) })
}
