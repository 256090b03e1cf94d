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
		return 0, matched
	}
	return covered / Mass(words), matched
}

// AddTerms adds the terms of a text to a set.
func AddTerms(set map[string]bool, s, language string) {
	for _, token := range text.Analyse(s, language) {
		if !token.Stop {
			set[token.Term] = true
		}
	}
}

// Weights of the answering sentence: what it covers of the question, whether it comes first (news say the main thing first), and ln of
// its words (a longer sentence says more). So chosen, it is right in .66 of the right passages of news and in .88 of squad's.
const (
	sentenceCoverage = 7
	sentenceFirst    = .7
	sentenceLength   = .7
	fewWords         = 4 // a sentence shorter than this takes its neighbour along
)

// Answering chooses the sentence of a passage that answers. It is the empty span where no sentence has a word of the question.
func Answering(shown Shown, words []Word, language string) archivist.Span {
	best, bestScore := -1, 0.
	for i, span := range shown.Sentences {
		s := shown.Text[span.Start:span.End]
		terms := map[string]bool{}
		AddTerms(terms, s, language)
		share, matched := Coverage(words, terms)
		if matched == 0 {
			continue
		}
		score := sentenceCoverage*share + sentenceLength*math.Log(float64(1+text.Words(s)))
		if i == 0 {
			score += sentenceFirst
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
