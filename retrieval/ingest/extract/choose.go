package extract

import (
	"net/url"

	"archivist"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// Sizes beyond which trafilatura does not run: it is quadratic in paragraphs (20,000 take 9 s and 34 GB) and cannot be stopped.
const (
	maxVotedBlocks = 1500
	maxVotedText   = 400 << 10
)

// votes of one selector: the blocks that it would keep.
type votes []bool

// A ballot is the votes of the two extractors (T trafilatura, R readability) and our own region (O), by block.
type ballot struct {
	blocks  []*block
	t, r, o votes
}

// choose decides which blocks are the article's. The two extractors are asked for their opinion on a copy of the page in which each block
// begins with a mark of its own; what they leave of the marks is their vote. Text is never taken from them.
func choose(doc *html.Node, blocks []*block, base *url.URL, m *meta) []bool {
	b := ballot{blocks: blocks, o: region(blocks)}
	size := 0
	for _, block := range blocks {
		size += len(block.text)
	}
	if len(blocks) <= maxVotedBlocks && size <= maxVotedText {
		b.t = b.ask(doc, func(page *html.Node) *html.Node {
			result, err := trafilatura.ExtractDocument(page, trafilatura.Options{EnableFallback: true, ExcludeComments: true, OriginalURL: base, HtmlDateMode: trafilatura.Disabled})
			if err != nil || result == nil {
				return nil
			}
			return result.ContentNode
		})
	}
	if len(blocks) <= 10*maxVotedBlocks {
		b.r = b.ask(doc, func(page *html.Node) *html.Node {
			parser := readability.NewParser()
			article, err := parser.ParseDocument(page, base)
			if err != nil {
				return nil
			}
			return article.Node
		})
	}
	// Our own region takes the place of an extractor that failed or was too dear.
	if b.t == nil {
		b.t = b.o
	}
	if b.r == nil {
		b.r = b.o
	}
	return b.decide(m)
}

// firstMark is the beginning of plane 15, whose characters no text has left: tidy has dropped them, and the marks go before it.
const firstMark = 0xf0000

func mark(i int) rune {
	if i >= 0xfffe { // the last two of a plane are no characters
		return 0x100000 + rune(i-0xfffe)
	}
	return firstMark + rune(i)
}

func unmark(r rune) (i int, ok bool) {
	switch {
	case r >= 0x100000 && r <= 0x10fffd:
		return int(r-0x100000) + 0xfffe, true
	case r >= firstMark && r <= 0xffffd:
		return int(r - firstMark), true
	}
	return 0, false
}

// ask lets an extractor choose on a marked copy of the page; nil says that it failed. A panic of a library is a failure of it alone.
func (b ballot) ask(doc *html.Node, extract func(*html.Node) *html.Node) (chosen votes) {
	defer func() {
		if recover() != nil {
			chosen = nil
		}
	}()
	marked := map[*html.Node]int{}
	for i, block := range b.blocks {
		marked[block.first] = i
	}
	content := extract(clone(doc, marked))
	if content == nil {
		return nil
	}
	chosen = make(votes, len(b.blocks))
	some := false
	for n := range content.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		for _, r := range n.Data {
			if i, ok := unmark(r); ok && i < len(chosen) {
				chosen[i], some = true, true
			}
		}
	}
	if !some {
		return nil
	}
	return chosen
}

// clone copies a tree, without recursion, and puts each block's mark before its first text. Marks that the page brought itself go.
func clone(doc *html.Node, marked map[*html.Node]int) *html.Node {
	copyOf := func(n *html.Node) *html.Node {
		c := &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace, Attr: append([]html.Attribute(nil), n.Attr...)}
		if n.Type == html.TextNode {
			c.Data = withoutMarks(n.Data)
			if i, ok := marked[n]; ok {
				c.Data = string(mark(i)) + c.Data
			}
		}
		return c
	}
	root := copyOf(doc)
	type pair struct{ from, to *html.Node }
	stack := []pair{{doc, root}}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for child := range p.from.ChildNodes() {
			if child.Type == html.CommentNode || child.Type == html.ElementNode && (child.Data == "script" || child.Data == "style") {
				continue // what they search it for is not asked for here, and can take them minutes: JSON-LD nested 100,000 deep
			}
			c := copyOf(child)
			if i, ok := marked[child]; ok && child.Type == html.ElementNode { // an image of a letter
				p.to.AppendChild(&html.Node{Type: html.TextNode, Data: string(mark(i))})
			}
			p.to.AppendChild(c)
			stack = append(stack, pair{child, c})
		}
	}
	return root
}

func withoutMarks(s string) string {
	for _, r := range s {
		if _, ok := unmark(r); ok {
			out := []rune{}
			for _, r := range s {
				if _, ok := unmark(r); !ok {
					out = append(out, r)
				}
			}
			return string(out)
		}
	}
	return s
}

