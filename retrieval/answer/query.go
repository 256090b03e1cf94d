package answer

// A Word is a word of the question: the terms it may stand as (one for each language that the library holds) and its weight.
type Word struct {
	Terms   []string
	Joined  int     // of Terms, the last ones: forms in which the library writes the word as one with its neighbours
	IDF     float64 // of its rarest known term; that of an unknown word where none is known
	Known   bool    // some passage of the library has it
	Capital bool    // written with a capital inside the question
	At, End int     // bytes of the question
}

// MaxWordsAsked is how many words of a question count.
const MaxWordsAsked = 64

// A Query is a question made ready for looking at passages. It does not change.
type Query struct {
	Words []Word
	Mass  float64 // sum of the words' weights
}

// NewQuery makes a query of words, of which the first MaxWordsAsked count.
func NewQuery(words []Word) Query {
	q := Query{Words: words[:min(len(words), MaxWordsAsked)]}
	for _, w := range q.Words {
		q.Mass += w.IDF
	}
	return q
}
