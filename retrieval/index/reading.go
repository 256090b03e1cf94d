package index

import (
	"slices"
	"sync"
)

// A Reading is the words of some passages in order, without their stop words, under one numbering of terms. It is used by one goroutine.
type Reading struct {
	Passages  [][]Word // by hit
	Titles    [][]Word // of their articles
	Terms     []Term   // the asked ones first, in the order asked
	snapshot  *Snapshot
	homes     []home          // by hit
	words     []Word          // of all passages and titles
	numbering [][]Word        // by part and term of the part: the term as a Word, plus unheard; 0: none yet
	room      []uint32        // for the text of one passage
	fresh     []int           // words of a text whose terms may have no number yet
	asked     int             // terms
	filter    [1024]bool      // by the last bits of a term's number in any part: whether such a one is asked
	beside    []int           // the last answer of Beside
	added     map[string]Word // terms that no part has
}

// A Term of a Reading.
type Term struct {
	n       int32               // living passages that have it; counted with the number, when the memory that it takes is fetched beside other
	numbers [maxParts + 1]int32 // in each part, or -1
}

// A home is where the index has a hit.
type home struct {
	part             int // -1: nowhere
	article, passage uint32
}

// Read reads the words of hits of this snapshot. The terms of asked, all different, have the first numbers, whether the library has
// them or not.
func (s *Snapshot) Read(hits []Hit, asked []string) *Reading {
	r := readings.Get().(*Reading)
	r.snapshot = s
	for i := range s.parts {
		r.number(i, s.parts[i].terms.len())
	}
	r.asked = len(asked)
	for _, term := range asked {
		r.add([]byte(term))
		for _, number := range r.Terms[len(r.Terms)-1].numbers[:len(s.parts)] {
			if number >= 0 {
				r.filter[number%int32(len(r.filter))] = true
			}
		}
	}
	words := 0
	for _, hit := range hits {
		h := s.home(hit)
		if r.homes = append(r.homes, h); h.part >= 0 {
			words += s.parts[h.part].words(h.passage) + len(s.parts[h.part].title(h.article))
		}
	}
	r.words = slices.Grow(r.words, words) // so that it does not move while Passages and Titles are cut from it
	for _, h := range r.homes {
		var passage, title []Word
		if h.part >= 0 {
			v := &s.parts[h.part]
			passage, title = r.read(h.part, r.text(v, h.passage), 8), r.read(h.part, v.title(h.article), 0)
		}
		r.Passages, r.Titles = append(r.Passages, passage), append(r.Titles, title)
	}
	return r
}

// text is the words of a passage, which hold until the next call.
func (r *Reading) text(v *view, passage uint32) []uint32 {
	r.room = v.text(r.room, passage)
	return r.room
}

func (s *Snapshot) home(hit Hit) home {
	for i := range s.parts {
		v := &s.parts[i]
		if article, ok := v.byID[hit.Article]; ok && !v.isDead(article) {
			return home{i, article, v.firsts[article] + uint32(hit.Passage)}
		}
	}
	return home{part: -1}
}

// number makes room for the numbering of a part's terms, all of it 0.
func (r *Reading) number(part, terms int) {
	if part == len(r.numbering) {
		r.numbering = append(r.numbering, nil)
	}
	if cap(r.numbering[part]) < terms {
		r.numbering[part] = make([]Word, terms)
	}
	r.numbering[part] = r.numbering[part][:terms]
}

// read numbers a list of a part's terms that stand above shift bits, of marks where there are any. A third of the terms are new, which no
// processor foresees: a first round over the list has no branch for them, so that its reads from the numbering run side by side.
func (r *Reading) read(part int, list []uint32, shift int) []Word {
	start, numbering := len(r.words), r.numbering[part]
	r.words = r.words[:start+len(list)]
	words := r.words[start:]
	if cap(r.fresh) <= len(list) {
		r.fresh = make([]int, 2*len(list)+1)
	}
	fresh, n := r.fresh[:len(list)+1], 0
	for i, w := range list {
		word := numbering[w>>(shift&31)]
		words[i] = word - unheard | Word(w&(1<<(shift&31)-1))
		fresh[n] = i
		n += int((uint64(word) - 1) >> 63) // 1 for 0
	}
	for _, i := range fresh[:n] {
		term := list[i] >> (shift & 31)
		word := numbering[term]
		if word == 0 {
			word = r.addOf(part, term) + unheard
		}
		words[i] = word - unheard | Word(list[i]&(1<<(shift&31)-1))
	}
	return words
}

// add numbers a term that has no number yet.
func (r *Reading) add(term []byte) Word {
	t, known, form := Term{}, false, WordForm
	for i := range r.snapshot.parts {
		t.numbers[i] = -1
		if number, ok := r.snapshot.parts[i].terms.find(term); ok {
			form, known = r.snapshot.parts[i].forms[number], true
			r.found(&t, i, number, form)
		}
	}
	word := r.next(form)
	if !known {
		r.added[string(term)] = word
	}
	r.Terms = append(r.Terms, t)
	return word
}

