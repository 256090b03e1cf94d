package retrieval

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/text"
)

// Words are written together or apart: "health care" and "healthcare", "e-mail" and "email", "Chick-fil-A" and "chickfila". The index has
// them as they are written, so a question looks for both: neighbours of the question that the library also writes as one word count as found
// where that word stands, and a word that the library does not know is taken apart where it writes the parts side by side.

// gaps are what may stand between the parts of a word.
var gaps = []string{" ", "-", "\u2010", "\u2011", "\u00a0"}

// join gives words the terms under which the library writes them as one with their neighbours, two or three.
func (s *snapshot) join(question, language string, words []answer.Word) {
	all := text.Analyse(question, language)
	for i := range all {
		together, meaning, letters := question[all[i].Start:all[i].End], 0, 0
		for j := i; j < min(i+3, len(all)); j++ {
			if j > i {
				gap := question[all[j-1].End:max(all[j-1].End, all[j].Start)]
				if all[j].Start < all[j-1].End || !slices.Contains(gaps, gap) {
					break
				}
				together += question[all[j].Start:all[j].End]
			}
			if !all[j].Stop {
				meaning++
			}
			if strings.ContainsFunc(all[j].Term, unicode.IsLetter) {
				letters++
			}
			if j == i || meaning < 2 && (meaning == 0 || question[all[j-1].End] == ' ') || letters == 0 {
				continue
			}
			if term, ok := s.single(together, language); ok {
				for w := range words {
					if words[w].At >= all[i].Start && words[w].End <= all[j].End && !slices.Contains(words[w].Terms, term) {
						words[w].Terms, words[w].Joined = append(slices.Clone(words[w].Terms), term), words[w].Joined+1
					}
				}
			}
		}
	}
}

// single is the term of a text that is one word, if the library has it in a passage.
func (s *snapshot) single(word, language string) (term string, known bool) {
	tokens := text.Analyse(word, language)
	if len(tokens) != 1 || tokens[0].Stop || s.index.DF(tokens[0].Term) == 0 {
		return "", false
	}
	return tokens[0].Term, true
}

// apart takes a word to pieces that the library writes side by side: two words, and perhaps a short stop word behind them. Where it writes them
// so more than once way, the most frequent way wins.
func (s *snapshot) apart(typed, language string) (terms []string) {
	most := 0
	for i := range typed {
		first, ok := "", false
		if i > 0 {
			first, ok = s.single(typed[:i], language)
		}
		if !ok {
			continue
		}
		for j := range typed[i:] {
			end := len(typed)
			if j > 0 {
				if end = i + j; !stopWord(typed[end:], language) {
					continue
				}
			}
			second, ok := s.single(typed[i:end], language)
			if !ok {
				continue
			}
			if n := len(s.index.Phrase([]index.Token{{Term: first}, {Term: second}})); n > most {
				most, terms = n, []string{first, second}
			}
		}
	}
	return terms
}

// stopWord reports whether a text is one stop word of at most two letters.
func stopWord(s, language string) bool {
	tokens := text.Analyse(s, language)
	return len(tokens) == 1 && tokens[0].Stop && len(s) <= 2
}

// compounding are the languages that write nouns together, and the letters that they put between them.
var compounding = map[string][]string{
	"de": {"", "s", "es", "n", "en", "er", "e"}, "nl": {"", "s", "en", "e"}, "sv": {"", "s"}, "da": {"", "s", "e"}, "no": {"", "s", "e"}, "fi": {"", "n"},
}

const fewestOfPart = 4 // letters of a part of a compound

// parts takes a compound that the library does not know to two or three words that it does. Of several ways the one with the greatest geometric
// mean of the parts' counts wins (Koehn and Knight 2003).
func (s *snapshot) parts(typed, language string) []string {
	links := compounding[language]
	if links == nil {
		return nil
	}
	terms, _ := s.split(strings.ToLower(typed), language, links, 3)
	if len(terms) < 2 {
		return nil
	}
	return terms
}

// split is the best way to make at most most words of a compound, and its mean.
func (s *snapshot) split(word, language string, links []string, most int) (best []string, mean float64) {
	if term, ok := s.single(word, language); ok && utf8.RuneCountInString(word) >= fewestOfPart {
		best, mean = []string{term}, float64(s.index.DF(term))
	}
	if most == 1 {
		return best, mean
	}
	for i := range word {
		if utf8.RuneCountInString(word[:i]) < fewestOfPart {
			continue
		}
		if utf8.RuneCountInString(word[i:]) < fewestOfPart {
			break
		}
		rest, restMean := s.split(word[i:], language, links, most-1)
		if rest == nil {
			continue
		}
		for _, link := range links {
			head, ok := strings.CutSuffix(word[:i], link)
			if !ok || utf8.RuneCountInString(head) < fewestOfPart {
				continue
			}
			term, known := s.single(head, language)
			if !known {
				continue
			}
			n := float64(len(rest))
			if m := math.Pow(float64(s.index.DF(term))*math.Pow(restMean, n), 1/(n+1)); m > mean {
				best, mean = append([]string{term}, rest...), m
			}
		}
	}
	return best, mean
}
