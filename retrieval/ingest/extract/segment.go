package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"archivist"

	"golang.org/x/net/html"
)

// A block is one piece of running text of the page, in document order.
type block struct {
	kind      archivist.Kind
	text      string
	words     int
	linkWords int        // of the words, those inside links
	parent    *html.Node // the nearest block element
	first     *html.Node // the first text node with more than blanks
	level     int        // of a heading, 1 to 6
}

// isLink reports a block that is mostly links.
func (b *block) isLink() bool { return 2*b.linkWords > b.words }

const (
	long           = 13 // words that a block of prose has at least
	longestHeading = 20 // words; more that end as a sentence does are text in a heading's clothes
)

// sentenceEnd is a full stop, a question's or exclamation mark at the end, or an ellipsis, perhaps behind a closing quotation mark.
var sentenceEnd = regexp.MustCompile(`[.!?…。！？]["'”’»)]{0,2}$`)

func elements(names string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		set[name] = true
	}
	return set
}

var (
	// textless elements never hold text of an article.
	textless = elements("script style noscript template svg canvas iframe object embed select option textarea button input video audio map dialog head math")
	// unrendered are those that take no room on the page.
	unrendered = elements("script style noscript template head")
	// blockLevel elements end the text before them and begin a new one.
	blockLevel = elements(`address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form
		h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul`)
	// popups inside a sentence hold words of other headlines.
	popup = worded{[]string{"rollover", "tooltip", "popover", "popup", "flyout"}, regexp.MustCompile(`(?i)\b(rollover|tooltip|popover|popup|flyout)[-_]*(block|content|body|card|box|inner|text)`)}
	// caption names captions. What a name with a bracket or a colon says holds for something else: "[&_figcaption]:hidden".
	caption   = worded{[]string{"caption"}, regexp.MustCompile(`(?i)(^|\s)[^\s\[:]*caption[^\s\[:]*($|\s)`)}
	embedName = worded{[]string{"twitter-tweet", "instagram-media", "tiktok-embed", "reddit-embed"}, regexp.MustCompile(`(?i)\b(twitter-tweet|instagram-media|tiktok-embed|reddit-embed)`)}
)

// A frame is what holds for an element's inside.
type frame struct {
	node  *html.Node
	block *html.Node
	kind  archivist.Kind
	level int
	link  bool
	embed bool // of an embedded post: its line breaks end nothing
}

// A segmenter walks the tree without recursion, so that no depth costs a stack, and gathers blocks.
type segmenter struct {
	blocks []*block
	text   strings.Builder
	links  int // words inside links so far
	first  *html.Node
	at     frame // of the block that is open
	breaks int   // <br> in a row
	headed bool  // the first h1 is behind
}

// segment lists the blocks of a page. All text that a reader could see is in one of them, but for the first h1 it is the whole page.
func segment(doc *html.Node) []*block {
	s := &segmenter{}
	type step struct {
		frame
		leave bool
	}
	stack := []step{{frame: frame{node: doc, block: doc}}}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if top.leave {
			s.flush()
			continue
		}
		n := top.node
		switch n.Type {
		case html.TextNode:
			s.write(n, top.frame)
			continue
		case html.ElementNode, html.DocumentNode:
		default:
			continue
		}
		inside, ok := enter(top.frame)
		if !ok {
			s.leaveOut(n)
			continue
		}
		switch n.Data {
		case "br":
			s.lineBreak(top.frame)
			continue
		case "wbr":
			continue
		case "img":
			if alt := strings.TrimSpace(attribute(n, "alt")); utf8.RuneCountInString(alt) == 1 && isLetter(alt) {
				s.append(alt, top.frame, n)
			}
			continue
		case "tr":
			if s.row(inside) {
				continue
			}
		}
		if blockLevel[n.Data] {
			s.flush()
			stack = append(stack, step{leave: true})
			inside.block = n
		}
		for child := n.LastChild; child != nil; child = child.PrevSibling {
			f := inside
			f.node = child
			stack = append(stack, step{frame: f})
		}
	}
	s.flush()
	return s.blocks
}

func isLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// leaveOut passes an element without text of the article. A block ends what stands before it, and a widget parts the words on its sides.
func (s *segmenter) leaveOut(n *html.Node) {
	switch {
	case blockLevel[n.Data]:
		s.flush()
	case textless[n.Data] && !unrendered[n.Data]:
		s.text.WriteByte(' ')
	}
}

// enter is the frame of an element's inside; false says that it has no text that readers see.
func enter(f frame) (inside frame, ok bool) {
	n := f.node
	if n.Type == html.DocumentNode {
		return f, true
	}
	class := attribute(n, "class")
	if textless[n.Data] || popup.MatchString(class) || isHidden(n, class) {
		return f, false
	}
	switch n.Data {
	case "a": // one without an address is the name of a place
		f.link = f.link || attribute(n, "href") != ""
	case "h1", "h2", "h3", "h4", "h5", "h6":
		if !isContainer(n) {
			f.kind, f.level = archivist.KindHeading, int(n.Data[1]-'0')
		}
	case "li":
		f.kind = archivist.KindItem
	case "blockquote":
		f.kind = archivist.KindQuote
	case "figcaption", "caption":
		f.kind = archivist.KindCaption
	case "pre":
		f.kind = archivist.KindCode
	case "div", "p", "span", "section", "figure":
		if f.kind == archivist.KindParagraph && caption.MatchString(class) {
			f.kind = archivist.KindCaption
		}
	}
	if embedName.MatchString(class) {
		f.kind, f.embed = archivist.KindQuote, true
	}
	return f, true
}

