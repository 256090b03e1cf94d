package answer

import "archivist"

// AnswerFrom is the confidence from which on a passage is shown as the answer, and not as the closest one.
const AnswerFrom = .5

// Grade says how an answer of this confidence may be shown: an answer from AnswerFrom on, a refusal below refuseBelow, the closest passage
// between them.
func Grade(confidence, refuseBelow float64) archivist.Grade {
	switch {
	case confidence >= AnswerFrom:
		return archivist.GradeAnswer
	case confidence >= refuseBelow:
		return archivist.GradeClosest
	}
	return archivist.GradeRefusal
}
