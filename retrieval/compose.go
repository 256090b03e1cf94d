package retrieval

import (
	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/rank"
)

// compose makes the answer of candidates and their texts: widened passages, those that share text taken as one, the answering sentence,
// the grade.
func compose(words []answer.Word, candidates []candidate, texts archivist.Texts, limit int, s *snapshot) archivist.Answer {
	result := archivist.Answer{Version: s.version}
	var shown []answer.Shown
	read := map[archivist.ArticleID]answer.Text{}
	mass := answer.Mass(words)
	signs := answer.Signs{Lead: -1}
	for _, c := range candidates {
		id := archivist.ArticleID(c.hit.Article)
		head, ok := texts.Heads[id]
		if !ok {
			continue // it has left the library since
		}
		if len(shown) > 0 && signs.Lead < 0 && id != result.Passages[0].Article.ID {
			signs.Lead = (result.Passages[0].Score - c.score) / mass
		}
		if len(shown) == limit {
			if signs.Lead >= 0 {
				break
			}
			continue // still looking for the next article
		}
		if _, ok := read[id]; !ok {
			read[id] = answer.NewText(texts.Paragraphs[id], head.Language)
		}
		x := c.hit.Extent
		one, ok := answer.Widen(read[id], x.First, x.Start, x.Last, x.End)
		if !ok || overlaps(result.Passages, shown, id, one) {
			continue
		}
		passage, coverage := passageOf(c, head, one, words)
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
		signs.Lead = result.Passages[0].Score / mass
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

// passageOf is a candidate as a reader sees it, and the share of the question's mass that it covers with its title.
func passageOf(c candidate, head archivist.Head, shown answer.Shown, words []answer.Word) (p archivist.Passage, coverage float64) {
	terms := map[string]bool{}
	answer.AddTerms(terms, shown.Text, head.Language)
	answer.AddTerms(terms, head.Title, head.Language)
	coverage, c.evidence.Matched = answer.Coverage(words, terms)
	p = archivist.Passage{
		Article: head, First: shown.First, Last: shown.Last, Text: shown.Text, Score: c.score,
		Sentence: answer.Answering(shown, words, head.Language), Link: answer.Link(head.URL, shown.Text),
	}
	for _, r := range rank.Explain(c.evidence) {
		p.Reasons = append(p.Reasons, archivist.Reason(r))
	}
	return p, coverage
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
