package rank

import (
	"math"
	"math/bits"
	"slices"
	"sync"

	"archivist/retrieval/index"
)

// A Feature is one thing that a passage shows, in or near 0 to 1.
type Feature int

// The features. "Share" is share of the question's mass, the sum of its words' idf.
const (
	Age     Feature = iota // ln(1+days between published and asked) / ln 3651; .55 if undated, .8 if of long after
	Typed                  // the best candidate: fit · (.2 + near)
	Votes                  // the best candidate's votes over the most votes of any
	Lead                   // 1 / (1 + place in the article)
	Terms                  // words that other good passages have too: Σ votes · idf / √words, over the best
	Title                  // BM25 of the title / the question's mass in titles
	Missing                // share of the words that the article nowhere has
	Article                // BM25 of the article / the question's mass in articles
	Ordered                // share of neighbouring pairs of words in order, at most one word further apart
	Names                  // share of the capitalised words in passage or title; 1 if there are none
	Around                 // share of the words in the passage, its two neighbours or the title
	Passage                // BM25 of the passage / the question's mass
	Window                 // the greatest share within eight words
	Unsaid                 // share of the question's names and numbers that the article nowhere has; 0 if there are none. For the confidence alone
	features
)

var featureNames = [features]string{
	"age", "typed", "votes", "lead", "terms", "title", "missing", "article", "ordered", "names", "around", "passage",
	"window", "unsaid",
}

// A Vector is the features of one passage.
type Vector [features]float64

// A Word of a question: the terms it may stand as and its weight.
type Word struct {
	Terms   []string
	IDF     float64 // over passages
	Capital bool    // written with a capital in the question
	At      int     // byte of the question
}

// number reports whether the word stands as a number.
func (w Word) number() bool { return len(w.Terms) > 0 && w.Terms[0][0] >= '0' && w.Terms[0][0] <= '9' }

// A Question is what the features are taken against.
type Question struct {
	Text    string
	Words   []Word  // at most 64
	Mass    float64 // Σ IDF
	Content float64 // how much the question says: its mass in words that one passage has each
	Day     int32   // asked, in days since 1970
	Dated   float64 // how far the library is one of news, 0 to 1

	TitleMass, ArticleMass float64 // Σ idf over titles, over articles

	Without Without
}

// A Scored is a hit with what the formula makes of it.
type Scored struct {
	index.Hit
	Words    []index.Word // of the passage, until Close.Release
	Features Vector
	Score    float64
}

// ranking is the second stage at work on one question.
type ranking struct {
	q       Question
	hits    []index.Hit
	reading *index.Reading
	wanted  Wanted
	when    Span // that the question names
	named   bool
	unit    int    // the word of the question that says what is counted: "how many bridges"; -1: none
	heads   uint64 // the words of the question that name what is asked for: "which university"

	names, particular uint64      // words with a capital; those and numbers
	idfAsked          [64]float64 // of the question's words

	byTerm     []int         // for the first terms of the reading: the word of the question
	sets       []uint64      // for the same: all words that the term stands for, as bits
	uses       []use         // by term
	idfs       []float64     // likewise
	candidates []candidate   // of all hits
	spans      [][]candidate // the same by hit
	spotted    []spot        // of one text
	forms      forms

	formVotes, termVotes tally
	lastWords            []int // by form: a term
	byArticle            []int // hits, those of an article together
	ends                 []int // by hit: of its candidates

	vectors              []Vector
	ages                 []float64
	covers               []uint64 // words of the question in passage
	titles               []uint64
	votes                []float64 // by form
	wordVotes            []float64 // by term
	seen                 []int     // by term: the last text that had it
	text                 int       // counts texts, for seen
	mostVotes, mostTerms float64

	scores []float64 // by hit
	best   []int     // of hits, best first
	list   []Scored
}

type use struct {
	known, named  bool
	person, place float64
}

// asked is the word of the question that w is, or -1.
func (r *ranking) asked(w index.Word) int {
	if t := w.Term(); t < len(r.byTerm) {
		return r.byTerm[t]
	}
	return -1
}

// found is the words of the question that w stands for, as bits: several where the library writes them as one.
func (r *ranking) found(w index.Word) uint64 {
	if t := w.Term(); t < len(r.sets) {
		return r.sets[t]
	}
	return 0
}

// usage is how the library uses a word, smoothed: nothing is sure of a word that was seen once.
func (r *ranking) usage(w index.Word) use {
	u := &r.uses[w.Term()]
	if !u.known {
		counts := r.reading.Usage(w.Term())
		*u = use{
			known:  true,
			named:  counts.Capital > 2*(counts.Inside-counts.Capital),
			person: (float64(counts.Person) + 1) / (float64(counts.Capital) + 8),
			place:  (float64(counts.Placed) + 1) / (float64(counts.Capital) + 8),
		}
		u.person, u.place = min(1, u.person), min(1, u.place)
	}
	return *u
}

func (r *ranking) idf(term int) float64 {
	if r.idfs[term] == 0 {
		r.idfs[term] = r.reading.IDF(term)
	}
	return r.idfs[term]
}

const (
	voters    = 100 // passages whose candidates vote
	termVoter = 40  // passages whose words vote
	oldest    = 3650
	undated   = .55
	later     = .8 // of what was published more than changed days after the day asked
	changed   = 10
	window    = 8
)

// age of a passage on the day asked. Where the question names a time, the prior for what is new yields: it is the distance to that time.
func (r *ranking) age(day int32) float64 {
	if r.named {
		if day == index.NoDay {
			return middle
		}
		return middle + yield*(log(r.when.away(day))-middle)
	}
	return ageOn(day, r.q.Day)
}

