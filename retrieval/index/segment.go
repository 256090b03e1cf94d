package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A segment is the stored index of one article or of several:
//
//	┌────────┬──────────┬──────┬─ a term ────────────────┬─ an article ──────────────────────────────────────────────────────┐
//	│ format │ articles │ id … │ shared prefix │ suffix │ day │ language │ its terms │ title │ passages │ a passage …       │
//	│ 1 byte │          │      │ ascending by bytes     │                                                                   │
//	└────────┴──────────┴──────┴────────────────────────┴──────────────────────────────────────────────────────────────────┘
//	id           0 in the segment of one article: that of its row
//	terms        their number stands before them
//	its terms    their number, then the terms that the article has, ascending, each as its distance from the one before; left
//	             out where the segment has one article, which has all terms
//	title        number of tokens, then each as the place of its term among the article's terms
//	a passage    first paragraph - last one of the passage before | start | last - first | end | tokens | a token …
//	a token      place of its term << 3 | joint << 1 | marked, then a byte of marks where it is marked
//
// All numbers are varints (day is zigzag), strings have their length before them. Postings are not stored: they are the tokens turned
// round, which costs less to do than to read.
const format = 2

// Limits of a segment. A decoder refuses what is beyond them before it allocates.
const (
	maxSegmentArticles = 1 << 20
	maxPassages        = 1 << 22
	maxTerms           = 1<<24 - 1
	maxTermBytes       = 1 << 10
)

// ErrFormat says that bytes are no segment, or one of a format that this version does not read.
var ErrFormat = errors.New("index: not a segment of this version")

// Outdated reports whether a segment is of an older format: its articles have to be encoded anew.
func Outdated(segment []byte) bool { return len(segment) > 0 && segment[0] > 0 && segment[0] < format }

// A bag is one article between the forms: its meta data and its texts as words, numbered by its own list of terms.
type bag struct {
	id       int64
	day      int32
	language string
	terms    []string // ascending
	title    []uint32 // places of terms
	extents  []Extent
	passages [][]uint32 // place of a term << 8 | marks
}

// Encode makes the segment of one article. A document without passages has one too; it is found by its title alone, in no passage.
func Encode(d Document) ([]byte, error) {
	if len(d.Passages) > maxPassages {
		return nil, fmt.Errorf("index: an article of %d passages, more than %d", len(d.Passages), maxPassages)
	}
	places := map[string]uint32{}
	for _, term := range d.Title {
		places[term] = 0
	}
	for _, p := range d.Passages {
		for _, token := range p.Tokens {
			places[token.Term] = 0
		}
	}
	b := bag{day: d.Day, language: d.Language, terms: slices.Sorted(maps.Keys(places))}
	for i, term := range b.terms {
		places[term] = uint32(i)
	}
	for _, term := range d.Title {
		b.title = append(b.title, places[term])
	}
	for _, p := range d.Passages {
		words := make([]uint32, len(p.Tokens))
		for i, token := range p.Tokens {
			words[i] = places[token.Term]<<8 | uint32(token.Marks)
		}
		b.extents, b.passages = append(b.extents, p.Extent), append(b.passages, words)
	}
	return encode([]*bag{&b})
}

// encode writes bags, in order, as one segment.
func encode(bags []*bag) ([]byte, error) {
	out := []byte{format}
	out = binary.AppendUvarint(out, uint64(len(bags)))
	for _, b := range bags {
		out = binary.AppendUvarint(out, uint64(b.id))
	}
	numbers := map[string]uint32{}
	for _, b := range bags {
		for _, term := range b.terms {
			numbers[term] = 0
		}
	}
	terms := slices.Sorted(maps.Keys(numbers))
	out = binary.AppendUvarint(out, uint64(len(terms)))
	before := ""
	for i, term := range terms {
		if term == "" || len(term) > maxTermBytes {
			return nil, fmt.Errorf("index: a term of %d bytes", len(term))
		}
		numbers[term] = uint32(i)
		shared := 0
		for shared < min(len(before), len(term)) && before[shared] == term[shared] {
			shared++
		}
		out = binary.AppendUvarint(out, uint64(shared))
		out = appendString(out, term[shared:])
		before = term
	}
	for _, b := range bags {
		out = appendArticle(out, b, numbers, len(bags) == 1)
	}
	return out, nil
}

