package bot

import (
	"strings"

	"archivist"
)

// around is how many paragraphs before and after a passage More context shows, as far as they fit.
const around = 3

// surroundings are the texts around a passage, nearest first: the paragraphs before and after it, and the rest of its own paragraphs
// where it is only some sentences of them. ok is false when the article does not hold the passage any more.
func surroundings(a archivist.Article, p passageState) (before, after []string, ok bool) {
	if p.First < 0 || p.Last < p.First || p.Last >= len(a.Paragraphs) {
		return nil, nil, false
	}
	var own []string
	for _, paragraph := range a.Paragraphs[p.First : p.Last+1] {
		own = append(own, paragraph.Text)
	}
	lead, rest, found := strings.Cut(strings.Join(own, "\n"), p.Text)
	if !found {
		return nil, nil, false
	}
	if lead = strings.TrimSpace(lead); lead != "" {
		before = append(before, lead)
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		after = append(after, rest)
	}
	for i := p.First - 1; i >= 0 && len(before) < around; i-- {
		if !a.Paragraphs[i].Boilerplate {
			before = append(before, a.Paragraphs[i].Text)
		}
	}
	for i := p.Last + 1; i < len(a.Paragraphs) && len(after) < around; i++ {
		if !a.Paragraphs[i].Boilerplate {
			after = append(after, a.Paragraphs[i].Text)
		}
	}
	return before, after, true
}

// widen puts the surroundings into a card, in turn, while they fit; the first that does not fit is cut, and the last on its side.
func widen(c *Card, before, after []string) {
	at := 0
	for i, block := range c.Body {
		if block.Quote {
			at = i
		}
	}
	left := maxWide - maxPassage
	var above, below []Block
	for i := range around {
		for _, side := range []struct {
			texts []string
			put   func(Block)
		}{
			{before, func(b Block) { above = append([]Block{b}, above...) }},
			{after, func(b Block) { below = append(below, b) }},
		} {
			if i >= len(side.texts) || left < maxLine {
				continue
			}
			text := Cut(Clean(side.texts[i]), min(left, maxPassage))
			left -= Units(Escape(text))
			side.put(Block{Quote: true, Parts: []Part{plain(text)}})
		}
	}
	body := append([]Block{}, c.Body[:at]...)
	body = append(append(append(body, above...), c.Body[at]), below...)
	c.Body = append(body, c.Body[at+1:]...)
}
