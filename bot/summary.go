package bot

import (
	"strings"

	"archivist"
)

const (
	summarised = 40 // paragraphs that are looked at
	summaryMin = 40 // units of a sentence that says something
)

// summary is what an article is about, in two of its own sentences: the one it begins with, and of the others the one whose words the
// article's other sentences use most, for each of its words. Paragraphs of running text alone count.
func summary(a archivist.Article) []string {
	var sentences []string
	for _, p := range a.Paragraphs[:min(len(a.Paragraphs), summarised)] {
		if p.Kind == archivist.KindParagraph && !p.Boilerplate {
			sentences = append(sentences, sentencesOf(p.Text)...)
		}
	}
	if len(sentences) == 0 {
		return nil
	}
	used := map[string]int{} // by how many sentences
	for _, s := range sentences {
		for w := range wordsOf(s) {
			used[w]++
		}
	}
	lines := sentences[:1]
	best, bestScore := "", 0.
	for _, s := range sentences[1:] {
		words := wordsOf(s)
		score := 0
		for w := range words {
			score += used[w] - 1
		}
		if per := float64(score) / float64(len(words)+3); Units(s) >= summaryMin && per > bestScore {
			best, bestScore = s, per
		}
	}
	if best != "" {
		lines = append(lines, best)
	}
	return lines
}

// sentencesOf divides a paragraph at the ends of its sentences.
func sentencesOf(text string) (sentences []string) {
	text = strings.TrimSpace(Clean(text))
	start := 0
	for i := range text {
		if end := i; end > start && (text[end] == ' ' || text[end] == '\n') && lastSentenceEnd(text[start:end], text[end:]) == end-start {
			sentences = append(sentences, strings.TrimSpace(text[start:end]))
			start = end
		}
	}
	if rest := strings.TrimSpace(text[start:]); rest != "" {
		sentences = append(sentences, rest)
	}
	return sentences
}
