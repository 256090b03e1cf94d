package retrieval

import (
	"cmp"
	"slices"
	"strings"

	"archivist/retrieval/answer"
	"archivist/retrieval/text"
)

const (
	sureOfLanguage = .8 // from here on a question is analysed in its own language alone
	maxLanguages   = 5  // in so many where it is not
)

// analyse turns a question into words, each with its terms in the question's language, or in all that the library holds where that is
// unsure. Repetitions are left out, and stop words of the likeliest language, whatever they may be in the others. Words that the library does
// not know are read as its own where that is plain (spelling.go), unless the question is to be taken verbatim; corrected lists them.
func (s *snapshot) analyse(question string, verbatim bool) (words []answer.Word, corrected []correction) {
	seen := map[string]bool{}
	languages, unknown := s.questionLanguages(question), 0
	for _, w := range s.tokens(question, languages) {
		read := []answer.Word{w}
		if !verbatim && !w.Known && unknown < maxUnknown {
			unknown++
			var slip *correction
			if read, slip = s.understood(question, languages[0], w); slip != nil {
				corrected = append(corrected, *slip)
			}
		}
		for _, w := range read {
			if key := strings.Join(w.Terms, " "); !seen[key] {
				seen[key] = true
				words = append(words, w)
			}
		}
	}
	if !verbatim {
		words = s.expand(question, words)
		s.abbreviate(question, languages[0], words)
		s.join(question, languages[0], words)
	}
	return words, corrected
}

// tokens are the words of a question in order, without stop words, each with its terms in the languages, the likeliest of which comes first.
func (s *snapshot) tokens(question string, languages []string) []answer.Word {
	type place struct{ start, end int }
	var order []place
	terms := map[place][]string{}
	capital := map[place]bool{}
	for i, language := range languages {
		for _, token := range text.Analyse(question, language) {
			at := place{token.Start, token.End}
			capital[at] = token.Cap && token.Start > 0
			if i == 0 {
				order = append(order, at)
				if token.Stop {
					terms[at] = nil // taken, and without a term
					continue
				}
			}
			if known, taken := terms[at]; !token.Stop && (i == 0 || !taken || known != nil) && !slices.Contains(known, token.Term) {
				if !taken && i > 0 {
					order = append(order, at)
				}
				terms[at] = append(known, token.Term)
			}
		}
	}
	var words []answer.Word
	for _, at := range order {
		if len(terms[at]) > 0 {
			w := s.word(terms[at])
			w.Capital, w.At, w.End = capital[at], at.start, at.end
			words = append(words, w)
		}
	}
	return words
}

// questionLanguages are the languages of the library to analyse a question in, the likeliest first: its own where that is sure, else
// the maxLanguages of which it has most stop words. In "What does a card cost?" three words are English, and no letters tell that.
func (s *snapshot) questionLanguages(question string) []string {
	if len(s.languages) == 1 {
		return s.languages
	}
	own, sure := text.Detect(question, s.languages...)
	if sure >= sureOfLanguage && slices.Contains(s.languages, own) {
		list := []string{own}
		// Articles in a language without a row may be in the question's, and have their words whole.
		if i := slices.IndexFunc(s.languages, func(l string) bool { return !text.Known(l) }); i >= 0 {
			list = append(list, s.languages[i])
		}
		return list
	}
	stops := map[string]int{own: 1}
	for _, language := range s.languages {
		for _, token := range text.Analyse(question, language) {
			if token.Stop {
				stops[language] += 2
			}
		}
	}
	list := slices.Clone(s.languages)
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(stops[b], stops[a]) })
	return list[:min(len(list), maxLanguages)]
}

// word weighs a word by the rarest of its terms that the library knows.
func (s *snapshot) word(terms []string) answer.Word {
	w := answer.Word{Terms: terms}
	for _, term := range terms {
		known := s.index.DF(term) > 0
		if idf := s.index.IDF(term); known && (!w.Known || idf > w.IDF) || !w.Known && idf > w.IDF {
			w.IDF, w.Known = idf, w.Known || known
		}
	}
	return w
}