// addOf numbers a term of a part.
func (r *Reading) addOf(part int, number uint32) Word {
	t, form := Term{}, r.snapshot.parts[part].forms[number]
	for i := range r.snapshot.parts {
		if i == part {
			r.found(&t, i, number, form)
		} else if other, ok := r.snapshot.parts[i].terms.find(r.snapshot.parts[part].terms.term(number)); ok {
			r.found(&t, i, other, form)
		} else {
			t.numbers[i] = -1
		}
	}
	word := r.next(form)
	r.Terms = append(r.Terms, t)
	return word
}

// next is the next term as a word without marks.
func (r *Reading) next(form Form) Word { return NewWord(len(r.Terms), form, 0) }

// found notes that the next term has a number in a part.
func (r *Reading) found(t *Term, part int, number uint32, form Form) {
	t.numbers[part] = int32(number)
	t.n += int32(r.snapshot.parts[part].df(inPassage, number))
	r.numbering[part][number] = r.next(form) + unheard
}

// Word is a token under the reading's numbering, which grows by terms that are new to it.
func (r *Reading) Word(token Token) Word {
	term := []byte(token.Term)
	for i := range r.snapshot.parts {
		if number, found := r.snapshot.parts[i].terms.find(term); found {
			if word := r.numbering[i][number]; word > 0 {
				return (word - unheard) | Word(token.Marks)
			}
			return r.add(term) | Word(token.Marks)
		}
	}
	word, ok := r.added[token.Term]
	if !ok {
		word = r.add(term)
	}
	return word | Word(token.Marks)
}

// Release lends the memory to the next Reading. This one, its words among it, must not be used after it.
func (r *Reading) Release() {
	for i, t := range r.Terms {
		for part, number := range t.numbers[:len(r.snapshot.parts)] {
			if number >= 0 {
				r.numbering[part][number] = 0
				if i < r.asked {
					r.filter[number%int32(len(r.filter))] = false
				}
			}
		}
	}
	clear(r.added)
	r.Passages, r.Titles, r.Terms, r.homes, r.words = r.Passages[:0], r.Titles[:0], r.Terms[:0], r.homes[:0], r.words[:0]
	r.snapshot = nil
	readings.Put(r)
}

// readings are released ones. Their numberings are all zeros: clearing what was used costs less than making new ones of the size of the
// dictionary.
var readings = sync.Pool{New: func() any { return &Reading{added: map[string]Word{}} }}

// Text is the term with this number.
func (r *Reading) Text(term int) []byte {
	for i, number := range r.Terms[term].numbers[:len(r.snapshot.parts)] {
		if number >= 0 {
			return r.snapshot.parts[i].terms.term(uint32(number))
		}
	}
	return nil
}

// Usage is how a term stands in the library.
func (r *Reading) Usage(term int) (u Usage) {
	for i, number := range r.Terms[term].numbers[:len(r.snapshot.parts)] {
		if number >= 0 {
			v := &r.snapshot.parts[i]
			u.add(v.usage[number], 1)
			if v.minusUsage != nil {
				u.add(v.minusUsage[number], -1)
			}
		}
	}
	return u
}

// IDF is the term's weight over passages.
func (r *Reading) IDF(term int) float64 {
	return IDF(int(r.Terms[term].n), max(r.snapshot.stats.passages, 1))
}

// InArticle reports whether the text of a hit's article has a term anywhere. Where the hit knows (Hit.Holds), that is at hand.
func (r *Reading) InArticle(hit, term int) bool {
	h := r.homes[hit]
	if h.part < 0 || r.Terms[term].numbers[h.part] < 0 {
		return false
	}
	_, ok := find(r.snapshot.parts[h.part].list(inArticle, uint32(r.Terms[term].numbers[h.part])), h.article)
	return ok
}

// Beside lists the asked terms that the passages before and after a hit have, in order and repeated as they occur. The list holds until the
// next call.
func (r *Reading) Beside(hit int) []int {
	r.beside = r.beside[:0]
	h := r.homes[hit]
	if h.part < 0 {
		return nil
	}
	v := &r.snapshot.parts[h.part]
	if h.passage > v.firsts[h.article] {
		r.askedIn(h.part, r.text(v, h.passage-1))
	}
	if h.passage+1 < v.firsts[h.article+1] {
		r.askedIn(h.part, r.text(v, h.passage+1))
	}
	return r.beside
}

// askedIn adds the asked terms of a text to beside. Few words pass the filter, which lies in the nearest cache; the numbering does not.
func (r *Reading) askedIn(part int, text []uint32) {
	for _, w := range text {
		if term := w >> 8; r.filter[term%uint32(len(r.filter))] {
			if word := r.numbering[part][term]; word != 0 && (word-unheard).Term() < r.asked {
				r.beside = append(r.beside, (word - unheard).Term())
			}
		}
	}
}
