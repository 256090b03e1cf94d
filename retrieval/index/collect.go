package index

import "math/bits"

// A candidate is a passage that may be among the best, with its sum.
type candidate struct {
	passage uint32
	part    uint16
	sum     uint16
}

// A selection keeps what may belong to the best k.
type selection struct {
	k         int
	allow     func(article int64) bool
	verdicts  []uint8     // of allow, by article of the part
	threshold uint16      // sums below it cannot belong to the best k; at least 1
	kept      []candidate // ascending
	limit     int         // of kept, before the next cut
	sample    []uint16
}

// The verdicts.
const (
	unasked = iota
	refused
	admitted
)

const (
	row       = 64   // passages that are scanned at a time
	block     = 256  // passages that share a bound for what their articles add
	batch     = 64   // candidates that are settled at a time, at least
	maxSample = 1024 // passages that the first threshold is taken from
)

// begin empties the selection.
func (s *selection) begin(k int, allow func(article int64) bool) {
	s.k, s.allow, s.threshold, s.kept, s.limit = k, allow, 1, s.kept[:0], max(2*k, 256)
}

// collect sums up a part, a window at a time, and keeps its candidates.
func (r *search) collect(part int, v *view) {
	if r.allow != nil {
		n := v.articles()
		if cap(r.verdicts) < n {
			r.verdicts = make([]uint8, n)
		}
		r.verdicts = r.verdicts[:n]
		clear(r.verdicts)
	}
	if r.fielded {
		r.sumArticles(part, v)
	}
	lists := r.open(part, v, inPassage)
	passages := uint32(v.passages())
	for first := uint32(0); first < passages; first += window {
		end := min(first+window, passages)
		sample := r.sumPassages(lists, end, 2*r.k)
		if r.threshold == 1 {
			r.raise(v, sample)
		}
		r.bound(v, first, end)
		r.scan(part, v, first, end)
	}
}

// mayStand reports whether the article lives and is let in.
func (r *search) mayStand(v *view, article uint32) bool {
	if v.isDead(article) {
		return false
	}
	if r.allow == nil {
		return true
	}
	if r.verdicts[article] == unasked {
		r.verdicts[article] = refused
		if r.allow(v.ids[article]) {
			r.verdicts[article] = admitted
		}
	}
	return r.verdicts[article] == admitted
}

// raise takes a threshold from some passages of the window: the k-th best of any of them is no better than the k-th best of all.
func (r *search) raise(v *view, postings []uint32) {
	r.sample = r.sample[:0]
	step := max(1, len(postings)/maxSample) // spread, since neighbours score alike
	free := v.dead == nil && r.allow == nil
	for i := 0; i < len(postings) && len(r.sample) < maxSample; i += step {
		passage := postings[i] >> 8
		if free || r.mayStand(v, v.owner[passage]) {
			sum := r.sums[passage%window]
			if r.fielded {
				sum += r.articles[v.owner[passage]]
			}
			r.sample = append(r.sample, sum)
		}
	}
	if len(r.sample) >= r.k {
		r.reach(kth(r.k, r.sample))
	}
}

// reach notes that k passages have at least this sum.
func (r *search) reach(sum uint16) {
	if sum > r.margin {
		r.threshold = max(r.threshold, sum-r.margin)
	}
}

// bound finds for each block of the window the most that an article adds.
func (r *search) bound(v *view, first, end uint32) {
	if !r.fielded {
		return
	}
	article := v.owner[first]
	for b := first; b < end; b += block {
		last := v.owner[min(b+block, end-1)] // or the first of the next block: a bound all the same
		highest := uint16(0)
		for _, sum := range r.articles[article : last+1] {
			highest = max(highest, sum)
		}
		r.highest[(b-first)/block] = highest
		article = last
	}
}

const (
	lanes = 1<<48 | 1<<32 | 1<<16 | 1 // 1 in each of the four sums of a word
	tops  = lanes << 15               // their highest bits
)

