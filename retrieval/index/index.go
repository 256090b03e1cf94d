// Package index finds passages by their terms. Articles come in as segments (immutable bytes made by Encode, opaque to whoever stores
// them), a Snapshot is the index of a library in memory, and Top returns its best passages by BM25 over three fields. Everything is
// immutable: Apply makes a new Snapshot, and readers of the old one are not disturbed. It computes and nothing else.
//
// A part of a snapshot is flat and holds no pointers but its slices, so that the garbage collector does not walk it:
//
//	terms     arena of bytes | offsets [terms+1] | open-addressing table of hash<<32 | id+1
//	starts    [terms+1] a field        the postings of term t are postings[starts[t]:starts[t+1]]
//	postings  ordinal<<8 | code        ascending; ordinal of a passage, or of an article in the fields title and article
//	codes     2 bytes a token of all passages in order, for what looks at neighbours: the number of its term. The most frequent terms have
//	          the first numbers; beyond 65,535 all have one code, and which they are is kept apart
//	marks     1 byte a token
//	extents   2 bytes a number, those that need more kept apart
//	code      passage, title: tf-1 in 2 bits (4 means 4 or more), length in 6 bits, two words a step
//	          article: tf-1 in 4 bits (16 means 16 or more), length in 4 bits, a doubling from 16 words a step
//
// A posting carries the length of its passage, so that scoring reads one array; the buckets cost nothing that can be measured in
// answers. Statistics (N, n, mean lengths) are exact for the snapshot.
//
// Begin with Encode, Snapshot.Apply and Snapshot.Top; segment.go draws the stored bytes.
package index

import "math"

// NoDay is the Day of an article whose date is unknown.
const NoDay int32 = math.MinInt32

// An Extent says where a passage lies: from byte Start of paragraph First to byte End of paragraph Last, End exclusive.
type Extent struct{ First, Start, Last, End int }

// A Passage is an extent with its tokens in order, repeated as they occur, without stop words.
type Passage struct {
	Extent
	Tokens []Token
}

// A Document is an article as the index sees it.
type Document struct {
	Day      int32 // published, in days since 1 January 1970; NoDay if unknown
	Language string
	Title    []string // terms
	Passages []Passage
}

// A Kind tells what a change does.
type Kind int

// The kinds of changes.
const (
	Add    Kind = iota // the segment of one article, which replaces what the snapshot has of it
	Merged             // the segment of several articles, likewise
	Gone               // the article leaves
)

// A Change is one step of a library's history. Changes are applied in order: a later one wins.
type Change struct {
	Kind    Kind
	Article int64 // of Add and Gone
	Bytes   []byte
}

// A field of a passage. Their order is that of the sums in a score.
type field int

const (
	inPassage field = iota
	inTitle
	inArticle
	fields
)

// BM25 are the parameters of one field.
type BM25 struct {
	Weight float64 // factor of the field's score, ≥ 0
	K1     float64 // ≥ 0: how much a repeated term adds
	B      float64 // 0 to 1: how much a long text is held back
}

// Weights are the parameters of the three fields.
type Weights struct{ Passage, Title, Article BM25 }

// Plain is BM25 over passages alone with the textbook's parameters for short texts.
var Plain = Weights{Passage: BM25{Weight: 1, K1: .9, B: .4}}

// FirstStage says S1 = BM25(passage) + .3 BM25(title) + .6 BM25(article): the title tells what the story is about, the article that the
// missing words stand two paragraphs further on. Passages are short and of like length, so that k1 and b are low there. Worth two points
// of hit@1 on news over passages alone.
var FirstStage = Weights{
	Passage: BM25{Weight: 1, K1: .6, B: .2},
	Title:   BM25{Weight: .3, K1: .9, B: .4},
	Article: BM25{Weight: .6, K1: .9, B: .4},
}

func (w Weights) of(f field) BM25 { return [fields]BM25{w.Passage, w.Title, w.Article}[f] }

// IDF weighs a term that n of N texts contain (0 ≤ n ≤ N, N ≥ 1): ln(1 + (N-n+.5)/(n+.5)), never negative. IDF(10, 100) = 2.2637.
// Robertson and Zaragoza (2009), plus the 1 that keeps common terms from counting against a text, as in Lucene.
func IDF(n, of int) float64 {
	return math.Log(1 + (float64(of-n)+.5)/(float64(n)+.5))
}

// gain is the part of BM25 beside idf: tf / (tf + k1 (1 - b + b length/mean)), 0 ≤ gain < 1.
func (p BM25) gain(tf, length, mean float64) float64 {
	if mean == 0 {
		mean = 1
	}
	return tf / (tf + p.K1*(1-p.B+p.B*length/mean))
}

const (
	maxTF, maxLength               = 4, 63 * 2
	maxArticleTF, articleLengths   = 16, 16
	articleLengthBase              = 16
	maxOrdinal                     = 1<<24 - 1
	maxQueryTerms                  = 64
	lengthStep, lengthBits, tfMask = 2, 6, 3
)

// code packs tf ≥ 1 and length ≥ 0 of a passage or title.
func code(tf, length int) uint32 {
	return uint32(min(tf, maxTF)-1)<<lengthBits | uint32(min(length, maxLength)/lengthStep)
}

func decode(code uint32) (tf, length float64) {
	return float64(code>>lengthBits&tfMask) + 1, float64(code&(1<<lengthBits-1)) * lengthStep
}

// articleCode packs tf ≥ 1 and length of an article: step i stands for articleLengthBase·2^i words.
func articleCode(tf, length int) uint32 {
	step := 0
	for step < articleLengths-1 && length >= articleLengthBase*3/2<<step {
		step++
	}
	return uint32(min(tf, maxArticleTF)-1)<<4 | uint32(step)
}

func decodeArticle(code uint32) (tf, length float64) {
	return float64(code>>4&15) + 1, float64(int(articleLengthBase) << (code & 15))
}

func decodeIn(f field, code uint32) (tf, length float64) {
	if f == inArticle {
		return decodeArticle(code)
	}
	return decode(code)
}
