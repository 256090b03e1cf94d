package index

import (
	"math/bits"
	"slices"
)

// A chunk is some articles on their way into a part, under a numbering of terms of their own, so that several can be made side by side. Words and
// words of titles are places among the terms of their article. Its postings lie in buckets by the hash of their term: what is written to a few
// dozen streams in turn, and then bucket by bucket to lists that fit a cache, misses no memory; written to the lists of all terms at once, nearly
// every one does.
type chunk struct {
	texts
	terms        termTable
	inBucket     []uint8          // by term
	muchUsed     map[uint32]Usage // by term, of articles with more than a run can tell
	buckets      []bucket
	words        []uint32 // the tokens of all passages in order: place<<8 | marks
	articleTerms []uint32 // the terms of each article, all different
	termEnds     []uint32 // of each article in articleTerms

	rareAt, rareTerms []uint32 // as its part has them

	places []uint32 // by term: 1 + its place in the article at hand; 0: not there. Only for articles that come with terms
	shares []share  // of the article that is closed, by place
	run    []uint32 // its postings in passages, those of a term together
}

// A bucket is runs of postings, each one article's of one term:
//
//	term | passages<<1 | 1 if the title has it | where a passage has it: usage, article's posting | title's posting, if that has it | a posting a passage
//
// Ordinals count from the chunk's beginning. Runs lie whole in blocks, so that nothing is moved when a bucket grows.
type bucket struct {
	block []uint32 // the last one
	full  [][]uint32
}

const (
	runHead     = 5       // numbers of a run before its passages, at most
	blockSize   = 4 << 10 // numbers
	bucketWords = 64 << 10
	mostBuckets = 128
)

// bucketsFor is how many buckets about so many words want, so that the lists of one fit the second cache.
func bucketsFor(words int) int { return min(1<<bits.Len(uint(words/bucketWords)), mostBuckets) }

// reserve gives the last block room for n numbers.
func (b *bucket) reserve(n int) {
	if len(b.block) > 0 {
		b.full = append(b.full, b.block)
	}
	b.block = make([]uint32, 0, max(n, blockSize))
}

// A share is what an article has of a term. Those of one article lie in the nearest cache.
type share struct {
	seen     uint32 // 1 + the last passage that has it
	passages uint32 // that have it
	next     uint32 // where its next posting goes in the run
	tf       int32  // in the text
	titleTF  int32
	marks    markSum
}

// newChunk returns an empty chunk with so many buckets: a power of two up to 256.
func newChunk(buckets int) *chunk {
	return &chunk{texts: texts{firsts: []uint32{0}}, buckets: make([]bucket, buckets)}
}

// expect makes room for so many words and terms of articles more: growing little by little copies them some times over.
func (c *chunk) expect(words, terms int) {
	c.words, c.articleTerms = slices.Grow(c.words, words), slices.Grow(c.articleTerms, terms)
}

// number is the number of a term, which is added if it is new.
func (c *chunk) number(term []byte) uint32 {
	n := c.terms.add(term)
	if int(n) == len(c.inBucket) {
		c.inBucket = append(c.inBucket, uint8(uint64(hash(term))*uint64(len(c.buckets))>>32))
	}
	return n
}

// text is the words of a passage.
func (c *chunk) text(passage uint32) []uint32 {
	return c.words[from(c.wordEnds, passage):c.wordEnds[passage]]
}

// termsOf are the terms of an article by their places.
func (c *chunk) termsOf(article uint32) []uint32 {
	return c.articleTerms[from(c.termEnds, article):c.termEnds[article]]
}

// take adds an article as it was read from a segment whose terms have these numbers here.
func (c *chunk) take(id int64, a *reel, numbers []uint32) {
	c.begin(id, a.day, string(a.language))
	for _, t := range a.terms {
		c.articleTerms = append(c.articleTerms, numbers[t])
	}
	c.termEnds = append(c.termEnds, uint32(len(c.articleTerms)))
	c.addTitle(a.title)
	start := 0
	for i, end := range a.ends {
		c.words = append(c.words, a.words[start:end]...)
		c.addPassage(a.extents[i], len(c.words))
		start = end
	}
	c.close()
}

