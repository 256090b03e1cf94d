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
	homes     []home         // by hit
	words     []Word         // of all passages and titles
	numbering [][]uint32     // by part and term of the part: the term's number here, plus one; 0: none yet
	added     map[string]int // terms that no part has
}

// A Term of a Reading.
type Term struct {
	Form    Form
	numbers [maxParts + 1]int32 // in each part, or -1
}

// A home is where the index has a hit.
type home struct {
	part             int // -1: nowhere
	article, passage uint32
}

// Read reads the words of hits of this snapshot. The terms of asked have the first numbers, whether the library has them or not.
func (s *Snapshot) Read(hits []Hit, asked []string) *Reading {
	r := readings.Get().(*Reading)
	r.snapshot = s
	for i := range s.parts {
		r.number(i, s.parts[i].terms.len())
	}
	for _, term := range asked {
		r.add([]byte(term))
	}
	words := 0
	for _, hit := range hits {
		h := s.home(hit)
		if r.homes = append(r.homes, h); h.part >= 0 {
			words += len(s.parts[h.part].text(h.passage)) + len(s.parts[h.part].title(h.article))
		}
	}
	r.words = slices.Grow(r.words, words) // so that it does not move while Passages and Titles are cut from it
	for _, h := range r.homes {
		var passage, title []Word
		if h.part >= 0 {
			v := &s.parts[h.part]
			passage, title = r.read(h.part, v.text(h.passage), 8), r.read(h.part, v.title(h.article), 0)
		}
		r.Passages, r.Titles = append(r.Passages, passage), append(r.Titles, title)
	}
	return r
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
		r.numbering[part] = make([]uint32, terms)
	}
	r.numbering[part] = r.numbering[part][:terms]
}

// read numbers a list of a part's terms that stand above shift bits, of marks where there are any.
func (r *Reading) read(part int, list []uint32, shift int) []Word {
	start, numbering := len(r.words), r.numbering[part]
	for _, w := range list {
		term, marks := w>>shift, w&(1<<shift-1)
		n := numbering[term]
		if n == 0 {
			n = r.addOf(part, term) + 1
		}
		r.words = append(r.words, Word((n-1)<<8|marks))
	}
	return r.words[start:len(r.words):len(r.words)]
}

// add numbers a term that has no number yet.
func (r *Reading) add(term []byte) uint32 {
	t, known := Term{}, false
	for i := range r.snapshot.parts {
		t.numbers[i] = -1
		if number, ok := r.snapshot.parts[i].terms.find(term); ok {
			r.found(&t, i, number)
			known = true
		}
	}
	if !known {
		r.added[string(term)] = len(r.Terms)
	}
	r.Terms = append(r.Terms, t)
	return uint32(len(r.Terms) - 1)
}

// addOf numbers a term of a part.
func (r *Reading) addOf(part int, number uint32) uint32 {
	t := Term{}
	for i := range r.snapshot.parts {
		if i == part {
			r.found(&t, i, number)
		} else if other, ok := r.snapshot.parts[i].terms.find(r.snapshot.parts[part].terms.term(number)); ok {
			r.found(&t, i, other)
		} else {
			t.numbers[i] = -1
		}
	}
	r.Terms = append(r.Terms, t)
	return uint32(len(r.Terms) - 1)
}

// found notes that the next term has a number in a part.
func (r *Reading) found(t *Term, part int, number uint32) {
	t.numbers[part], t.Form = int32(number), r.snapshot.parts[part].forms[number]
	r.numbering[part][number] = uint32(len(r.Terms)) + 1
}

// Word is a token under the reading's numbering, which grows by terms that are new to it.
func (r *Reading) Word(token Token) Word {
	term := []byte(token.Term)
	for i := range r.snapshot.parts {
		if number, found := r.snapshot.parts[i].terms.find(term); found {
			if n := r.numbering[i][number]; n > 0 {
				return Word((n-1)<<8 | uint32(token.Marks))
			}
			return Word(r.add(term)<<8 | uint32(token.Marks))
		}
	}
	n, ok := r.added[token.Term]
	if !ok {
		n = int(r.add(term))
	}
	return Word(uint32(n)<<8 | uint32(token.Marks))
}

// Release lends the memory to the next Reading. This one, its words among it, must not be used after it.
func (r *Reading) Release() {
	for _, t := range r.Terms {
		for i := range r.snapshot.parts {
			if number := t.numbers[i]; number >= 0 {
				r.numbering[i][number] = 0
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
var readings = sync.Pool{New: func() any { return &Reading{added: map[string]int{}} }}

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
	n := 0
	for i, number := range r.Terms[term].numbers[:len(r.snapshot.parts)] {
		if number >= 0 {
			n += r.snapshot.parts[i].df(inPassage, uint32(number))
		}
	}
	return IDF(n, max(r.snapshot.stats.passages, 1))
}

// InArticle reports whether the text of a hit's article has a term anywhere.
func (r *Reading) InArticle(hit, term int) bool {
	list, h := r.list(inArticle, hit, term)
	_, ok := find(list, h.article)
	return ok
}

// Beside reports whether the passage before or after a hit has a term.
func (r *Reading) Beside(hit, term int) bool {
	list, h := r.list(inPassage, hit, term)
	if len(list) == 0 {
		return false
	}
	firsts := r.snapshot.parts[h.part].firsts
	first, last := max(h.passage, firsts[h.article]+1)-1, min(h.passage+1, firsts[h.article+1]-1)
	at, _ := slices.BinarySearch(list, first<<8)
	for ; at < len(list) && list[at]>>8 <= last; at++ {
		if list[at]>>8 != h.passage {
			return true
		}
	}
	return false
}

// list is the postings of a term in the part that has a hit.
func (r *Reading) list(f field, hit, term int) ([]uint32, home) {
	h := r.homes[hit]
	if h.part < 0 || r.Terms[term].numbers[h.part] < 0 {
		return nil, h
	}
	return r.snapshot.parts[h.part].list(f, uint32(r.Terms[term].numbers[h.part])), h
}
