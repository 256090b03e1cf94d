package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A pageFields gathers the fields of a page from its elements, by source.
type pageFields struct {
	meta    map[string][]string // name, property or itemprop, lower case
	title   string              // of <title>
	h1      []string            // at most 5
	times   []string            // <time datetime>
	written []string            // lines in elements that are named for dates
	rel     []string            // names under rel=author and bylines
	lang    string
	pages   []string
	links   map[string]string // rel -> href
}

const (
	mostValues  = 20  // of one field
	mostWritten = 200 // characters of a line that may hold a date
)

// microdata are the properties that are read from any element.
var microdata = []string{"headline", "datePublished", "dateModified", "author", "articleSection", "image", "keywords"}

// gather walks the page once.
func gather(doc *html.Node, base *url.URL) *pageFields {
	p := &pageFields{meta: map[string][]string{}, links: map[string]string{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			p.element(n, base)
		}
	}
	return p
}

func (p *pageFields) element(n *html.Node, base *url.URL) {
	switch n.Data {
	case "html":
		p.lang = attribute(n, "lang")
	case "meta":
		for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
			p.add(attribute(n, key), attribute(n, "content"))
		}
		return
	case "link":
		p.link(n)
		p.further(n, base)
	case "title":
		if p.title == "" && !insideSVG(n) {
			p.title = inner(n)
		}
	case "h1":
		if len(p.h1) < 5 && !leadsHome(n, base) {
			p.h1 = append(p.h1, inner(n))
		}
	case "time":
		if when := attribute(n, "datetime"); when != "" && len(p.times) < 3 {
			p.times = append(p.times, when)
		} else if len(p.written) < 5 {
			p.written = append(p.written, inner(n))
		}
	case "a":
		p.further(n, base)
		p.named(n)
	case "span", "div", "p", "li":
		p.named(n)
	}
	if property := attribute(n, "itemprop"); property != "" && slices.Contains(microdata, property) {
		p.add(property, valueOf(n, base))
	}
}

// leadsHome reports a heading that is a link to the site's home page: its name, not the article's.
func leadsHome(n *html.Node, base *url.URL) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "a" {
			u, err := base.Parse(attribute(d, "href"))
			return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Host == base.Host && strings.Trim(base.Path, "/") != ""
		}
	}
	return false
}

// valueOf is the value of a property of microdata: content, datetime, an address, the name of a person, or the text.
func valueOf(n *html.Node, base *url.URL) string {
	for _, key := range []string{"content", "datetime"} {
		if v := attribute(n, key); v != "" {
			return v
		}
	}
	if src := attribute(n, "src"); src != "" {
		return resolve(base, src)
	}
	visited := 0
	for d := range n.Descendants() {
		if visited++; visited > 50 {
			break
		}
		if d.Type == html.ElementNode && attribute(d, "itemprop") == "name" {
			if v := attribute(d, "content"); v != "" {
				return v
			}
			return inner(d)
		}
	}
	return inner(n)
}

func (p *pageFields) add(name, value string) {
	if name = strings.ToLower(strings.TrimSpace(name)); name != "" && len(p.meta[name]) < mostValues {
		p.meta[name] = append(p.meta[name], value)
	}
}

var (
	bylineClass = worded{[]string{"byline", "author"}, regexp.MustCompile(`(?i)(^|\s)(byline|author-name|author__name|article-author|post-author|byline__name|entry-author|authors?)(\s|$)`)}
	dateClass   = worded{[]string{"date", "datum", "fecha", "data", "published", "timestamp", "posted-on", "submitted"}, regexp.MustCompile(`(?i)(^|[\s_-])(date|datum|fecha|data|published|pubdate|post-?date|timestamp|dateline|posted-on|datetime|submitted)([\s_-]|$)`)}
)

// named notes an element whose class says that it holds an author or a date.
func (p *pageFields) named(n *html.Node) {
	class := attribute(n, "class")
	if len(p.rel) < 3 && (attribute(n, "rel") == "author" || bylineClass.MatchString(class)) {
		if name := inner(n); len(name) > 2 && len(name) < 100 {
			p.rel = append(p.rel, name)
		}
	}
	if len(p.written) < 5 && (dateClass.MatchString(class) || dateClass.MatchString(attribute(n, "id"))) {
		if line := inner(n); len(line) >= 8 && len(line) < mostWritten {
			p.written = append(p.written, line)
		}
	}
}

func (p *pageFields) first(name string) string {
	for _, v := range p.meta[name] {
		if strings.TrimSpace(v) != "" {
			return v
		}
	}
	return ""
}

func (p *pageFields) link(n *html.Node) {
	for rel := range strings.FieldsSeq(strings.ToLower(attribute(n, "rel"))) {
		if p.links[rel] == "" {
			p.links[rel] = attribute(n, "href")
		}
	}
}

func insideSVG(n *html.Node) bool { return n.Parent != nil && n.Parent.Data == "svg" }