// isContainer reports a heading's element that holds blocks with more words than a heading has: it was never closed, or says how large its text is.
func isContainer(heading *html.Node) bool {
	words, blocks := 0, 0
	for n := range heading.Descendants() {
		switch {
		case n.Type == html.TextNode && !textless[n.Parent.Data]:
			words += countWords(n.Data)
		case n.Type == html.ElementNode && blockLevel[n.Data]:
			blocks++
		}
	}
	return blocks > 1 && words > 2*longestHeading
}

func (s *segmenter) write(n *html.Node, f frame) {
	if n.Data == "" {
		return
	}
	s.append(n.Data, f, n)
}

// append adds text to the open block. White space stays raw until flush.
func (s *segmenter) append(text string, f frame, n *html.Node) {
	if strings.TrimSpace(text) != "" {
		if s.first == nil {
			s.first, s.at = n, f
		}
		s.breaks = 0
		s.links += linkWords(text, f.link)
	}
	if f.kind != archivist.KindCode {
		text = strings.ReplaceAll(text, "\n", " ")
	}
	s.text.WriteString(text)
}

// linkWords counts the words of a text that are links: all of a link's, else the addresses written out.
func linkWords(text string, link bool) (n int) {
	if link {
		return countWords(text)
	}
	for word := range strings.FieldsSeq(text) {
		if isAddress(word) {
			n++
		}
	}
	return n
}

func isAddress(word string) bool {
	return strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "www.")
}

// lineBreak keeps one <br> as a line break and ends the block at two, but for a post, which is one block however it is laid out.
func (s *segmenter) lineBreak(f frame) {
	if s.first == nil {
		return
	}
	if s.breaks++; s.breaks >= 2 && !f.embed {
		s.flush()
		return
	}
	s.text.WriteByte('\n')
}

func (s *segmenter) flush() {
	text, first, f, links := s.text.String(), s.first, s.at, s.links
	s.text.Reset()
	s.first, s.links, s.breaks = nil, 0, 0
	if first == nil {
		return
	}
	if f.kind == archivist.KindCode {
		text = tidyCode(text)
	} else {
		text = tidy(text)
	}
	if text == "" {
		return
	}
	b := &block{kind: f.kind, text: text, words: countWords(text), linkWords: links, parent: f.block, first: first, level: f.level}
	b.linkWords = min(b.linkWords, b.words)
	if b.level == 1 {
		if s.headed {
			b.level = 2 // the first is the page's, others are sections
		}
		s.headed = true
	}
	if b.kind == archivist.KindHeading && b.level > 1 && b.words > longestHeading && sentenceEnd.MatchString(b.text) && !inside(first, "header") {
		b.kind, b.level = archivist.KindParagraph, 0 // a lead in large letters
	}
	s.blocks = append(s.blocks, b)
}

// row makes one block of a table's row, cells joined by " | ". A row of one cell, or with blocks in its cells, is layout: its inside
// stands for itself.
func (s *segmenter) row(f frame) bool {
	var row block
	var cells []string
	for cell := range f.node.ChildNodes() {
		if cell.Type != html.ElementNode || cell.Data != "td" && cell.Data != "th" {
			continue
		}
		f.node = cell
		text, ok := row.cell(f)
		if !ok {
			return false
		}
		if text != "" {
			cells = append(cells, text)
		}
	}
	if len(cells) < 2 {
		return false
	}
	row.kind, row.text, row.parent = archivist.KindRow, strings.Join(cells, " | "), f.block
	if row.words = countWords(row.text); row.words > longestRow {
		return false
	}
	row.linkWords = min(row.linkWords, row.words)
	s.flush()
	s.blocks = append(s.blocks, &row)
	return true
}

// longestRow is how many words a row of a table has at most; more are layout.
const longestRow = 120

// cell is the text of a cell on one line; false says that it holds blocks. The row's links and first text are noted.
func (b *block) cell(f frame) (text string, ok bool) {
	var out strings.Builder
	stack := []frame{f}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch n := top.node; {
		case n == nil: // a paragraph ends
			out.WriteByte(' ')
		case n.Type == html.TextNode:
			if b.first == nil && strings.TrimSpace(n.Data) != "" {
				b.first = n
			}
			b.linkWords += linkWords(n.Data, top.link)
			out.WriteString(n.Data)
		case n.Type == html.ElementNode && n.Data == "br":
			out.WriteByte(' ')
		case n.Type == html.ElementNode:
			if n != f.node && n.Data != "p" && blockLevel[n.Data] {
				return "", false
			}
			inside, seen := enter(top)
			if !seen {
				if blockLevel[n.Data] || textless[n.Data] && !unrendered[n.Data] {
					out.WriteByte(' ')
				}
				continue
			}
			if n.Data == "p" {
				out.WriteByte(' ')
				stack = append(stack, frame{})
			}
			for child := n.LastChild; child != nil; child = child.PrevSibling {
				inside.node = child
				stack = append(stack, inside)
			}
		}
	}
	return strings.Join(strings.Fields(tidy(out.String())), " "), true
}

// inside reports whether a node lies in an element of the name.
func inside(n *html.Node, name string) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == name && n.Type == html.ElementNode {
			return true
		}
	}
	return false
}
