package index

import "slices"

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
	var best [fields]float64
	for f := range fields {
		best[f] = slices.Max(r.gains[f][:])
	}
	total := 0.
	for _, t := range r.terms {
		for f := range fields {
			total += t.weight[f] * best[f]
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

// sumArticles adds up what titles and articles of a part score.
func (r *search) sumArticles(part int, v *view) {
	n := v.articles()
	r.articles = slices.Grow(r.articles[:0], n)[:n]
	clear(r.articles)
	for i, t := range r.terms {
		if t.numbers[part] < 0 {
			continue
		}
		for _, f := range [...]field{inTitle, inArticle} {
			if t.weight[f] == 0 {
				continue
			}
			impact := &r.tables[i][f]
			for _, posting := range v.list(f, uint32(t.numbers[part])) {
				r.articles[posting>>8] += impact[uint8(posting)]
			}
		}
	}
}

// open puts the cursors at the beginning of a part's lists.
func (r *search) open(part int, v *view) {
	r.lists = r.lists[:0]
	for i, t := range r.terms {
		if t.numbers[part] >= 0 && t.weight[inPassage] > 0 {
			if list := v.list(inPassage, uint32(t.numbers[part])); len(list) > 0 {
				r.lists = append(r.lists, cursor{list, &r.tables[i][inPassage]})
			}
		}
	}
}

// sumPassages adds up what the passages from first on, a multiple of window, until before end score. It returns the postings that a first
// threshold may be taken from: of the lists with at least enough here, the shortest.
func (r *search) sumPassages(first, end uint32, enough int) (sample []uint32) {
	clear(r.sums[:(end-first+block-1)/block*block])
	for i := range r.lists {
		c := &r.lists[i]
		here := c.list
		if last := len(here) - 1; last >= 0 && here[last]>>8 >= end {
			cut, _ := slices.BinarySearch(here, end<<8)
			here = here[:cut]
		}
		c.list = c.list[len(here):]
		if len(here) >= enough && (sample == nil || len(here) < len(sample)) {
			sample = here
		}
		add(&r.sums, here, c.impact)
	}
	return sample
}

// add is the inner loop: a load, a look-up, an addition a posting. The mask spares the bounds check.
func add(sums *[window]uint16, list []uint32, impact *[256]uint16) {
	for _, posting := range list {
		sums[posting>>8%window] += impact[uint8(posting)]
	}
}
