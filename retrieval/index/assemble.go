package index

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// errTooLarge says that a part cannot number its passages or terms.
var errTooLarge = errors.New("index: more than 16.7 million passages or terms in one part")

// An assembly makes a part of chunks that have equally many buckets, in their order.
type assembly struct {
	*part
	chunks  []*chunk
	numbers [][]uint32 // by chunk and its term: the term's number as they are counted
	origins []origin   // by chunk
	bounds  []int      // by bucket, its first term as they are counted; one more at the end
	counts  []count    // by term as they are counted
	final   []uint32   // the number of each such term in the part
}

// A count is how many postings a term has, and how it stands in texts.
type count struct {
	postings [fields]uint32
	usage    Usage
}

// An origin is where a chunk begins in its part.
type origin struct{ article, passage, titleWord, word uint32 }

// assemble makes the part. Terms are numbered bucket by bucket, but the frequent ones before the others.
func assemble(chunks []*chunk) (*part, error) {
	a := assembly{part: &part{}, chunks: chunks}
	a.numberTerms()
	var end origin
	for _, c := range chunks {
		a.origins = append(a.origins, end)
		end.article += uint32(c.articles())
		end.passage += uint32(c.passages())
		end.titleWord += uint32(len(c.titleWords))
		end.word += uint32(len(c.words))
	}
	if end.passage > maxOrdinal || a.terms.len() > maxTerms {
		return nil, errTooLarge
	}
	a.takeTexts(end)
	buckets := len(a.bounds) - 1
	a.counts = make([]count, a.terms.len())
	sideBySide(buckets, a.count)
	a.renumber()
	a.describe()
	sideBySide(buckets, a.place)
	sideBySide(len(chunks), a.write)
	for _, c := range chunks {
		a.rareAt, a.rareTerms = append(a.rareAt, c.rareAt...), append(a.rareTerms, c.rareTerms...)
	}
	return a.part, nil
}

// sideBySide calls do with 0 to n-1, on all processors.
func sideBySide(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	work := func() {
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			do(int(i))
		}
	}
	for range min(n, runtime.GOMAXPROCS(0)) - 1 {
		workers.Go(work)
	}
	work()
	workers.Wait()
}

// numberTerms gives the terms of all chunks the numbers under which they are counted.
func (a *assembly) numberTerms() {
	buckets := make([][][]uint32, len(a.chunks)) // by chunk and bucket: its terms
	for i, c := range a.chunks {
		buckets[i] = make([][]uint32, len(c.buckets))
		for t, b := range c.inBucket {
			buckets[i][b] = append(buckets[i][b], uint32(t))
		}
		a.numbers = append(a.numbers, make([]uint32, c.terms.len()))
	}
	for b := range a.chunks[0].buckets {
		a.bounds = append(a.bounds, a.terms.len())
		for i, c := range a.chunks {
			for _, t := range buckets[i][b] {
				a.numbers[i][t] = a.terms.add(c.terms.term(t))
			}
		}
	}
	a.bounds = append(a.bounds, a.terms.len())
}

// takeTexts takes over of the texts what does not depend on the numbers of terms, and makes room for what does.
func (a *assembly) takeTexts(end origin) {
	articles, passages := end.article, end.passage
	a.texts = texts{
		ids: make([]int64, 0, articles), days: make([]int32, 0, articles), languages: make([]uint16, 0, articles),
		firsts: make([]uint32, 1, articles+1), titleEnds: make([]uint32, 0, articles), titleWords: make([]uint32, end.titleWord),
		extents: make([]uint16, 0, 4*passages), wordEnds: make([]uint32, 0, passages),
	}
	a.codes, a.marks = make([]uint16, end.word), make([]uint8, end.word)
	for i, c := range a.chunks {
		a.texts.append(&c.texts, a.origins[i])
	}
	a.owner, a.byID = make([]uint32, 0, passages), make(map[int64]uint32, articles)
	for article, id := range a.ids {
		a.byID[id] = uint32(article)
		for range a.firsts[article+1] - a.firsts[article] {
			a.owner = append(a.owner, uint32(article))
		}
	}
}

// blocks calls each for the blocks of a bucket, with their chunk.
func (a *assembly) blocks(bucket int, each func(chunk int, block []uint32)) {
	for i, c := range a.chunks {
		b := &c.buckets[bucket]
		for _, block := range b.full {
			each(i, block)
		}
		each(i, b.block)
	}
}

// count counts the postings of a bucket's terms and their usage.
func (a *assembly) count(bucket int) {
	a.blocks(bucket, func(chunk int, block []uint32) {
		numbers := a.numbers[chunk]
		for at := 0; at < len(block); {
			n, passages, titled := &a.counts[numbers[block[at]]], block[at+1]>>1, block[at+1]&1
			n.postings[inPassage] += passages
			n.postings[inTitle] += titled
			at += 2
			if passages > 0 {
				n.postings[inArticle]++
				u := block[at]
				n.usage.add(Usage{Inside: u & 0xff, Capital: u >> 8 & 0xff, Placed: u >> 16 & 0xff, Person: u >> 24}, 1)
				at += 2
			}
			at += int(titled + passages)
		}
	})
}

