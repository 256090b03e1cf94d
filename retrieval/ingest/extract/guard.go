package extract

import "archivist"

// value is how much a choice looks like an article: words of prose, less half of the words of what is none.
func (b ballot) value(chosen votes) (value float64) {
	for i, block := range b.blocks {
		switch {
		case !chosen[i]:
		case block.words >= 8 && !block.isLink() && !isComment(block):
			value += float64(block.words - 2*block.linkWords)
		default:
			value -= float64(block.words) / 2
		}
	}
	return value
}

const (
	wildShare = .5   // common words below this share of the larger choice: the extractors do not speak of the same text
	wildWords = 40   // likewise below this many
	clearly   = 1.15 // a choice must be worth this much more to win over the one before it
	muchMore  = 4    // times as many words: it may come late
)

// Rules of the guard.
var (
	guardRule = Rule{"guard", "the extractors do not speak of the same text", "the common words are less than half of the larger choice, or that has fewer than 40"}
	lateRule  = Rule{"late", "an article follows its headline", "of what the guard may choose, that which begins behind all of another choice of 13 words below the headline, and has not four times its words"}
)

// wild reports that the extractors do not speak of the same text.
func (c *choice) wild() bool {
	common, t, r := 0, 0, 0
	for i, block := range c.blocks {
		if c.t[i] {
			t += block.words
		}
		if c.r[i] {
			r += block.words
		}
		if c.t[i] && c.r[i] {
			common += block.words
		}
	}
	most := max(t, r)
	return float64(common) < wildShare*float64(most) || most < wildWords
}

// whole lets one of the three choices win: the one that is worth most, of those that do not come late.
func (c *choice) whole() {
	choices := []votes{c.t, c.r, c.o}
	var best votes
	bestValue := 0.
	for _, one := range choices {
		if v := c.value(one); !c.comesLate(one, choices) && (best == nil || v > clearly*max(bestValue, 0) && v > bestValue) {
			best, bestValue = one, v
		}
	}
	copy(c.kept, best)
}

// comesLate reports a choice that begins only where another one ends, which stands behind the headline: an article follows its headline, and
// what comes below is a notice, a list of others, or readers' words. Only a choice of much more words may be the article all the same.
func (c *choice) comesLate(late votes, choices []votes) bool {
	headline := c.headline()
	if headline < 0 || c.trial.lacks(lateRule.Name) {
		return false
	}
	begin, _, most := c.span(late, 0)
	for _, other := range choices {
		_, end, words := c.span(other, headline)
		if words >= long && end < begin && most < muchMore*words {
			return true
		}
	}
	return false
}

// span is where a choice begins and ends, from a block on and without links, and how many words it has there.
func (c *choice) span(chosen votes, from int) (begin, end, words int) {
	begin = len(c.blocks)
	for i := from; i < len(c.blocks); i++ {
		if chosen[i] && !c.blocks[i].isLink() {
			begin, end = min(begin, i), i
			words += c.blocks[i].words
		}
	}
	return begin, end, words
}

// headline is the heading that is the title, else the page's first heading of the first level; -1 if there is none.
func (c *choice) headline() int {
	first := -1
	for i, block := range c.blocks {
		switch {
		case block.kind != archivist.KindHeading:
		case sameWords(block.text, c.meta.title):
			return i
		case block.level == 1 && first < 0:
			first = i
		}
	}
	return first
}
