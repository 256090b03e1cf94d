package index

import (
	"cmp"
	"slices"
	"sync"
)

// A Query is the terms of a question, and how their fields weigh. Repeated terms count once; of more than 64 the rarest do.
type Query struct {
	Terms   []string
	Weights Weights
}

// A Hit is a passage with its score, which is InPassage + InTitle + InArticle, summed in this order.
type Hit struct {
	Article                       int64
	Passage                       int // its place in the article, from 0
	Extent                        Extent
	Day                           int32
	Score                         float64
	InPassage, InTitle, InArticle float64
}

// A term of a query, made ready: its weight in each field and its number in each part.
type queryTerm struct {
	term    string
	n       [fields]int
	weight  [fields]float64 // Weight of the field · idf
	numbers []int           // by part; -1: not there
}

// prepare looks the terms up. Their order is that of the query, which is the order of every sum.
func (s *Snapshot) prepare(q Query) []queryTerm {
	var terms []queryTerm
	seen := map[string]bool{}
	for _, term := range q.Terms {
		if seen[term] {
			continue
		}
		seen[term] = true
		t := queryTerm{term: term, numbers: make([]int, len(s.parts))}
		known := false
		for i, v := range s.parts {
			t.numbers[i] = -1
			if number, ok := v.terms.find([]byte(term)); ok {
				t.numbers[i] = int(number)
				for f := range fields {
					t.n[f] += v.df(f, number)
				}
				known = true
			}
		}
		if !known {
			continue
		}
		for f := range fields {
			if t.n[f] > 0 {
				t.weight[f] = q.Weights.of(f).Weight * IDF(t.n[f], s.stats.n(f))
			}
		}
		terms = append(terms, t)
	}
	if len(terms) <= maxQueryTerms {
		return terms
	}
	rarest := slices.Clone(terms)
	slices.SortStableFunc(rarest, func(a, b queryTerm) int { return cmp.Compare(a.n[inPassage], b.n[inPassage]) })
	kept := map[string]bool{}
	for _, t := range rarest[:maxQueryTerms] {
		kept[t.term] = true
	}
	return slices.DeleteFunc(terms, func(t queryTerm) bool { return !kept[t.term] })
}

// means are the mean lengths of the fields.
func (s *Snapshot) means() [fields]float64 {
	return [fields]float64{s.stats.mean(inPassage), s.stats.mean(inTitle), s.stats.mean(inArticle)}
}

// Top returns the k best passages among the articles that allow lets in (nil: all), best first. A passage is a candidate if any field
// scores. Equal scores stand by day, newer first, then by article, then by place, so that the order is always the same.
//
// Term at a time: each list adds its impact, looked up by its code, to a sum of 32 bits per passage or article; what comes within
// rounding of the best k is scored again exactly. It reads every posting of the terms: with questions of ten terms and k of 150, pruning
// costs more than it saves.
func (s *Snapshot) Top(q Query, k int, allow func(article int64) bool) []Hit {
	terms := s.prepare(q)
	if len(terms) == 0 || k <= 0 {
		return nil
	}
	means := s.means()
	selected := selection{k: k}
	for i, v := range s.parts {
		s.collect(i, v, terms, q.Weights, means, allow, &selected)
	}
	candidates := selected.cut()
	hits := make([]Hit, len(candidates))
	for i, c := range candidates {
		hits[i] = s.exact(c, terms, q.Weights, means)
	}
	slices.SortFunc(hits, better)
	return hits[:min(k, len(hits))]
}

// better orders hits: by score, day, article, place.
func better(a, b Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Day, a.Day), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Passage, b.Passage))
}

// collect sums up one part and offers its passages to the selection.
func (s *Snapshot) collect(i int, v view, terms []queryTerm, w Weights, means [fields]float64, allow func(int64) bool, selected *selection) {
	inArticles, inPassages := lendSums(v.articles()), lendSums(v.passages())
	defer returnSums(inArticles)
	defer returnSums(inPassages)
	gains := gainsOf(w, means)
	var impact [256]float32
	for _, t := range terms {
		if t.numbers[i] < 0 {
			continue
		}
		for f := range fields {
			list := v.list(f, uint32(t.numbers[i]))
			if t.weight[f] == 0 || len(list) == 0 {
				continue
			}
			for c, gain := range gains[f] {
				impact[c] = float32(t.weight[f] * gain)
			}
			sums := *inArticles
			if f == inPassage {
				sums = *inPassages
			}
			for _, posting := range list {
				sums[posting>>8] += impact[posting&0xff]
			}
		}
	}
	for a := range uint32(v.articles()) {
		if v.isDead(a) || allow != nil && !allow(v.ids[a]) {
			continue
		}
		base := (*inArticles)[a]
		for p := v.firsts[a]; p < v.firsts[a+1]; p++ {
			if sum := base + (*inPassages)[p]; sum > selected.threshold {
				selected.offer(candidate{sum: sum, part: i, passage: p})
			}
		}
	}
}

