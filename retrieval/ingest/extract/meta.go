package extract

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"archivist"

	"golang.org/x/net/html"
)

// A meta is what a page says of itself.
type meta struct {
	title     string
	site      string
	authors   []string
	published moment
	about     archivist.About
	language  string
	canonical []string
	pages     []string
	kind      string          // og:type
	free      bool            // isAccessibleForFree is not false
	noSnippet bool            // the page asks not to be quoted
	listing   bool            // JSON-LD says that it is a list and no article
	article   bool            // JSON-LD or Open Graph says that it is an article
	declared  int             // words, by JSON-LD
	body      map[string]bool // shingles of JSON-LD's articleBody
}

const (
	maxField   = 300 // characters of a field
	maxAuthors = 10
	maxAddress = 2048
	shingle    = 4 // words
)

// readMeta gathers each field on its own from the first source that has it: JSON-LD, microdata and meta tags, then the page's elements.
// Nothing is an error: a field may be missing.
func readMeta(doc *html.Node, base *url.URL, now time.Time) *meta {
	p := gather(doc, base)
	ld := readLD(doc, func(headline, address string) bool {
		return sameWords(headline, p.first("og:title")) || slices.ContainsFunc(p.h1, func(h string) bool { return sameWords(headline, h) }) ||
			address != "" && (address == p.links["canonical"] || address == p.first("og:url") || address == base.String())
	})
	m := &meta{free: true, kind: strings.ToLower(p.first("og:type"))}
	m.site = field(p.first("og:site_name"), ld.publisher, p.first("application-name"))
	h1 := ""
	if len(p.h1) > 0 {
		h1 = p.h1[0]
	}
	m.title = bareTitle(field(ld.headline, p.first("og:title"), p.first("twitter:title"), p.first("headline"), p.title, h1), m.site, base.Hostname(), p.h1)
	m.authors = people(m.site, slices.Concat(ld.authors, p.meta["author"], p.meta["article:author"], p.meta["dc.creator"], p.meta["dcterms.creator"],
		p.meta["parsely-author"], p.meta["sailthru.author"], p.meta["citation_author"], p.rel))
	m.published = publishedOf(p, ld, base, now)
	if at, ok := firstDate(now, slices.Concat([]string{ld.modified}, p.meta["article:modified_time"], p.meta["datemodified"], p.meta["og:updated_time"],
		p.meta["last-modified"], p.meta["dcterms.modified"])...); ok && !at.Before(m.published.Time) {
		m.about.Modified = at.UTC()
	}
	_, m.about.Zone = m.published.Zone()
	m.about.Zone /= 60
	m.about.Section = field(ld.section, p.first("article:section"), p.first("articlesection"), p.first("parsely-section"))
	m.about.Tags = tagsOf(slices.Concat(ld.tags, p.meta["article:tag"], p.meta["parsely-tags"], p.meta["sailthru.tags"], p.meta["news_keywords"], p.meta["keywords"]))
	m.about.Image = image(base, slices.Concat([]string{p.first("og:image:secure_url"), p.first("og:image"), ld.image, p.first("twitter:image")}, p.meta["image"]))
	m.language = field(p.lang, p.first("og:locale"), ld.language, p.first("content-language"))
	for _, address := range []string{p.links["canonical"], p.first("og:url"), ld.url} {
		if absolute := resolve(base, address); absolute != "" && !slices.Contains(m.canonical, absolute) {
			m.canonical = append(m.canonical, absolute)
		}
	}
	m.pages = p.pages
	m.free = !ld.paywalled
	robots := strings.ToLower(strings.Join(p.meta["robots"], ","))
	m.noSnippet = strings.Contains(robots, "nosnippet") || strings.Contains(robots, "max-snippet:0")
	m.listing, m.declared = ld.listing, ld.words
	m.article = ld.headline != "" || m.kind == "article"
	m.body = shingles(ld.body)
	if m.site == "" {
		m.site = strings.TrimPrefix(base.Hostname(), "www.")
	}
	return m
}

// publishedOf is when the page says that the article was published: the earliest of JSON-LD's and article:published_time, else the first
// of the other sources that has a date, else the day in the address; the zero moment if nothing says.
func publishedOf(p *pageFields, ld ldArticle, base *url.URL, now time.Time) moment {
	at, ok := readDate(ld.published, now)
	for _, date := range p.meta["article:published_time"] {
		if other, known := readDate(date, now); known && (!ok || !other.dayOnly && other.Before(at.Time)) {
			at, ok = other, true
		}
	}
	if !ok {
		at, ok = firstDate(now, slices.Concat(p.meta["datepublished"], p.meta["date"], p.meta["dc.date"], p.meta["dc.date.issued"], p.meta["dcterms.date"],
			p.meta["dcterms.created"], p.meta["parsely-pub-date"], p.meta["sailthru.date"], p.meta["pubdate"], p.meta["publish-date"], p.meta["citation_publication_date"], p.times)...)
	}
	if !ok {
		at.Time, ok = dateInPath(base.Path, now)
		at.dayOnly = ok
	}
	for _, line := range p.written {
		if ok {
			break
		}
		at, ok = writtenDate(line, now)
	}
	if !ok {
		return moment{}
	}
	return at
}

const (
	maxTags   = 20
	maxTagLen = 60 // bytes
)

// tagsOf are a page's keywords, each once, at most twenty; a single source's list may be one text with commas.
func tagsOf(raw []string) (tags []string) {
	seen := map[string]bool{}
	for _, list := range raw {
		for tag := range strings.SplitSeq(list, ",") {
			if tag = oneLine(html.UnescapeString(tag)); tag == "" || len(tag) > maxTagLen || seen[bare(tag)] {
				continue
			}
			seen[bare(tag)] = true
			if tags = append(tags, tag); len(tags) == maxTags {
				return tags
			}
		}
	}
	return tags
}

// image is the first address of a picture that is one, http or https.
func image(base *url.URL, addresses []string) string {
	for _, address := range addresses {
		if len(address) <= maxAddress {
			if absolute := resolve(base, address); absolute != "" {
				return absolute
			}
		}
	}
	return ""
}

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
