package retrieval

import (
	"unicode"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/text"
)

const (
	fewestLetters  = 4 // of a word that may be mistyped: shorter ones have neighbours everywhere
	fewLetters     = 5 // up to here chance makes neighbours too, so that one which the library says only once is none
	manyLetters    = 8 // from here on a word may be mistyped twice
	maxCorrections = 8 // words of one question that are looked up, each a walk through the dictionary
)

// A correction is a word of a question that was read as a term of the library.
type correction struct{ typed, term string }

// corrected reads a word that the library does not know as the nearest one that it does.
func (s *snapshot) corrected(question string, w answer.Word) (answer.Word, bool) {
	if w.Known || !mayBeMistyped(question[w.At:w.End]) || s.index.InTitles(w.Terms) {
		return w, false
	}
	edits, fewest := 1, 1
	switch letters := utf8.RuneCountInString(question[w.At:w.End]); {
	case letters <= fewLetters:
		fewest = 2
	case letters >= manyLetters:
		edits = 2
	}
	for _, term := range w.Terms {
		if near := s.index.Near(term, edits); len(near) > 0 && near[0].N >= fewest {
			read := s.word([]string{near[0].Term})
			read.Capital, read.At, read.End = w.Capital, w.At, w.End
			return read, true
		}
	}
	return w, false
}

// mayBeMistyped reports whether a word is of letters, and long enough to have few neighbours. N-grams of scripts without blanks are never
// unknown for a slip of the finger alone.
func mayBeMistyped(word string) bool {
	letters := 0
	for _, r := range word {
		switch {
		case unicode.IsDigit(r), unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			return false
		case unicode.IsLetter(r):
			letters++
		}
	}
	return letters >= fewestLetters
}

// told are corrections as notes for the reader: terms are stems, so that each is shown as the passages spell it.
func told(corrections []correction, passages []archivist.Passage) []archivist.Note {
	var notes []archivist.Note
	for _, c := range corrections {
		note := archivist.Note{Kind: archivist.NoteRead, Typed: c.typed, Read: c.term}
		for _, p := range passages {
			if word, ok := spelling(c.term, p); ok {
				note.Read = word
				break
			}
		}
		notes = append(notes, note)
	}
	return notes
}

// spelling is how a passage or its title writes a term.
func spelling(term string, p archivist.Passage) (string, bool) {
	for _, s := range []string{p.Text, p.Article.Title} {
		for _, token := range text.Analyse(s, p.Article.Language) {
			if token.Term == term {
				return s[token.Start:token.End], true
			}
		}
	}
	return "", false
}
