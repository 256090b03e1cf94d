package answer

import (
	"archivist"
	"archivist/retrieval/rank"
	"archivist/retrieval/text"
)

const fewWords = 4 // a sentence shorter than this takes its neighbour along

// Answering chooses the sentence of a passage that answers, by the signs of each. The span is empty where no sentence shows any.
func Answering(shown Shown, signs []rank.Signs) archivist.Span {
	best := -1
	for i, s := range signs {
		if (s.Found != 0 || s.Votes > 0) && (best < 0 || s.Score > signs[best].Score) {
			best = i
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
	return archivist.Span(chosen)
}
