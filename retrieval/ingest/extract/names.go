package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// titleSeparator divides a title from the names of its site and section, on either side.
var titleSeparator = regexp.MustCompile(`\s+[|–—·»«›‹ǀ:/-]\s+|\s*\|\s*|:\s+`)

// bareTitle cuts the site's name off a title, before or behind it, and what stands before or behind the page's own heading, never to fewer
// than two words.
func bareTitle(title, site, host string, headings []string) string {
	title = withoutSite(title, site, host)
	for _, at := range titleSeparator.FindAllStringIndex(title, -1) {
		before, after := title[:at[0]], title[at[1]:]
		for _, h := range headings {
			if len(strings.Fields(h)) < 2 {
				continue
			}
			if sameWords(h, before) {
				return before
			}
			if sameWords(h, after) {
				return after
			}
		}
	}
	return title
}

// withoutSite cuts the site's name off a title, before or behind it, never to fewer than two words.
func withoutSite(title, site, host string) string {
	host = bare(strings.TrimPrefix(host, "www."))
	isSite := func(part string) bool {
		p := bare(part)
		return p != "" && (p == bare(site) || host != "" && (p == host || len(p) >= 4 && strings.HasPrefix(host, p)))
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
	authorStart = regexp.MustCompile(`(?i)^((by|von|por|par|written by|posted by|author|autor|autorin|auteur|autore|автор)\b:?|(text|interview|words|story|report):)\s+`)
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
