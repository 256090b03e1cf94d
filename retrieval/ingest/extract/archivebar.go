package extract

import (
	"bytes"

	"golang.org/x/net/html"
)

// The Wayback Machine marks what it puts into a page by comments and by these ids.
var (
	barBegins = []byte("<!-- BEGIN WAYBACK TOOLBAR INSERT -->")
	barEnds   = []byte("<!-- END WAYBACK TOOLBAR INSERT -->")
	barIDs    = map[string]bool{"wm-ipp-base": true, "wm-ipp": true, "wm-ipp-inside": true, "wm-ipp-print": true, "donato": true, "wm-capinfo": true}
)

// WithoutArchiveBar is an archive's copy of a page without the archive's own toolbar: without what stands between its comments, and without
// elements that have its ids. All else stays byte for byte.
func WithoutArchiveBar(page []byte) []byte {
	if before, rest, found := bytes.Cut(page, barBegins); found {
		if _, after, ends := bytes.Cut(rest, barEnds); ends {
			page = append(bytes.Clone(before), after...)
		}
	}
	var kept bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(page))
	within, depth := "", 0 // the tag of the element that is dropped, and how many of its name stand open
	for {
		kind := z.Next()
		raw := bytes.Clone(z.Raw()) // reading the attributes lower-cases their names in place
		if kind == html.ErrorToken {
			kept.Write(raw)
			return kept.Bytes()
		}
		name, more := z.TagName()
		switch {
		case within == "" && kind == html.StartTagToken && more && hasBarID(z):
			within, depth = string(name), 1
			continue
		case within == "":
			kept.Write(raw)
			continue
		case kind == html.StartTagToken && string(name) == within:
			depth++
		case kind == html.EndTagToken && string(name) == within:
			if depth--; depth == 0 {
				within = ""
			}
		}
	}
}

func hasBarID(z *html.Tokenizer) bool {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "id" && barIDs[string(value)] {
			return true
		}
		if !more {
			return false
		}
	}
}