// article begins an article whose title comes as terms, and so will its passages; it makes places of them where they are. Close it.
func (c *chunk) article(id int64, day int32, language string, title []uint32) {
	c.begin(id, day, language)
	c.termEnds = append(c.termEnds, uint32(len(c.articleTerms)))
	c.places = append(c.places, make([]uint32, c.terms.len()-len(c.places))...)
	for i, t := range title {
		title[i] = c.place(t)
	}
	c.addTitle(title)
}

// passage adds a passage, of words term<<8 | marks.
func (c *chunk) passage(e Extent, words []uint32) {
	for _, w := range words {
		c.words = append(c.words, c.place(w>>8)<<8|w&0xff)
	}
	c.addPassage(e, len(c.words))
}

// place is the place of a term in the article at hand.
func (c *chunk) place(term uint32) uint32 {
	if int(term) >= len(c.places) {
		c.places = append(c.places, make([]uint32, c.terms.len()-len(c.places))...)
	}
	if c.places[term] == 0 {
		last := len(c.termEnds) - 1
		c.articleTerms = append(c.articleTerms, term)
		c.termEnds[last] = uint32(len(c.articleTerms))
		c.places[term] = c.termEnds[last] - from(c.termEnds, uint32(last))
	}
	return c.places[term] - 1
}

// close inverts the article at hand, whose texts are complete, into the buckets.
func (c *chunk) close() {
	a := uint32(c.articles() - 1)
	terms := c.termsOf(a)
	c.shares = append(c.shares[:0], make([]share, len(terms))...)
	c.invert(a)
	title := c.title(a)
	for _, place := range title {
		c.shares[place].titleTF++
	}
	length := c.articleLength(a)
	for place, t := range terms {
		s, b := &c.shares[place], &c.buckets[c.inBucket[t]]
		if cap(b.block)-len(b.block) < runHead+int(s.passages) {
			b.reserve(runHead + int(s.passages))
		}
		run := append(b.block, t, s.passages<<1)
		if s.titleTF > 0 {
			run[len(run)-1]++
		}
		if s.tf > 0 {
			run = append(run, c.packedUsage(t, s.marks), a<<8|articleCode(int(s.tf), length))
		}
		if s.titleTF > 0 {
			run = append(run, a<<8|code(int(s.titleTF), len(title)))
		}
		b.block = append(run, c.run[s.next-s.passages:s.next]...)
	}
	if c.places != nil {
		for _, t := range terms {
			c.places[t] = 0
		}
	}
}

// packedUsage is a usage as four bytes. What does not fit is noted apart.
func (c *chunk) packedUsage(term uint32, marks markSum) uint32 {
	const byteEach = 0xff<<32 | 0xff
	if (marks[0]|marks[1])&^byteEach != 0 {
		if c.muchUsed == nil {
			c.muchUsed = map[uint32]Usage{}
		}
		u := c.muchUsed[term]
		u.add(marks.usage(), 1)
		c.muchUsed[term] = u
		return 0
	}
	return uint32(marks[0]|marks[0]>>24) | uint32(marks[1]|marks[1]>>24)<<16
}

// invert makes the run of the postings of an article's passages, those of a term together.
func (c *chunk) invert(article uint32) {
	for passage := c.firsts[article]; passage < c.firsts[article+1]; passage++ {
		for _, w := range c.text(passage) {
			s := &c.shares[w>>8]
			s.tf++
			s.marks.add(Marks(w))
			if s.seen != passage+1 {
				s.seen = passage + 1
				s.passages++
			}
		}
	}
	total := uint32(0)
	for place := range c.shares {
		s := &c.shares[place]
		s.next, s.seen = total, 0
		total += s.passages
	}
	c.run = slices.Grow(c.run[:0], int(total))[:total]
	for passage := c.firsts[article]; passage < c.firsts[article+1]; passage++ {
		text := c.text(passage)
		once := passage<<8 | code(1, len(text))
		for _, w := range text {
			s := &c.shares[w>>8]
			if s.seen != passage+1 {
				s.seen = passage + 1
				c.run[s.next] = once
				s.next++
			} else if last := &c.run[s.next-1]; *last>>lengthBits&tfMask < tfMask {
				*last += 1 << lengthBits
			}
		}
	}
}
