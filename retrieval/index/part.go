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

	ids       []int64 // by article ordinal, as are the next four
	days      []int32
	languages []uint16 // of languageNames
	firsts    []uint32 // the article's first passage; one more at the end
	titles    []uint16 // length of the title in terms

	owner   []uint32 // the article of each passage
	extents []uint32 // four a passage
	lengths []uint16 // of each passage, in terms

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

// articleLength is the article's length in terms, without its title.
func (p *part) articleLength(article uint32) (n int) {
	for passage := p.firsts[article]; passage < p.firsts[article+1]; passage++ {
		n += int(p.lengths[passage])
	}
	return n
}

// bytes is what the part holds in memory.
func (p *part) bytes() int {
	n := p.terms.bytes() + 8*len(p.ids) + 4*len(p.days) + 2*len(p.languages) + 4*len(p.firsts) + 2*len(p.titles)
	n += 4*len(p.owner) + 4*len(p.extents) + 2*len(p.lengths) + 24*len(p.byID)
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

// A builder gathers articles into a part: begin each article, then count and place its postings. Two rounds over the same terms: the
// first counts, the second places, so that the arrays are made once in their final size.
type builder struct {
	*part
	counts [fields][]uint32
}

func newBuilder() *builder {
	return &builder{part: &part{firsts: []uint32{0}, byID: map[int64]uint32{}}}
}

// article adds one article without its postings.
func (b *builder) article(id int64, day int32, language string, title int, extents []Extent, lengths []int) {
	ordinal := uint32(len(b.ids))
	b.ids = append(b.ids, id)
	b.days = append(b.days, day)
	b.languages = append(b.languages, b.languageNumber(language))
	b.titles = append(b.titles, uint16(min(title, 1<<16-1)))
	b.byID[id] = ordinal
	for i, e := range extents {
		b.owner = append(b.owner, ordinal)
		b.extents = append(b.extents, uint32(e.First), uint32(e.Start), uint32(e.Last), uint32(e.End))
		b.lengths = append(b.lengths, uint16(min(lengths[i], 1<<16-1)))
	}
	b.firsts = append(b.firsts, uint32(len(b.owner)))
}

func (b *builder) languageNumber(name string) uint16 {
	i := slices.Index(b.languageNames, name)
	if i < 0 {
		i = len(b.languageNames)
		b.languageNames = append(b.languageNames, name)
	}
	return uint16(i)
}

// term gives the number of a term, a new one if need be.
func (b *builder) term(term []byte) uint32 {
	t, isNew := b.terms.add(term)
	if isNew {
		for f := range fields {
			b.counts[f] = append(b.counts[f], 0)
		}
	}
	return t
}

// allocate turns counts into starts and makes room for the postings.
func (b *builder) allocate() {
	for f := range fields {
		sum := uint32(0)
		b.starts[f] = make([]uint32, len(b.counts[f])+1)
		for t, n := range b.counts[f] {
			b.starts[f][t] = sum
			sum += n
			b.counts[f][t] = b.starts[f][t] // from here on: where the next posting goes
		}
		b.starts[f][len(b.counts[f])] = sum
		b.postings[f] = make([]uint32, sum)
	}
}

func (b *builder) place(f field, t, posting uint32) {
	b.postings[f][b.counts[f][t]] = posting
	b.counts[f][t]++
}

// A source is a segment on its way into a part.
type source struct {
	segment []byte
	article int64 // the id of the only article; 0: the segment knows its ids
	keep    func(id int64) bool
}

const dropped = 1<<32 - 1

// build makes a part of segments. Their articles must have different ids, but for those that keep refuses.
func build(sources []source) (*part, error) {
	b := newBuilder()
	passages, articles := make([][]uint32, len(sources)), make([][]uint32, len(sources)) // ordinals in the part, or dropped
	var met []uint32                                                                     // terms in the order of the first round
	for i, s := range sources {
		r, bags, err := readHead(s.segment)
		if err != nil {
			return nil, err
		}
		for _, bag := range bags {
			if s.article != 0 {
				bag.id = s.article
			}
			ordinal, first := uint32(dropped), uint32(len(b.owner))
			if s.keep(bag.id) {
				ordinal = uint32(len(b.ids))
				b.article(bag.id, bag.day, bag.language, bag.title, bag.extents, bag.lengths)
			}
			articles[i] = append(articles[i], ordinal)
			for j := range bag.extents {
				passage := uint32(dropped)
				if ordinal != dropped {
					passage = first + uint32(j)
				}
				passages[i] = append(passages[i], passage)
			}
		}
		if len(b.owner) > maxOrdinal {
			return nil, errTooLarge
		}
		err = r.readTerms(len(passages[i]), len(articles[i]), func(term []byte, text, titles []posting) {
			t := b.term(term)
			met = append(met, t)
			b.each(text, passages[i], func(article uint32, _ int) { b.counts[inArticle][t]++ }, func(uint32, int) { b.counts[inPassage][t]++ })
			for _, p := range titles {
				if articles[i][p.ordinal] != dropped {
					b.counts[inTitle][t]++
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	b.allocate()
	return b.part, b.placeAll(sources, passages, articles, met)
}

// placeAll is the second round of build.
func (b *builder) placeAll(sources []source, passages, articles [][]uint32, met []uint32) error {
	lengths := make([]int, len(b.ids))
	for article := range b.ids {
		lengths[article] = b.articleLength(uint32(article))
	}
	for i, s := range sources {
		r, _, err := readHead(s.segment)
		if err != nil {
			return err
		}
		err = r.readTerms(len(passages[i]), len(articles[i]), func(_ []byte, text, titles []posting) {
			t := met[0]
			met = met[1:]
			b.each(text, passages[i], func(article uint32, tf int) {
				b.place(inArticle, t, article<<8|articleCode(tf, lengths[article]))
			}, func(passage uint32, tf int) {
				b.place(inPassage, t, passage<<8|code(tf, int(b.lengths[passage])))
			})
			for _, p := range titles {
				if article := articles[i][p.ordinal]; article != dropped {
					b.place(inTitle, t, article<<8|code(p.tf, int(b.titles[article])))
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls passage for every posting that is kept, and article once for each article among them, with the sum of its tf.
func (b *builder) each(list []posting, ordinals []uint32, article, passage func(ordinal uint32, tf int)) {
	current, sum := uint32(dropped), 0
	for _, p := range list {
		ordinal := ordinals[p.ordinal]
		if ordinal == dropped {
			continue
		}
		if owner := b.owner[ordinal]; owner != current {
			if current != dropped {
				article(current, sum)
			}
			current, sum = owner, 0
		}
		sum += p.tf
		passage(ordinal, p.tf)
	}
	if current != dropped {
		article(current, sum)
	}
}