// renumber gives the terms their numbers in the part: where there are more than codes, those that the most passages have come first.
func (a *assembly) renumber() {
	a.final = make([]uint32, a.terms.len())
	least := uint32(0) // passages of a frequent term
	if len(a.final) > rare {
		least = a.leastFrequent()
	}
	var frequent, others []uint32
	for t := range a.counts {
		if a.counts[t].postings[inPassage] >= least {
			frequent = append(frequent, uint32(t))
		} else {
			others = append(others, uint32(t))
		}
	}
	if len(others) == 0 {
		for t := range a.final {
			a.final[t] = uint32(t)
		}
		return
	}
	before := a.terms
	a.terms = termTable{}
	for _, t := range append(frequent, others...) {
		a.final[t] = a.terms.add(before.term(t))
	}
}

// leastFrequent is the least number of passages that fewer terms have than there are codes.
func (a *assembly) leastFrequent() uint32 {
	var having [1 << 10]int // terms by passages; the last: so many or more
	for _, n := range a.counts {
		having[min(n.postings[inPassage], uint32(len(having)-1))]++
	}
	least, terms := len(having), 0
	for least > 0 && terms+having[least-1] <= rare {
		least--
		terms += having[least]
	}
	return uint32(least)
}

// describe notes what is known of each term, and makes room for its postings.
func (a *assembly) describe() {
	terms := a.terms.len()
	a.usage, a.forms = make([]Usage, terms), make([]Form, terms)
	for f := range fields {
		a.starts[f] = make([]uint32, terms+1)
	}
	for t, n := range a.counts {
		number := a.final[t]
		a.usage[number], a.forms[number] = n.usage, formOf(a.terms.term(number))
		for f := range fields {
			a.starts[f][number] = n.postings[f]
		}
	}
	for i, c := range a.chunks {
		for t, u := range c.muchUsed {
			a.usage[a.final[a.numbers[i][t]]].add(u, 1)
		}
	}
	for f := range fields {
		sum := uint32(0)
		for t, n := range a.starts[f] {
			a.starts[f][t] = sum
			sum += n
		}
		a.postings[f] = make([]uint32, sum)
	}
}

// place brings the postings of a bucket where starts has room for them.
func (a *assembly) place(bucket int) {
	first := uint32(a.bounds[bucket])
	next := make([][fields]uint32, uint32(a.bounds[bucket+1])-first)
	for t := range next {
		for f := range fields {
			next[t][f] = a.starts[f][a.final[first+uint32(t)]]
		}
	}
	inPassages, inArticles, inTitles := a.postings[inPassage], a.postings[inArticle], a.postings[inTitle]
	a.blocks(bucket, func(chunk int, block []uint32) {
		numbers := a.numbers[chunk]
		passage, article := a.origins[chunk].passage<<8, a.origins[chunk].article<<8
		for at := 0; at < len(block); {
			to, passages, titled := &next[numbers[block[at]]-first], int(block[at+1]>>1), block[at+1]&1
			at += 2
			if passages > 0 {
				inArticles[to[inArticle]] = block[at+1] + article
				to[inArticle]++
				at += 2
			}
			if titled > 0 {
				inTitles[to[inTitle]] = block[at] + article
				to[inTitle]++
				at++
			}
			list := inPassages[to[inPassage]:]
			for i, posting := range block[at : at+passages] {
				list[i] = posting + passage
			}
			to[inPassage] += uint32(passages)
			at += passages
		}
	})
}

// write writes the texts of a chunk.
func (a *assembly) write(chunk int) {
	c, origin := a.chunks[chunk], a.origins[chunk]
	for i, t := range c.articleTerms {
		c.articleTerms[i] = a.final[a.numbers[chunk][t]]
	}
	for article := range uint32(c.articles()) {
		terms := c.termsOf(article)
		start, end := from(c.wordEnds, c.firsts[article]), from(c.wordEnds, c.firsts[article+1])
		at := origin.word + start
		codes, marks := a.codes[at:][:end-start], a.marks[at:][:end-start]
		for i, w := range c.words[start:end] {
			term := terms[w>>8]
			codes[i], marks[i] = uint16(min(term, rare)), uint8(w)
			if term >= rare {
				c.rareAt, c.rareTerms = append(c.rareAt, at+uint32(i)), append(c.rareTerms, term)
			}
		}
		titleWords := a.titleWords[origin.titleWord+from(c.titleEnds, article):]
		for i, place := range c.title(article) {
			titleWords[i] = terms[place]
		}
	}
}
