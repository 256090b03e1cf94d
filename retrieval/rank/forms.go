package rank

import "archivist/retrieval/index"

// forms number what candidates say: the same words in the same order are one form, wherever they stand, so that "South Korea" does not gather
// the votes of "North Korea". It is an open-addressing table (Knuth 6.4) of hashes of 64 bits, by which two forms of a question never meet in
// practice. The first form has number 0.
type forms struct {
	slots []slot // a power of two, at most half full
	n     int
}

type slot struct {
	hash   uint64 // 0: free
	number int
}

// reset makes room for a number of forms.
func (f *forms) reset(most int) {
	size := 16
	for size < 2*most {
		size *= 2
	}
	f.slots, f.n = zeros(f.slots, size), 0
}

// slot is the place of a form, or the free one where it belongs.
func (f *forms) slot(span []index.Word) (*slot, uint64) {
	hash := uint64(len(span))
	for _, w := range span {
		hash = (hash ^ uint64(w.Term())) * 0x9e3779b97f4a7c15 // 2^64 over the golden ratio
		hash ^= hash >> 32
	}
	hash = max(hash, 1)
	for at := hash; ; at++ {
		if s := &f.slots[at&uint64(len(f.slots)-1)]; s.hash == hash || s.hash == 0 {
			return s, hash
		}
	}
}

// add is the number of a form, a new one if need be.
func (f *forms) add(span []index.Word) int {
	s, hash := f.slot(span)
	if s.hash == 0 {
		*s = slot{hash, f.n}
		f.n++
	}
	return s.number
}

// find is the number of a form, -1 if it has none.
func (f *forms) find(span []index.Word) int {
	if s, _ := f.slot(span); s.hash != 0 {
		return s.number
	}
	return -1
}
