package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A meta is what a page says of itself.
type meta struct {
	title     string
	site      string
	authors   []string
	published time.Time
	dayOnly   bool
	language  string
	canonical []string
	feeds     []string
	kind      string          // og:type
	free      bool            // isAccessibleForFree is not false
	noSnippet bool            // the page asks not to be quoted
	listing   bool            // JSON-LD says that it is a list and no article
	article   bool            // JSON-LD or Open Graph says that it is an article
	declared  int             // words, by JSON-LD
	body      map[string]bool // shingles of JSON-LD's articleBody
	lead      string          // what the page gives as its description
}

const (
	maxField   = 300 // characters of a field
	maxAuthors = 10
	shingle    = 4 // words
)

// A pageFields gathers the fields of a page from its head, by source.
type pageFields struct {
	meta  map[string][]string // name, property or itemprop, lower case
	title string              // of <title>
	h1    string
	times []string // <time datetime>
	rel   []string // names under rel=author and bylines
	lang  string
	feeds []string
	links map[string]string // rel -> href
}

// readMeta gathers each field on its own from the first source that has it: JSON-LD, microdata and meta tags, then the page's elements.
// Nothing is an error: a field may be missing.
func readMeta(doc *html.Node, base *url.URL, now time.Time) *meta {
	p := gather(doc, base)
	ld := readLD(doc)
	m := &meta{free: true, kind: strings.ToLower(p.first("og:type"))}
	m.site = field(p.first("og:site_name"), ld.publisher, p.first("application-name"))
	m.title = withoutSite(field(ld.headline, p.first("og:title"), p.first("twitter:title"), p.first("headline"), p.title, p.h1), m.site, base.Hostname())
	m.authors = people(m.site, slices.Concat(ld.authors, p.meta["author"], p.meta["article:author"], p.meta["dc.creator"], p.meta["parsely-author"], p.meta["sailthru.author"], p.rel))
	for _, date := range slices.Concat([]string{ld.published}, p.meta["article:published_time"], p.meta["datepublished"], p.meta["date"],
		p.meta["dc.date"], p.meta["dc.date.issued"], p.meta["parsely-pub-date"], p.meta["sailthru.date"], p.meta["pubdate"], p.meta["publish-date"], p.times) {
		if at, dayOnly, ok := readDate(date, now); ok {
			m.published, m.dayOnly = at, dayOnly
			break
		}
	}
	if m.published.IsZero() {
		m.published, m.dayOnly = dateInPath(base.Path, now)
	}
	m.language = field(p.lang, p.first("og:locale"), ld.language, p.first("content-language"))
	for _, address := range []string{p.links["canonical"], p.first("og:url"), ld.url} {
		if absolute := resolve(base, address); absolute != "" && !slices.Contains(m.canonical, absolute) {
			m.canonical = append(m.canonical, absolute)
		}
	}
	m.feeds = p.feeds
	m.free = !ld.paywalled
	robots := strings.ToLower(strings.Join(p.meta["robots"], ","))
	m.noSnippet = strings.Contains(robots, "nosnippet") || strings.Contains(robots, "max-snippet:0")
	m.listing, m.declared = ld.listing, ld.words
	m.article = ld.headline != "" || m.kind == "article"
	m.body = shingles(ld.body)
	m.lead = field(p.first("og:description"), p.first("description"), p.first("twitter:description"))
	if m.site == "" {
		m.site = strings.TrimPrefix(base.Hostname(), "www.")
	}
	return m
}

func (p *pageFields) first(name string) string {
	for _, v := range p.meta[name] {
		if strings.TrimSpace(v) != "" {
			return v
		}
	}
	return ""
}

