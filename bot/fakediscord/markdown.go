package fakediscord

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rendered is what a person sees of a text with Discord's markdown.
type Rendered struct {
	Plain  string  // all that is shown, without the marks; mentions, timestamps and emoji as they were written
	Nodes  []Node  // every piece of markup, the outer before the inner
	Pieces []Piece // the same as a tree, for whoever draws it
}

// Node is a piece of markup.
type Node struct {
	Kind   NodeKind
	Text   string // what it shows, without marks
	Target string // address of a link, id of a mention, name of an emoji; else ""
}

// Piece is a stretch of a text as it is drawn: markup, or, with an empty Kind, plain text.
type Piece struct {
	Node
	Mark   string  // of a heading its "#"s, of a list's item what stands before it; else ""
	Inside []Piece // what its text consists of; nil where the inside is literal
}

// NodeKind says what a Node is.
type NodeKind string

// The markup that Discord's clients know.
const (
	Bold      NodeKind = "bold"
	Italic    NodeKind = "italic"
	Underline NodeKind = "underline"
	Strike    NodeKind = "strike"
	Spoiler   NodeKind = "spoiler"
	Heading   NodeKind = "heading"
	Subtext   NodeKind = "subtext"
	ListItem  NodeKind = "list"
	Quote     NodeKind = "quote"
	Code      NodeKind = "code"
	CodeBlock NodeKind = "code block"
	Link      NodeKind = "link" // masked, bare or in angle brackets; mail and telephone too
	Invite    NodeKind = "invite"
	Mention   NodeKind = "mention" // user, role, channel, command, place of the guild, @everyone, @here
	Emoji     NodeKind = "emoji"
	Timestamp NodeKind = "timestamp"
)

// Has tells whether there is markup of one of the kinds.
func (r Rendered) Has(kinds ...NodeKind) bool {
	for _, n := range r.Nodes {
		for _, k := range kinds {
			if n.Kind == k {
				return true
			}
		}
	}
	return false
}

// RenderMarkdown reads a text as Discord's clients do, and where they differ among themselves or are not documented, as the one that sees
// the most markup: it judges whether stored text was made inert, so it may err only towards markup. Deeper than 16 marks in one another
// it sees plain text, as no card of ours nests.
func RenderMarkdown(s string) Rendered {
	pieces := parse(s, true, 0)
	return Rendered{Plain: plain(pieces), Nodes: nodes(nil, pieces), Pieces: pieces}
}

