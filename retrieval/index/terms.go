package index

// A termTable numbers terms from 0. It is one arena of bytes with an open-addressing table over it, at most three quarters full.
type termTable struct {
	arena   []byte
	offsets []uint32 // of each term; one more at the end, but for the empty table
	table   []uint64 // hash<<32 | number+1; 0 is free; a power of two long
}

func (t *termTable) len() int { return max(0, len(t.offsets)-1) }

func (t *termTable) term(number uint32) []byte {
	return t.arena[t.offsets[number]:t.offsets[number+1]]
}

func (t *termTable) bytes() int { return len(t.arena) + 4*len(t.offsets) + 8*len(t.table) }

// hash is FNV-1a of 64 bits, folded to 32.
func hash(term []byte) uint32 {
	h := uint64(14695981039346656037)
	for _, c := range term {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return uint32(h>>32) ^ uint32(h)
}

func (t *termTable) find(term []byte) (number uint32, ok bool) {
	if len(t.table) == 0 {
		return 0, false
	}
	_, number, ok = t.slot(term, hash(term))
	return number, ok
}

// slot is where the term stands, or the free place where it would.
func (t *termTable) slot(term []byte, h uint32) (at int, number uint32, ok bool) {
	mask := len(t.table) - 1
	for at = int(h) & mask; ; at = (at + 1) & mask {
		entry := t.table[at]
		if entry == 0 {
			return at, 0, false
		}
		if number = uint32(entry) - 1; uint32(entry>>32) == h && string(t.term(number)) == string(term) {
			return at, number, true
		}
	}
}

// add gives the term's number, a new one if it is not there.
func (t *termTable) add(term []byte) (number uint32) {
	if 4*(t.len()+1) > 3*len(t.table) {
		t.grow()
	}
	h := hash(term)
	at, number, ok := t.slot(term, h)
	if ok {
		return number
	}
	if len(t.offsets) == 0 {
		t.offsets = []uint32{0}
	}
	number = uint32(t.len())
	t.arena = append(t.arena, term...)
	t.offsets = append(t.offsets, uint32(len(t.arena)))
	t.table[at] = uint64(h)<<32 | uint64(number+1)
	return number
}

func (t *termTable) grow() {
	old := t.table
	t.table = make([]uint64, max(64, 2*len(old)))
	mask := len(t.table) - 1
	for _, entry := range old {
		if entry == 0 {
			continue
		}
		at := int(entry>>32) & mask
		for t.table[at] != 0 {
			at = (at + 1) & mask
		}
		t.table[at] = entry
	}
}
