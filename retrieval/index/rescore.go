package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// A rescoring gives candidates their exact scores. It counts the query's terms in the words of a passage and of a title, which costs a
// look a word; in the lists of passages it would be a search a term, with most steps mispredicted.
type rescoring struct {
	asked  []uint32             // the terms' numbers in the part; none: not there
	filter [1024]bool           // by the last bits of a number: whether to look into asked
	counts [maxQueryTerms]int32 // of a text; all 0 between texts
	scored []Hit
	order  []ranked
}

// none is no term's number.
const none = 1<<32 - 1

// A ranked hit is its score and its place in scored: that sorts faster than hits do.
type ranked struct {
	score float64
	at    int32
}

// rescore makes hits of the candidates and returns the best k.
func (r *search) rescore(s *Snapshot) []Hit {
	r.scored, r.order = r.scored[:0], r.order[:0]
	part, article := -1, -1
	var v *view
	var hit Hit
	for _, c := range r.kept {
		if int(c.part) != part {
			part, article = int(c.part), -1
			v = &s.parts[part]
			r.ask(part)
		}
		if owner := v.owner[c.passage]; int(owner) != article {
			article = int(owner)
			hit = Hit{Article: v.ids[owner], Day: v.days[owner]}
			if r.fielded {
				hit.InTitle = r.inWords(inTitle, v.title(owner), 0)
				hit.InArticle = r.inLists(part, v, owner)
			}
		}
		hit.Passage = int(c.passage - v.firsts[article])
		hit.Extent = v.extent(c.passage)
		hit.InPassage = r.inWords(inPassage, v.text(c.passage), 8)
		hit.Score = hit.InPassage + hit.InTitle + hit.InArticle
		r.order = append(r.order, ranked{hit.Score, int32(len(r.scored))})
		r.scored = append(r.scored, hit)
	}
	slices.SortFunc(r.order, func(a, b ranked) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return better(r.scored[a.at], r.scored[b.at])
	})
	hits := make([]Hit, min(r.k, len(r.order)))
	for i := range hits {
		hits[i] = r.scored[r.order[i].at]
	}
	return hits
}

// ask readies asked and filter for a part.
func (r *search) ask(part int) {
	clear(r.filter[:])
	r.asked = r.asked[:0]
	for _, t := range r.terms {
		number := uint32(none)
		if t.numbers[part] >= 0 {
			number = uint32(t.numbers[part])
			r.filter[number%uint32(len(r.filter))] = true
		}
		r.asked = append(r.asked, number)
	}
}

// inWords is the sum of a field whose words are at hand; their numbers stand above shift bits.
func (r *search) inWords(f field, words []uint32, shift int) (sum float64) {
	found := uint64(0)
	for _, w := range words {
		if number := w >> shift; r.filter[number%uint32(len(r.filter))] {
			if i := slices.Index(r.asked, number); i >= 0 {
				r.counts[i]++
				found |= 1 << i
			}
		}
	}
	for ; found != 0; found &= found - 1 {
		i := bits.TrailingZeros64(found)
		sum += r.value(&r.terms[i], f, code(int(r.counts[i]), len(words)))
		r.counts[i] = 0
	}
	return sum
}

// inLists is the sum of an article, whose words are too many to look through.
func (r *search) inLists(part int, v *view, article uint32) (sum float64) {
	for i := range r.terms {
		t := &r.terms[i]
		if t.numbers[part] < 0 {
			continue
		}
		if code, ok := find(v.list(inArticle, uint32(t.numbers[part])), article); ok {
			sum += r.value(t, inArticle, code)
		}
	}
	return sum
}
