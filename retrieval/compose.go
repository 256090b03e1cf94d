package retrieval

import (
	"slices"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/rank"
	"archivist/retrieval/text"
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
	told := map[uint64]int{} // paragraphs that are shown, by their hash, and in which passage
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
		paragraphs := answer.Paragraphs(one.Text)
		if at, again := toldAlready(told, paragraphs); again {
			result.Passages[at] = alsoIn(result.Passages[at], head)
			continue
		}
		for _, p := range paragraphs {
			told[p] = len(shown)
		}
		if len(shown) == 0 {
			result.Confidence = near.Confidence(ranked, c.Scored)
		}
		shown = append(shown, one)
		p := article.passage(c.Scored, one, near)
		for _, id := range c.copies {
			if head, ok := texts.Heads[id]; ok {
				p = alsoIn(p, head)
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

// toldAlready finds the passage that shows one of these paragraphs.
func toldAlready(told map[uint64]int, paragraphs []uint64) (passage int, already bool) {
	for _, p := range paragraphs {
		if passage, already = told[p]; already {
			return passage, true
		}
	}
	return 0, false
}

// alsoIn is a passage with a further article that says the same.
func alsoIn(p archivist.Passage, head archivist.Head) archivist.Passage {
	same := func(h archivist.Head) bool { return h.ID == head.ID }
	if head.ID != p.Article.ID && len(p.Also) < archivist.MaxAlso && !slices.ContainsFunc(p.Also, same) {
		p.Also = append(p.Also, head)
	}
	return p
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
	p := archivist.Passage{
		Article: r.head, First: shown.First, Last: shown.Last, Start: shown.Start(), Text: shown.Text, Score: c.Score,
		Sentence: answer.Answering(shown, near.Sentences(r.words(c, shown, near))), Link: archivist.LinkTo(r.head.URL, shown.Text),
	}
	reasons := near.Explain(c.Features)
	p.Reasons = make([]archivist.Reason, len(reasons))
	for i, reason := range reasons {
		p.Reasons[i] = archivist.Reason(reason)
	}
	return p
}

// words are those of a shown passage in order, and the end of each of its sentences among them. What the index has is taken from there, and
// the sentences that the passage was widened by are analysed: analysing all of it is half of the work that a shown passage takes.
func (r *reading) words(c rank.Scored, shown answer.Shown, near *rank.Close) (words []index.Word, ends []int) {
	x := c.Extent
	from, to := shown.Within(x.First, x.Start, x.Last, x.End)
	if own := starts(c.Words); from < to && len(own) == to-from {
		words, ends = r.analysed(nil, nil, shown, 0, from, near)
		for _, end := range append(own[1:], len(c.Words)) {
			ends = append(ends, len(words)+end)
		}
		words = append(words, c.Words...)
		return r.analysed(words, ends, shown, to, len(shown.Sentences), near)
	}
	return r.analysed(nil, nil, shown, 0, len(shown.Sentences), near)
}

// starts are the places in the words of a text where its sentences begin, but for sentences of nothing but stop words.
func starts(words []index.Word) (list []int) {
	for i, w := range words {
		if w.Marks().Has(index.Start) {
			list = append(list, i)
		}
	}
	return list
}

// analysed appends the words of some sentences of a shown passage, and where each ends.
func (r *reading) analysed(words []index.Word, ends []int, shown answer.Shown, from, to int, near *rank.Close) ([]index.Word, []int) {
	if from == to {
		return words, ends
	}
	first := shown.Sentences[from].Start
	sentences := make([]text.Span, 0, to-from)
	for _, s := range shown.Sentences[from:to] {
		sentences = append(sentences, text.Span{Start: s.Start - first, End: s.End - first})
	}
	tokens, last := mark(shown.Text[first:shown.Sentences[to-1].End], r.head.Language, sentences)
	for _, end := range last {
		ends = append(ends, len(words)+end)
	}
	return near.AppendWords(words, tokens), ends
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
