package extract

import (
	"strings"

	"archivist"

	"golang.org/x/net/html"
)

// Constants of the choice.
const (
	longLead  = 80 // words that no standfirst has
	holeWords = 60 // a parent with more kept words may fill its holes
)

// A choice is what the votes of a page lead to.
type choice struct {
	ballot
	meta     *meta
	trial    Trial
	complete bool // both extractors have voted
	kept     []bool

	first, last int                // the first long block and the last block that both keep
	words       map[*html.Node]int // that both keep, by the element that holds them
	makes       map[string]int     // likewise, by the make of that element
}

// additions keep blocks that only one extractor chose, for a reason of the page's structure. None keeps hidden text, headings (they have a
// rule of their own) or readers' comments.
var additions = []struct {
	Rule
	hits func(c *choice, i int, b *block) bool
}{
	{Rule{"opening", "readability drops openings", "prose before the first long block that both chose, trafilatura's vote"}, func(c *choice, i int, b *block) bool {
		return c.t[i] && i < c.first && b.isProse() && b.kind == archivist.KindParagraph
	}},
	{Rule{"lead", "trafilatura drops an opening that stands apart, and no standfirst is so long", "80 words of prose before the first long block that both chose, readability's vote"}, func(c *choice, i int, b *block) bool {
		return c.r[i] && i < c.first && b.words >= longLead && b.isProse() && b.kind == archivist.KindParagraph
	}},
	{Rule{"hole", "one extractor lost a piece of what both keep", "prose, one vote, in an element with 60 words that both chose"}, func(c *choice, i int, b *block) bool {
		return b.isProse() && c.words[holder(b)] > holeWords && !hasFurnitureName(b)
	}},
	{Rule{"twin", "sites cut an article into pieces of one make", "prose but captions, one vote, not of our own region, in elements of the same names and classes as hold 60 words that both chose"}, func(c *choice, i int, b *block) bool {
		return c.complete && b.isProse() && b.kind != archivist.KindCaption && c.makes[makeOf(b)] > holeWords
	}},
	{Rule{"body", "the page's own JSON-LD has it", "prose, one vote, nine tenths of its shingles in articleBody"}, func(c *choice, i int, b *block) bool {
		return b.isProse() && c.meta.inBody(b.text)
	}},
}

// Rules of choice that are no additions.
var (
	betweenRule = Rule{"between", "short pieces of a hole", "8 blocks with one and the same vote between two that are kept, one of them as a piece of that hole; no links, captions or headings"}
	rowsRule    = Rule{"rows", "a table goes with the majority of its rows", "rows"}
	headingRule = Rule{"heading", "a heading leads what follows it", "a vote, something kept directly behind it"}
)

// isProse reports a long block with few links.
func (b *block) isProse() bool { return b.words >= long && 4*b.linkWords < b.words }

// decide keeps what both extractors chose, and what the rules of choice add.
func (b ballot) decide(m *meta, t Trial) []bool {
	c := &choice{
		meta: m, trial: t, complete: b.t != nil && b.r != nil,
		kept: make([]bool, len(b.blocks)), words: map[*html.Node]int{}, makes: map[string]int{},
	}
	// Our own region takes the place of an extractor that failed or was too dear.
	if b.t == nil {
		b.t = b.o
	}
	if b.r == nil {
		b.r = b.o
	}
	c.ballot = b
	if c.wild() && !t.lacks(guardRule.Name) {
		c.whole()
	} else {
		c.agree()
	}
	c.headings()
	return c.kept
}

