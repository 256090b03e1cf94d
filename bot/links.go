package bot

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// maxLinks is how many links of one message are looked at.
const maxLinks = 10

var posted = regexp.MustCompile(`(?i)https?://[^\s<>|]+`)

// Links are the web addresses in a message as people type or paste them, each once, at most ten: without the <> that keeps Discord
// from showing a preview, and without the punctuation and brackets of the sentence around them.
func Links(text string) []string {
	var links []string
	for _, link := range posted.FindAllString(text, -1) {
		link = trimLink(link)
		if web(link) && !slices.Contains(links, link) {
			if links = append(links, link); len(links) == maxLinks {
				break
			}
		}
	}
	return links
}

// trimLink takes off what ends a sentence, and a closing bracket that was not opened within the link.
func trimLink(link string) string {
	for link != "" {
		last := link[len(link)-1]
		switch {
		case strings.IndexByte(".,;:!?\"'*_~`", last) >= 0,
			last == ')' && strings.Count(link, ")") > strings.Count(link, "("),
			last == ']' && strings.Count(link, "]") > strings.Count(link, "["):
			link = link[:len(link)-1]
		default:
			return link
		}
	}
	return ""
}

// web reports whether an address may stand behind a title or a button.
func web(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && !strings.ContainsAny(link, " \n<>\"")
}