// gather walks the page once.
func gather(doc *html.Node, base *url.URL) *pageFields {
	p := &pageFields{meta: map[string][]string{}, links: map[string]string{}}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "html":
			p.lang = attribute(n, "lang")
		case "meta":
			for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
				if name := strings.ToLower(strings.TrimSpace(attribute(n, key))); name != "" && len(p.meta[name]) < 20 {
					p.meta[name] = append(p.meta[name], attribute(n, "content"))
				}
			}
		case "link":
			p.link(n, base)
		case "title":
			if p.title == "" && !insideSVG(n) {
				p.title = inner(n)
			}
		case "h1":
			if p.h1 == "" {
				p.h1 = inner(n)
			}
		case "time":
			if when := attribute(n, "datetime"); when != "" && len(p.times) < 3 {
				p.times = append(p.times, when)
			}
		case "a", "span", "div", "p":
			if len(p.rel) < 3 && (attribute(n, "rel") == "author" || attribute(n, "itemprop") == "author" || bylineClass.MatchString(attribute(n, "class"))) {
				if name := inner(n); len(name) > 2 && len(name) < 100 {
					p.rel = append(p.rel, name)
				}
			}
		}
		if p.meta["datepublished"] == nil && attribute(n, "itemprop") == "datePublished" && attribute(n, "datetime") != "" {
			p.meta["datepublished"] = []string{attribute(n, "datetime")}
		}
	}
	return p
}

var bylineClass = regexp.MustCompile(`(?i)(^|\s)(byline|author-name|author__name|article-author|post-author|byline__name)(\s|$)`)

func (p *pageFields) link(n *html.Node, base *url.URL) {
	for rel := range strings.FieldsSeq(strings.ToLower(attribute(n, "rel"))) {
		href := attribute(n, "href")
		switch {
		case rel == "alternate" && (strings.Contains(attribute(n, "type"), "rss") || strings.Contains(attribute(n, "type"), "atom") || strings.Contains(attribute(n, "type"), "feed+json")):
			if feed := resolve(base, href); feed != "" && len(p.feeds) < 10 {
				p.feeds = append(p.feeds, feed)
			}
		case p.links[rel] == "":
			p.links[rel] = href
		}
	}
}

func insideSVG(n *html.Node) bool { return n.Parent != nil && n.Parent.Data == "svg" }

// inner is the text of an element on one line.
func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && b.Len() < 4*maxField {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return oneLine(b.String())
}

// field is the first of some values that is not empty, on one line and of a sensible length.
func field(values ...string) string {
	for _, v := range values {
		if v = oneLine(html.UnescapeString(v)); v != "" {
			return v
		}
	}
	return ""
}

// oneLine is a field as it is stored: tidy, on one line, cut between words to maxField characters.
func oneLine(s string) string {
	if len(s) > 8*maxField {
		s = strings.ToValidUTF8(s[:8*maxField], "")
	}
	s = strings.Join(strings.Fields(tidy(s)), " ")
	if utf8.RuneCountInString(s) <= maxField {
		return s
	}
	s = string([]rune(s)[:maxField])
	if at := strings.LastIndexByte(s, ' '); at > 0 {
		s = s[:at]
	}
	return s
}

