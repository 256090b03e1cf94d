package answer

import (
	"math/bits"
	"regexp"

	"archivist/retrieval/text"
)

// A Word is a word of the question: the terms it may stand as (one for each language that the library holds) and its weight.
type Word struct {
	Terms   []string
	IDF     float64 // of its rarest known term; that of an unknown word where none is known
	Known   bool    // some passage of the library has it
	Capital bool    // written with a capital inside the question
}

// MaxWordsAsked is how many words of a question count.
const MaxWordsAsked = 64

// A Query is a question made ready for looking at passages. It does not change.
type Query struct {
	Words       []Word
	Mass        float64 // sum of the words' weights
	byTerm      map[string]int
	wantsNumber bool
}

// asksNumber are the words that ask for a time or a number.
var asksNumber = regexp.MustCompile(`(?i)(^|[^\pL])(when|(what|which) (year|day|date|time|age)|how (many|much|long|old|far|tall|high|big|often)|` +
	`wann|wie (viele?|lange|alt|hoch|weit|oft)|cuándo|cuánt[oa]s?|quand|combien|quando|quant[oaie]|когда|сколько)($|[^\pL])`)

// NewQuery makes a query of a question and its words, of which the first MaxWordsAsked count.
func NewQuery(question string, words []Word) Query {
	q := Query{Words: words[:min(len(words), MaxWordsAsked)], byTerm: map[string]int{}, wantsNumber: asksNumber.MatchString(question)}
	for i, w := range q.Words {
		q.Mass += w.IDF
		for _, term := range w.Terms {
			q.byTerm[term] = i
		}
	}
	return q
}

// A Found is the set of a query's words that a text has: bit i stands for word i.
type Found uint64

// Len is the number of words found.
func (f Found) Len() int { return bits.OnesCount64(uint64(f)) }

// In is what of the query a text has, and whether the text has a number that the query has not.
func (q Query) In(s, language string) (found Found, number bool) {
	for _, token := range text.Analyse(s, language) {
		i, asked := q.byTerm[token.Term]
		switch {
		case token.Stop:
		case asked:
			found |= 1 << i
		case token.Term[0] >= '0' && token.Term[0] <= '9':
			number = true
		}
	}
	return found, number
}

// Share is the part of the query's mass that was found, 0 to 1.
func (q Query) Share(found Found) float64 {
	if q.Mass == 0 {
		return 0
	}
	sum := 0.
	for i, w := range q.Words {
		if found&(1<<i) != 0 {
			sum += w.IDF
		}
	}
	return sum / q.Mass
}
