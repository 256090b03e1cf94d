package index

import (
	"math"
	"math/bits"
	"slices"
)

// A rescoring gives candidates their exact scores. It counts the query's terms in the words of a passage and of a title, which costs a
// look a word; a search in the list of every term would mispredict most of its steps. Each loop goes over all candidates of a part, so that
// the memory which is not at hand is fetched for many of them at once.
type rescoring struct {
	places []place
	keys   []uint32             // of the different articles among them, the last one repeated to a multiple of four
	values []float64            // by key: what the article's text scores
	holds  []uint64             // by key: the terms that it has, by their places
	asked  []uint32             // the terms' numbers in the part; none: not there
	codes  []uint32             // of those: the number, or rare
	rare   []int                // places in codes that are rare
	filter [1024]uint8          // by the last bits of a number: isAsked and the place of such a term in asked; 0: none
	counts [maxQueryTerms]int32 // of a text; all 0 between texts
	likely []uint32             // words that pass the filter
	scored []Hit
	order  []uint64 // places in scored
	seen   uint32   // keeps the compiler from leaving out what only fetches
}

// none is no term's number.
const none = 1<<32 - 1

// isAsked is the highest bit of a byte, so that it can be counted by a shift.
const isAsked = 1 << 7

// A place is where a candidate's words lie, and its article.
type place struct {
	article, start, end uint32
}

// rescore makes hits of the candidates and returns the best k.
func (r *search) rescore(s *Snapshot) []Hit {
	r.scored, r.order = r.scored[:0], r.order[:0]
	for rest := r.kept; len(rest) > 0; {
		n, part := 1, int(rest[0].part)
		for n < len(rest) && int(rest[n].part) == part {
			n++
		}
		r.scorePart(part, &s.parts[part], rest[:n])
		rest = rest[n:]
	}
	r.sort()
	hits := make([]Hit, min(r.k, len(r.order)))
	for i := range hits {
		hits[i] = r.scored[r.order[i]]
	}
	return hits
}

// sort puts the places of scored hits in order, best first. It sorts numbers, which is faster than hits: the score with its last bits
// inverted for the place, and what is then alike once more by all that counts.
func (r *search) sort() {
	low := bits.Len(uint(len(r.scored)))
	for i := range r.scored {
		h := &r.scored[i]
		h.Score = h.InPassage + h.InTitle + h.InArticle
		r.order = append(r.order, ^math.Float64bits(h.Score)>>low<<low|uint64(i)) // scores are above 0, so that their bits have their order
	}
	slices.Sort(r.order)
	for i := 0; i < len(r.order); {
		end := i + 1
		for end < len(r.order) && r.order[end]>>low == r.order[i]>>low {
			end++
		}
		for j := i; j < end; j++ {
			r.order[j] &= 1<<low - 1
		}
		if end > i+1 {
			slices.SortFunc(r.order[i:end], func(a, b uint64) int { return better(r.scored[a], r.scored[b]) })
		}
		i = end
	}
}

// scorePart adds the hits of one part to scored.
func (r *search) scorePart(part int, v *view, candidates []candidate) {
	r.ask(part)
	r.places = r.places[:0]
	for _, c := range candidates {
		r.places = append(r.places, place{v.owner[c.passage], from(v.wordEnds, c.passage), v.wordEnds[c.passage]})
	}
	r.fetch(v, candidates)
	first := len(r.scored)
	for i, c := range candidates {
		p := r.places[i]
		r.scored = append(r.scored, Hit{
			Article: v.ids[p.article], Passage: int(c.passage - v.firsts[p.article]), Extent: v.extent(c.passage), Day: v.days[p.article],
			InPassage: r.inPassage(v, c.passage, v.codes[p.start:p.end]),
		})
	}
	if r.fielded {
		r.scoreArticles(part, v, r.scored[first:])
	}
}

// fetch reads once from what scorePart is about to read, for no other reason than to have it at hand: reads that wait for nothing run side
// by side. At a million passages it saves a third of the rescoring.
func (r *search) fetch(v *view, candidates []candidate) {
	const line = 64 / 2 // codes that come from memory together
	seen := uint32(0)
	for i, p := range r.places {
		seen ^= v.firsts[p.article] ^ uint32(v.ids[p.article]) ^ uint32(v.days[p.article]) ^ v.titleEnds[p.article] ^ uint32(v.extents[4*candidates[i].passage])
		for at := p.start; at < p.end; at += line {
			seen ^= uint32(v.codes[at])
		}
	}
	r.seen = seen
}