func resolve(base *url.URL, address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || address == "" {
		return ""
	}
	if u = base.ResolveReference(u); u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

var titleSeparator = regexp.MustCompile(`\s+[|–—·»-]\s+|\s*\|\s*`)

// withoutSite cuts the site's name off a title, before or behind it, never to fewer than two words.
func withoutSite(title, site, host string) string {
	isSite := func(part string) bool {
		p := bare(part)
		h := bare(strings.TrimPrefix(host, "www."))
		return p != "" && (p == bare(site) || h != "" && (p == h || len(p) >= 4 && strings.HasPrefix(h, p)))
	}
	for _, at := range titleSeparator.FindAllStringIndex(title, -1) {
		before, after := title[:at[0]], title[at[1]:]
		switch {
		case isSite(after) && len(strings.Fields(before)) >= 2:
			return before
		case isSite(before) && len(strings.Fields(after)) >= 2:
			return withoutSite(after, site, host)
		}
	}
	return title
}

var (
	authorSplit = regexp.MustCompile(`(?i)\s*(?:,|;|\||&|\band\b|\bund\b|\by\b|\bet\b)\s*`)
	authorStart = regexp.MustCompile(`(?i)^(by|von|por|par|written by|text:|автор:?)\s+`)
	notPerson   = regexp.MustCompile(`(?i)(https?:|www\.|@|\b(staff|editor(s|ial)?|desk|team|newsroom|redaktion|redacción|rédaction|admin|agenc(y|ies)|news|press|reuters|afp|dpa|associated|online|media|magazine|contributor|correspondent|reporter|writer|journalist|guest|published|updated)\b|\d)`)
)

// people are the names of persons among what pages give as authors: no organisation, role or address, each once, at most ten.
func people(site string, raw []string) []string {
	var names []string
	seen := map[string]bool{}
	for _, text := range raw {
		text = authorStart.ReplaceAllString(oneLine(html.UnescapeString(text)), "")
		for _, name := range authorSplit.Split(text, -1) {
			name = strings.TrimSpace(authorStart.ReplaceAllString(name, ""))
			words := len(strings.Fields(name))
			if words < 2 || words > 5 || notPerson.MatchString(name) || sameWords(name, site) || seen[bare(name)] {
				continue
			}
			seen[bare(name)] = true
			if names = append(names, name); len(names) == maxAuthors {
				return names
			}
		}
		if len(names) > 0 {
			return names // the first source that names somebody
		}
	}
	return names
}

var dateLayouts = []struct {
	layout  string
	dayOnly bool
}{
	{time.RFC3339Nano, false},
	{"2006-01-02T15:04:05Z0700", false},
	{"2006-01-02T15:04Z07:00", false},
	{"2006-01-02T15:04:05", false},
	{"2006-01-02T15:04", false},
	{"2006-01-02 15:04:05Z07:00", false},
	{"2006-01-02 15:04:05 -0700", false},
	{"2006-01-02 15:04:05", false},
	{"2006-01-02 15:04", false},
	{time.RFC1123Z, false},
	{time.RFC1123, false},
	{"Mon, 2 Jan 2006 15:04:05 -0700", false},
	{"January 2, 2006 3:04 PM", false},
	{time.DateOnly, true},
	{"2006/01/02", true},
	{"20060102", true},
	{"January 2, 2006", true},
	{"Jan 2, 2006", true},
	{"2 January 2006", true},
	{"2 Jan 2006", true},
	{"02.01.2006", true},
}

// oldest is the year before which a date is a mistake.
const oldest = 1990

// readDate reads a date as pages write it; one in the future, or before the web, is none.
func readDate(s string, now time.Time) (at time.Time, dayOnly, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) < 8 || len(s) > 60 {
		return time.Time{}, false, false
	}
	for _, l := range dateLayouts {
		if at, err := time.Parse(l.layout, s); err == nil {
			return at.UTC(), l.dayOnly, at.Year() >= oldest && at.Before(now.Add(24*time.Hour))
		}
	}
	return time.Time{}, false, false
}

var pathDate = regexp.MustCompile(`/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)`)

// dateInPath is the day that an address names: /2026/03/04/bridge-closed.
func dateInPath(path string, now time.Time) (time.Time, bool) {
	m := pathDate.FindStringSubmatch(path)
	if m == nil {
		return time.Time{}, false
	}
	at, err := time.Parse("2006-1-2", m[1]+"-"+m[2]+"-"+m[3])
	if err != nil || at.After(now.Add(24*time.Hour)) {
		return time.Time{}, false
	}
	return at, true
}

// shingles are the runs of four words of a text, bare.
func shingles(s string) map[string]bool {
	fields := strings.Fields(s)
	if len(fields) < shingle {
		return nil
	}
	set := map[string]bool{}
	for i := 0; i+shingle <= len(fields); i++ {
		set[bare(strings.Join(fields[i:i+shingle], ""))] = true
	}
	return set
}

// inBody reports whether nine tenths of a text's shingles stand in the body that JSON-LD gives.
func (m *meta) inBody(s string) bool {
	if len(m.body) == 0 {
		return false
	}
	own, in := shingles(s), 0
	for one := range own {
		if m.body[one] {
			in++
		}
	}
	return len(own) > 0 && 10*in >= 9*len(own)
}
