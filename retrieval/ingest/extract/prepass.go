package extract

import (
	"strings"

	"archivist"

	"golang.org/x/net/html"
)

// Limits of a page's tree. Real articles stay far below: the largest of sixty has 9,000 elements.
const (
	maxElements = 200_000
	maxDepth    = 480 // the parser itself gives up at 512
	maxNodes    = 400_000
)

// formatting elements are opened again in every block that follows while they stand open: 400 of them before 5,000 paragraphs are 24 KB
// that become two million nodes, and the parser has no limit of its own.
var formatting = map[string]bool{
	"a": true, "b": true, "big": true, "code": true, "em": true, "font": true, "i": true, "nobr": true, "s": true, "small": true,
	"strike": true, "strong": true, "tt": true, "u": true,
}

// void elements have no end.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true,
	"param": true, "source": true, "track": true, "wbr": true,
}

// affordable returns the page, if need be without the tags that would make its tree too large or too deep: first formatting, then
// nesting beyond what a reader could mean. TooComplex and TooDeep say that even so it is too much.
func affordable(page string) (string, error) {
	if elements, depth := cost(page); elements <= maxElements && depth <= maxDepth {
		return page, nil
	}
	page = flatten(page)
	switch elements, depth := cost(page); {
	case elements > maxElements:
		return "", fail(archivist.TooComplex, "%d elements", elements)
	case depth > maxDepth:
		return "", fail(archivist.TooDeep, "%d elements inside each other", depth)
	}
	return page, nil
}

// cost estimates a page's elements, those included that the parser makes again, and its depth, from its tags alone.
func cost(page string) (elements, depth int) {
	tokenizer := html.NewTokenizer(strings.NewReader(page))
	open, formats := 0, 0
	for {
		switch tokenizer.Next() {
		case html.ErrorToken:
			return elements, depth
		case html.StartTagToken:
			raw, _ := tokenizer.TagName()
			elements++
			switch {
			case void[string(raw)]:
			case formatting[string(raw)]:
				formats++
				open++
			default:
				elements += formats
				open++
			}
			depth = max(depth, open)
		case html.EndTagToken:
			raw, _ := tokenizer.TagName()
			if formatting[string(raw)] && formats > 0 {
				formats--
			}
			open = max(0, open-1)
		}
		if elements > 4*maxElements {
			return elements, depth
		}
	}
}

// keptDepth is how deep div, span and section may nest in a page that is flattened.
const keptDepth = 100

// flatten drops formatting tags, and div, span and section beyond keptDepth. All text stays.
func flatten(page string) string {
	var out strings.Builder
	tokenizer := html.NewTokenizer(strings.NewReader(page))
	nested, blank := 0, false // blank: out ends in one
	for {
		token := tokenizer.Next()
		if token == html.ErrorToken {
			return out.String()
		}
		raw := string(tokenizer.Raw())
		if token == html.StartTagToken || token == html.EndTagToken {
			nameBytes, _ := tokenizer.TagName()
			name := string(nameBytes)
			if formatting[name] {
				continue
			}
			if name == "div" || name == "span" || name == "section" {
				if token == html.EndTagToken {
					nested--
				} else {
					nested++
				}
				if nested > keptDepth || token == html.EndTagToken && nested >= keptDepth || nested < 0 {
					if nested = max(nested, 0); !blank {
						out.WriteByte(' ') // words on both sides of the tag stay apart
					}
					blank = true
					continue
				}
			}
		}
		out.WriteString(raw)
		blank = false
	}
}

// parse makes the tree of a page.
func parse(page string) (*html.Node, error) {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, fail(archivist.TooDeep, "the page cannot be parsed")
	}
	nodes := 0
	for range doc.Descendants() {
		if nodes++; nodes > maxNodes {
			return nil, fail(archivist.TooComplex, "more than %d nodes", maxNodes)
		}
	}
	return doc, nil
}
