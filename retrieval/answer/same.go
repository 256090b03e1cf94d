package answer

import (
	"slices"
	"strings"
	"unicode"

	"archivist/retrieval/text"
)

// ownWords is how many words a paragraph must have to be known by them: shorter ones recur by chance.
const ownWords = 12

// Paragraphs are the hashes of the paragraphs (lines) of s that have ownWords words, of their letters and digits alone, so that copies which differ in
// quotation marks, blanks or case have the same.
func Paragraphs(s string) (hashes []uint64) {
	for line := range strings.SplitSeq(s, "\n") {
		if text.Words(line) < ownWords {
			continue
		}
		hash := uint64(fnvOffset)
		for _, r := range line {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				hash = (hash ^ uint64(unicode.ToLower(r))) * fnvPrime
			}
		}
		hashes = append(hashes, hash)
	}
	return hashes
}

// A Shape is a text as the set of its runs of three words, without stop words, by their hashes in ascending order: what near duplicates
// have in common (Broder 1997, shingles). A text of fewer than three words has none.
type Shape []uint64

const (
	shingle = 3
	// alike is the part of the shorter text's runs that the other must have too. Over the first eight passages of 744 questions on news
	// the share has two heaps, below .3 and above .9; at half, two texts tell the same thing in the same words.
	alike = .5

	fnvOffset, fnvPrime = 14695981039346656037, 1099511628211
)

// AppendShape makes the shape of a text whose words stand as numbers of terms, equal for equal terms, in the memory of an empty one.
func AppendShape(shape Shape, words []uint32) Shape {
	shape = slices.Grow(shape, len(words))
	for i := shingle; i <= len(words); i++ {
		hash := uint64(fnvOffset)
		for _, word := range words[i-shingle : i] {
			hash = (hash ^ uint64(word)) * fnvPrime
		}
		shape = append(shape, hash)
	}
	slices.Sort(shape)
	return slices.Compact(shape)
}

// Same reports whether two texts say the same in the same words: half of the shorter one's runs stand in the other.
func (a Shape) Same(b Shape) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	common, wanted := 0, alike*float64(min(len(a), len(b)))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if float64(common+min(len(a)-i, len(b)-j)) < wanted {
			return false // what is left is too little
		}
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			common, i, j = common+1, i+1, j+1
		}
	}
	return float64(common) >= wanted
}
