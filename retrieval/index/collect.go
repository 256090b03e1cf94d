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
	block     = 64   // passages that share a bound for what their articles add
	maxSample = 1024 // passages that the first threshold is taken from
)

// begin empties the selection.
func (s *selection) begin(k int, allow func(article int64) bool) {
	s.k, s.allow, s.threshold, s.kept, s.limit = k, allow, 1, s.kept[:0], max(4*k, 512)
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
	r.open(part, v)
	passages := uint32(v.passages())
	for first := uint32(0); first < passages; first += window {
		end := min(first+window, passages)
		sample := r.sumPassages(first, end, 2*r.k)
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

// sum is the rounded score of a passage of the window.
func (r *search) sum(v *view, passage uint32) uint16 {
	sum := r.sums[passage%window]
	if r.fielded {
		sum += r.articles[v.owner[passage]]
	}
	return sum
}

// raise takes a threshold from some passages of the window: the k-th best of any of them is no better than the k-th best of all.
func (r *search) raise(v *view, postings []uint32) {
	r.sample = r.sample[:0]
	step := max(1, len(postings)/maxSample) // spread, since neighbours score alike
	free := v.dead == nil && r.allow == nil
	for i := 0; i < len(postings) && len(r.sample) < maxSample; i += step {
		passage := postings[i] >> 8
		if free || r.mayStand(v, v.owner[passage]) {
			r.sample = append(r.sample, r.sum(v, passage))
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
	for b := first; b < end; b += block {
		highest := uint16(0)
		for _, sum := range r.articles[v.owner[b] : v.owner[min(b+block, end)-1]+1] {
			highest = max(highest, sum)
		}
		r.highest[(b-first)/block] = highest
	}
}

// lanes is 1 in each of the four sums of a word.
const lanes = 1<<48 | 1<<32 | 1<<16 | 1

// scan looks for sums from the threshold on, four in a word: with 2^15 less the threshold added, they have the highest bit.
func (r *search) scan(part int, v *view, first, end uint32) {
	for b := uint32(0); b < end-first; b += block {
		need := r.threshold
		if r.fielded {
			need -= min(need, r.highest[b/block])
		}
		add := uint64(1<<15-need) * lanes
		for at := b; at < b+block; at += 16 {
			four := (*[16]uint16)(r.sums[at%window:])
			w, x, y, z := word(four, 0)+add, word(four, 4)+add, word(four, 8)+add, word(four, 12)+add
			if (w|x|y|z)&(1<<15*lanes) == 0 {
				continue
			}
			for i, hits := range [...]uint64{w, x, y, z} {
				for hits &= 1 << 15 * lanes; hits != 0; hits &= hits - 1 {
					if passage := first + at + uint32(4*i+bits.TrailingZeros64(hits)/16); passage < end {
						r.offer(part, v, passage)
					}
				}
			}
		}
	}
}

// word is four sums as one.
func word(sums *[16]uint16, i int) uint64 {
	return uint64(sums[i]) | uint64(sums[i+1])<<16 | uint64(sums[i+2])<<32 | uint64(sums[i+3])<<48
}

// offer keeps a passage if it may be among the best.
func (r *search) offer(part int, v *view, passage uint32) {
	sum := r.sum(v, passage)
	if sum < r.threshold || !r.mayStand(v, v.owner[passage]) {
		return
	}
	r.kept = append(r.kept, candidate{passage, uint16(part), sum})
	if len(r.kept) >= r.limit {
		r.cut()
		r.limit = max(r.limit, 2*len(r.kept)) // where thousands tie, a cut frees nothing
	}
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
