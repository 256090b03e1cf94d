package retrieval

import (
	"maps"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/rank"
)

// compose makes the answer of candidates and their texts: widened passages, those that share text taken as one, the answering sentence,
// the grade.
func compose(words []answer.Word, candidates []candidate, texts archivist.Texts, limit int, s *snapshot) archivist.Answer {
	result := archivist.Answer{Version: s.version}
	var shown []answer.Shown
	var signs answer.Signs
	for _, c := range candidates {
		id := archivist.ArticleID(c.hit.Article)
		head, ok := texts.Heads[id]
		if !ok {
			continue // it has left the library since
		}
		t := answer.Text{Paragraphs: texts.Paragraphs[id], Language: head.Language}
		x := c.hit.Extent
		one, ok := answer.Widen(t, x.First, x.Start, x.Last, x.End)
		if !ok || overlaps(result.Passages, shown, id, one) {
			continue
		}
		passage := passageOf(c, head, one, words)
		if len(result.Passages) == 0 {
			signs = firstSigns(c, head, one, words)
		} else if signs.Lead == 0 && id != result.Passages[0].Article.ID {
			signs.Lead = max(0, result.Passages[0].Score-c.score) / answer.Mass(words)
		}
		shown = append(shown, one)
		result.Passages = append(result.Passages, passage)
	}
	result.Nearest = headlines(result.Passages)
	if len(result.Passages) == 0 {
		result.Grade = archivist.GradeRefusal
		return result
	}
	result.Confidence = answer.Confidence(signs)
	result.Grade = answer.Grade(result.Confidence)
	result.Passages = result.Passages[:min(len(result.Passages), limit)]
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

// passageOf is a candidate as a reader sees it.
func passageOf(c candidate, head archivist.Head, shown answer.Shown, words []answer.Word) archivist.Passage {
	_, c.evidence.Matched = answer.Coverage(words, passageTerms(head, shown))
	p := archivist.Passage{
		Article: head, First: shown.First, Last: shown.Last, Text: shown.Text, Score: c.score,
		Sentence: answer.Answering(shown, words, head.Language), Link: answer.Link(head.URL, shown.Text),
	}
	for _, r := range rank.Explain(c.evidence) {
		p.Reasons = append(p.Reasons, archivist.Reason(r))
	}
	return p
}

// passageTerms are those of a passage and its title.
func passageTerms(head archivist.Head, shown answer.Shown) map[string]bool {
	terms := answer.Terms(shown.Text, head.Language)
	maps.Copy(terms, answer.Terms(head.Title, head.Language))
	return terms
}

// firstSigns are the signs of the first passage, but for its lead.
func firstSigns(c candidate, head archivist.Head, shown answer.Shown, words []answer.Word) answer.Signs {
	mass, unknown := answer.Mass(words), 0.
	for _, w := range words {
		if !w.Known {
			unknown += w.IDF
		}
	}
	coverage, _ := answer.Coverage(words, passageTerms(head, shown))
	return answer.Signs{Score: c.score / mass, Coverage: coverage, Missing: unknown / mass}
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