// agree keeps what both choose, and what the page's own structure says that one of them has missed.
func (c *choice) agree() {
	c.first, c.last = -1, 0
	for i, block := range c.blocks {
		if c.t[i] && c.r[i] && !(block.kind == archivist.KindHeading && block.level == 1) {
			c.kept[i] = true
			if c.first < 0 && block.words >= long {
				c.first = i
			}
			c.last = i
			c.words[holder(block)] += block.words
			if made := makeOf(block); made != "" {
				c.makes[made] += block.words
			}
		}
	}
	for i, block := range c.blocks {
		if c.kept[i] || c.t[i] == c.r[i] || block.kind == archivist.KindHeading || isComment(block) {
			continue
		}
		for _, rule := range additions {
			if !c.trial.lacks(rule.Name) && rule.hits(c, i, block) {
				c.kept[i] = true
				break
			}
		}
	}
	if !c.trial.lacks(betweenRule.Name) {
		c.between()
	}
	if !c.trial.lacks(rowsRule.Name) {
		c.rows()
	}
}

// holder is the element whose inside a block belongs to, beyond its own paragraph, list or quotation.
func holder(b *block) *html.Node {
	n := b.parent
	for n != nil && n.Parent != nil && (n.Data == "p" || n.Data == "li" || n.Data == "ul" || n.Data == "ol" || n.Data == "blockquote") {
		n = n.Parent
	}
	return n
}

// makeOf is how a block's element and the two around it are made: their names and classes. It is "" where none has a class: all pages are made
// of such.
func makeOf(b *block) string {
	var made strings.Builder
	classed := false
	for n, depth := b.parent, 0; n != nil && n.Type == html.ElementNode && depth < 3; n, depth = n.Parent, depth+1 {
		class := attribute(n, "class")
		classed = classed || class != ""
		made.WriteString(n.Data + "." + class + "<")
	}
	if !classed {
		return ""
	}
	return made.String()
}

// longestRun is how many blocks between two kept ones may be short pieces of a hole.
const longestRun = 8

// between keeps the short pieces of a hole: blocks in a row that one extractor alone chose, between two that are kept, one of them as a
// piece of the same hole.
func (c *choice) between() {
	for i := 1; i < len(c.kept); i++ {
		if c.kept[i] || !c.kept[i-1] {
			continue
		}
		end := i
		for end < len(c.kept) && end-i < longestRun && !c.kept[end] && c.sameVote(end, i) {
			end++
		}
		if end == i || end == len(c.kept) || !c.kept[end] || !c.sameVote(i-1, i) && !c.sameVote(end, i) {
			continue
		}
		for j := i; j < end; j++ {
			b := c.blocks[j]
			c.kept[j] = b.kind != archivist.KindHeading && b.kind != archivist.KindCaption && !b.isLink() && !hasFurnitureName(b) && !isComment(b)
		}
		i = end
	}
}

// sameVote reports whether blocks i and j have one vote each, of the same extractor.
func (c *choice) sameVote(i, j int) bool {
	return c.t[i] != c.r[i] && c.t[i] == c.t[j] && c.r[i] == c.r[j]
}

// rows lets a table go with the majority of its rows.
func (c *choice) rows() {
	tables := map[*html.Node][]int{}
	for i, block := range c.blocks {
		if block.kind != archivist.KindRow {
			continue
		}
		n := block.parent
		for n != nil && n.Data != "table" {
			n = n.Parent
		}
		tables[n] = append(tables[n], i)
	}
	for _, rows := range tables {
		in := 0
		for _, i := range rows {
			if c.kept[i] {
				in++
			}
		}
		for _, i := range rows {
			c.kept[i] = 2*in > len(rows)
		}
	}
}

// headings keeps a heading that both chose within the article if anything of its section is kept, and any with a vote directly before
// something kept. Before the article's first block stand the heads of the page.
func (c *choice) headings() {
	begin := 0
	for begin < len(c.kept) && (!c.kept[begin] || c.blocks[begin].kind == archivist.KindHeading) {
		begin++
	}
	for i := len(c.kept) - 1; i >= 0; i-- {
		block := c.blocks[i]
		if block.kind != archivist.KindHeading {
			continue
		}
		both := c.t[i] && c.r[i]
		leads := i+1 < len(c.kept) && c.kept[i+1] && !block.isLink() && !c.trial.lacks(headingRule.Name)
		c.kept[i] = block.level != 1 && (both && i > begin && keptAfter(c.blocks, c.kept, i) || (c.t[i] || c.r[i]) && leads)
	}
}
