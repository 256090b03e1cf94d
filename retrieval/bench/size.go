package bench

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/bench/synthetic"
)

// A Size says how large a library is made: one of the fields is set.
type Size struct {
	Passages int
	Articles int
	Corpora  int // times the corpus at hand
}

// maxSize bounds what may be asked for: a library of so many passages is advised against long before.
const maxSize = 20_000_000

// ParseSizes reads a list such as "1000a,25k,100k,all,2x": passages, articles (a), the whole corpus, times the corpus (x); k and m stand
// for thousands and millions. whole says whether there is a corpus that could be whole.
func ParseSizes(list string, whole bool) (sizes []Size, err error) {
	for word := range strings.SplitSeq(list, ",") {
		var size Size
		digits := strings.ToLower(strings.TrimSpace(word))
		into := &size.Passages
		switch {
		case digits == "all":
			digits, into = "1", &size.Corpora
		case strings.HasSuffix(digits, "x"):
			digits, into = digits[:len(digits)-1], &size.Corpora
		case strings.HasSuffix(digits, "a"):
			digits, into = digits[:len(digits)-1], &size.Articles
		}
		factor := 1
		switch {
		case strings.HasSuffix(digits, "k"):
			digits, factor = digits[:len(digits)-1], 1000
		case strings.HasSuffix(digits, "m"):
			digits, factor = digits[:len(digits)-1], 1_000_000
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || n > maxSize/factor {
			return nil, fmt.Errorf("%q is no size; write passages (25k), articles (1000a), all, or times all (2x)", word)
		}
		if *into = n * factor; size.Corpora > 0 && !whole {
			return nil, fmt.Errorf("%q needs a corpus: made-up news has no end", word)
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

// Articles are articles with what could not be read of them.
type Articles = iter.Seq2[archivist.Article, error]

// MadeUp is the endless made-up news of a seed.
func MadeUp(seed uint64) Articles {
	return func(yield func(archivist.Article, error) bool) {
		for a := range synthetic.NewNewsroom(seed).Articles() {
			if !yield(a, nil) {
				return
			}
		}
	}
}

// grow goes on with variants of a corpus's articles once it has come to its end, round after round, for ever; corpora is told before
// each. It reads the corpus anew for each round.
func grow(corpus Articles, seed uint64, more func(round int) bool) Articles {
	return func(yield func(archivist.Article, error) bool) {
		blend := synthetic.NewBlend(seed)
		for round := 1; more(round); round++ {
			number := 0
			for a, err := range corpus {
				if err == nil {
					number++
					if round == 1 {
						blend.Learn(a)
					} else {
						a = blend.Vary(a, round, number)
					}
				}
				if !yield(a, err) {
					return
				}
			}
			if number == 0 {
				return // nothing to vary
			}
		}
	}
}

// Of is as much of a corpus, and of variants of it made from a seed, as the size wants. A corpus without an end has no variants.
func (s Size) Of(corpus Articles, seed uint64) Articles {
	more := func(round int) bool { return s.Corpora == 0 || round <= s.Corpora }
	return func(yield func(archivist.Article, error) bool) {
		articles, passages := 0, 0
		for a, err := range grow(corpus, seed, more) {
			if !yield(a, err) {
				return
			}
			if err != nil {
				continue
			}
			articles++
			if s.Passages > 0 {
				passages += len(retrieval.Cut(a))
			}
			if s.Articles > 0 && articles >= s.Articles || s.Passages > 0 && passages >= s.Passages {
				return
			}
		}
	}
}
