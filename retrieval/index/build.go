package index

import "runtime"

// A source is a segment on its way into a part.
type source struct {
	segment []byte
	article int64 // the id of the only article; 0: the segment knows its ids
	keep    func(id int64) bool
}

const (
	mostChunks = 8
	chunkBytes = 128 << 10 // of segments, at least, that are worth a chunk of their own: joining two takes a look-up a term
	foretold   = 16        // one segment in so many tells how much room the others want
)

// build makes a part of segments, on all processors. Their articles must have different ids, but for those that keep refuses.
func build(sources []source) (*part, error) {
	total := 0
	for _, s := range sources {
		total += len(s.segment)
	}
	buckets := bucketsFor(total / 4) // a word takes 2.5 bytes in a packed segment and 6 in another
	runs := divide(sources, max(chunkBytes, total/min(runtime.GOMAXPROCS(0), mostChunks)))
	chunks, errs := make([]*chunk, len(runs)), make([]error, len(runs))
	sideBySide(len(runs), func(i int) { chunks[i], errs[i] = read(runs[i], buckets) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return assemble(chunks)
}

// divide cuts sources into runs of about so many bytes.
func divide(sources []source, size int) (runs [][]source) {
	sum, start := 0, 0
	for i, s := range sources {
		if sum += len(s.segment); sum >= size || i == len(sources)-1 {
			runs, sum, start = append(runs, sources[start:i+1]), 0, i+1
		}
	}
	return runs
}

// read makes a chunk of segments.
func read(sources []source, buckets int) (*chunk, error) {
	c := newChunk(buckets)
	var (
		a       reel
		room    []byte   // for unpacking
		numbers []uint32 // of the segment's terms in the chunk
	)
	for i, s := range sources {
		r, ids, err := readIDs(s.segment)
		if err != nil {
			return nil, err
		}
		numbers = numbers[:0]
		body, err := r.body(len(ids), &room, func(term []byte) { numbers = append(numbers, c.number(term)) })
		if err != nil {
			return nil, err
		}
		c.expect(len(body.marks.bytes), len(body.numbers.bytes))
		for _, id := range ids {
			if err := body.article(&a, len(numbers)); err != nil {
				return nil, err
			}
			if s.article != 0 {
				id = s.article
			}
			if s.keep(id) {
				c.take(id, &a, numbers)
			}
		}
		if err := body.end(); err != nil {
			return nil, err
		}
		if i == len(sources)/foretold {
			left := float64(len(sources)-i-1) / float64(i+1) // times what there is
			c.expect(int(1.05*left*float64(len(c.words))), int(1.05*left*float64(len(c.articleTerms))))
		}
	}
	return c, nil
}
