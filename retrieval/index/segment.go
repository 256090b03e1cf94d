package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// A segment is the stored index of one article or of several:
//
//	┌────────┬──────────┬──────┬─ body, of several articles under zstd ───────────────────────────────────────────────────┐
//	│ format │ articles │ id … │ terms │ shared prefix │ suffix …   │ heads │ numbers │ words │ marks                      │
//	│ 1 byte │          │      │       │ ascending by bytes         │ four streams, each with its length before it         │
//	└────────┴──────────┴──────┴───────┴────────────────────────────┴──────────────────────────────────────────────────────┘
//	id       0 in the segment of one article: that of its row
//	heads    an article: day | language | tokens of the title | passages | a passage …
//	         a passage: first paragraph - last one of the passage before | start | last - first | end | tokens
//	words    a token, of titles and passages: 0 for a term that is new to the article, else 1 + its place among the article's terms,
//	         which stand in the order in which they come
//	numbers  of the new terms, in their order
//	marks    a byte a token of the passages
//
// All numbers are varints (day is zigzag), strings have their length before them. Things of a kind stand together since zstd packs them by
// a third better so. Postings are not stored: they are the tokens turned round, which costs less to do than to read.
//
// The format's number is raised with every change of the layout and of the analysis that makes the terms (retrieval/text): terms of two
// analyses do not meet. 3: streams; numbers as one term, Polish and Ukrainian stems.
const format = 3

// Limits of a segment. A decoder refuses what is beyond them before it allocates.
const (
	maxSegmentArticles = 1 << 20
	maxPassages        = 1 << 22
	maxTerms           = 1<<24 - 1
	maxTermBytes       = 1 << 10
	maxBody            = 16 << 20 // of a packed body, unpacked
)

var (
	packer   = must(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)))
	unpacker = must(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBody)))
)

// must: the options above are constants, and right.
func must[T any](coder T, err error) T {
	if err != nil {
		panic(err)
	}
	return coder
}

// ErrFormat says that bytes are no segment, or one of a format that this version does not read.
var ErrFormat = errors.New("index: not a segment of this version")

// Outdated reports whether a segment is of an older format: its articles have to be encoded anew.
func Outdated(segment []byte) bool { return len(segment) > 0 && segment[0] > 0 && segment[0] < format }

// A bag is one article between the forms: its meta data and its texts as words, numbered by its own list of terms.
type bag struct {
	id       int64
	day      int32
	language string
	terms    []string // in the order in which they come in title and passages
	numbers  []uint32 // of terms, by their place, in the segment that is being written
	title    []uint32 // places of terms
	extents  []Extent
	passages [][]uint32 // place of a term << 8 | marks
}

// Encode makes the segment of one article. A document without passages has one too; it is found by its title alone, in no passage.
func Encode(d Document) ([]byte, error) {
	if len(d.Passages) > maxPassages {
		return nil, fmt.Errorf("index: an article of %d passages, more than %d", len(d.Passages), maxPassages)
	}
	b := bag{day: d.Day, language: d.Language}
	tokens := len(d.Title)
	for _, p := range d.Passages {
		tokens += len(p.Tokens)
	}
	places := make(map[string]uint32, tokens/2) // about half are new to the article
	place := func(term string) uint32 {
		at, known := places[term]
		if !known {
			at = uint32(len(b.terms))
			places[term], b.terms = at, append(b.terms, term)
		}
		return at
	}
	for _, term := range d.Title {
		b.title = append(b.title, place(term))
	}
	for _, p := range d.Passages {
		words := make([]uint32, len(p.Tokens))
		for i, token := range p.Tokens {
			words[i] = place(token.Term)<<8 | uint32(token.Marks)
		}
		b.extents, b.passages = append(b.extents, p.Extent), append(b.passages, words)
	}
	segment, _, err := encode([]*bag{&b})
	return segment, err
}

// encode writes bags, in order, as one segment, and tells how long its body is unpacked.
func encode(bags []*bag) (segment []byte, unpacked int, err error) {
	segment = binary.AppendUvarint([]byte{format}, uint64(len(bags)))
	for _, b := range bags {
		segment = binary.AppendUvarint(segment, uint64(b.id))
	}
	body, err := appendTerms(nil, bags)
	if err != nil {
		return nil, 0, err
	}
	var s streams
	for _, b := range bags {
		s.append(b)
	}
	for _, stream := range [][]byte{s.heads, s.numbers, s.words, s.marks} {
		body = append(binary.AppendUvarint(body, uint64(len(stream))), stream...)
	}
	if len(bags) == 1 {
		return append(segment, body...), 0, nil
	}
	return packer.EncodeAll(body, segment), len(body), nil
}

// appendTerms writes the terms of bags and numbers them.
func appendTerms(out []byte, bags []*bag) ([]byte, error) {
	terms := distinctTerms(bags)
	order := make([]uint32, len(terms)) // places in terms, ascending by term
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return strings.Compare(terms[a], terms[b]) })
	out = binary.AppendUvarint(out, uint64(len(terms)))
	numbers := make([]uint32, len(terms))
	before := ""
	for number, at := range order {
		term := terms[at]
		if term == "" || len(term) > maxTermBytes {
			return nil, fmt.Errorf("index: a term of %d bytes", len(term))
		}
		numbers[at] = uint32(number)
		shared := 0
		for shared < min(len(before), len(term)) && before[shared] == term[shared] {
			shared++
		}
		out = binary.AppendUvarint(out, uint64(shared))
		out = appendString(out, term[shared:])
		before = term
	}
	for _, b := range bags {
		for place, at := range b.numbers {
			b.numbers[place] = numbers[at]
		}
	}
	return out, nil
}

// distinctTerms lists the terms of bags, each once, and numbers those of the bags by that list. One bag has each term once already.
func distinctTerms(bags []*bag) []string {
	var terms []string
	known := map[string]uint32{}
	for _, b := range bags {
		b.numbers = make([]uint32, len(b.terms))
		for place, term := range b.terms {
			at, seen := uint32(len(terms)), false
			if len(bags) > 1 {
				if at, seen = known[term]; !seen {
					at = uint32(len(terms))
					known[term] = at
				}
			}
			if !seen {
				terms = append(terms, term)
			}
			b.numbers[place] = at
		}
	}
	return terms
}

// streams are what a body holds behind its terms.
type streams struct{ heads, numbers, words, marks []byte }

func (s *streams) append(b *bag) {
	s.heads = binary.AppendVarint(s.heads, int64(b.day))
	s.heads = appendString(s.heads, b.language)
	known := uint32(0)
	word := func(place uint32) {
		if place == known {
			s.words = append(s.words, 0)
			s.numbers = binary.AppendUvarint(s.numbers, uint64(b.numbers[place]))
			known++
			return
		}
		s.words = binary.AppendUvarint(s.words, uint64(place)+1)
	}
	s.heads = binary.AppendUvarint(s.heads, uint64(len(b.title)))
	for _, place := range b.title {
		word(place)
	}
	s.heads = binary.AppendUvarint(s.heads, uint64(len(b.extents)))
	last := 0
	for i, e := range b.extents {
		for _, n := range [...]int{e.First - last, e.Start, e.Last - e.First, e.End, len(b.passages[i])} {
			s.heads = binary.AppendUvarint(s.heads, uint64(n))
		}
		for _, w := range b.passages[i] {
			word(w >> 8)
			s.marks = append(s.marks, byte(w))
		}
		last = e.Last
	}
}

func appendString(out []byte, s string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}
