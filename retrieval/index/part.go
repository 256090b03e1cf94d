package index

import (
	"errors"
	"slices"
)

// errTooLarge says that a part cannot number its passages.
var errTooLarge = errors.New("index: more than 16.7 million passages in one part")

// A part is the flat index of some articles. It never changes.
type part struct {
	terms    termTable
	starts   [fields][]uint32
	postings [fields][]uint32
	usage    []Usage // by term
	forms    []Form  // by term

	ids        []int64 // by article ordinal, as are the next five
	days       []int32
	languages  []uint16 // of languageNames
	firsts     []uint32 // the article's first passage; one more at the end
	titleEnds  []uint32 // in titleWords
	titleWords []uint32 // terms

	owner    []uint32 // the article of each passage
	extents  []uint32 // four a passage
	wordEnds []uint32 // of each passage in words
	words    []uint32 // the tokens of all passages in order: term<<8 | marks

	languageNames []string
	byID          map[int64]uint32
}

func (p *part) articles() int { return len(p.ids) }
func (p *part) passages() int { return len(p.owner) }

// list is the postings of term t in a field.
func (p *part) list(f field, t uint32) []uint32 {
	return p.postings[f][p.starts[f][t]:p.starts[f][t+1]]
}

func (p *part) extent(passage uint32) Extent {
	e := p.extents[passage*4 : passage*4+4]
	return Extent{First: int(e[0]), Start: int(e[1]), Last: int(e[2]), End: int(e[3])}
}

// from is where the n-th of consecutive lists begins, whose ends are known.
func from(ends []uint32, n uint32) uint32 {
	if n == 0 {
		return 0
	}
	return ends[n-1]
}

// text is the words of a passage.
func (p *part) text(passage uint32) []uint32 {
	return p.words[from(p.wordEnds, passage):p.wordEnds[passage]]
}

// title is the words of an article's title, without marks.
func (p *part) title(article uint32) []uint32 {
	return p.titleWords[from(p.titleEnds, article):p.titleEnds[article]]
}

// articleLength is the article's length in terms, without its title.
func (p *part) articleLength(article uint32) int {
	return int(from(p.wordEnds, p.firsts[article+1]) - from(p.wordEnds, p.firsts[article]))
}

// bytes is what the part holds in memory.
func (p *part) bytes() int {
	n := p.terms.bytes() + 16*len(p.usage) + len(p.forms) + 8*len(p.ids) + 4*len(p.days) + 2*len(p.languages) + 4*len(p.firsts) + 24*len(p.byID)
	n += 4 * (len(p.titleEnds) + len(p.titleWords) + len(p.owner) + len(p.extents) + len(p.wordEnds) + len(p.words))
	for f := range fields {
		n += 4 * (len(p.starts[f]) + len(p.postings[f]))
	}
	return n
}

// find is the code of ordinal in an ascending list of postings.
func find(list []uint32, ordinal uint32) (code uint32, ok bool) {
	i, _ := slices.BinarySearch(list, ordinal<<8)
	if i < len(list) && list[i]>>8 == ordinal {
		return list[i] & 0xff, true
	}
	return 0, false
}

// A builder gathers articles into a part: begin each with article, add its words, then invert all.
type builder struct{ *part }

func newBuilder() builder {
	return builder{&part{firsts: []uint32{0}, byID: map[int64]uint32{}}}
}

// article adds one article. Its words come as places in terms, which lists numbers of the part's terms.
func (b builder) article(id int64, day int32, language string, title []uint32) {
	b.byID[id] = uint32(len(b.ids))
	b.ids = append(b.ids, id)
	b.days = append(b.days, day)
	b.languages = append(b.languages, b.languageNumber(language))
	b.titleWords = append(b.titleWords, title...)
	b.titleEnds = append(b.titleEnds, uint32(len(b.titleWords)))
	b.firsts = append(b.firsts, uint32(len(b.owner)))
}

// passage adds a passage to the article that was added last.
func (b builder) passage(e Extent, words []uint32) {
	b.owner = append(b.owner, uint32(len(b.ids)-1))
	b.extents = append(b.extents, uint32(e.First), uint32(e.Start), uint32(e.Last), uint32(e.End))
	b.words = append(b.words, words...)
	b.wordEnds = append(b.wordEnds, uint32(len(b.words)))
	b.firsts[len(b.firsts)-1] = uint32(len(b.owner))
}

