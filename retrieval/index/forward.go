package index

import "sync"

// A Token is one term of a text where it stands.
type Token struct {
	Term  string
	Marks Marks
}

// Marks say how a token stands in its text. They are stored: never change the meaning of a bit.
type Marks uint8

// The marks. What divides a token from the one before takes the lowest two bits: see Joint.
const (
	jointMask Marks = 3
	Capital   Marks = 1 << 2 // begins with a capital letter
	Start     Marks = 1 << 3 // the first token of its sentence that is no stop word
	Inside    Marks = 1 << 4 // something stands before it in its sentence, so that a capital there means a name
	Placed    Marks = 1 << 5 // belongs to a name after a word of place: in, near, across
	Person    Marks = 1 << 6 // belongs to a name that says something or has a title: "Ms Noor", "Noor said"
	Amount    Marks = 1 << 7 // a number of money, of per cent or with a unit
)

// A Joint is what divides a token from the one before it.
type Joint uint8

// The joints.
const (
	Beside Joint = iota // a blank or a hyphen
	Linked              // words that stand inside names: of, the, de, von
	Apart               // other stop words
	Broken              // a mark of punctuation, a line's end, or nothing before it
)

// Joint is the joint among the marks.
func (m Marks) Joint() Joint { return Joint(m & jointMask) }

// With are the marks with a joint.
func (m Marks) With(j Joint) Marks { return m&^jointMask | Marks(j) }

// Has reports whether all of some marks are there.
func (m Marks) Has(o Marks) bool { return m&o == o }

// A Word is a token of a Reading: the number of its term there and its marks.
type Word uint32

// Term is the number of the word's term among Reading.Terms.
func (w Word) Term() int { return int(w >> 8) }

// Marks are the word's marks.
func (w Word) Marks() Marks { return Marks(w) }

// Usage counts how a term stands in the texts of a library.
type Usage struct {
	Inside  uint32 // inside a sentence
	Capital uint32 // of those, with a capital letter
	Placed  uint32
	Person  uint32
}

func (u *Usage) count(m Marks) {
	if m.Has(Inside) {
		u.Inside++
		if m.Has(Capital) {
			u.Capital++
		}
	}
	if m.Has(Placed) {
		u.Placed++
	}
	if m.Has(Person) {
		u.Person++
	}
}

func (u *Usage) add(o Usage, sign int) {
	u.Inside += uint32(sign) * o.Inside
	u.Capital += uint32(sign) * o.Capital
	u.Placed += uint32(sign) * o.Placed
	u.Person += uint32(sign) * o.Person
}

// A Reading is the words of some passages in order, without their stop words, under one numbering of terms. It is used by one goroutine.
type Reading struct {
	Passages  [][]Word // by hit
	Titles    [][]Word // of their articles
	Terms     []Term   // the asked ones first, in the order asked
	snapshot  *Snapshot
	numbering [][]uint32     // by part and term of the part: the term's number here, plus one; 0: none yet
	added     map[string]int // terms that no part has
}

// A Term of a Reading: its number in each part, or -1.
type Term struct{ numbers [maxParts + 1]int32 }

