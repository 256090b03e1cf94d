package answer

import (
	"math"

	"archivist"
)

// Signs are what tells whether the first passage is right. Shares are of the question's mass, 0 to 1.
type Signs struct {
	Known    float64 // words that the library knows
	Coverage float64 // words in the passage or its title
	Sentence float64 // words in the answering sentence
	Missing  float64 // words nowhere in the article
	Strength float64 // score / mass: 0 to 1.9, the sum of the first stage's field weights
	Lead     float64 // of the score over the best passage of another article, as a share of the score; 1 if there is none
}

// leastKnown is the share of the mass that the library has to know, for a question to be worth an answer.
const leastKnown = .2

// sign is one line of the confidence: its log odds are bias + Σ weight · (value − mean).
type sign struct {
	name         string
	weight, mean float64
	value        func(Signs) float64
}

// bias is the log odds of an answer whose signs are all average.
const bias = 0.

// signs is the confidence: a logistic regression on whether the first passage is right.
var signs = [...]sign{
	{"coverage", 4, .75, func(s Signs) float64 { return s.Coverage }},
	{"sentence", 1, .5, func(s Signs) float64 { return s.Sentence }},
	{"missing", -2, .1, func(s Signs) float64 { return s.Missing }},
	{"strength", 4, .8, func(s Signs) float64 { return s.Strength }},
	{"lead", 2, .1, func(s Signs) float64 { return s.Lead }},
}

// Confidence is the probability, 0 to 1, that the first passage is right: the logistic function of a weighted sum of signs. It is 0
// where the library knows less than a fifth of what was asked for.
func Confidence(s Signs) float64 {
	if s.Known < leastKnown {
		return 0
	}
	odds := bias
	for _, line := range signs {
		odds += line.weight * (line.value(s) - line.mean)
	}
	return 1 / (1 + math.Exp(-odds))
}

// The least confidence of an answer, and of a passage that may be shown as the closest one.
const (
	LeastAnswer  = .5
	LeastClosest = .25
)

// GradeOf is the grade of a confidence.
func GradeOf(confidence float64) archivist.Grade {
	switch {
	case confidence >= LeastAnswer:
		return archivist.GradeAnswer
	case confidence >= LeastClosest:
		return archivist.GradeClosest
	}
	return archivist.GradeRefusal
}
