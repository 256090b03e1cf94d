package extract

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A page may hide text by its own style sheet. Of the sheets that stand in the page those rules are read that need no cascade to be understood: one
// class or one id, perhaps of one element, to which no other rule of the page gives a display or a visibility. Sheets elsewhere are not fetched.

const (
	maxStyles = 512 << 10 // bytes of style sheets that are read of a page
	// mostHidden is the share of a page's text that its sheet may hide: more is a page that unfolds as it is read, and is not believed.
	mostHidden = .25
)

var (
	hidingRule   = regexp.MustCompile(`(?i)(^|[;{\s])(display\s*:\s*none|visibility\s*:\s*hidden)\b`)
	showingRule  = regexp.MustCompile(`(?i)(^|[;\s])(display|visibility|content-visibility)\s*:`)
	simple       = regexp.MustCompile(`^([a-zA-Z][a-zA-Z0-9]*)?([.#][\w-]+)$`)
	classOrID    = regexp.MustCompile(`[.#][\w-]+`)
	styleComment = regexp.MustCompile(`(?s)/\*.*?(\*/|$)`)
)

// hideByRules gives the elements that the page's own style sheets hide the attribute hidden, by which they are known from there on.
func hideByRules(doc *html.Node) {
	var sheet strings.Builder
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "style" {
			continue
		}
		if rules := rulesOf(n); sheet.Len()+len(rules) <= maxStyles {
			sheet.WriteString(rules + "\n")
		}
	}
	hidden := hidingSelectors(sheet.String())
	if len(hidden) == 0 {
		return
	}
	var elements []*html.Node
	within := map[*html.Node]bool{} // what they hold, and they themselves
	all, unseen := 0, 0             // bytes of text
	for n := range doc.Descendants() {
		switch {
		case n.Type == html.ElementNode && isHiddenBy(n, hidden):
			elements = append(elements, n)
			within[n] = true
		case within[n.Parent]:
			within[n] = true
		}
		if n.Type == html.TextNode && !unrendered[n.Parent.Data] {
			length := len(strings.TrimSpace(n.Data))
			all += length
			if within[n] {
				unseen += length
			}
		}
	}
	if float64(unseen) > mostHidden*float64(all) {
		return
	}
	for _, n := range elements {
		n.Attr = append(n.Attr, html.Attribute{Key: "hidden"})
	}
}

// rulesOf is what a style element says to who reads on a screen: nothing if it is for paper, and all within @media if some screens alone heed it.
func rulesOf(style *html.Node) (rules string) {
	for text := range style.ChildNodes() {
		rules += text.Data
	}
	media := "all"
	for _, a := range style.Attr {
		if a.Key == "media" {
			media = strings.ToLower(a.Val)
		}
	}
	for medium := range strings.SplitSeq(media, ",") {
		if slices.Contains([]string{"", "all", "screen", "only screen"}, strings.TrimSpace(medium)) {
			return rules
		}
	}
	if strings.TrimSpace(media) == "print" {
		return ""
	}
	return "@media some{" + rules + "}"
}

// hidingSelectors are the simple selectors (".name", "#name", "p.name") that a sheet hides and never shows.
func hidingSelectors(sheet string) map[string]bool {
	if !hidingRule.MatchString(sheet) {
		return nil
	}
	hiding, shown := map[string]bool{}, map[string]bool{}
	eachRule(styleComment.ReplaceAllString(sheet, " "), func(selectors, declarations string, nested bool) {
		switch {
		case hidingRule.MatchString(declarations):
			for selector := range strings.SplitSeq(selectors, ",") {
				if selector = strings.TrimSpace(selector); !nested && simple.MatchString(selector) {
					hiding[selector] = true
				}
			}
		case showingRule.MatchString(declarations):
			for _, name := range classOrID.FindAllString(selectors, -1) {
				shown[name] = true
			}
		}
	})
	for selector := range hiding {
		if shown[selector[strings.IndexAny(selector, ".#"):]] {
			delete(hiding, selector)
		}
	}
	return hiding
}

// eachRule calls do for each block of declarations in a sheet; nested ones stand in another, such as that of @media.
func eachRule(sheet string, do func(selectors, declarations string, nested bool)) {
	depth := 0
	for {
		at := strings.IndexAny(sheet, "{}")
		if at < 0 {
			return
		}
		before, brace := sheet[:at], sheet[at]
		sheet = sheet[at+1:]
		if brace == '}' {
			depth = max(depth-1, 0)
			continue
		}
		selectors := before[strings.LastIndexByte(before, ';')+1:] // behind @import "x";
		end := strings.IndexAny(sheet, "{}")
		if end < 0 { // the sheet ends, and with it what is open
			do(selectors, sheet, depth > 0)
			return
		}
		if sheet[end] == '{' { // it holds rules
			depth++
			continue
		}
		do(selectors, sheet[:end], depth > 0)
		sheet = sheet[end+1:]
	}
}

// isHiddenBy reports whether one of the selectors names an element.
func isHiddenBy(n *html.Node, hidden map[string]bool) bool {
	if n.Data == "html" || n.Data == "body" { // some pages show themselves when they have loaded
		return false
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "id":
			if name := "#" + a.Val; hidden[name] || hidden[n.Data+name] {
				return true
			}
		case "class":
			for class := range strings.FieldsSeq(a.Val) {
				if name := "." + class; hidden[name] || hidden[n.Data+name] {
					return true
				}
			}
		}
	}
	return false
}
