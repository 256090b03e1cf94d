package index

import "slices"

// A part is the flat index of some articles. It never changes.
type part struct {
	texts
	codes     []uint16 // of the tokens of all passages in order: the number of its term, or rare
	marks     []uint8  // likewise
	rareAt    []uint32 // the tokens whose code is rare, ascending
	rareTerms []uint32 // of those

	terms    termTable
	starts   [fields][]uint32
	postings [fields][]uint32
	usage    []Usage          // by term
	forms    []Form           // by term
	owner    []uint32         // the article of each passage
	byID     map[int64]uint32 // articles
}

// rare is the code of the terms from this number on. The most frequent terms have the first numbers, so that few tokens have it.
const rare = 1<<16 - 1

// text is the words of a passage, term<<8 | marks, in room, which is made larger if need be.
func (p *part) text(room []uint32, passage uint32) []uint32 {
	start, end := from(p.wordEnds, passage), p.wordEnds[passage]
	codes, marks := p.codes[start:end], p.marks[start:end]
	words := slices.Grow(room[:0], len(codes))[:len(codes)]
	for i, code := range codes {
		words[i] = uint32(code)<<8 | uint32(marks[i])
		if code == rare {
			words[i] = p.rareTerm(start+uint32(i))<<8 | uint32(marks[i])
		}
	}
	return words
}

// rareTerm is the term of a token whose code is rare.
func (p *part) rareTerm(token uint32) uint32 {
	i, _ := slices.BinarySearch(p.rareAt, token)
	return p.rareTerms[i]
}

// words is the number of tokens of a passage.
func (p *part) words(passage uint32) int {
	return int(p.wordEnds[passage] - from(p.wordEnds, passage))
}

// list is the postings of term t in a field.
func (p *part) list(f field, t uint32) []uint32 {
	return p.postings[f][p.starts[f][t]:p.starts[f][t+1]]
}

// bytes is what the part holds in memory.
func (p *part) bytes() int {
	n := p.texts.bytes() + p.terms.bytes() + 16*len(p.usage) + len(p.forms) + 4*len(p.owner) + 24*len(p.byID) +
		2*len(p.codes) + len(p.marks) + 4*len(p.rareAt) + 4*len(p.rareTerms)
	for f := range fields {
		n += 4 * (len(p.starts[f]) + len(p.postings[f]))
	}
	return n
}

// find is the code of ordinal in an ascending list of postings.
func find(list []uint32, ordinal uint32) (code uint32, ok bool) {
	i, _ := slices.BinarySearch(list, ordinal<<8)
	if i < len(list) && list[i]>>8 == ordinal {
		return list[i] & 0xff, true
	}
	return 0, false
}