// scan looks for sums from the threshold on, four in a word: with 2^15 less the threshold added, they have the highest bit. It leaves sums
// of 0 for the next window.
func (r *search) scan(part int, v *view, first, end uint32) {
	settled := len(r.kept)
	rest := r.sums[:]
	for b := uint32(0); b < end-first; b += row {
		need := r.threshold
		if r.fielded {
			need -= min(need, r.highest[b/block])
		}
		sums, add := (*[row]uint16)(rest), uint64(1<<15-need)*lanes
		rest = rest[row:]
		any := (word(sums, 0) + add) | (word(sums, 4) + add) | (word(sums, 8) + add) | (word(sums, 12) + add) |
			(word(sums, 16) + add) | (word(sums, 20) + add) | (word(sums, 24) + add) | (word(sums, 28) + add) |
			(word(sums, 32) + add) | (word(sums, 36) + add) | (word(sums, 40) + add) | (word(sums, 44) + add) |
			(word(sums, 48) + add) | (word(sums, 52) + add) | (word(sums, 56) + add) | (word(sums, 60) + add)
		if any&tops != 0 {
			for hits := found(sums, add); hits != 0; hits &= hits - 1 {
				at := uint32(bits.TrailingZeros64(hits))
				if passage := first + b + at; passage < end { // where articles alone suffice, the row's rest scores too
					r.kept = append(r.kept, candidate{passage, uint16(part), sums[at]})
				}
			}
			if len(r.kept)-settled >= batch {
				settled = r.settle(v, settled)
			}
		}
		*sums = [row]uint16{}
	}
	r.settle(v, settled)
}

// found has a bit for each sum of a row that has the highest bit after the addition. Its loop has no branch that depends on them.
func found(sums *[row]uint16, add uint64) (hits uint64) {
	const gather = 1<<48 | 1<<33 | 1<<18 | 1<<3 // takes the bits 0, 16, 32 and 48 to 48, 49, 50 and 51
	for i := 0; i < row; i += 4 {
		top := (word(sums, i) + add) & tops >> 15
		hits |= top * gather >> 48 & 15 << i
	}
	return hits
}

// settle completes what the scan has found since the last time, and cuts when there is enough. In a batch the memory that is not at hand
// is fetched for many passages at once. It returns the number of candidates.
func (r *search) settle(v *view, from int) int {
	n := from
	for _, c := range r.kept[from:] {
		if r.fielded {
			c.sum += r.articles[v.owner[c.passage]]
		}
		r.kept[n] = c
		if c.sum >= r.threshold {
			n++
		}
	}
	r.kept = r.kept[:n]
	if v.dead != nil || r.allow != nil {
		n = from
		for _, c := range r.kept[from:] {
			if r.mayStand(v, v.owner[c.passage]) {
				r.kept[n] = c
				n++
			}
		}
		r.kept = r.kept[:n]
	}
	if n >= r.limit {
		r.cut()
		r.limit = max(r.limit, 2*len(r.kept)) // where thousands tie, a cut frees nothing
	}
	return len(r.kept)
}

// word is four sums as one, which the compiler makes one load.
func word(sums *[row]uint16, i int) uint64 {
	four := sums[i : i+4 : i+4]
	return uint64(four[0]) | uint64(four[1])<<16 | uint64(four[2])<<32 | uint64(four[3])<<48
}

// cut raises the threshold to what the k-th best allows and drops what lies below, in order.
func (r *search) cut() {
	if len(r.kept) <= r.k {
		return
	}
	r.sample = r.sample[:0]
	for _, c := range r.kept {
		r.sample = append(r.sample, c.sum)
	}
	r.reach(kth(r.k, r.sample))
	n := 0
	for _, c := range r.kept {
		r.kept[n] = c
		if c.sum >= r.threshold {
			n++
		}
	}
	r.kept = r.kept[:n]
}
