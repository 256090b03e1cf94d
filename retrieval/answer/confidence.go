package answer

import (
	"math"

	"archivist"
)

// Signs are what tells whether the first passage is right.
type Signs struct {
	Score    float64 // S of the first passage / the question's mass
	Lead     float64 // S of the first passage over that of the next article's, / the mass
	Coverage float64 // share of the mass in the passage or the title
	Missing  float64 // share of the mass that the whole library does not know
}

// Confidence is the estimated probability that the first passage is right: a logistic of the signs, fitted on news and encyclopaedia
// questions (`archivist eval` prints the reliability of its tenths).
func Confidence(s Signs) float64 {
	z := confidence.bias + confidence.score*s.Score + confidence.lead*s.Lead + confidence.coverage*s.Coverage + confidence.missing*s.Missing
	return 1 / (1 + math.Exp(-z))
}

var confidence = struct{ bias, score, lead, coverage, missing float64 }{bias: -3, score: 4, lead: 3, coverage: 2, missing: -2}

// Limits of the grades: an answer from AnswerFrom on, a refusal below RefuseBelow, the closest passage between them.
const (
	AnswerFrom  = .5
	RefuseBelow = .25
)

// Grade says how an answer of this confidence may be shown.
func Grade(confidence float64) archivist.Grade {
	switch {
	case confidence >= AnswerFrom:
		return archivist.GradeAnswer
	case confidence >= RefuseBelow:
		return archivist.GradeClosest
	}
	return archivist.GradeRefusal
}