// region is our own choice: the words of long, link-poor blocks count for their parent (1), its parent (.7) and its parent's (.4); the
// best element's blocks that are no links are it.
func region(blocks []*block) votes {
	score := map[*html.Node]float64{}
	var best *html.Node
	for _, b := range blocks {
		if b.hidden || b.words < long || b.isLink() {
			continue
		}
		share := []float64{1, .7, .4}
		n := b.parent
		if n != nil && (n.Data == "p" || n.Data == "li" || n.Data == "tr") && n.Parent != nil {
			n = n.Parent
		}
		for _, part := range share {
			if n == nil {
				break
			}
			if score[n] += part * float64(b.words-b.linkWords); best == nil || score[n] > score[best] {
				best = n
			}
			n = n.Parent
		}
	}
	chosen := make(votes, len(blocks))
	for i, b := range blocks {
		chosen[i] = best != nil && !b.hidden && !b.isLink() && within(b.parent, best)
	}
	return chosen
}

func within(n, ancestor *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == ancestor {
			return true
		}
	}
	return false
}

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

// Constants of the choice.
const (
	wildShare = .5   // common words below this share of the larger choice: the extractors do not speak of the same text
	wildWords = 40   // likewise below this many
	clearly   = 1.15 // a choice must be worth this much more to win over the one before it
	holeWords = 60   // a parent with more kept words may fill its holes
)

// decide applies the rules of choice, each with its reason.
func (b ballot) decide(m *meta) []bool {
	common, most := 0, 0
	sizes := [2]int{}
	for i, block := range b.blocks {
		if b.t[i] {
			sizes[0] += block.words
		}
		if b.r[i] {
			sizes[1] += block.words
		}
		if b.t[i] && b.r[i] {
			common += block.words
		}
	}
	most = max(sizes[0], sizes[1])
	kept := make([]bool, len(b.blocks))
	if float64(common) < wildShare*float64(most) || most < wildWords {
		// Wild disagreement: one of the choices wins whole.
		best, bestValue := b.t, b.value(b.t)
		for _, other := range []votes{b.r, b.o} {
			if v := b.value(other); v > clearly*max(bestValue, 0) && v > bestValue {
				best, bestValue = other, v
			}
		}
		copy(kept, best)
	} else {
		b.agree(kept, m)
	}
	for i, block := range b.blocks {
		kept[i] = kept[i] && !block.hidden
	}
	b.headings(kept)
	return kept
}

// agree keeps what both choose, and what the page's own structure says that one of them has missed.
func (b ballot) agree(kept []bool, m *meta) {
	first := -1
	words := map[*html.Node]int{}
	for i, block := range b.blocks {
		if b.t[i] && b.r[i] && !(block.kind == archivist.KindHeading && block.level == 1) {
			kept[i] = true
			if first < 0 && block.words >= long {
				first = i
			}
			words[holder(block)] += block.words
		}
	}
	last := len(kept) - 1
	for last > 0 && !kept[last] {
		last--
	}
	for i, block := range b.blocks {
		if kept[i] || block.hidden || block.kind == archivist.KindHeading || isComment(block) {
			continue
		}
		one := b.t[i] != b.r[i]
		prose := block.words >= long && 4*block.linkWords < block.words
		switch {
		case one && b.t[i] && i < first && prose && block.kind == archivist.KindParagraph:
			kept[i] = true // readability drops openings
		case one && prose && i < last && words[holder(block)] > holeWords && !hasFurnitureName(block):
			kept[i] = true // a hole in what both keep
		case one && prose && m.inBody(block.text):
			kept[i] = true // the page's own JSON-LD has it
		}
	}
	b.between(kept)
	b.rows(kept)
}

// holder is the element whose inside a block belongs to, beyond its own paragraph.
func holder(b *block) *html.Node {
	n := b.parent
	if n != nil && n.Parent != nil && (n.Data == "p" || n.Data == "li" || n.Data == "blockquote") {
		return n.Parent
	}
	return n
}

// between keeps short blocks with one vote that stand between two kept ones of the same element.
func (b ballot) between(kept []bool) {
	for i := 1; i+1 < len(kept); i++ {
		block := b.blocks[i]
		if kept[i] || block.hidden || !b.t[i] && !b.r[i] || !kept[i-1] || !kept[i+1] || block.kind != archivist.KindParagraph || block.isLink() || hasFurnitureName(block) {
			continue
		}
		if b.t[i] && holder(block) == holder(b.blocks[i-1]) && holder(block) == holder(b.blocks[i+1]) {
			kept[i] = true
		}
	}
}

// rows lets a table go with the majority of its rows.
func (b ballot) rows(kept []bool) {
	tables := map[*html.Node][]int{}
	for i, block := range b.blocks {
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
			if kept[i] {
				in++
			}
		}
		for _, i := range rows {
			kept[i] = 2*in > len(rows)
		}
	}
}

// headings keeps a heading with a vote that stands directly before something kept, and drops those with nothing behind them.
func (b ballot) headings(kept []bool) {
	for i := len(kept) - 1; i >= 0; i-- {
		block := b.blocks[i]
		if block.kind != archivist.KindHeading {
			continue
		}
		voted := b.t[i] || b.r[i]
		follows := i+1 < len(kept) && kept[i+1]
		kept[i] = voted && follows && !block.hidden && block.level != 1 && (!block.isLink() || b.t[i] && b.r[i])
	}
}
