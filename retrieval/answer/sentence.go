package answer

import (
	"archivist"
	"archivist/retrieval/rank"
	"archivist/retrieval/text"
)

const (
	fewWords    = 4  // a sentence shorter than this takes its neighbour along
	clauseWords = 36 // what clauses of a language without marks at the end of sentences, as long as a sentence, make: 112 characters
)

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
	from, to := best, best
	words := func(from, to int) int {
		return text.Words(shown.Text[shown.Sentences[from].Start:shown.Sentences[to].End])
	}
	last := len(shown.Sentences) - 1
	switch chosen := shown.Sentences[best]; {
	case text.IsClause(shown.Text[chosen.Start:chosen.End]):
		for growing := true; growing; {
			growing = false
			if to < last && words(from, to+1) <= clauseWords {
				to, growing = to+1, true
			}
			if from > 0 && words(from-1, to) <= clauseWords {
				from, growing = from-1, true
			}
		}
	case words(best, best) < fewWords && best < last:
		to++
	case words(best, best) < fewWords && best > 0:
		from--
	}
	return archivist.Span{Start: shown.Sentences[from].Start, End: shown.Sentences[to].End}
}
