package index

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

// A Word is a token of a Reading: the number of its term there, the term's form and the token's marks, number<<10 | form<<8 | marks.
type Word uint32

// unheard is added to words where 0 stands for none.
const unheard Word = 1 << 10

// NewWord is the word of a term with a form and marks.
func NewWord(term int, form Form, marks Marks) Word {
	return Word(term)<<10 | Word(form)<<8 | Word(marks)
}

// Term is the number of the word's term among Reading.Terms.
func (w Word) Term() int { return int(w >> 10) }

// Form is the form of the word's term.
func (w Word) Form() Form { return Form(w >> 8 & 3) }

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

// A markSum is a Usage as two numbers, each of two counts, so that a library is counted without a branch that depends on the marks.
type markSum [2]uint64

// markSums is what each mark adds.
var markSums [256]markSum

func init() {
	for m := range markSums {
		var u Usage
		u.count(Marks(m))
		markSums[m] = markSum{uint64(u.Capital)<<32 | uint64(u.Inside), uint64(u.Person)<<32 | uint64(u.Placed)}
	}
}

func (s *markSum) add(m Marks) {
	s[0] += markSums[m][0]
	s[1] += markSums[m][1]
}

func (s *markSum) usage() Usage {
	return Usage{Inside: uint32(s[0]), Capital: uint32(s[0] >> 32), Placed: uint32(s[1]), Person: uint32(s[1] >> 32)}
}

func (u *Usage) add(o Usage, sign int) {
	u.Inside += uint32(sign) * o.Inside
	u.Capital += uint32(sign) * o.Capital
	u.Placed += uint32(sign) * o.Placed
	u.Person += uint32(sign) * o.Person
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
