package index

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// A Neighbour is a term of the library that is spelled nearly like another word.
type Neighbour struct {
	Term  string
	N     int // living passages that contain it, at least 1
	Edits int // 1 or 2
}

// mostNeighbours is how many Near returns.
const mostNeighbours = 16

// Near lists terms that are one edit away from a word: a letter more, less or other, or two neighbours swapped (Damerau 1964); where none is,
// and edits is 2, those two edits away. Those with the word's first letter come first, then the most frequent; at most 16. It looks at every
// term of the library once: half a millisecond for 110,000 of them, since all but a few fall by their length or their ends.
func (s *Snapshot) Near(word string, edits int) []Neighbour {
	list := s.near([]byte(word), 1, oneEdit)
	if len(list) == 0 && edits >= 2 {
		list = s.near([]byte(word), 2, newTwoEdits(word).within)
	}
	first, _ := utf8.DecodeRuneInString(word)
	rank := func(n Neighbour) int {
		if r, _ := utf8.DecodeRuneInString(n.Term); r == first {
			return 0
		}
		return 1
	}
	slices.SortFunc(list, func(a, b Neighbour) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.N, a.N), cmp.Compare(a.Term, b.Term))
	})
	return list[:min(len(list), mostNeighbours)]
}

// InTitles reports whether the title of a living article has one of the terms.
func (s *Snapshot) InTitles(terms []string) bool {
	return slices.ContainsFunc(terms, func(term string) bool { return s.df(inTitle, term) > 0 })
}

// near lists the living terms that within finds near to a word. All but a few fall by their length, or because neither their first nor their
// last byte is the word's: one edit of three letters or more leaves one of them, and two edits are looked for behind the same first letter.
func (s *Snapshot) near(word []byte, edits int, within func(a, b []byte) bool) (list []Neighbour) {
	slack, first, last := edits*utf8.UTFMax, word[0], word[len(word)-1]
	anyEnds := utf8.RuneCount(word) <= 3
	for i := range s.parts {
		terms := &s.parts[i].terms
		if terms.len() == 0 {
			continue
		}
		arena, start := terms.arena, uint32(0)
		for _, end := range terms.offsets[1:] {
			term := arena[start:end]
			start = end
			if difference := len(term) - len(word); difference > slack || difference < -slack {
				continue
			}
			if term[0] != first && (edits > 1 || term[len(term)-1] != last) && !anyEnds {
				continue
			}
			if !within(word, term) || s.foundBefore(i, term) {
				continue
			}
			if n := s.DF(string(term)); n > 0 { // else its articles have left
				list = append(list, Neighbour{string(term), n, edits})
			}
		}
	}
	return list
}

// foundBefore reports whether a part before this one has the term too.
func (s *Snapshot) foundBefore(part int, term []byte) bool {
	return slices.ContainsFunc(s.parts[:part], func(v view) bool {
		_, ok := v.terms.find(term)
		return ok
	})
}

// oneEdit reports whether one insertion, deletion or replacement of a letter, or a swap of two neighbours, makes a of b. What the two share at
// their ends is cut off; the rest must be such an edit.
func oneEdit(a, b []byte) bool {
	shared := 0
	for shared < min(len(a), len(b)) && a[shared] == b[shared] {
		shared++
	}
	for shared > 0 && (inRune(a, shared) || inRune(b, shared)) {
		shared--
	}
	a, b = a[shared:], b[shared:]
	ends := 0
	for ends < min(len(a), len(b)) && a[len(a)-1-ends] == b[len(b)-1-ends] {
		ends++
	}
	for ends > 0 && (inRune(a, len(a)-ends) || inRune(b, len(b)-ends)) {
		ends--
	}
	a, b = a[:len(a)-ends], b[:len(b)-ends]
	if max(len(a), len(b)) > 2*utf8.UTFMax {
		return false
	}
	n, m := utf8.RuneCount(a), utf8.RuneCount(b)
	if n <= 1 && m <= 1 {
		return n+m > 0
	}
	if n != 2 || m != 2 {
		return false
	}
	_, x := utf8.DecodeRune(a)
	_, y := utf8.DecodeRune(b)
	return bytes.Equal(a[:x], b[y:]) && bytes.Equal(a[x:], b[:y])
}

// inRune reports whether s[at] is inside a letter.
func inRune(s []byte, at int) bool { return at < len(s) && !utf8.RuneStart(s[at]) }

// longest is the most letters of a word that two edits are counted for.
const longest = 32

// twoEdits counts the edits that make terms of a word. Its memory is used again for each term.
type twoEdits struct {
	word, term [longest]rune
	length     int    // of word; 0: too long
	letters    uint64 // of word, a bit for each by its number modulo 64
	rows       [3][longest + 1]int8
}

func newTwoEdits(word string) *twoEdits {
	e := &twoEdits{}
	e.length, e.letters = lettersOf(&e.word, []byte(word))
	return e
}

// lettersOf decodes a word's letters; length is 0 where they are too many.
func lettersOf(letters *[longest]rune, word []byte) (length int, set uint64) {
	for len(word) > 0 {
		if length == longest {
			return 0, 0
		}
		r, size := utf8.DecodeRune(word)
		letters[length], word = r, word[size:]
		set |= 1 << (r & 63)
		length++
	}
	return length, set
}

// within reports whether term is two edits from the word and has its first letter: the distance of optimal string alignment, where no letter is
// edited twice, by a table of which three rows are kept.
func (e *twoEdits) within(_, term []byte) bool {
	length, letters := lettersOf(&e.term, term)
	if e.length == 0 || length == 0 || e.word[0] != e.term[0] || bits.OnesCount64(letters&^e.letters) > 2 || bits.OnesCount64(e.letters&^letters) > 2 {
		return false
	}
	x, y := e.word[:e.length], e.term[:length]
	before, last, row := &e.rows[0], &e.rows[1], &e.rows[2]
	for j := range length + 1 {
		last[j] = int8(j)
	}
	for i := 1; i <= len(x); i++ {
		row[0] = int8(i)
		least := row[0]
		for j := 1; j <= len(y); j++ {
			cost := int8(1)
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > 2 {
			return false
		}
		before, last, row = last, row, before
	}
	return last[len(y)] == 2
}
