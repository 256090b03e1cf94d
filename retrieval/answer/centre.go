package answer

import (
	"math"
	"slices"

	"archivist/retrieval/text"
)

const (
	offCentre = .2  // what a word counts less at the edge of a passage: what answers it may stand just beyond
	worthIt   = .05 // of the question's mass: a passage that is better by less stays where it is
)

// A Centring moves shown passages to where the question's words are. Make one with NewCentring for a question.
type Centring struct {
	query  Query
	byTerm map[string]int // the word of the question
}

// NewCentring makes the centring for a query.
func NewCentring(q Query) Centring {
	c := Centring{q, map[string]int{}}
	for i, w := range q.Words {
		for _, term := range w.Terms {
			c.byTerm[term] = i
		}
	}
	return c
}

// A stretch is the sentences of a passage with as many around it as another passage could take in.
type stretch struct {
	sentences []sentence
	words     []int // of each
	starts    []int // byte of the stretch where each sentence begins, and where the last one ends
	first     int   // the passage's own sentences
	last      int
	said      []said
}

// said is a word of the question in a stretch.
type said struct{ word, at int }

// Move gives the passage of at most MaxWords that shares a sentence with shown and has the greatest share of the question, where a word
// counts 1 at the passage's middle and 1 − offCentre at its edges. Passages were cut without a question in mind: the sentence beyond the cut
// may say what is missing. shown stays if no other is better by worthIt.
func (c Centring) Move(t Text, shown Shown) Shown {
	s := t.stretch(shown)
	c.listen(t, &s)
	if len(s.said) == 0 {
		return shown
	}
	best := c.share(s, s.first, s.last) + worthIt
	from, to := s.first, s.last
	first, words := 0, 0
	for last := range s.sentences {
		for words += s.words[last]; words > MaxWords && first < last; first++ {
			words -= s.words[first]
		}
		if first > s.last {
			break
		}
		grows := last+1 < len(s.sentences) && words+s.words[last+1] <= MaxWords
		if last < s.first || grows || words > MaxWords {
			continue
		}
		if share := c.share(s, first, last); share > best {
			best, from, to = share, first, last
		}
	}
	if from == s.first && to == s.last {
		return shown
	}
	return t.show(s.sentences[from].from, s.sentences[to].to)
}

// share is the part of the question's mass that the sentences from first to last say, each word where it stands nearest the middle.
func (c Centring) share(s stretch, first, last int) float64 {
	if c.query.Mass == 0 {
		return 0
	}
	start, end := float64(s.starts[first]), float64(s.starts[last+1])
	middle, half := (start+end)/2, max(1, (end-start)/2)
	var best [MaxWordsAsked]float64
	for _, w := range s.said {
		if at := float64(w.at); at >= start && at < end {
			best[w.word] = max(best[w.word], 1-offCentre*math.Abs(at-middle)/half)
		}
	}
	sum := 0.
	for i, w := range c.query.Words {
		sum += w.IDF * best[i]
	}
	return sum / c.query.Mass
}

// listen finds the words of the question in a stretch.
func (c Centring) listen(t Text, s *stretch) {
	for i, sentence := range s.sentences {
		for _, token := range text.Analyse(t.cut(sentence.from, sentence.to), t.language) {
			if word, asked := c.byTerm[token.Term]; asked && !token.Stop {
				s.said = append(s.said, said{word, s.starts[i] + token.Start})
			}
		}
	}
}

// stretch gathers the sentences of a passage and up to MaxWords before and after it.
func (t Text) stretch(shown Shown) stretch {
	var s stretch
	words := 0
	for p := shown.from; ; {
		one, found := t.before(p)
		if !found {
			break
		}
		if words += t.words(one); words > MaxWords {
			break
		}
		s.sentences, p = append(s.sentences, one), one.from
	}
	slices.Reverse(s.sentences)
	s.first = len(s.sentences)
	s.sentences = append(s.sentences, t.within(shown.from, shown.to)...)
	s.last = len(s.sentences) - 1
	words = 0
	for p := shown.to; ; {
		one, found := t.after(p)
		if !found {
			break
		}
		if words += t.words(one); words > MaxWords {
			break
		}
		s.sentences, p = append(s.sentences, one), one.to
	}
	at := 0
	for _, one := range s.sentences {
		s.words, s.starts = append(s.words, t.words(one)), append(s.starts, at)
		at += one.to.at - one.from.at + 1
	}
	s.starts = append(s.starts, at)
	return s
}

// within lists the sentences between two places, a heading as one.
func (t Text) within(from, to place) []sentence {
	var list []sentence
	for n := from.paragraph; n <= to.paragraph; n++ {
		for _, span := range t.sentences(n) {
			one := sentence{place{n, span.Start}, place{n, span.End}}
			// An index from before a change of the rules for sentences may cut one.
			if one.from.before(from) {
				one.from = from
			}
			if to.before(one.to) {
				one.to = to
			}
			if one.from.before(one.to) {
				list = append(list, one)
			}
		}
	}
	return list
}
