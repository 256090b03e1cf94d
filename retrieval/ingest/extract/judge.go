package extract

import (
	"net/url"
	"regexp"
	"strings"

	"archivist"

	"golang.org/x/net/html"
)

const (
	fewestWords  = 25  // fewer are no article
	shortArticle = 150 // below this a page may be something else
	briefArticle = 120
	videoWords   = 100
	listLinks    = 25 // blocks of links that make a listing
)

var (
	consentID    = regexp.MustCompile(`(?i)(onetrust|cookiebot|didomi|quantcast|usercentrics|sp_message_container|truste|consent-(banner|wall)|cmpbox)`)
	consentWords = regexp.MustCompile(`(?i)\b(cookies?|consent|accept all|partners?|einwilligung|zustimmen|akzeptieren|aceptar|accepter|accetta)\b`)
	paywallName  = regexp.MustCompile(`(?i)(^|[-_\s])(paywall|premium-wall|subscriber-only|regwall|piano-(offer|container))($|[-_\s])`)
	notFound     = regexp.MustCompile(`(?i)\b(404|page not found|not found|seite nicht gefunden|nicht gefunden|no encontrad[oa]|página no encontrada|introuvable|non trovata|niet gevonden|não encontrada|nie znaleziono|не найдена|hittades inte|bulunamadı|δεν βρέθηκε)\b`)
)

// judge says of what is no article what it is instead. It decides on counts, after the choice. address is the page's.
func judge(doc *html.Node, blocks []*block, kept []bool, m *meta, address string) error {
	words := 0
	for i, b := range blocks {
		if kept[i] {
			words += b.words - b.linkWords
		}
	}
	switch {
	case m.noSnippet:
		return fail(archivist.Robots, "the page asks not to be quoted")
	case words < 100 && notFound.MatchString(m.title):
		return fail(archivist.Gone, "the page says that it is not there")
	case words < briefArticle && !m.isWhole(words) && (!m.free || hasName(doc, paywallName)), !m.free && m.declared > 0 && 2*m.declared > 5*words:
		return fail(archivist.Paywall, "%d words are free to read", words)
	case words < shortArticle && (hasName(doc, consentID) && words < fewestWords || consentPage(blocks)):
		return fail(archivist.Consent, "the site showed a cookie notice")
	case words < videoWords && strings.HasPrefix(m.kind, "video"):
		return fail(archivist.WrongType, "video")
	case words < shortArticle && !m.article && !isOneText(blocks, kept) && (isListing(blocks) || m.listing):
		return fail(archivist.Listing, "a list of articles")
	case !m.article && m.kind == "website" && isRoot(address) && (words < shortArticle || mostlyLinks(blocks)):
		return fail(archivist.Listing, "a front page")
	case words < fewestWords:
		return fail(archivist.EmptyPage, "%d words", words)
	}
	return nil
}

// hasName reports an element whose class or id matches.
func hasName(doc *html.Node, name *regexp.Regexp) bool {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data != "script" && n.Data != "body" && n.Data != "html" && (name.MatchString(attribute(n, "class")) || name.MatchString(attribute(n, "id"))) {
			return true
		}
	}
	return false
}

// consentPage reports a page whose few words are about cookies.
func consentPage(blocks []*block) bool {
	all, about := 0, 0
	for _, b := range blocks {
		all += b.words
		if consentWords.MatchString(b.text) {
			about += b.words
		}
	}
	return all > 0 && 2*about > all
}

// isListing reports a page of many headlines that lead elsewhere.
func isListing(blocks []*block) bool {
	links := 0
	for _, b := range blocks {
		if b.words >= 4 && b.words <= 20 && b.isLink() {
			links++
		}
	}
	return links >= listLinks
}

// isOneText reports that one element holds most of the kept words, and enough prose: a listing has many of a few words.
func isOneText(blocks []*block, kept []bool) bool {
	all, most, words := 0, 0, map[*html.Node]int{}
	for i, b := range blocks {
		if !kept[i] {
			continue
		}
		all += b.words
		if b.isProse() {
			words[holder(b)] += b.words
			most = max(most, words[holder(b)])
		}
	}
	return most > holeWords && 2*most > all
}

// isWhole reports that so many words are most of the article, as the page itself says how long it is.
func (m *meta) isWhole(words int) bool {
	long := max(m.declared, len(m.body))
	return long > 0 && 2*words > long
}

// isRoot reports the address of a site's front page.
func isRoot(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Path == "" || u.Path == "/") && u.RawQuery == ""
}

// mostlyLinks reports a page more than half of whose words lead elsewhere.
func mostlyLinks(blocks []*block) bool {
	words, links := 0, 0
	for _, b := range blocks {
		words += b.words
		links += b.linkWords
	}
	return 2*links > words
}
