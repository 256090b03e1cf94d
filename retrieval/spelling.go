package retrieval

import (
	"unicode"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/text"
)

const (
	fewestLetters = 4 // of a word that may be mistyped: shorter ones have neighbours everywhere
	fewLetters    = 5 // up to here chance makes neighbours too, so that one which the library says only once is none
	manyLetters   = 8 // from here on a word may be mistyped twice
	maxUnknown    = 8 // unknown words of one question that are looked up, each a walk through the dictionary
)

// A correction is a word of a question that was read as a term of the library.
type correction struct{ typed, term, word string }

// understood is a word that the library does not know as it may still be meant: as words that the library writes apart, as the nearest word, as
// the parts of a compound; else as it stands. slip tells for which word it was taken, if it was; for a stop word there are then no words.
func (s *snapshot) understood(question, language string, w answer.Word) (words []answer.Word, slip *correction) {
	typed := question[w.At:w.End]
	if !mayBeMistyped(typed) || s.index.InTitles(w.Terms) {
		return []answer.Word{w}, nil
	}
	if terms := s.apart(typed, language); terms != nil {
		return s.pieces(w, terms), nil
	}
	letters, fewest := utf8.RuneCountInString(typed), 1
	if letters <= fewLetters {
		fewest = 2
	}
	if r := s.respelled(typed, language); r.n >= fewest {
		read := s.pieces(w, []string{r.term})
		read[0].Known = letters > fewLetters // a short word is a guess, and guesses do not tell that the library knows what is asked
		return read, &correction{typed, r.term, r.word}
	} else if r.stop {
		return nil, &correction{typed, r.term, r.word}
	}
	if near := s.nearest(w, 1, fewest); near != nil {
		near[0].Known = letters > fewLetters
		return near, &correction{typed, near[0].Terms[0], near[0].Terms[0]}
	}
	if terms := s.parts(typed, language); terms != nil {
		return s.pieces(w, terms), nil
	}
	if letters >= manyLetters {
		if near := s.nearest(w, 2, fewest); near != nil {
			return near, &correction{typed, near[0].Terms[0], near[0].Terms[0]}
		}
	}
	return []answer.Word{w}, nil
}

// nearest is a word as the nearest one that at least fewest passages have, nil if there is none.
func (s *snapshot) nearest(w answer.Word, edits, fewest int) []answer.Word {
	for _, term := range w.Terms {
		if near := s.index.Near(term, edits); len(near) > 0 && near[0].N >= fewest {
			return s.pieces(w, []string{near[0].Term})
		}
	}
	return nil
}

// pieces are terms as words in the place of one.
func (s *snapshot) pieces(w answer.Word, terms []string) []answer.Word {
	words := make([]answer.Word, len(terms))
	for i, term := range terms {
		words[i] = s.word([]string{term})
		words[i].Capital, words[i].At, words[i].End = w.Capital, w.At, w.End
	}
	return words
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

// told are corrections as notes for the reader: terms are stems, so that each is shown as the passages spell it. Where the reader does not see
// all of the library, a word that no passage has stays untold: it may be of what is hidden.
func told(corrections []correction, passages []archivist.Passage, hidden bool) []archivist.Note {
	var notes []archivist.Note
	for _, c := range corrections {
		note, found := archivist.Note{Kind: archivist.NoteRead, Typed: c.typed, Read: c.word}, false
		for _, p := range passages {
			if word, ok := spelling(c.term, p); ok {
				note.Read, found = word, true
				break
			}
		}
		if found || !hidden {
			notes = append(notes, note)
		}
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
