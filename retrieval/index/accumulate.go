package index

// Sums are kept in 16 bits: four fit a machine word, and a window of them the second cache. The unit is such that no sum reaches the
// highest bit, which the scan needs for itself: all impacts of a query together are at most full, and one more unit each for rounding.
const (
	full   = 32000
	window = 1 << 16 // passages that are summed up at a time
)

// Impacts are what a posting adds to a sum, by term, field and code: weight · gain in units, rounded up to the next whole one, so that
// whatever scores at all has a sum above 0.
type impacts struct {
	tables  [maxQueryTerms][fields][256]uint16
	fielded bool   // titles or articles score
	margin  uint16 // a score of x units has a sum above x and at most x + margin
}

// quantize makes the impacts of the looked-up terms; false means that nothing can score.
func (r *search) quantize() bool {
	total := 0.
	for _, t := range r.terms {
		for f := range fields {
			total += t.weight[f] * r.best[f]
		}
	}
	if total <= 0 {
		return false
	}
	r.fielded, r.margin = false, 0
	for i, t := range r.terms {
		for f := range fields {
			if t.weight[f] == 0 {
				continue
			}
			r.margin++
			r.fielded = r.fielded || f != inPassage
			unit := t.weight[f] * (full / total)
			table := &r.tables[i][f]
			for code, gain := range r.gains[f] {
				table[code] = uint16(int32(unit*gain)) + 1
			}
		}
	}
	return true
}

// A cursor is what is left of a list of postings, with its impacts.
type cursor struct {
	list   []uint32
	impact *[256]uint16
}

// open returns the cursors before a part's lists of a field, in the memory of the last ones.
func (r *search) open(part int, v *view, f field) []cursor {
	r.lists = r.lists[:0]
	for i, t := range r.terms {
		if t.numbers[part] >= 0 && t.weight[f] > 0 {
			if list := v.list(f, uint32(t.numbers[part])); len(list) > 0 {
				r.lists = append(r.lists, cursor{list, &r.tables[i][f]})
			}
		}
	}
	return r.lists
}

// sumArticles adds up what titles and articles of a part score.
func (r *search) sumArticles(part int, v *view) {
	n := (v.articles() + window - 1) / window * window
	if cap(r.articles) < n {
		r.articles = make([]uint16, n)
	}
	r.articles = r.articles[:n]
	clear(r.articles[:v.articles()])
	for _, f := range [...]field{inTitle, inArticle} {
		lists := r.open(part, v, f)
		for first := 0; first < n; first += window {
			sums := (*[window]uint16)(r.articles[first:])
			for i := range lists {
				add(sums, &lists[i], uint32(first+window))
			}
		}
	}
}

// sumPassages adds up what the passages of a window score, to sums of 0. It returns the postings that a first threshold may be taken
// from: of the lists with at least enough here, the shortest.
func (r *search) sumPassages(lists []cursor, end uint32, enough int) (sample []uint32) {
	for i := range lists {
		here := add(&r.sums, &lists[i], end)
		if len(here) >= enough && (sample == nil || len(here) < len(sample)) {
			sample = here
		}
	}
	return sample
}

// add takes the postings before end from a cursor into sums. This is the inner loop: a load, a look-up, an addition a posting. A machine
// does three loads at a time, so nothing else may load here: the masks spare bounds checks, the first line the checks for nil. In fours it
// takes three quarters of the time that it takes one by one.
func add(sums *[window]uint16, c *cursor, end uint32) []uint32 {
	list, impact := c.list, c.impact
	_, _ = sums[0], impact[0]
	last := end<<8 - 1 // all ones for the greatest end
	i := 0
	for i+4 <= len(list) {
		four := list[i : i+4 : i+4]
		a, b, c, d := four[0], four[1], four[2], four[3]
		if d > last {
			break
		}
		sums[a>>8%window] += impact[uint8(a)]
		sums[b>>8%window] += impact[uint8(b)]
		sums[c>>8%window] += impact[uint8(c)]
		sums[d>>8%window] += impact[uint8(d)]
		i += 4
	}
	for ; i < len(list) && list[i] <= last; i++ {
		posting := list[i]
		sums[posting>>8%window] += impact[uint8(posting)]
	}
	c.list = list[i:]
	return list[:i]
}
