package index

import (
	"cmp"
	"slices"
)

// A Query is the terms of a question, and how their fields weigh. Repeated terms count once; of more than 64 the rarest do.
type Query struct {
	Terms   []string
	Weights Weights
}

// A lookup is a query made ready for a snapshot. Its memory may be used again for the next query.
type lookup struct {
	terms   []queryTerm          // known ones, in the query's order, which is the order of every sum
	numbers []int32              // what the terms' numbers are slices of
	gains   [fields][256]float64 // by code, of the fields that weigh
	best    [fields]float64      // of those
}

// A queryTerm is a term's weight in each field and its number in each part.
type queryTerm struct {
	term    string
	place   int             // among the query's different terms
	n       [fields]int     // living texts with the term
	weight  [fields]float64 // Weight of the field · idf; 0 where n is 0
	numbers []int32         // by part; -1: not there
}

// prepare looks the terms up.
func (l *lookup) prepare(s *Snapshot, q Query) {
	l.terms, l.numbers = l.terms[:0], l.numbers[:0]
	different := 0
	for i, term := range q.Terms {
		if slices.Contains(q.Terms[:i], term) {
			continue
		}
		t, known := queryTerm{term: term, place: different}, false
		different++
		start := len(l.numbers)
		for _, v := range s.parts {
			number, ok := v.terms.find([]byte(term))
			if !ok {
				l.numbers = append(l.numbers, -1)
				continue
			}
			l.numbers = append(l.numbers, int32(number))
			for f := range fields {
				t.n[f] += v.df(f, number)
			}
			known = true
		}
		if !known {
			l.numbers = l.numbers[:start]
			continue
		}
		t.numbers = l.numbers[start:]
		for f := range fields {
			if t.n[f] > 0 {
				t.weight[f] = q.Weights.of(f).Weight * IDF(t.n[f], s.stats.n(f))
			}
		}
		l.terms = append(l.terms, t)
	}
	if len(l.terms) > maxQueryTerms {
		l.terms = rarest(l.terms)
	}
	for f := range fields {
		if l.best[f] = 0; q.Weights.of(f).Weight > 0 {
			l.best[f] = q.Weights.of(f).gains(f, s.stats.mean(f), &l.gains[f])
		}
	}
}

// rarest are the maxQueryTerms terms that the fewest passages have, in their order.
func rarest(terms []queryTerm) []queryTerm {
	order := make([]int, len(terms))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(terms[a].n[inPassage], terms[b].n[inPassage]) })
	kept := order[:maxQueryTerms]
	slices.Sort(kept)
	for i, at := range kept { // ascending, so that none is written over before it is read
		terms[i] = terms[at]
	}
	return terms[:maxQueryTerms]
}

// gains works out the gains of all codes of a field whose texts have this mean length, and returns the greatest.
func (p BM25) gains(f field, mean float64, gains *[256]float64) (best float64) {
	for code := range gains {
		tf, length := decodeIn(f, uint32(code))
		gain := p.gain(tf, length, mean)
		gains[code] = gain
		if gain > best {
			best = gain
		}
	}
	return best
}

// value is what a posting with this code adds to the sum of its field. The conversion forbids the compiler of some machines to fuse the
// product with the addition, which would round a sum otherwise than its parts.
func (l *lookup) value(t *queryTerm, f field, code uint32) float64 {
	return float64(t.weight[f] * l.gains[f][code])
}
