package index

// A termScore is what one term adds to one field of a hit.
type termScore struct {
	Term  string
	Field string // "passage", "title" or "article"
	TF    float64
	N, Of int // texts of the field with the term, and all of them
	IDF   float64
	Value float64 // weight of the field · IDF · gain
}

// explain lists what each term adds to a hit of this snapshot, in the order in which Top adds it up; terms that add nothing are left
// out. It is nil for an article that the snapshot does not have.
func (s *Snapshot) explain(q Query, h Hit) []termScore {
	var l lookup
	l.prepare(s, q)
	for i, v := range s.parts {
		article, ok := v.byID[h.Article]
		if !ok || v.isDead(article) {
			continue
		}
		var scores []termScore
		for f := range fields {
			ordinal := article
			if f == inPassage {
				ordinal = v.firsts[article] + uint32(h.Passage)
			}
			for _, t := range l.terms {
				if t.numbers[i] < 0 || t.weight[f] == 0 {
					continue
				}
				if code, ok := find(v.list(f, uint32(t.numbers[i])), ordinal); ok {
					tf, _ := decodeIn(f, code)
					scores = append(scores, termScore{
						Term: t.term, Field: [...]string{"passage", "title", "article"}[f], TF: tf, N: t.n[f], Of: s.stats.n(f),
						IDF: IDF(t.n[f], s.stats.n(f)), Value: l.value(&t, f, code),
					})
				}
			}
		}
		return scores
	}
	return nil
}
