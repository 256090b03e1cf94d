// Package answer makes of ranked passages what a reader sees: the passage widened to whole sentences, its answering sentence, how sure
// one may be of it, and the link that opens the page there. It quotes and never writes a word of its own. It computes and nothing else.
//
// Begin with Widen, Query.Sentence and Confidence.
package answer

import (
	"math"
	"strings"
	"unicode/utf8"

	"archivist/retrieval/text"
)

// MaxWords is the most that a passage may hold, in words; see Size for scripts without blanks. It is what a card shows well.
const MaxWords = 80

// A Size is the length of a text. Sizes of neighbouring texts may be added up.
type Size struct{ fields, runes, words int }

// Measure is the size of s.
func Measure(s string) Size {
	return Size{len(strings.Fields(s)), utf8.RuneCountInString(s), text.Words(s)}
}

// Plus is the size of two texts side by side.
func (s Size) Plus(o Size) Size { return Size{s.fields + o.fields, s.runes + o.runes, s.words + o.words} }

// unspaced are the characters of a text without blanks that weigh as much as MaxWords words; a text of more than longWord characters
// between two blanks, on average, is one.
const unspaced, longWord = 250, 20

// Words are the blank-separated words; of a text that writes no blanks 250 characters are 80 words. A text of 80 words thus never has more
// than 1,600 characters, whatever it is made of.
func (s Size) Words() int {
	words := s.words
	if s.runes > longWord*s.fields {
		words = max(words, (s.runes*MaxWords+unspaced-1)/unspaced)
	}
	return words
}

// Fits reports whether a passage may have this size.
func (s Size) Fits() bool { return s.Words() <= MaxWords }

// A Word is one word of a question that is no stop word.
type Word struct {
	Terms  []string // what it is in each language that it was analysed in
	Weight float64  // idf of the rarest of its terms that the library knows, else of an unknown term; positive
	Known  bool     // by the library
}

// A Query is an analysed question, its words in order, each once.
type Query []Word

// Mass is the weight of all words; of those of a query that is empty, 0.
func (q Query) Mass() float64 {
	sum := 0.
	for _, w := range q {
		sum += w.Weight
	}
	return sum
}

// Share is the part of the mass, 0 to 1, of the words for which has says true of one of their terms, and their number.
func (q Query) Share(has func(term string) bool) (share float64, words int) {
	sum, mass := 0., 0.
	for _, w := range q {
		mass += w.Weight
		for _, t := range w.Terms {
			if has(t) {
				sum += w.Weight
				words++
				break
			}
		}
	}
	if mass == 0 {
		return 0, words
	}
	return sum / mass, words
}

// Weights of the answering sentence: the words asked for, the place (what a passage says first is its point), the length (a short sentence
// has little room for an answer). Fitted on news by `go test ./retrieval -run Calibrate -calibrate`, see there.
const (
	sentenceCoverage = 2.5
	sentenceFirst    = .7
	sentenceLength   = .7 // of ln words
	fewWords         = 4  // a sentence of less takes its neighbour along
)

// Sentence chooses the answering sentence of a shown passage in the given language: its span within Text, and the share of the question's
// mass that it holds. A sentence of fewer than four words takes the next one of its paragraph along.
func (q Query) Sentence(s Shown, language string) (best Span, share float64) {
	top := math.Inf(-1)
	for i, span := range s.Sentences {
		sentence := s.Text[span.Start:span.End]
		words := Measure(sentence).Words()
		if words < fewWords && i+1 < len(s.Sentences) && !strings.Contains(s.Text[span.End:s.Sentences[i+1].Start], "\n") {
			span.End = s.Sentences[i+1].End
			sentence = s.Text[span.Start:span.End]
			words = Measure(sentence).Words()
		}
		terms := map[string]bool{}
		for _, token := range text.Analyse(sentence, language) {
			terms[token.Term] = true
		}
		covered, _ := q.Share(func(term string) bool { return terms[term] })
		value := sentenceCoverage*covered + sentenceLength*math.Log(float64(max(words, 1)))
		if i == 0 {
			value += sentenceFirst
		}
		if value > top {
			top, best, share = value, span, covered
		}
	}
	return best, share
}
