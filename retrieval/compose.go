package retrieval

import (
	"slices"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/rank"
)

// A distinct is a candidate with what says the same in the same words.
type distinct struct {
	rank.Scored
	copies []archivist.ArticleID // other articles with it, each once, at most archivist.MaxAlso
}

// withoutCopies takes candidates that say the same in the same words as one, with the best of them, and gives the first n.
func withoutCopies(candidates []rank.Scored, n int) []distinct {
	list, shapes := make([]distinct, 0, n), make([]answer.Shape, 0, n)
	var terms []uint32
	var memory answer.Shape // of a shape that was not kept
	for _, c := range candidates {
		terms = terms[:0]
		for _, w := range c.Words {
			terms = append(terms, uint32(w.Term()))
		}
		shape := answer.AppendShape(memory[:0], terms)
		switch i := slices.IndexFunc(shapes, shape.Same); {
		case i >= 0:
			list[i].also(archivist.ArticleID(c.Article))
		case len(list) < n:
			list, shapes, memory = append(list, distinct{Scored: c}), append(shapes, shape), nil
			continue
		}
		memory = shape
	}
	return list
}

// also notes that an article says the same.
func (d *distinct) also(id archivist.ArticleID) {
	if id != archivist.ArticleID(d.Article) && !slices.Contains(d.copies, id) && len(d.copies) < archivist.MaxAlso {
		d.copies = append(d.copies, id)
	}
}

// moved is how many passages are looked at again to be moved: a reader seldom sees more, and each costs as much as its analysis. In a library
// of news none is: there the formula chooses a passage by what agrees with other articles, which moving to the question's words loses
// (hit@1 .700 without, .696 with; on squad .820 and .830).
func (s *snapshot) moved() int {
	if s.dated >= .5 {
		return 0
	}
	return 3
}

// compose makes the answer of candidates and their texts: widened passages, the best of them moved to where the question's words are, those
// that share text taken as one, the answering sentence, the grade.
func compose(query answer.Query, ranked []rank.Scored, candidates []distinct, near *rank.Close, texts archivist.Texts, f filter, moved, limit int) archivist.Answer {
	var result archivist.Answer
	var shown []answer.Shown
	read := map[archivist.ArticleID]*reading{}
	centring := answer.NewCentring(query)
	for _, c := range candidates {
		if len(shown) == limit {
			break
		}
		id := archivist.ArticleID(c.Article)
		head, ok := texts.Heads[id]
		if !ok {
			continue // it has left the library since
		}
		article := read[id]
		if article == nil {
			article = &reading{head, answer.NewText(texts.Paragraphs[id], head.Language)}
			read[id] = article
		}
		x := c.Extent
		one, ok := answer.Widen(article.text, x.First, x.Start, x.Last, x.End)
		if !ok || !f.holds(one.Text) || overlaps(result.Passages, shown, id, one) {
			continue
		}
		if len(shown) < moved {
			if better := centring.Move(article.text, one); f.holds(better.Text) && !overlaps(result.Passages, shown, id, better) {
				one = better
			}
		}
		if len(shown) == 0 {
			result.Confidence = near.Confidence(ranked, c.Scored)
		}
		shown = append(shown, one)
		p := article.passage(c.Scored, one, near)
		for _, id := range c.copies {
			if head, ok := texts.Heads[id]; ok {
				p.Also = append(p.Also, head)
			}
		}
		result.Passages = append(result.Passages, p)
	}
	result.Nearest = headlines(result.Passages)
	if len(result.Passages) == 0 {
		result.Grade = archivist.GradeRefusal
		return result
	}
	refuseBelow := near.RefuseBelow()
	if own, err := archivist.ParseThreshold(texts.Threshold); err == nil {
		refuseBelow = own
	}
	result.Grade = answer.Grade(result.Confidence, refuseBelow)
	return result
}

// overlaps reports whether the article has given a passage already that shares text with this one.
func overlaps(passages []archivist.Passage, shown []answer.Shown, id archivist.ArticleID, one answer.Shown) bool {
	for i, other := range shown {
		if passages[i].Article.ID == id && other.Overlaps(one) {
			return true
		}
	}
	return false
}

// A reading is an article while its passages are shown.
type reading struct {
	head archivist.Head
	text answer.Text
}

// passage is a candidate as a reader sees it.
func (r *reading) passage(c rank.Scored, shown answer.Shown, near *rank.Close) archivist.Passage {
	words, ends := mark(shown.Text, r.head.Language, shown.Sentences)
	sentences := make([][]index.Token, len(ends))
	start := 0
	for i, end := range ends {
		sentences[i], start = words[start:end], end
	}
	p := archivist.Passage{
		Article: r.head, First: shown.First, Last: shown.Last, Text: shown.Text, Score: c.Score,
		Sentence: answer.Answering(shown, near.Sentences(sentences)), Link: answer.Link(r.head.URL, shown.Text),
	}
	reasons := near.Explain(c.Features)
	p.Reasons = make([]archivist.Reason, len(reasons))
	for i, reason := range reasons {
		p.Reasons[i] = archivist.Reason(reason)
	}
	return p
}

// headlines are the first articles of passages, each once.
func headlines(passages []archivist.Passage) []archivist.Head {
	var heads []archivist.Head
	seen := map[archivist.ArticleID]bool{}
	for _, p := range passages {
		if !seen[p.Article.ID] && len(heads) < nearest {
			seen[p.Article.ID] = true
			heads = append(heads, p.Article)
		}
	}
	return heads
}
