package answer

import (
	"math"

	"archivist"
	"archivist/retrieval/text"
)

// Weights of the answering sentence: what it covers of the question, whether it comes first (news say the main thing first), and ln of
// its words (a longer sentence says more). Where a number is asked for, a sentence with one that the question does not say itself.
const (
	sentenceCoverage = 7
	sentenceFirst    = .7
	sentenceLength   = .7
	sentenceNumber   = 3
	fewWords         = 4 // a sentence shorter than this takes its neighbour along
)

// Answering chooses the sentence of a passage that answers, and tells which words of the question the passage has. The span is empty
// where no sentence has any of them.
func Answering(shown Shown, q Query, language string) (answering archivist.Span, found Found) {
	best, bestScore := -1, 0.
	for i, span := range shown.Sentences {
		s := shown.Text[span.Start:span.End]
		here, number := q.In(s, language)
		if found |= here; here == 0 {
			continue
		}
		score := sentenceCoverage*q.Share(here) + sentenceLength*math.Log(float64(1+text.Words(s)))
		if i == 0 {
			score += sentenceFirst
		}
		if q.wantsNumber && number {
			score += sentenceNumber
		}
		if best < 0 || score > bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		return archivist.Span{}, found
	}
	chosen := shown.Sentences[best]
	if text.Words(shown.Text[chosen.Start:chosen.End]) < fewWords {
		if best+1 < len(shown.Sentences) {
			chosen.End = shown.Sentences[best+1].End
		} else if best > 0 {
			chosen.Start = shown.Sentences[best-1].Start
		}
	}
	return chosen, found
}
