package index

import "slices"

// A Snapshot is the index of a library at one moment. It never changes and may be read by many goroutines. Make one with Empty and Apply.
type Snapshot struct {
	parts []view // 1 to maxParts of them, the oldest and largest first; none in the empty snapshot
	stats totals
}

// A view is a part without the articles that have left it since it was made.
type view struct {
	*part
	dead       []uint64         // a bit an article; nil: all live
	minus      [fields][]uint32 // by term, what the dead have of its postings; nil: nothing
	minusUsage []Usage          // likewise
	lost       totals           // what the dead have of the part's totals
}

// totals are the sums behind BM25's N and mean lengths.
type totals struct {
	articles, passages   int
	inPassages, inTitles int // terms
}

func (t *totals) add(o totals, sign int) {
	t.articles += sign * o.articles
	t.passages += sign * o.passages
	t.inPassages += sign * o.inPassages
	t.inTitles += sign * o.inTitles
}

// n is the number of texts of a field.
func (t totals) n(f field) int {
	if f == inPassage {
		return t.passages
	}
	return t.articles
}

// mean is the mean length of the texts of a field, in terms.
func (t totals) mean(f field) float64 {
	sum := t.inPassages
	if f == inTitle {
		sum = t.inTitles
	}
	return float64(sum) / float64(max(t.n(f), 1))
}

const (
	maxParts  = 4
	smallPart = 64 // articles: up to this a part is always joined with the next one
	growth    = 2  // a part is joined when the one behind it has grown to a half of it
	deadShare = 4  // a part is made anew when a quarter of it is dead
)

// Empty is the index of a library that holds nothing.
func Empty() *Snapshot { return &Snapshot{} }

// Apply returns the snapshot after the changes, in order. An error (ErrFormat) says that a change's bytes are no segment; the snapshot
// that it was called on stays as it was. It costs time by the changes and by the terms of the articles that leave, and now and then
// a joining of parts.
func (s *Snapshot) Apply(changes []Change) (*Snapshot, error) {
	last := map[int64]int{} // the change that has the last word on each article
	perChange := make([][]int64, len(changes))
	for i, c := range changes {
		switch c.Kind {
		case Merged:
			_, ids, err := readIDs(c.Bytes)
			if err != nil {
				return nil, err
			}
			perChange[i] = ids
		default:
			perChange[i] = []int64{c.Article}
		}
		for _, id := range perChange[i] {
			last[id] = i
		}
	}
	var sources []source
	for i, c := range changes {
		if c.Kind == Gone || !slices.ContainsFunc(perChange[i], func(id int64) bool { return last[id] == i }) {
			continue
		}
		from := source{segment: c.Bytes, keep: func(id int64) bool { return last[id] == i }}
		if c.Kind == Add {
			from.article = c.Article
		}
		sources = append(sources, from)
	}
	next := &Snapshot{parts: make([]view, 0, len(s.parts)+1)}
	for _, v := range s.parts {
		if v = v.without(last); v.living() > 0 {
			next.parts = append(next.parts, v)
		}
	}
	if len(sources) > 0 {
		p, err := build(sources)
		if err != nil {
			return nil, err
		}
		next.parts = append(next.parts, view{part: p})
	}
	next.join()
	for _, v := range next.parts {
		next.stats.add(v.totals(), 1)
		next.stats.add(v.lost, -1)
	}
	return next, nil
}

// living is the number of articles that have not left.
func (v view) living() int { return v.articles() - v.lost.articles }

func (v view) isDead(article uint32) bool {
	return v.dead != nil && v.dead[article/64]&(1<<(article%64)) != 0
}

// totals are those of the whole part.
func (p *part) totals() totals {
	return totals{articles: p.articles(), passages: p.passages(), inPassages: len(p.codes), inTitles: len(p.titleWords)}
}

// without is the view after the articles of ids have left it.
func (v view) without(ids map[int64]int) view {
	var leaving []uint32
	for id := range ids {
		if article, ok := v.byID[id]; ok && !v.isDead(article) {
			leaving = append(leaving, article)
		}
	}
	if len(leaving) == 0 {
		return v
	}
	dead := make([]uint64, (v.articles()+63)/64)
	copy(dead, v.dead)
	v.dead = dead
	for f := range fields {
		minus := make([]uint32, v.terms.len())
		copy(minus, v.minus[f])
		v.minus[f] = minus
	}
	minusUsage := v.minusUsage
	v.minusUsage = make([]Usage, v.terms.len())
	copy(v.minusUsage, minusUsage)
	for _, article := range leaving {
		v.dead[article/64] |= 1 << (article % 64)
		v.lost.articles++
		v.lost.passages += int(v.firsts[article+1] - v.firsts[article])
		v.lost.inPassages += v.articleLength(article)
		v.lost.inTitles += len(v.title(article))
		v.subtract(article)
	}
	return v
}