func appendArticle(out []byte, b *bag, numbers map[string]uint32, alone bool) []byte {
	out = binary.AppendVarint(out, int64(b.day))
	out = appendString(out, b.language)
	if !alone {
		out = binary.AppendUvarint(out, uint64(len(b.terms)))
		last := uint32(0)
		for _, term := range b.terms {
			out = binary.AppendUvarint(out, uint64(numbers[term]-last))
			last = numbers[term]
		}
	}
	out = binary.AppendUvarint(out, uint64(len(b.title)))
	for _, place := range b.title {
		out = binary.AppendUvarint(out, uint64(place))
	}
	out = binary.AppendUvarint(out, uint64(len(b.extents)))
	last := 0
	for i, e := range b.extents {
		out = binary.AppendUvarint(out, uint64(e.First-last))
		out = binary.AppendUvarint(out, uint64(e.Start))
		out = binary.AppendUvarint(out, uint64(e.Last-e.First))
		out = binary.AppendUvarint(out, uint64(e.End))
		out = binary.AppendUvarint(out, uint64(len(b.passages[i])))
		for _, w := range b.passages[i] {
			out = appendWord(out, w)
		}
		last = e.Last
	}
	return out
}

func appendWord(out []byte, w uint32) []byte {
	marks := Marks(w)
	v := uint64(w>>8)<<3 | uint64(marks.Joint())<<1
	if marks&^jointMask == 0 {
		return binary.AppendUvarint(out, v)
	}
	return append(binary.AppendUvarint(out, v|1), byte(marks))
}

func appendString(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

// A reader reads a segment front to back. The first error stays.
type reader struct {
	bytes []byte
	err   error
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = ErrFormat
	}
	r.bytes = nil
}

func (r *reader) number(most int) int {
	v, n := binary.Uvarint(r.bytes)
	if n <= 0 || v > uint64(most) {
		r.fail()
		return 0
	}
	r.bytes = r.bytes[n:]
	return int(v)
}

func (r *reader) signed() int64 {
	v, n := binary.Varint(r.bytes)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.bytes = r.bytes[n:]
	return v
}

func (r *reader) string(most int) []byte {
	n := r.number(most)
	if n > len(r.bytes) {
		r.fail()
		return nil
	}
	s := r.bytes[:n]
	r.bytes = r.bytes[n:]
	return s
}

// count is a number of things that each take at least size bytes of what is left.
func (r *reader) count(most, size int) int {
	n := r.number(most)
	if n > len(r.bytes)/size {
		r.fail()
		return 0
	}
	return n
}

const maxInt32 = 1<<31 - 1

// words reads n places of terms, with marks or without. They are below most.
func (r *reader) words(into []uint32, most int, marked bool) []uint32 {
	for range r.count(maxInt32, 1) {
		if !marked {
			into = append(into, uint32(r.number(most-1)))
			continue
		}
		v, marks := r.number(most<<3-1), Marks(0)
		if v&1 != 0 {
			if len(r.bytes) == 0 {
				r.fail()
				return into
			}
			marks, r.bytes = Marks(r.bytes[0]), r.bytes[1:]
		}
		into = append(into, uint32(v>>3)<<8|uint32(marks.With(Joint(v>>1&3))))
	}
	return into
}

// readIDs reads the head of a segment: the ids of its articles, all different. The reader then stands before the terms.
func readIDs(segment []byte) (*reader, []int64, error) {
	if len(segment) == 0 || segment[0] != format {
		return nil, nil, ErrFormat
	}
	r := &reader{bytes: segment[1:]}
	ids := make([]int64, r.count(maxSegmentArticles, 6))
	if len(ids) == 0 {
		r.fail()
	}
	seen := make(map[int64]bool, len(ids))
	for i := range ids {
		ids[i] = int64(r.number(1<<62 - 1))
		if seen[ids[i]] {
			r.fail()
		}
		seen[ids[i]] = true
	}
	return r, ids, r.err
}

