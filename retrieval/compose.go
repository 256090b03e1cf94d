package retrieval

import (
	"slices"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/rank"
)

// compose makes the answer of candidates and their texts: widened passages, those that share text or say the same in the same words taken
// as one, the answering sentence, the grade.
func compose(candidates []rank.Scored, near *rank.Close, texts archivist.Texts, limit int, s *snapshot) archivist.Answer {
	result := archivist.Answer{Version: s.version}
	var shown []answer.Shown
	var shapes []answer.Shape // of the passages shown
	read := map[archivist.ArticleID]*reading{}
	for _, c := range candidates {
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
		if !ok || overlaps(result.Passages, shown, id, one) {
			continue
		}
		shape := answer.ShapeOf(one.Text, head.Language)
		if i := slices.IndexFunc(shapes, shape.Same); i >= 0 {
			also(&result.Passages[i], head)
			continue
		}
		if len(shown) == limit {
			continue // what is left may still be copies of what is shown
		}
		if len(shown) == 0 {
			result.Confidence = near.Confidence(candidates, c)
		}
		shown, shapes = append(shown, one), append(shapes, shape)
		result.Passages = append(result.Passages, article.passage(c, one, near))
	}
	result.Nearest = headlines(result.Passages)
	if len(result.Passages) == 0 {
		result.Grade = archivist.GradeRefusal
		return result
	}
	result.Grade = answer.Grade(result.Confidence, near.RefuseBelow())
	return result
}

// also notes that an article says the same as a passage.
func also(p *archivist.Passage, h archivist.Head) {
	known := h.ID == p.Article.ID || slices.ContainsFunc(p.Also, func(other archivist.Head) bool { return other.ID == h.ID })
	if !known && len(p.Also) < archivist.MaxAlso {
		p.Also = append(p.Also, h)
	}
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
	sentences := make([][]index.Token, len(shown.Sentences))
	for i, span := range shown.Sentences {
		sentences[i] = tokens(shown.Text[span.Start:span.End], r.head.Language)
	}
	p := archivist.Passage{
		Article: r.head, First: shown.First, Last: shown.Last, Text: shown.Text, Score: c.Score,
		Sentence: answer.Answering(shown, near.Sentences(sentences)), Link: answer.Link(r.head.URL, shown.Text),
	}
	for _, reason := range near.Explain(c.Features) {
		p.Reasons = append(p.Reasons, archivist.Reason(reason))
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