// ageOn is how old what was published on a day is on the day asked. A text of some days later is mostly one that was changed since, and as
// new as one of some days before; a text of long after tells of other things.
func ageOn(day, asked int32) float64 {
	away := float64(asked) - float64(day)
	switch {
	case day == index.NoDay || asked == index.NoDay:
		return undated
	case away < -changed:
		return later
	}
	return log(math.Abs(away))
}

// log puts days on a scale of 0 to 1, which ten years reach: yesterday against last week weighs as much as last month against this year.
func log(days float64) float64 { return min(1, math.Log(1+days)/math.Log(oldest+1)) }

const (
	middle = .35 // the age of a right passage, as it is on news
	yield  = .75 // what of its weight the distance to a named time has; docs/decisions/0009-time.md tells how it was chosen
)

// rankings are released ones, whose memory serves the next.
var rankings = sync.Pool{New: func() any { return &ranking{} }}

// zeros are n zero values in the memory of a slice, if it is large enough.
func zeros[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// measure takes the features of hits, which stand best first by the first stage.
func measure(q Question, hits []index.Hit, s *index.Snapshot) *ranking {
	r := rankings.Get().(*ranking)
	r.q, r.hits = q, hits
	word, after := askingWord(q.Text)
	r.wanted, r.heads, r.unit = kindOf(word, after, q.Text), headsOf(q, word, after), unitOf(q)
	if r.when, r.named = (Span{}), false; !q.Without.time {
		r.when, r.named = When(q.Text, q.Day)
	}
	var terms []string
	r.byTerm, r.sets = r.byTerm[:0], r.sets[:0]
	r.names, r.particular = 0, 0
	for i, w := range q.Words {
		r.idfAsked[i] = w.IDF
		if w.Capital {
			r.names |= 1 << i
		}
		if w.Capital || w.number() {
			r.particular |= 1 << i
		}
		for _, term := range w.Terms {
			at := slices.Index(terms, term)
			if at < 0 {
				at = len(terms)
				terms, r.byTerm, r.sets = append(terms, term), append(r.byTerm, i), append(r.sets, 0)
			}
			r.sets[at] |= 1 << i
		}
	}
	r.reading = s.Read(hits, terms)
	n := len(r.reading.Terms)
	r.uses, r.idfs, r.seen = zeros(r.uses, n), zeros(r.idfs, n), zeros(r.seen, n)
	n = len(hits)
	r.vectors, r.ages, r.covers, r.titles = zeros(r.vectors, n), zeros(r.ages, n), zeros(r.covers, n), zeros(r.titles, n)
	for i, h := range hits {
		r.ages[i] = r.age(h.Day)
		for _, w := range r.reading.Passages[i] {
			r.covers[i] |= r.found(w)
		}
		for _, w := range r.reading.Titles[i] {
			r.titles[i] |= r.found(w)
		}
	}
	r.groupByArticle()
	r.find()
	r.votes, r.wordVotes = r.vote(), r.voteWords()
	for i := range hits {
		r.matching(i)
		r.agreement(i)
	}
	r.normalise()
	return r
}

// share is what a set of the question's words has of its mass.
func (r *ranking) share(found uint64) float64 { return r.mass(found) / r.q.Mass }

// mass is the sum of the idf of a set of the question's words.
func (r *ranking) mass(found uint64) (sum float64) {
	for ; found != 0; found &= found - 1 {
		sum += r.idfAsked[bits.TrailingZeros64(found)]
	}
	return sum
}

// inArticle is which of the question's words stand in the text of a hit's article.
func (r *ranking) inArticle(i int) (found uint64) {
	for term, set := range r.sets {
		if len(r.sets) <= 64 && r.hits[i].Holds&(1<<term) != 0 || len(r.sets) > 64 && r.reading.InArticle(i, term) {
			found |= set
		}
	}
	return found
}

// matching takes the features of what the question's words find.
func (r *ranking) matching(i int) {
	h, v := r.hits[i], &r.vectors[i]
	both := r.covers[i] | r.titles[i]
	v[Age] = r.ages[i]
	v[Lead] = 1 / (1 + float64(h.Passage))
	v[Title] = h.InTitle / index.FirstStage.Title.Weight / max(r.q.TitleMass, 1e-9)
	v[Passage] = h.InPassage / r.q.Mass
	v[Article] = h.InArticle / index.FirstStage.Article.Weight / max(r.q.ArticleMass, 1e-9)
	inArticle := r.inArticle(i)
	said := both | inArticle // in the article
	if mass := r.mass(r.particular); mass > 0 {
		v[Unsaid] = r.mass(r.particular&^said) / mass
	}
	v[Names] = 1
	if mass := r.mass(r.names); mass > 0 {
		v[Names] = r.mass(r.names&both) / mass
	}
	v[Missing] = 1 - r.share(said)
	around := both
	if inArticle&^around != 0 {
		for _, term := range r.reading.Beside(i) {
			around |= r.sets[term]
		}
	}
	v[Around] = r.share(around)
	r.order(i)
}

// order takes the features of where the question's words stand to each other.
func (r *ranking) order(i int) {
	var pairs uint64
	v, words := &r.vectors[i], r.reading.Passages[i]
	last := [2]int{-1, -1} // the two words before, as words of the question
	for at, w := range words {
		a := r.asked(w)
		if a > 0 && (last[0] == a-1 || last[1] == a-1) {
			pairs |= 1 << a
		}
		last[1], last[0] = last[0], a
		if a < 0 {
			continue
		}
		set := r.found(w)
		pairs |= set & (set << 1)
		var near uint64
		for _, other := range words[at:min(len(words), at+window)] {
			near |= r.found(other)
		}
		v[Window] = max(v[Window], r.share(near))
	}
	if n := len(r.q.Words) - 1; n > 0 {
		v[Ordered] = float64(bits.OnesCount64(pairs)) / float64(n)
	}
}
