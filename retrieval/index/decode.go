package index

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A reader reads a segment front to back. The first error stays.
type reader struct {
	bytes []byte
	at    int
	err   error
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = ErrFormat
	}
	r.at = len(r.bytes)
}

// left is what has not been read.
func (r *reader) left() []byte { return r.bytes[r.at:] }

// number is the next varint, at most so great. Nearly all of a segment are read here, most of them of one byte.
func (r *reader) number(most int) int {
	if r.at < len(r.bytes) {
		if v := int(r.bytes[r.at]); v < 0x80 && v <= most {
			r.at++
			return v
		}
	}
	return r.longNumber(most)
}

func (r *reader) longNumber(most int) int {
	v, n := binary.Uvarint(r.left())
	if n <= 0 || v > uint64(most) {
		r.fail()
		return 0
	}
	r.at += n
	return int(v)
}

func (r *reader) signed() int64 {
	v, n := binary.Varint(r.left())
	if n <= 0 {
		r.fail()
		return 0
	}
	r.at += n
	return v
}

func (r *reader) string(most int) []byte { return r.next(r.number(most)) }

// next is the next n bytes.
func (r *reader) next(n int) []byte {
	if n > len(r.bytes)-r.at {
		r.fail()
		return nil
	}
	r.at += n
	return r.bytes[r.at-n : r.at]
}

// count is a number of things that each take at least size bytes of what is left.
func (r *reader) count(most, size int) int {
	n := r.number(most)
	if n > len(r.left())/size {
		r.fail()
		return 0
	}
	return n
}

const maxInt32 = 1<<31 - 1

// readIDs reads the head of a segment: the ids of its articles, all different. The reader then stands before the body.
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

// A body is a segment's as it is read: one reader a stream.
type body struct{ heads, numbers, words, marks reader }

// body reads the terms of a segment of so many articles, and divides what follows them. A packed one is unpacked into room, which grows as it
// must; the body lies there until the next one does.
func (r *reader) body(articles int, room *[]byte, each func(term []byte)) (*body, error) {
	if articles > 1 {
		unpacked, err := unpacker.DecodeAll(r.left(), (*room)[:0])
		if err != nil {
			return nil, ErrFormat
		}
		r, *room = &reader{bytes: unpacked}, unpacked
	}
	if err := r.terms(each); err != nil {
		return nil, err
	}
	b := &body{}
	for _, stream := range []*reader{&b.heads, &b.numbers, &b.words, &b.marks} {
		stream.bytes = r.string(maxInt32)
	}
	return b, r.end()
}

// terms reads the terms of a segment.
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
	terms    []uint32 // numbers of the segment's terms, in the order in which they come
	title    []uint32 // places in terms
	extents  []Extent
	ends     []int    // of each passage in words
	words    []uint32 // of all passages: place in terms << 8 | marks
}

// article reads the next article of a segment of so many terms.
func (b *body) article(a *reel, terms int) error {
	r := &b.heads
	day := r.signed()
	if day < int64(NoDay) || day > maxInt32 {
		r.fail()
	}
	a.day, a.language = int32(day), r.string(64)
	a.terms, a.title, a.extents, a.ends, a.words = a.terms[:0], a.title[:0], a.extents[:0], a.ends[:0], a.words[:0]
	for range b.tokens() {
		a.title = append(a.title, b.word(a, terms))
	}
	last := 0
	for range r.count(maxPassages, 5) {
		first := last + r.number(maxInt32)
		start := r.number(maxInt32)
		last = first + r.number(maxInt32)
		a.extents = append(a.extents, Extent{First: first, Start: start, Last: last, End: r.number(maxInt32)})
		b.passage(a, b.marks.next(b.tokens()), terms)
		a.ends = append(a.ends, len(a.words))
	}
	return cmp.Or(r.err, b.words.err, b.numbers.err, b.marks.err)
}

// passage reads the words of a passage with so many marks.
func (b *body) passage(a *reel, marks []byte, terms int) {
	i := b.plainWords(a, marks, terms)
	for _, mark := range marks[i:] {
		a.words = append(a.words, b.word(a, terms)<<8|uint32(mark))
	}
}

// plainWords reads the first words of a passage, up to one that stands near the end of its stream, or whose numbers are of more bytes than
// all but a few; it tells how many. Whether a term is new, and how many bytes a number has, changes from token to token, and a processor that
// has to guess it guesses wrong every other time: here nothing depends on it but what is added.
func (b *body) plainWords(a *reel, marks []byte, terms int) (n int) {
	known := uint32(len(a.terms))
	a.terms, a.words = slices.Grow(a.terms, len(marks)+1), slices.Grow(a.words, len(marks))
	list, words := a.terms[:cap(a.terms)], a.words[len(a.words):cap(a.words)]
	places, numbers := b.words.left(), b.numbers.left()
	wrong := uint32(0)
	for n < len(marks) && n < len(words) && len(places) >= 4 && len(numbers) >= 4 && int(known) < len(list) {
		x, y := binary.LittleEndian.Uint32(places), binary.LittleEndian.Uint32(numbers)
		if x&0x8080 == 0x8080 || y&0x808080 == 0x808080 {
			break
		}
		more := x >> 7 & 1 // bytes
		place := x&0x7f | x>>1&0x3f80&-more
		more2 := y >> 7 & 1
		more3 := y >> 15 & more2
		number := y&0x7f | y>>1&0x3f80&-more2 | y>>2&0x1fc000&-more3
		isNew := (place - 1) >> 31
		list[known] = number
		place = (place-1)&(isNew-1) | known&-isNew
		known += isNew
		wrong |= known - 1 - place                     // negative for a place that is not known
		wrong |= (uint32(terms) - 1 - number) & -isNew // negative for a number that is not there
		words[n] = place<<8 | uint32(marks[n])
		places, numbers = places[1+more:], numbers[(1+more2+more3)*isNew:]
		n++
	}
	b.words.at, b.numbers.at = len(b.words.bytes)-len(places), len(b.numbers.bytes)-len(numbers)
	a.terms, a.words = list[:known], a.words[:len(a.words)+n]
	if wrong>>31 > 0 {
		b.words.fail()
	}
	return n
}

// tokens is a number of tokens, each of which has a byte of words at least.
func (b *body) tokens() int {
	n := b.heads.number(maxInt32)
	if n > len(b.words.left()) {
		b.heads.fail()
		return 0
	}
	return n
}

// word is the place of the next token's term, which is new to the article where its number comes next.
func (b *body) word(a *reel, terms int) uint32 {
	if place := b.words.number(len(a.terms)); place > 0 {
		return uint32(place - 1)
	}
	number := b.numbers.number(maxTerms)
	if number >= terms {
		b.numbers.fail()
	}
	a.terms = append(a.terms, uint32(number))
	return uint32(len(a.terms) - 1)
}

// end reports bytes that are left over.
func (b *body) end() error {
	return cmp.Or(b.heads.end(), b.numbers.end(), b.words.end(), b.marks.end())
}

// end reports an error, or bytes that are left over.
func (r *reader) end() error {
	if r.at < len(r.bytes) {
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
	body, err := r.body(len(ids), new([]byte), func(term []byte) { terms = append(terms, string(term)) })
	if err != nil {
		return nil, err
	}
	var bags []*bag
	var a reel
	for _, id := range ids {
		if err := body.article(&a, len(terms)); err != nil {
			return nil, err
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
	return bags, body.end()
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
