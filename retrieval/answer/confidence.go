package answer

import "archivist"

// AnswerFrom is the confidence from which on a passage is shown as the answer, and not as the closest one.
const AnswerFrom = .5

// Grade says how an answer of this confidence may be shown: a refusal below refuseBelow, else an answer from AnswerFrom on, and the closest
// passage between them.
func Grade(confidence, refuseBelow float64) archivist.Grade {
	switch {
	case confidence < refuseBelow:
		return archivist.GradeRefusal
	case confidence < AnswerFrom:
		return archivist.GradeClosest
	}
	return archivist.GradeAnswer
}