// terms reads the terms of a segment; the reader then stands before the articles.
func (r *reader) terms(each func(term []byte)) error {
	var term []byte
	for i := range r.count(maxTerms, 2) {
		shared := r.number(maxTermBytes)
		suffix := r.string(maxTermBytes)
		if shared > len(term) || i > 0 && string(suffix) <= string(term[shared:]) || shared+len(suffix) == 0 {
			r.fail()
		}
		if r.err != nil {
			break
		}
		term = append(term[:shared], suffix...)
		each(term)
	}
	return r.err
}

// A reel is one article as it is read: a bag whose terms are numbers of the segment's. Its slices are used again for the next one.
type reel struct {
	day      int32
	language []byte
	terms    []uint32 // numbers of the segment's terms, ascending
	title    []uint32 // places in terms
	extents  []Extent
	ends     []int    // of each passage in words
	words    []uint32 // of all passages: place in terms << 8 | marks
}

// article reads the next article of a segment of articles with so many terms.
func (r *reader) article(a *reel, articles, terms int) {
	day := r.signed()
	if day < int64(NoDay) || day > maxInt32 {
		r.fail()
	}
	a.day, a.language = int32(day), r.string(64)
	a.terms = a.terms[:0]
	if articles == 1 {
		for i := range terms {
			a.terms = append(a.terms, uint32(i))
		}
	} else {
		number := 0
		for i := range r.count(terms, 1) {
			delta := r.number(terms)
			if number += delta; number >= terms || delta == 0 && i > 0 {
				r.fail()
				break
			}
			a.terms = append(a.terms, uint32(number))
		}
	}
	a.title = r.words(a.title[:0], len(a.terms), false)
	a.extents, a.ends, a.words = a.extents[:0], a.ends[:0], a.words[:0]
	last := 0
	for range r.count(maxPassages, 5) {
		first := last + r.number(maxInt32)
		start := r.number(maxInt32)
		last = first + r.number(maxInt32)
		a.extents = append(a.extents, Extent{First: first, Start: start, Last: last, End: r.number(maxInt32)})
		a.words = r.words(a.words, len(a.terms), true)
		a.ends = append(a.ends, len(a.words))
	}
}

// end reports an error, or bytes that are left over.
func (r *reader) end() error {
	if len(r.bytes) > 0 {
		r.fail()
	}
	return r.err
}

// readBags reads a whole segment back into bags.
func readBags(segment []byte) ([]*bag, error) {
	r, ids, err := readIDs(segment)
	if err != nil {
		return nil, err
	}
	var terms []string
	if err := r.terms(func(term []byte) { terms = append(terms, string(term)) }); err != nil {
		return nil, err
	}
	var bags []*bag
	var a reel
	for _, id := range ids {
		r.article(&a, len(ids), len(terms))
		if r.err != nil {
			return nil, r.err
		}
		b := &bag{id: id, day: a.day, language: string(a.language), title: slices.Clone(a.title), extents: slices.Clone(a.extents)}
		for _, number := range a.terms {
			b.terms = append(b.terms, terms[number])
		}
		from := 0
		for _, end := range a.ends {
			b.passages = append(b.passages, slices.Clone(a.words[from:end]))
			from = end
		}
		bags = append(bags, b)
	}
	return bags, r.end()
}

// An Entry is what a segment says of one article.
type Entry struct {
	Article int64 // 0 in the segment of one article, whose row knows it
	Extents []Extent
}

// Inspect lists the articles of a segment and the extents of their passages, having read every byte of it.
func Inspect(segment []byte) ([]Entry, error) {
	bags, err := readBags(segment)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(bags))
	for i, b := range bags {
		entries[i] = Entry{b.id, b.extents}
	}
	return entries, nil
}
