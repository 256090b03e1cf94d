package bot

import (
	"strings"

	"archivist"
)

// around is how many paragraphs before and after a passage More context shows, as far as they fit.
const around = 3

// surroundings are the texts around a passage that was found in its article, nearest first: the paragraphs before and after it, and the rest of its
// own paragraphs where it is only some sentences of them.
func surroundings(a archivist.Article, p passageState) (before, after []string) {
	own, _ := p.paragraphs(a)
	if lead := strings.TrimSpace(own[:p.Start]); lead != "" {
		before = append(before, lead)
	}
	if rest := strings.TrimSpace(own[p.Start+p.Bytes:]); rest != "" {
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
	return before, after
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
