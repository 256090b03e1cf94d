package rank

import (
	"math"

	"archivist/retrieval/index"
)

// A candidate is a span of a passage that could be the answer itself.
type candidate struct {
	start, end int     // words of the passage
	fit        float64 // to the wanted kind, above 0 and up to about 1
	near       float64 // share of the question's mass within reach
	form       int     // the number of its words among the forms; -1: none of the voters has them
}

// appendCandidates appends the spans of a text that may be of the wanted kind and that are not the question's own words. Their forms are not
// numbered yet.
func (r *ranking) appendCandidates(list []candidate, words []index.Word) []candidate {
	first := len(list)
	names, figures := r.wanted <= Name, r.wanted >= Date || r.wanted == Anything // what is looked for; the rest costs look-ups
	add := func(start, end int, fit float64) {
		if fit > 0 && !r.asks(words[start:end]) {
			list = append(list, candidate{start: start, end: end, fit: fit, form: -1})
		}
	}
	for start := 0; start < len(words); {
		end := start + 1
		w := words[start]
		switch {
		case !figures && !w.Marks().Has(index.Capital):
		case w.Form() != index.WordForm:
			for end < len(words) && w.Form() == index.CalendarForm && words[end].Marks().Joint() == index.Beside && words[end].Form() >= index.NumberForm {
				end++ // "march 4"
			}
			add(start, end, r.fitNumber(words, start))
		case names && r.isName(w):
			for end < len(words) && words[end].Marks().Joint() <= index.Linked && words[end].Form() == index.WordForm && r.isName(words[end]) {
				end++
			}
			add(start, end, r.fitName(words[start:end]))
		case r.wanted == Anything:
			add(start, end, fitWord)
		}
		start = end
	}
	if len(list) == first {
		return list
	}
	spots := r.spots(words)
	for i := range list[first:] {
		c := &list[first+i]
		c.near = r.near(*c, spots)
	}
	return list
}

const (
	fitWord   = .4
	fitSome   = .35
	fitFigure = .3

	unitWithin = 3 // words behind a number in which its unit may stand
)

// isName reports whether the word is written as a name: with a capital inside a sentence, or at its start if the library writes it with
// a capital more than twice as often as without.
func (r *ranking) isName(w index.Word) bool {
	m := w.Marks()
	if !m.Has(index.Capital) {
		return false
	}
	if m.Has(index.Inside) {
		return true
	}
	return r.usage(w).named
}

// asks reports whether the span says what the question says: with its last word, with half of its words or with all of them. The words that
// name what is asked for may be a part of the answer, but not the whole.
func (r *ranking) asks(span []index.Word) bool {
	same, heads := 0, 0
	for i, w := range span {
		switch a := r.asked(w); {
		case a >= 0 && r.heads&(1<<a) != 0:
			heads++
		case a >= 0 && i == len(span)-1:
			return true
		case a >= 0:
			same++
		}
	}
	return 2*same >= len(span) || same+heads == len(span)
}

// fitName is how well a run of capitalised words fits the wanted kind, by how the library uses its words.
func (r *ranking) fitName(span []index.Word) float64 {
	if r.wanted == Anything {
		return .6
	}
	person, place := 0., 0.
	for _, w := range span {
		u := r.usage(w)
		person, place = max(person, u.person), max(place, u.place)
	}
	switch r.wanted {
	case Person:
		fit := fitSome
		if len(span) == 2 || len(span) == 3 {
			fit = .8
		}
		return max(.05, fit+.6*person-.8*place)
	case Place:
		// Countries act more often than things happen in them: two mentions in five after a word of place make a place.
		return max(.05, .1+.9*min(1, 2.5*place)-.6*person)
	default:
		return max(.05, .8-.5*place)
	}
}

// fitNumber is how well a number, a year, a month or a day fits.
func (r *ranking) fitNumber(words []index.Word, at int) float64 {
	w := words[at]
	amount := w.Marks().Has(index.Amount)
	switch form := w.Form(); r.wanted {
	case Date:
		switch form {
		case index.YearForm:
			return .9
		case index.CalendarForm:
			return .8
		}
		return .1
	case Number:
		switch {
		case form == index.CalendarForm:
			return 0
		case form == index.YearForm && !amount:
			return .2
		case r.unit >= 0:
			// "how many bridges" wants the number that stands before the bridges.
			for _, next := range words[at+1 : min(len(words), at+1+unitWithin)] {
				if r.asked(next) == r.unit {
					return 1
				}
			}
			return .5
		case amount:
			return 1
		}
		return .8
	case Money, Percent:
		switch {
		case form == index.NumberForm && amount:
			return 1
		case form == index.NumberForm:
			return .2
		}
	case Anything:
		if form != index.CalendarForm {
			return fitFigure
		}
	}
	return 0
}

// Words within reach of a candidate speak for it, the nearer the more. Stop words are not counted.
const reach = 15

// near is the share of the question's mass that stands within reach of a candidate, the nearer the more.
func (r *ranking) near(c candidate, spots []spot) float64 {
	sum := 0.
	for i := 0; i < len(spots); {
		best, asked := math.MaxInt, spots[i].asked()
		for ; i < len(spots) && spots[i].asked() == asked; i++ {
			at := spots[i].at()
			best = min(best, max(0, c.start-at, at-c.end+1)) // without a branch, which nothing would foresee
		}
		if best < reach {
			sum += r.q.Words[asked].IDF * (1 - float64(best)/reach)
		}
	}
	return sum / r.q.Mass
}

// A spot is where a word of the question stands in a passage: asked<<32 | at.
type spot uint64

func (s spot) asked() int { return int(s >> 32) }
func (s spot) at() int    { return int(uint32(s)) }
