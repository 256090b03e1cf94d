package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// mostPages is how many addresses of further pages are taken from one page.
const mostPages = 20

var (
	pageWord   = `(?:page|pagina|p[aá]gina|seite|sivu|strona|страница|pg|p|s)`
	pageRest   = regexp.MustCompile(`(?i)^[/?&_,.-]*(?:` + pageWord + `[/=_,-]*)?(\d{1,2})/?$`)
	pageBefore = regexp.MustCompile(`(?i)[/?&_,.-]` + pageWord + `[/=_,-]*$`)
	nextName   = regexp.MustCompile(`(?i)(^|[\s_-])(next|page-?(numbers?|link)?|pagination)([\s_-]|$)`)
)

// PageNumber is the number of the page of an article at address, if address differs from that of the first page by nothing but a page's
// number: /story and /story/2, story.html and story-2.html, ?page=1 and ?page=2. It is 0 for any other address.
func PageNumber(first, address string) int {
	a, err := url.Parse(first)
	if err != nil {
		return 0
	}
	b, err := url.Parse(address)
	if err != nil || !strings.EqualFold(a.Host, b.Host) || a.Host == "" {
		return 0
	}
	x, y := a.EscapedPath()+queryOf(a), b.EscapedPath()+queryOf(b)
	before := 0
	for before < min(len(x), len(y)) && x[before] == y[before] {
		before++
	}
	digit := func(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	for (digit(x, before) || digit(y, before)) && digit(x, before-1) {
		before-- // 1 and 10 are other numbers, not the same and a nought
	}
	prefix := x[:before]
	x, y = x[before:], y[before:]
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	m := pageRest.FindStringSubmatch(y)
	if m == nil {
		return 0
	}
	if one := pageRest.FindStringSubmatch(x); strings.Trim(x, "/") != "" && (one == nil || one[1] != "1" || !pageBefore.MatchString(prefix)) {
		return 0 // /story-1 and /story-2 may be two stories
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 2 {
		return 0
	}
	return n
}

func queryOf(u *url.URL) string {
	if u.RawQuery == "" {
		return ""
	}
	return "?" + u.RawQuery
}

// further notes an element that may lead to another page of the article: a link rel=next, a number, or what is named for it.
func (p *pageFields) further(n *html.Node, base *url.URL) {
	if len(p.pages) >= mostPages {
		return
	}
	next := slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "next")
	if !next && n.Data == "a" {
		text := inner(n)
		_, err := strconv.Atoi(text)
		next = len(text) <= 2 && err == nil || len(text) < 30 && nextName.MatchString(attribute(n, "class"))
	}
	if address := resolve(base, attribute(n, "href")); next && address != "" && !slices.Contains(p.pages, address) && len(address) <= maxAddress {
		p.pages = append(p.pages, address)
	}
}
