package index

import (
	"cmp"
	"sync"
)

// A Hit is a passage with its score, which is InPassage + InTitle + InArticle, summed in this order.
//
// Holds tells which of the query's terms the text of its article has anywhere, bit i stands for the i-th of the different ones, if articles weigh
// and there are at most 64.
type Hit struct {
	Article                       int64
	Passage                       int // its place in the article, from 0
	Extent                        Extent
	Day                           int32
	Score                         float64
	InPassage, InTitle, InArticle float64
	Holds                         uint64
}

// Top returns the k best passages among the articles that allow lets in (nil: all), best first. A passage is a candidate if any field
// scores. Equal scores stand by day, newer first, then by article, then by place, so that the order is always the same. allow is asked at
// most once an article, and only about articles that could be among the best.
//
// Term at a time: each list adds its impact, looked up by its code, to a rounded sum per passage or article (accumulate.go); what comes
// within rounding of the best k is gathered (collect.go) and scored again exactly (rescore.go), so that the result is that of exact scores
// for all. It reads every posting of the terms: with questions of ten terms and k of 150, pruning costs more than it saves. On one core of
// a small server that is 0.1 ms at 200,000 passages, for a question of ten terms over the three fields.
func (s *Snapshot) Top(q Query, k int, allow func(article int64) bool) []Hit {
	if k <= 0 {
		return nil
	}
	r := searches.Get().(*search)
	r.prepare(s, q)
	if !r.quantize() {
		r.release()
		return nil
	}
	r.begin(k, allow)
	for i := range s.parts {
		r.collect(i, &s.parts[i])
	}
	r.cut()
	hits := r.rescore(s)
	r.release() // not deferred: after a panic of allow the sums are not 0
	return hits
}

// A search is the memory that one call of Top works in, lent from one question to the next.
type search struct {
	lookup
	impacts
	selection
	rescoring
	sums     [window]uint16 // of the passages of a window; all 0 between windows
	articles []uint16       // of the articles of a part
	highest  [window / block]uint16
	lists    []cursor
}

var searches = sync.Pool{New: func() any { return new(search) }}

// release gives the memory back, without what it refers to.
func (r *search) release() {
	clear(r.terms)
	clear(r.lists)
	r.allow = nil
	searches.Put(r)
}

// better orders hits: by score, day, article, place.
func better(a, b Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Day, a.Day), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Passage, b.Passage))
}
