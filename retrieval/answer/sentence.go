package answer

import (
	"math"

	"archivist"
	"archivist/retrieval/text"
)

// A Word is a word of the question: the terms it may stand as (one for each language that the library holds) and its weight.
type Word struct {
	Terms []string
	IDF   float64 // of its rarest known term; that of an unknown word where none is known
	Known bool    // some passage of the library has it
}

// Mass is the sum of the words' weights.
func Mass(words []Word) (mass float64) {
	for _, w := range words {
		mass += w.IDF
	}
	return mass
}

// Coverage is the share of the question's mass whose words have a term among those of a text, 0 to 1, and how many words that are.
func Coverage(words []Word, terms map[string]bool) (share float64, matched int) {
	covered := 0.
	for _, w := range words {
		for _, term := range w.Terms {
			if terms[term] {
				covered += w.IDF
				matched++
				break
			}
		}
	}
	if covered == 0 {
		return 0, 0
	}
	return covered / Mass(words), matched
}

// Terms is the set of terms of a text in a language.
func Terms(s, language string) map[string]bool {
	set := map[string]bool{}
	for _, token := range text.Analyse(s, language) {
		if !token.Stop {
			set[token.Term] = true
		}
	}
	return set
}

const (
	firstBonus  = .04 // of the passage's first sentence: news say the main thing first
	lengthBonus = .03 // times ln words: a longer sentence says more
	fewWords    = 4   // a sentence shorter than this takes its neighbour along
)

// Answering chooses the sentence of a passage that answers: that which covers most of the question's mass, a little better if it is the
// first or long. It is the empty span where no sentence has a word of the question, or where there is only one sentence to choose.
func Answering(shown Shown, words []Word, language string) archivist.Span {
	best, bestScore := -1, 0.
	for i, span := range shown.Sentences {
		s := shown.Text[span.Start:span.End]
		share, matched := Coverage(words, Terms(s, language))
		if matched == 0 {
			continue
		}
		score := share + lengthBonus*math.Log(float64(1+text.Words(s)))
		if i == 0 {
			score += firstBonus
		}
		if best < 0 || score > bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		return archivist.Span{}
	}
	chosen := shown.Sentences[best]
	if text.Words(shown.Text[chosen.Start:chosen.End]) < fewWords {
		if best+1 < len(shown.Sentences) {
			chosen.End = shown.Sentences[best+1].End
		} else if best > 0 {
			chosen.Start = shown.Sentences[best-1].Start
		}
	}
	return chosen
}
