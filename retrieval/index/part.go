package index

import "slices"

// A part is the flat index of some articles. It never changes.
type part struct {
	texts
	terms    termTable
	starts   [fields][]uint32
	postings [fields][]uint32
	usage    []Usage          // by term
	forms    []Form           // by term
	owner    []uint32         // the article of each passage
	byID     map[int64]uint32 // articles
}

// list is the postings of term t in a field.
func (p *part) list(f field, t uint32) []uint32 {
	return p.postings[f][p.starts[f][t]:p.starts[f][t+1]]
}

// bytes is what the part holds in memory.
func (p *part) bytes() int {
	n := p.texts.bytes() + p.terms.bytes() + 16*len(p.usage) + len(p.forms) + 4*len(p.owner) + 24*len(p.byID)
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
