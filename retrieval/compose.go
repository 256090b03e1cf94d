package retrieval

import (
	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/rank"
)

// compose makes the answer of candidates and their texts: widened passages, those that share text taken as one, the answering sentence,
// the grade.
func compose(query answer.Query, candidates []rank.Scored, texts archivist.Texts, limit int, s *snapshot) archivist.Answer {
	result := archivist.Answer{Version: s.version}
	var shown []answer.Shown
	read := map[archivist.ArticleID]*reading{}
	signs := answer.Signs{Lead: -1}
	for _, c := range candidates {
		id := archivist.ArticleID(c.Article)
		head, ok := texts.Heads[id]
		if !ok {
			continue // it has left the library since
		}
		if len(shown) > 0 && signs.Lead < 0 && id != result.Passages[0].Article.ID {
			signs.Lead = (result.Passages[0].Score - c.Score) / query.Mass
		}
		if len(shown) == limit {
			if signs.Lead >= 0 {
				break
			}
			continue // still looking for the next article
		}
		article := read[id]
		if article == nil {
			title, _ := query.In(head.Title, head.Language)
			article = &reading{head, answer.NewText(texts.Paragraphs[id], head.Language), title}
			read[id] = article
		}
		x := c.Extent
		one, ok := answer.Widen(article.text, x.First, x.Start, x.Last, x.End)
		if !ok || overlaps(result.Passages, shown, id, one) {
			continue
		}
		passage, coverage := article.passage(c, one, query)
		if len(shown) == 0 {
			signs.Coverage = coverage
		}
		shown = append(shown, one)
		result.Passages = append(result.Passages, passage)
	}
	result.Nearest = headlines(result.Passages)
	if len(result.Passages) == 0 {
		result.Grade = archivist.GradeRefusal
		return result
	}
	if signs.Lead < 0 { // no other article has anything of the question
		signs.Lead = result.Passages[0].Score / query.Mass
	}
	result.Confidence = answer.Confidence(signs)
	result.Grade = answer.Grade(result.Confidence)
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
	head  archivist.Head
	text  answer.Text
	title answer.Found
}

// passage is a candidate as a reader sees it, and the share of the question's mass that it covers with its title.
func (r *reading) passage(c rank.Scored, shown answer.Shown, query answer.Query) (p archivist.Passage, coverage float64) {
	sentence, found := answer.Answering(shown, query, r.head.Language)
	found |= r.title
	p = archivist.Passage{
		Article: r.head, First: shown.First, Last: shown.Last, Text: shown.Text, Score: c.Score,
		Sentence: sentence, Link: answer.Link(r.head.URL, shown.Text),
	}
	for _, reason := range rank.Explain(c.Features) {
		p.Reasons = append(p.Reasons, archivist.Reason(reason))
	}
	return p, query.Share(found)
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
