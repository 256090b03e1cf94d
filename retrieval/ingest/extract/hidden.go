package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

var (
	// hiddenClass and hiddenStyle keep text from readers' eyes.
	hiddenClass = worded{[]string{"sr-only", "hidden", "screen-reader", "hide-text"}, regexp.MustCompile(`(?i)(^|[\s_-])(sr-only|visually-?hidden|screen-reader(-text|-only)?|is-hidden|hide-text)($|\s)`)}
	hiddenStyle = regexp.MustCompile(`(?i)(display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(\.0+)?\s*(;|$)|font-size\s*:\s*0(px|em|rem|%)?\s*(;|$)|text-indent\s*:\s*-\d{3,}|(left|top)\s*:\s*-\d{3,}(px|em|rem)|clip\s*:\s*rect\(\s*[01](px)?[\s,]+[01](px)?[\s,]+[01](px)?[\s,]+[01])`)
)

// isHidden reports an element that its attributes keep from readers' eyes. Style sheets are not read.
func isHidden(n *html.Node, class string) bool {
	if n.Data == "html" || n.Data == "body" { // some pages show themselves when they have loaded
		return false
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "hidden",
			a.Key == "data-nosnippet", // seen, but the site asks not to quote it
			a.Key == "aria-hidden" && strings.EqualFold(a.Val, "true") && blockLevel[n.Data],
			a.Key == "style" && (hiddenStyle.MatchString(a.Val) || inItsOwnColour(a.Val)):
			return true
		}
	}
	return hiddenClass.MatchString(class)
}

// inItsOwnColour reports a style whose colour is that of its background.
func inItsOwnColour(style string) bool {
	colour, background := "", ""
	for declaration := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(declaration, ":")
		switch strings.TrimSpace(name) {
		case "color":
			colour = strings.TrimSpace(value)
		case "background", "background-color":
			background = strings.TrimSpace(value)
		}
	}
	return colour != "" && colour == background && colour != "inherit"
}
