package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A segment is the stored index of one article or of several:
//
//	┌────────┬──────────┬─ an article ────────────────────────────────────────────────┬─ a term ─────────────────────────────┐
//	│ format │ articles │ id │ day │ language │ title length │ passages │ a passage …  │ shared prefix │ suffix │ postings … │
//	│ 1 byte │          │ 0: that of the row                         │              │ ascending by bytes                    │
//	└────────┴──────────┴─────────────────────────────────────────────┴──────────────┴───────────────────────────────────────┘
//	a passage    first paragraph - last one of the passage before | start | last - first | end | length in terms
//	the terms    their number stands before them; of each, passage postings, then title postings, both with their number
//	a posting    (ordinal - the one before) << 2 | min(tf, 4)-1, and tf-4 where that is not negative
//
// All numbers are varints (day is zigzag), strings have their length before them.
const format = 1

// Limits of a segment. A decoder refuses what is beyond them before it allocates.
const (
	maxSegmentArticles = 1 << 20
	maxPassages        = 1 << 22
	maxTermBytes       = 1 << 10
)

// ErrFormat says that bytes are no segment, or one of a format that this version does not read.
var ErrFormat = errors.New("index: not a segment of this version")

// A bag is one article between the forms: its meta data and, for each term, where it stands how often.
type bag struct {
	id       int64
	day      int32
	language string
	title    int // length in terms
	extents  []Extent
	lengths  []int
	inText   map[string][]posting // ascending by ordinal, which is the passage's place in the article
	inTitle  map[string]int       // tf
}

type posting struct{ ordinal, tf int }

// Encode makes the segment of one article. A document without passages has one too; it is found by its title alone, in no passage.
func Encode(d Document) ([]byte, error) {
	b := bag{
		day: d.Day, language: d.Language, title: len(d.Title),
		inText: map[string][]posting{}, inTitle: map[string]int{},
	}
	if len(d.Passages) > maxPassages {
		return nil, fmt.Errorf("index: an article of %d passages, more than %d", len(d.Passages), maxPassages)
	}
	for i, p := range d.Passages {
		b.extents = append(b.extents, p.Extent)
		b.lengths = append(b.lengths, len(p.Terms))
		for _, term := range p.Terms {
			list := b.inText[term]
			if n := len(list); n > 0 && list[n-1].ordinal == i {
				list[n-1].tf++
			} else {
				b.inText[term] = append(list, posting{i, 1})
			}
		}
	}
	for _, term := range d.Title {
		b.inTitle[term]++
	}
	return encode([]*bag{&b})
}

// encode writes bags, in order, as one segment.
func encode(bags []*bag) ([]byte, error) {
	out := []byte{format}
	out = binary.AppendUvarint(out, uint64(len(bags)))
	terms := map[string]bool{}
	for _, b := range bags {
		out = appendArticle(out, b)
		for term := range b.inText {
			terms[term] = true
		}
		for term := range b.inTitle {
			terms[term] = true
		}
	}
	out = binary.AppendUvarint(out, uint64(len(terms)))
	before := ""
	for _, term := range slices.Sorted(maps.Keys(terms)) {
		if term == "" || len(term) > maxTermBytes {
			return nil, fmt.Errorf("index: a term of %d bytes", len(term))
		}
		shared := 0
		for shared < min(len(before), len(term)) && before[shared] == term[shared] {
			shared++
		}
		out = binary.AppendUvarint(out, uint64(shared))
		out = appendString(out, term[shared:])
		out = appendPostings(out, bags, term)
		before = term
	}
	return out, nil
}

func appendArticle(out []byte, b *bag) []byte {
	out = binary.AppendUvarint(out, uint64(b.id))
	out = binary.AppendVarint(out, int64(b.day))
	out = appendString(out, b.language)
	out = binary.AppendUvarint(out, uint64(b.title))
	out = binary.AppendUvarint(out, uint64(len(b.extents)))
	last := 0
	for i, e := range b.extents {
		out = binary.AppendUvarint(out, uint64(e.First-last))
		out = binary.AppendUvarint(out, uint64(e.Start))
		out = binary.AppendUvarint(out, uint64(e.Last-e.First))
		out = binary.AppendUvarint(out, uint64(e.End))
		out = binary.AppendUvarint(out, uint64(b.lengths[i]))
		last = e.Last
	}
	return out
}