// gainsOf are the gains of all codes.
func gainsOf(w Weights, means [fields]float64) (gains [fields][256]float64) {
	for f := range fields {
		for c := range gains[f] {
			tf, length := decodeIn(f, uint32(c))
			gains[f][c] = w.of(f).gain(tf, length, means[f])
		}
	}
	return gains
}

// sums are lent from one question to the next: they are the largest thing that a question needs.
var sums sync.Pool

func lendSums(size int) *[]float32 {
	if lent, ok := sums.Get().(*[]float32); ok && cap(*lent) >= size {
		*lent = (*lent)[:size]
		clear(*lent)
		return lent
	}
	made := make([]float32, size)
	return &made
}

func returnSums(lent *[]float32) { sums.Put(lent) }

// A candidate is a passage with its rounded score.
type candidate struct {
	sum     float32
	part    int
	passage uint32
}

// A selection keeps what may belong to the best k: everything from the k-th best sum less the rounding on.
type selection struct {
	k         int
	threshold float32
	kept      []candidate
	limit     int // of kept, before the next cut
}

// slack is how far two roundings of one score can lie apart, as a share of it: 3·64 additions of 24 bits each.
const slack = 1e-4

func (s *selection) offer(c candidate) {
	s.kept = append(s.kept, c)
	if s.limit = max(s.limit, 4096, 8*s.k); len(s.kept) >= s.limit {
		s.cut()
		s.limit = 2 * len(s.kept) // where thousands tie, a cut frees nothing
	}
}

// cut raises the threshold to the k-th best sum, less the slack, and drops what lies below.
func (s *selection) cut() []candidate {
	if len(s.kept) <= s.k {
		return s.kept
	}
	s.threshold = partition(s.kept, s.k-1) * (1 - slack)
	end := s.k
	for i := s.k; i < len(s.kept); i++ {
		if s.kept[i].sum > s.threshold {
			s.kept[end], s.kept[i] = s.kept[i], s.kept[end]
			end++
		}
	}
	s.kept = s.kept[:end]
	return s.kept
}

// partition puts the n+1 greatest sums first, in no order, and returns the least of them, which stands at n (Hoare 1961).
func partition(list []candidate, n int) float32 {
	for low, high := 0, len(list)-1; low < high; {
		middle := low + (high-low)/2
		a, b, c := list[low].sum, list[middle].sum, list[high].sum
		pivot := max(min(a, b), min(max(a, b), c)) // the median of three
		i, j := low, high
		for i <= j {
			for list[i].sum > pivot {
				i++
			}
			for list[j].sum < pivot {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return list[n].sum
		}
	}
	return list[n].sum
}

// exact scores one candidate in 64 bits, term by term in the query's order.
func (s *Snapshot) exact(c candidate, terms []queryTerm, w Weights, means [fields]float64) Hit {
	v := s.parts[c.part]
	article := v.owner[c.passage]
	hit := Hit{
		Article: v.ids[article], Passage: int(c.passage - v.firsts[article]), Extent: v.extent(c.passage), Day: v.days[article],
	}
	var sums [fields]float64
	for _, t := range terms {
		if t.numbers[c.part] < 0 {
			continue
		}
		for f := range fields {
			ordinal := article
			if f == inPassage {
				ordinal = c.passage
			}
			if code, ok := find(v.list(f, uint32(t.numbers[c.part])), ordinal); ok {
				tf, length := decodeIn(f, code)
				sums[f] += t.weight[f] * w.of(f).gain(tf, length, means[f])
			}
		}
	}
	hit.InPassage, hit.InTitle, hit.InArticle = sums[inPassage], sums[inTitle], sums[inArticle]
	hit.Score = hit.InPassage + hit.InTitle + hit.InArticle
	return hit
}

// A TermScore is what one term adds to one field of a hit.
type TermScore struct {
	Term  string
	Field string // "passage", "title" or "article"
	TF    float64
	N, Of int // texts of the field with the term, and all of them
	IDF   float64
	Value float64 // weight of the field · IDF · gain
}

// Explain lists what each term adds to a hit of this snapshot, in the order in which Top adds it up; terms that add nothing are left
// out. It is nil for an article that the snapshot does not have.
func (s *Snapshot) Explain(q Query, h Hit) []TermScore {
	terms := s.prepare(q)
	means := s.means()
	for i, v := range s.parts {
		article, ok := v.byID[h.Article]
		if !ok || v.isDead(article) {
			continue
		}
		var scores []TermScore
		for f := range fields {
			ordinal := article
			if f == inPassage {
				ordinal = v.firsts[article] + uint32(h.Passage)
			}
			for _, t := range terms {
				if t.numbers[i] < 0 || t.weight[f] == 0 {
					continue
				}
				if code, ok := find(v.list(f, uint32(t.numbers[i])), ordinal); ok {
					tf, length := decodeIn(f, code)
					scores = append(scores, TermScore{
						Term: t.term, Field: [...]string{"passage", "title", "article"}[f], TF: tf, N: t.n[f], Of: s.stats.n(f),
						IDF: IDF(t.n[f], s.stats.n(f)), Value: t.weight[f] * q.Weights.of(f).gain(tf, length, means[f]),
					})
				}
			}
		}
		return scores
	}
	return nil
}