// Read reads the words of hits of this snapshot. The terms of asked have the first numbers, whether the library has them or not.
func (s *Snapshot) Read(hits []Hit, asked []string) *Reading {
	r := &Reading{snapshot: s, Passages: make([][]Word, len(hits)), Titles: make([][]Word, len(hits)), added: map[string]int{}}
	for _, v := range s.parts {
		r.numbering = append(r.numbering, borrow(v.terms.len()))
	}
	for _, term := range asked {
		r.add([]byte(term))
	}
	r.Terms = append(make([]Term, 0, len(r.Terms)+expectedTerms*len(hits)), r.Terms...)
	var all []Word // what Passages and Titles are slices of, made anew when it is full
	// words numbers a list of terms that stand above shift bits, of marks where there are any.
	words := func(i int, list []uint32, shift int) []Word {
		if len(all)+len(list) > cap(all) {
			all = make([]Word, 0, max(len(list), wordsAtOnce))
		}
		start := len(all)
		numbering := r.numbering[i]
		for _, w := range list {
			term, marks := w>>shift, w&(1<<shift-1)
			n := numbering[term]
			if n == 0 {
				n = r.addOf(i, term) + 1
			}
			all = append(all, Word((n-1)<<8|marks))
		}
		return all[start:len(all):len(all)]
	}
	titles := map[int64][]Word{}
	for h, hit := range hits {
		for i := range s.parts {
			v := &s.parts[i]
			article, ok := v.byID[hit.Article]
			if !ok || v.isDead(article) {
				continue
			}
			r.Passages[h] = words(i, v.text(v.firsts[article]+uint32(hit.Passage)), 8)
			title, read := titles[hit.Article]
			if !read {
				title = words(i, v.title(article), 0)
				titles[hit.Article] = title
			}
			r.Titles[h] = title
		}
	}
	return r
}

const (
	expectedTerms = 16   // new terms that a hit brings, at most as a rule
	wordsAtOnce   = 4096 // of memory for words
)

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
	t.numbers[part] = int32(number)
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

// Release gives the memory of the numbering back. The Reading must not be used after it.
func (r *Reading) Release() {
	for _, t := range r.Terms {
		for i, number := range t.numbers[:len(r.numbering)] {
			if number >= 0 {
				r.numbering[i][number] = 0
			}
		}
	}
	for _, numbers := range r.numbering {
		numberings.Put(&numbers)
	}
	r.numbering = nil
}

// numberings are slices of zeros: clearing what was used costs less than making a new one of the size of the dictionary.
var numberings sync.Pool

func borrow(size int) []uint32 {
	if p, ok := numberings.Get().(*[]uint32); ok && cap(*p) >= size {
		return (*p)[:size]
	}
	return make([]uint32, size)
}

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
			v := r.snapshot.parts[i]
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

// Holds reports whether the article's text has the term anywhere.
func (s *Snapshot) Holds(article int64, term string) bool {
	for i := range s.parts {
		v := &s.parts[i]
		if a, ok := v.byID[article]; ok && !v.isDead(a) {
			if t, ok := v.terms.find([]byte(term)); ok {
				_, holds := find(v.list(inArticle, t), a)
				return holds
			}
		}
	}
	return false
}

// HoldsBeside reports whether the passage before or after a hit has the term.
func (s *Snapshot) HoldsBeside(h Hit, term string) bool {
	for i := range s.parts {
		v := &s.parts[i]
		if a, ok := v.byID[h.Article]; ok && !v.isDead(a) {
			t, ok := v.terms.find([]byte(term))
			if !ok {
				return false
			}
			p := v.firsts[a] + uint32(h.Passage)
			for _, beside := range [...]uint32{p - 1, p + 1} {
				if beside >= v.firsts[a] && beside < v.firsts[a+1] {
					if _, holds := find(v.list(inPassage, t), beside); holds {
						return true
					}
				}
			}
		}
	}
	return false
}

// Masses are the sums of the idf of terms over titles and over articles.
func (s *Snapshot) Masses(terms []string) (titles, articles float64) {
	for _, term := range terms {
		titles += IDF(s.df(inTitle, term), max(s.stats.articles, 1))
		articles += IDF(s.df(inArticle, term), max(s.stats.articles, 1))
	}
	return titles, articles
}

// Days are the days on which the living articles were published, NoDay where that is unknown, in no order.
func (s *Snapshot) Days(yield func(int32) bool) {
	for _, v := range s.parts {
		for a, day := range v.days {
			if !v.isDead(uint32(a)) && !yield(day) {
				return
			}
		}
	}
}

// Day is the day on which a living article was published, NoDay if that is unknown.
func (s *Snapshot) Day(article int64) int32 {
	for _, v := range s.parts {
		if a, ok := v.byID[article]; ok && !v.isDead(a) {
			return v.days[a]
		}
	}
	return NoDay
}