func appendString(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

// appendPostings writes the two lists of a term. Ordinals count through all articles of the segment.
func appendPostings(out []byte, bags []*bag, term string) []byte {
	var text, titles []posting
	first := 0
	for i, b := range bags {
		for _, p := range b.inText[term] {
			text = append(text, posting{first + p.ordinal, p.tf})
		}
		if tf := b.inTitle[term]; tf > 0 {
			titles = append(titles, posting{i, tf})
		}
		first += len(b.extents)
	}
	for _, list := range [][]posting{text, titles} {
		out = binary.AppendUvarint(out, uint64(len(list)))
		last := 0
		for _, p := range list {
			out = binary.AppendUvarint(out, uint64(p.ordinal-last)<<2|uint64(min(p.tf, maxTF)-1))
			if p.tf >= maxTF {
				out = binary.AppendUvarint(out, uint64(p.tf-maxTF))
			}
			last = p.ordinal
		}
	}
	return out
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

// readHead reads the articles of a segment; the reader then stands before the terms.
func readHead(segment []byte) (*reader, []*bag, error) {
	if len(segment) == 0 || segment[0] != format {
		return nil, nil, ErrFormat
	}
	r := &reader{bytes: segment[1:]}
	bags := make([]*bag, r.count(maxSegmentArticles, 5))
	if len(bags) == 0 {
		r.fail()
	}
	seen := make(map[int64]bool, len(bags))
	for i := range bags {
		b := &bag{id: int64(r.number(1<<62 - 1))}
		if seen[b.id] {
			r.fail()
		}
		seen[b.id] = true
		day := r.signed()
		if day < int64(NoDay) || day > maxInt32 {
			r.fail()
		}
		b.day = int32(day)
		b.language = string(r.string(64))
		b.title = r.number(maxInt32)
		passages := r.count(maxPassages, 5)
		b.extents, b.lengths = make([]Extent, passages), make([]int, passages)
		last := 0
		for j := range passages {
			first := last + r.number(maxInt32)
			start := r.number(maxInt32)
			last = first + r.number(maxInt32)
			b.extents[j] = Extent{First: first, Start: start, Last: last, End: r.number(maxInt32)}
			b.lengths[j] = r.number(maxInt32)
		}
		bags[i] = b
	}
	return r, bags, r.err
}

// readTerms calls term for each term, with its lists; both slices are used again for the next one.
func (r *reader) readTerms(passages, articles int, each func(term []byte, text, titles []posting)) error {
	var term []byte
	var lists [2][]posting
	limits := [2]int{passages, articles}
	for range r.count(maxInt32, 4) {
		shared := r.number(maxTermBytes)
		suffix := r.string(maxTermBytes)
		if shared > len(term) || shared+len(suffix) == 0 {
			r.fail()
		}
		if r.err != nil {
			break
		}
		term = append(term[:shared], suffix...)
		for l := range lists {
			lists[l] = lists[l][:0]
			ordinal := 0
			for i := range r.count(limits[l], 1) {
				v := r.number(maxInt32)
				if delta := v >> 2; delta == 0 && i > 0 {
					r.fail()
				} else if ordinal += delta; ordinal >= limits[l] {
					r.fail()
				}
				tf := v&3 + 1
				if tf == maxTF {
					tf += r.number(maxPassages)
				}
				lists[l] = append(lists[l], posting{ordinal, tf})
			}
		}
		if r.err != nil {
			break
		}
		each(term, lists[0], lists[1])
	}
	if len(r.bytes) > 0 {
		r.fail()
	}
	return r.err
}

// readBags reads a whole segment back into bags.
func readBags(segment []byte) ([]*bag, error) {
	r, bags, err := readHead(segment)
	if err != nil {
		return nil, err
	}
	var owner, first []int // of each passage, of each bag
	for i, b := range bags {
		first = append(first, len(owner))
		b.inText, b.inTitle = map[string][]posting{}, map[string]int{}
		for range b.extents {
			owner = append(owner, i)
		}
	}
	err = r.readTerms(len(owner), len(bags), func(raw []byte, text, titles []posting) {
		term := strings.Clone(string(raw))
		for _, p := range text {
			b := bags[owner[p.ordinal]]
			b.inText[term] = append(b.inText[term], posting{p.ordinal - first[owner[p.ordinal]], p.tf})
		}
		for _, p := range titles {
			bags[p.ordinal].inTitle[term] = p.tf
		}
	})
	return bags, err
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
