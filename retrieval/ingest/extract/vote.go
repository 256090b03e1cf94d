package extract

import (
	"net/url"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// Sizes beyond which trafilatura does not run: it is quadratic in paragraphs (20,000 take 9 s and 34 GB) and cannot be stopped.
const (
	maxVotedBlocks  = 1500
	maxInlineBlocks = 500 // where it could not even be ended with its process
	maxVotedText    = 400 << 10
)

// fallbackBelow is the share of readability's words below which trafilatura is asked again, with its fallback, which is two older extractors: they take
// a third of all the time that a page takes, and change its choice where it found too little.
const fallbackBelow = .8

// votes of one selector: the blocks that it would keep.
type votes []bool

// A ballot is the votes of the two extractors (T trafilatura, R readability) and our own region (O), by block.
type ballot struct {
	blocks  []*block
	t, r, o votes
}

// vote asks the two extractors which blocks are the article's: on a copy of the page in which each block begins with a mark of its own;
// what they leave of the marks is their vote, nil where they failed. Text is never taken from them. Of more than most blocks trafilatura is not asked, of ten times as many neither.
func vote(doc *html.Node, blocks []*block, base *url.URL, most int) ballot {
	b := ballot{blocks: blocks, o: region(blocks)}
	size := 0
	for _, block := range blocks {
		size += len(block.text)
	}
	if len(blocks) <= 10*most {
		b.r = b.ask(doc, func(page *html.Node) *html.Node {
			parser := readability.NewParser()
			article, err := parser.ParseDocument(page, base)
			if err != nil {
				return nil
			}
			return article.Node
		})
	}
	if len(blocks) <= most && size <= maxVotedText {
		trafilaturas := func(fallback bool) votes {
			return b.ask(doc, func(page *html.Node) *html.Node {
				result, err := trafilatura.ExtractDocument(page, trafilatura.Options{
					EnableFallback: fallback, ExcludeComments: true, OriginalURL: base, HtmlDateMode: trafilatura.Disabled,
				})
				if err != nil || result == nil {
					return nil
				}
				return result.ContentNode
			})
		}
		b.t = trafilaturas(false)
		if b.t == nil || float64(b.wordsOf(b.t)) < fallbackBelow*float64(b.wordsOf(b.r)) {
			b.t = trafilaturas(true)
		}
	}
	return b
}

// wordsOf counts those of the blocks that a selector chose.
func (b ballot) wordsOf(chosen votes) (n int) {
	for i, on := range chosen {
		if on {
			n += b.blocks[i].words
		}
	}
	return n
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