// subtract counts the postings of an article that leaves.
func (v view) subtract(article uint32) {
	inWhole := map[uint32]bool{}
	var words []uint32
	for passage := v.firsts[article]; passage < v.firsts[article+1]; passage++ {
		inText := map[uint32]bool{}
		words = v.text(words, passage)
		for _, w := range words {
			t := w >> 8
			v.minusUsage[t].count(Marks(w))
			if !inText[t] {
				v.minus[inPassage][t]++
			}
			if !inWhole[t] {
				v.minus[inArticle][t]++
			}
			inText[t], inWhole[t] = true, true
		}
	}
	titled := map[uint32]bool{}
	for _, t := range v.title(article) {
		if !titled[t] {
			v.minus[inTitle][t]++
		}
		titled[t] = true
	}
}

// df is the number of living texts of a field that contain term t.
func (v view) df(f field, t uint32) int {
	n := int(v.starts[f][t+1] - v.starts[f][t])
	if v.minus[f] != nil {
		n -= int(v.minus[f][t])
	}
	return n
}

// join makes few parts of many, so that a question looks at few, and drops the dead where they are many.
func (s *Snapshot) join() {
	for i, v := range s.parts {
		if deadShare*v.lost.articles > v.articles() {
			s.parts[i] = joined(v)
		}
	}
	for n := len(s.parts); n > 1; n = len(s.parts) {
		before, last := s.parts[n-2], s.parts[n-1]
		if n <= maxParts && before.living() > smallPart && before.living() > growth*last.living() {
			return
		}
		if before.passages()+last.passages() > maxOrdinal || before.terms.len()+last.terms.len() > maxTerms {
			return
		}
		s.parts = append(s.parts[:n-2], joined(before, last))
	}
}

// joined makes one part of the living articles of some views.
func joined(views ...view) view {
	size := 0
	for _, v := range views {
		size += len(v.codes)
	}
	c := newChunk(bucketsFor(size))
	var title, words []uint32
	for _, v := range views {
		numbers := make([]uint32, v.terms.len()) // in the new part, plus one; 0: not yet taken
		renumber := func(t uint32) uint32 {
			if numbers[t] == 0 {
				numbers[t] = c.number(v.terms.term(t)) + 1
			}
			return numbers[t] - 1
		}
		for a := range uint32(v.articles()) {
			if v.isDead(a) {
				continue
			}
			title = title[:0]
			for _, t := range v.title(a) {
				title = append(title, renumber(t))
			}
			c.article(v.ids[a], v.days[a], v.languageNames[v.languages[a]], title)
			for p := v.firsts[a]; p < v.firsts[a+1]; p++ {
				words = v.text(words, p)
				for i, w := range words {
					words[i] = renumber(w>>8)<<8 | w&0xff
				}
				c.passage(v.extent(p), words)
			}
			c.close()
		}
	}
	p, err := assemble([]*chunk{c})
	if err != nil {
		panic(err) // join has looked at the sum of their passages
	}
	return view{part: p}
}

// Stats are the sizes of a snapshot.
type Stats struct {
	Articles, Passages, Terms, Postings, Parts int
	Bytes                                      int // in memory
}

// Stats counts what lives, but Terms, Postings and Bytes, which count what is held.
func (s *Snapshot) Stats() Stats {
	stats := Stats{Articles: s.stats.articles, Passages: s.stats.passages, Parts: len(s.parts)}
	for _, v := range s.parts {
		stats.Terms += v.terms.len()
		stats.Bytes += v.bytes() + 8*len(v.dead) + 16*len(v.minusUsage)
		for f := range fields {
			stats.Postings += len(v.postings[f])
			stats.Bytes += 4 * len(v.minus[f])
		}
	}
	return stats
}

// Languages counts the living articles of each language.
func (s *Snapshot) Languages() map[string]int {
	counts := map[string]int{}
	for _, v := range s.parts {
		for a := range uint32(v.articles()) {
			if !v.isDead(a) {
				counts[v.languageNames[v.languages[a]]]++
			}
		}
	}
	return counts
}

// DF is the number of passages that contain the term.
func (s *Snapshot) DF(term string) int { return s.df(inPassage, term) }

// IDF is the term's weight over passages; that of a term which no passage contains is the greatest.
func (s *Snapshot) IDF(term string) float64 {
	return IDF(s.df(inPassage, term), max(s.stats.passages, 1))
}

func (s *Snapshot) df(f field, term string) (n int) {
	for _, v := range s.parts {
		if t, ok := v.terms.find([]byte(term)); ok {
			n += v.df(f, t)
		}
	}
	return n
}