// scoreArticles adds what titles and articles score, worked out once for all hits of an article.
func (r *search) scoreArticles(part int, v *view, hits []Hit) {
	r.keys, r.values, r.holds = r.keys[:0], r.values[:0], r.holds[:0]
	for i, p := range r.places {
		if i > 0 && r.places[i-1].article == p.article {
			hits[i].InTitle = hits[i-1].InTitle
			continue
		}
		title := v.title(p.article)
		hits[i].InTitle = r.sum(inTitle, countAsked(r, title, r.asked), len(title))
		r.keys = append(r.keys, p.article<<8|0xff)
	}
	for len(r.keys)%4 != 0 {
		r.keys = append(r.keys, r.keys[len(r.keys)-1])
	}
	r.values, r.holds = append(r.values, make([]float64, len(r.keys))...), append(r.holds, make([]uint64, len(r.keys))...)
	for i := range r.terms {
		t := &r.terms[i]
		if t.numbers[part] < 0 || t.weight[inArticle] == 0 {
			continue
		}
		list := v.list(inArticle, uint32(t.numbers[part]))
		for k := 0; k < len(r.keys); k += 4 {
			keys := (*[4]uint32)(r.keys[k:])
			for j, posting := range atMost(list, keys) {
				if posting>>8 == keys[j]>>8 {
					r.values[k+j] += r.value(t, inArticle, posting&0xff)
					r.holds[k+j] |= 1 << t.place // nothing beyond 64
				}
			}
		}
	}
	k := 0
	for i, p := range r.places {
		if r.keys[k]>>8 != p.article {
			k++
		}
		hits[i].InArticle, hits[i].Holds = r.values[k], r.holds[k]
	}
}

// atMost are the last postings up to four keys, or the first one of all. It halves the list for all four at once, without a branch that
// depends on what it finds, so that no step waits for another.
func atMost(list []uint32, keys *[4]uint32) (found [4]uint32) {
	if len(list) == 0 {
		return [4]uint32{none, none, none, none}
	}
	a, b, c, d := 0, 0, 0, 0
	for n := len(list); n > 1; {
		half := n / 2
		a += step(list, a+half, keys[0], half)
		b += step(list, b+half, keys[1], half)
		c += step(list, c+half, keys[2], half)
		d += step(list, d+half, keys[3], half)
		n -= half
	}
	return [4]uint32{list[a], list[b], list[c], list[d]}
}

// step is half, or 0 if the posting lies beyond the key.
func step(list []uint32, at int, key uint32, half int) int {
	return half &^ ((int(key) - int(list[at])) >> 63)
}

// ask readies asked and filter for a part.
func (r *search) ask(part int) {
	clear(r.filter[:])
	r.asked, r.codes, r.rare = r.asked[:0], r.codes[:0], r.rare[:0]
	for i, t := range r.terms {
		number := uint32(none)
		if t.numbers[part] >= 0 {
			number = uint32(t.numbers[part])
			r.filter[number%uint32(len(r.filter))] = uint8(isAsked | i)
		}
		r.codes = append(r.codes, number)
		if number >= rare && number != none {
			r.codes[i], r.rare = rare, append(r.rare, i)
			r.filter[rare%len(r.filter)] = uint8(isAsked | r.rare[0])
		}
		r.asked = append(r.asked, number)
	}
}

// inPassage is what a passage with these codes scores.
func (r *search) inPassage(v *view, passage uint32, codes []uint16) float64 {
	found := countAsked(r, codes, r.codes)
	if len(r.rare) == 0 || found>>r.rare[0]&1 == 0 {
		return r.sum(inPassage, found, len(codes))
	}
	r.counts[r.rare[0]] = 0 // it was counted for all that have its code
	found &^= 1 << r.rare[0]
	for _, i := range r.rare { // their postings are few
		if code, ok := find(v.list(inPassage, r.asked[i]), passage); ok {
			r.counts[i] = int32(code>>lengthBits&tfMask) + 1
			found |= 1 << i
		}
	}
	return r.sum(inPassage, found, len(codes))
}

// countAsked counts in counts the asked terms of a text, which are numbers or codes, and has a bit for each that is there.
func countAsked[T uint16 | uint32](r *search, words []T, asked []uint32) (found uint64) {
	if cap(r.likely) <= len(words) {
		r.likely = make([]uint32, 2*len(words)+64)
	}
	filter, likely, n := &r.filter, r.likely[:len(words)+1], 0
	for _, w := range words {
		likely[n] = uint32(w)
		n += int(filter[w%T(len(filter))] >> 7) // no branch: every sixth word would be mispredicted
	}
	for _, number := range likely[:n] {
		i := int(filter[number%uint32(len(filter))] &^ isAsked)
		if asked[i] != number { // two terms may have the same last bits
			if i = slices.Index(asked, number); i < 0 {
				continue
			}
		}
		r.counts[i]++
		found |= 1 << i
	}
	return found
}

// sum is what the counted terms score in a field of so many words. It sets their counts to 0.
func (r *search) sum(f field, found uint64, length int) (sum float64) {
	for ; found != 0; found &= found - 1 {
		i := bits.TrailingZeros64(found)
		sum += r.value(&r.terms[i], f, code(int(r.counts[i]), length))
		r.counts[i] = 0
	}
	return sum
}