// plain is what pieces show.
func plain(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Kind == ListItem {
			b.WriteString(p.Mark + " ")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func nodes(out []Node, pieces []Piece) []Node {
	for _, p := range pieces {
		if p.Kind != "" {
			out = append(out, p.Node)
		}
		out = nodes(out, p.Inside)
	}
	return out
}

const maxNesting = 16

// parse renders one stretch; block tells that it begins a line.
func parse(s string, block bool, depth int) []Piece {
	if depth > maxNesting {
		return []Piece{unmarked(s)}
	}
	var out []Piece
	var text strings.Builder // plain, up to the next markup
	flush := func() {
		if text.Len() > 0 {
			out = append(out, unmarked(text.String()))
			text.Reset()
		}
	}
	for i, line := 0, block; i < len(s); {
		rest := s[i:]
		n, piece := 0, Piece{}
		if line {
			if n, piece = blockOf(rest, depth); n > 0 {
				line = rest[n-1] == '\n'
			}
		}
		if n == 0 {
			if n, piece = inline(rest, s[:i], depth); n == 0 {
				_, n = utf8.DecodeRuneInString(rest)
				piece = unmarked(rest[:n])
			}
			// Blanks before a block's mark do not hide it.
			line = rest[n-1] == '\n' || line && rest[n-1] == ' '
		}
		if piece.Kind == "" {
			text.WriteString(piece.Text)
		} else {
			flush()
			out = append(out, piece)
		}
		i += n
	}
	flush()
	return out
}

func unmarked(s string) Piece { return Piece{Node: Node{Text: s}} }

// marked is markup whose inside is read again.
func marked(kind NodeKind, inside, target string, block bool, depth int) Piece {
	pieces := parse(inside, block, depth+1)
	return Piece{Node: Node{kind, plain(pieces), target}, Inside: pieces}
}

// leaf is markup whose inside is literal.
func leaf(kind NodeKind, shown, target string) Piece { return Piece{Node: Node{kind, shown, target}} }

var (
	heading = regexp.MustCompile(`^(#{1,3})[ \t]+([^\n]+)`)
	subtext = regexp.MustCompile(`^-#[ \t]+([^\n]+)`)
	item    = regexp.MustCompile(`^([-*+]|\d+\.)[ \t]+([^\n]+)`)
	quote   = regexp.MustCompile(`^> ([^\n]*)`)
)

// blockOf reads what counts only at the beginning of a line; 0 if there is nothing such.
func blockOf(s string, depth int) (n int, made Piece) {
	if inside, is := strings.CutPrefix(s, ">>> "); is {
		return len(s), marked(Quote, inside, "", true, depth)
	}
	for _, rule := range []struct {
		kind    NodeKind
		pattern *regexp.Regexp
	}{{Heading, heading}, {Subtext, subtext}, {ListItem, item}, {Quote, quote}} {
		if m := rule.pattern.FindStringSubmatch(s); m != nil {
			// A quote's inside begins a line again: "> # x" is a heading in a quote. So does an item's.
			block := rule.kind == Quote || rule.kind == ListItem
			made := marked(rule.kind, m[len(m)-1], "", block, depth)
			if len(m) > 2 {
				made.Mark = m[1]
			}
			return len(m[0]), made
		}
	}
	return 0, Piece{}
}

var (
	bareURL    = regexp.MustCompile(`^(?i:https?|steam)://[^\s<]+[^<.,:;"'\]\s]`)
	angled     = regexp.MustCompile(`^<((?i:https?|steam)://[^\s>]+|[^\s<>@]+@[^\s<>]+\.[^\s<>]+|\+\d[\d-]*)>`)
	invite     = regexp.MustCompile(`^(?i:discord\.gg|discord(?:app)?\.com/invite)/[A-Za-z0-9-]+`)
	mentioned  = regexp.MustCompile(`^<(?:@[!&]?|#|/[^\s:<>][^:<>\n]*:)(\d+)>`)
	guildPlace = regexp.MustCompile(`^<id:([a-z-]+)>`)
	allOfThem  = regexp.MustCompile(`^@(?:everyone|here)`)
	custom     = regexp.MustCompile(`^<a?:(\w+):\d+>`)
	shortcode  = regexp.MustCompile(`^:([0-9_+\-]*[A-Za-z][A-Za-z0-9_+\-]*):`)
	moment     = regexp.MustCompile(`^<t:(-?\d+)(?::[tTdDfFRsS])?>`)
	target     = regexp.MustCompile(`^\(\s*<?((?i:https?|discord)://[^\s\\)>]+)>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)`)
	codeFence  = regexp.MustCompile("^```(?:[A-Za-z0-9_+\\-.#]+\n)?")
)

const shrug = `¯\_(ツ)_/¯`

// literal are the rules whose inside is not read again.
var literal = []struct {
	kind    NodeKind
	pattern *regexp.Regexp
}{
	{Mention, mentioned},
	{Mention, guildPlace},
	{Mention, allOfThem},
	{Timestamp, moment},
	{Emoji, custom},
	{Link, angled},
	{Invite, invite},
	{Link, bareURL},
	{Emoji, shortcode},
}

// inline reads one piece of markup at the beginning of s; 0 if there is none. before is what stands before it.
func inline(s, before string, depth int) (n int, made Piece) {
	switch c := s[0]; {
	case strings.HasPrefix(s, shrug):
		return len(shrug), unmarked(shrug)
	case c == '\\' && len(s) > 1:
		if r, size := utf8.DecodeRuneInString(s[1:]); !isAlnum(s[1]) && !unicode.IsSpace(r) {
			return 1 + size, unmarked(s[1 : 1+size])
		}
		return 0, Piece{}
	case c == '`':
		return code(s)
	case c == '[':
		return masked(s, depth)
	}
	if inWord(before) && isAlnum(s[0]) {
		return 0, Piece{} // an address in the middle of a word is none
	}
	for _, rule := range literal {
		if m := rule.pattern.FindStringSubmatch(s); m != nil {
			return len(m[0]), leaf(rule.kind, m[0], m[len(m)-1])
		}
	}
	for _, rule := range []struct {
		kind NodeKind
		mark string
	}{{Bold, "**"}, {Underline, "__"}, {Strike, "~~"}, {Spoiler, "||"}} {
		if inside, found := paired(s, rule.mark); found {
			return len(inside) + 2*len(rule.mark), marked(rule.kind, inside, "", false, depth)
		}
	}
	if inside, found := italic(s); found {
		return len(inside) + 2, marked(Italic, inside, "", false, depth)
	}
	return 0, Piece{}
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func inWord(before string) bool { return before != "" && isAlnum(before[len(before)-1]) }

// paired finds the inside of two equal marks, of one character at least. An escaped character does not end it; the last mark is the one
// that no further character of it follows, so "**a***" ends with its last two.
func paired(s, mark string) (inside string, found bool) {
	if !strings.HasPrefix(s, mark) {
		return "", false
	}
	s = s[len(mark):]
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && mark != "~~" && mark != "||" {
			i++
			continue
		}
		if i > 0 && strings.HasPrefix(s[i:], mark) && (mark == "||" || i+len(mark) == len(s) || s[i+len(mark)] != mark[0]) {
			return s[:i], true
		}
	}
	return "", false
}

// italic finds the inside of *x*, which begins with no blank and has none before its end, or of _x_, which ends at the end of a word.
func italic(s string) (inside string, found bool) {
	mark := s[0]
	if mark != '*' && mark != '_' || len(s) < 3 || mark == '*' && isBlank(s[1]) {
		return "", false
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] != mark:
		case i+1 < len(s) && s[i+1] == mark:
			i++ // two of them are bold or underlined inside
		case i == 1, mark == '*' && isBlank(s[i-1]), mark == '_' && i+1 < len(s) && isAlnum(s[i+1]):
			// no end here
		default:
			return s[1:i], true
		}
	}
	return "", false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// code reads `x`, “x“ and ```x```; as many backticks end it as began it.
func code(s string) (n int, made Piece) {
	if fence := codeFence.FindString(s); fence != "" {
		if end := strings.Index(s[len(fence):], "```"); end > 0 {
			return len(fence) + end + 3, leaf(CodeBlock, strings.Trim(s[len(fence):len(fence)+end], "\n"), "")
		}
	}
	ticks := len(s) - len(strings.TrimLeft(s, "`"))
	for i := ticks; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == ticks {
			inside := s[ticks:i]
			// One blank beside a backtick at either end is not shown: it is there to part it from the marks.
			if strings.HasPrefix(strings.TrimLeft(inside, " "), "`") {
				inside = strings.TrimPrefix(inside, " ")
			}
			if strings.HasSuffix(strings.TrimRight(inside, " "), "`") {
				inside = strings.TrimSuffix(inside, " ")
			}
			return i + run, leaf(Code, inside, "")
		}
		i += run
	}
	return ticks, unmarked(s[:ticks])
}

// masked reads [text](address).
func masked(s string, depth int) (n int, made Piece) {
	open := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '[':
			open++
		case ']':
			if open--; open > 0 {
				continue
			}
			m := target.FindStringSubmatch(s[i+1:])
			if m == nil || i == 1 {
				return 0, Piece{}
			}
			return i + 1 + len(m[0]), marked(Link, s[1:i], m[1], false, depth)
		}
	}
	return 0, Piece{}
}