func (b builder) languageNumber(name string) uint16 {
	i := slices.Index(b.languageNames, name)
	if i < 0 {
		i = len(b.languageNames)
		b.languageNames = append(b.languageNames, name)
	}
	return uint16(i)
}

// invert makes the postings from the words. Two rounds over them: the first counts, the second places, so that the arrays are made once in
// their final size.
func (b builder) invert() error {
	if len(b.owner) > maxOrdinal || b.terms.len() > maxTerms {
		return errTooLarge
	}
	terms := b.terms.len()
	b.usage, b.forms = make([]Usage, terms), make([]Form, terms)
	for t := range b.forms {
		b.forms[t] = formOf(b.terms.term(uint32(t)))
	}
	var next [fields][]uint32 // where the next posting of a term goes
	for f := range fields {
		next[f] = make([]uint32, terms)
	}
	b.texts(func(f field, _ uint32, _ int, t *tally) {
		for _, term := range t.terms {
			next[f][term]++
		}
	})
	for f := range fields {
		sum := uint32(0)
		b.starts[f] = make([]uint32, terms+1)
		for t, n := range next[f] {
			b.starts[f][t], next[f][t] = sum, sum
			sum += n
		}
		b.starts[f][terms] = sum
		b.postings[f] = make([]uint32, sum)
	}
	b.texts(func(f field, ordinal uint32, length int, t *tally) {
		postings, next := b.postings[f], next[f]
		for _, term := range t.terms {
			postings[next[term]] = ordinal<<8 | codeIn(f, int(t.counts[term]), length)
			next[term]++
		}
	})
	for _, w := range b.words {
		b.usage[w>>8].count(Marks(w))
	}
	return nil
}

// A tally counts the terms of one text.
type tally struct {
	terms  []uint32 // those that occur
	counts []uint32 // by term; 0 between texts
}

func (t *tally) add(term, n uint32) {
	if t.counts[term] == 0 {
		t.terms = append(t.terms, term)
	}
	t.counts[term] += n
}

func (t *tally) clear() {
	for _, term := range t.terms {
		t.counts[term] = 0
	}
	t.terms = t.terms[:0]
}

// texts calls each for every text of every field, in order of ordinals, with its length and its terms.
func (b builder) texts(each func(f field, ordinal uint32, length int, t *tally)) {
	one, whole := &tally{counts: make([]uint32, b.terms.len())}, &tally{counts: make([]uint32, b.terms.len())}
	for article := range uint32(len(b.ids)) {
		for passage := b.firsts[article]; passage < b.firsts[article+1]; passage++ {
			words := b.text(passage)
			for _, w := range words {
				one.add(w>>8, 1)
			}
			for _, term := range one.terms {
				whole.add(term, one.counts[term])
			}
			each(inPassage, passage, len(words), one)
			one.clear()
		}
		each(inArticle, article, b.articleLength(article), whole)
		whole.clear()
		title := b.title(article)
		for _, term := range title {
			one.add(term, 1)
		}
		each(inTitle, article, len(title), one)
		one.clear()
	}
}

// A source is a segment on its way into a part.
type source struct {
	segment []byte
	article int64 // the id of the only article; 0: the segment knows its ids
	keep    func(id int64) bool
}

// build makes a part of segments. Their articles must have different ids, but for those that keep refuses.
func build(sources []source) (*part, error) {
	b := newBuilder()
	var a reel
	for _, s := range sources {
		r, ids, err := readIDs(s.segment)
		if err != nil {
			return nil, err
		}
		var numbers []uint32 // of the segment's terms in the part
		body, err := r.body(len(ids), func(term []byte) { numbers = append(numbers, b.terms.add(term)) })
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if err := body.article(&a, len(numbers)); err != nil {
				return nil, err
			}
			if s.article != 0 {
				id = s.article
			}
			if s.keep(id) {
				b.take(id, &a, numbers)
			}
		}
		if err := body.end(); err != nil {
			return nil, err
		}
	}
	return b.part, b.invert()
}

// take adds an article as it was read.
func (b builder) take(id int64, a *reel, numbers []uint32) {
	for i, number := range a.terms {
		a.terms[i] = numbers[number]
	}
	for i, place := range a.title {
		a.title[i] = a.terms[place]
	}
	b.article(id, a.day, string(a.language), a.title)
	start := 0
	for i, end := range a.ends {
		words := a.words[start:end]
		for j, w := range words {
			words[j] = a.terms[w>>8]<<8 | w&0xff
		}
		b.passage(a.extents[i], words)
		start = end
	}
}
