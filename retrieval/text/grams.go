package text

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// A class says how a segment of text becomes terms.
type class int

const (
	classNone   class = iota // blanks, punctuation
	classWord                // a word of an alphabetic script, a number
	classBigram              // Chinese, Japanese: characters, two by two
	classHangul              // Korean: syllables, two by two, within a word
	classTriple              // Thai, Lao, Khmer, Burmese: letter clusters, three by three
)

var (
	bigramScripts = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana}
	tripleScripts = []*unicode.RangeTable{unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}
)

// classOf looks at the first letter or digit of a segment.
func classOf(word string) class {
	for _, r := range word {
		if r < utf8.RuneSelf {
			if r >= '0' && r <= '9' || (r|0x20) >= 'a' && (r|0x20) <= 'z' {
				return classWord
			}
			continue
		}
		switch c := classOfRune(r); {
		case c != classNone:
			return c
		}
	}
	return classNone
}

func classOfRune(r rune) class {
	switch {
	case isHan(r):
		return classBigram
	case isThaiLetter(r) || isThaiMark(r):
		return classTriple
	case r < 0x0e00:
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return classWord
		}
	case unicode.In(r, tripleScripts...):
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
			return classTriple
		}
	case unicode.In(r, bigramScripts...) || r == 'ー' || r == '々':
		return classBigram
	case unicode.Is(unicode.Hangul, r):
		return classHangul
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		return classWord
	}
	return classNone
}

// unspaced reports whether the rune's script writes no blanks between words.
func unspaced(r rune) bool {
	if r < 0x0e00 {
		return false
	}
	c := classOfRune(r)
	return c == classBigram || c == classTriple
}

// A gramRun gathers neighbouring segments of one class that become n-grams.
type gramRun struct {
	class      class
	start, end int
	open       bool
}

func (r *gramRun) add(start, end int) {
	if !r.open {
		r.start, r.open = start, true
	}
	r.end = end
}

// flush appends the n-grams of the run and empties it. A run shorter than n is one term.
func (r *gramRun) flush(s string, tokens []Token) []Token {
	if !r.open {
		return tokens
	}
	n := 2
	if r.class == classTriple {
		n = 3
	}
	limits := clusters(s, r.start, r.end)
	n = min(n, len(limits)-1)
	for i := 0; i+n < len(limits); i++ {
		start, end := limits[i], limits[i+n]
		tokens = appendTerm(tokens, Token{Term: undetermined.lower(s[start:end]), Start: start, End: end})
	}
	r.open, r.class = false, classNone
	return tokens
}

// clusters lists the limits of letters with their marks in s[start:end], the end included.
func clusters(s string, start, end int) []int {
	limits := []int{start}
	for i, r := range s[start:end] {
		if i > 0 && !unicode.IsMark(r) {
			limits = append(limits, start+i)
		}
	}
	return append(limits, end)
}

// charactersPerWord is how many characters of a script without blanks count as one word: passages of 250 characters are read as easily as those of 80 words.
const charactersPerWord = 250. / 80

// Words counts blank-separated words; characters of scripts that write no blanks count charactersPerWord to a word, rounded up.
func Words(s string) int {
	n, characters := 0, 0
	within, loose := false, false // a word; a word with a character of such a script
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		i += size
		switch {
		case unicode.IsSpace(r):
			if within && !loose {
				n++
			}
			within, loose = false, false
			continue
		case r >= 0x0e00 && unspaced(r):
			loose = true
			characters++
		}
		within = true
	}
	if within && !loose {
		n++
	}
	return n + int(math.Ceil(float64(characters)/charactersPerWord))
}
