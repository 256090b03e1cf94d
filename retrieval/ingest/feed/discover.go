package feed

import (
	"bytes"
	"mime"
	"slices"
	"strings"

	"archivist/retrieval/ingest/canon"

	"golang.org/x/net/html"
)

const (
	headBytes = 256 << 10 // of a page are looked through
	maxLinks  = 10
)

// feedTypes are the media types by which a page's links name feeds.
var feedTypes = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml", "application/xml", "application/json"}

// Links are the feeds that the head of a page names (link rel=alternate with a feed's type), in normal form, at most ten: those of
// articles in the page's order, then those of readers' comments. The types that are not for feeds alone count where the link says "feed"
// or "rss".
func Links(page []byte, address string) []string {
	var articles, comments []string
	z := html.NewTokenizer(bytes.NewReader(page[:min(len(page), headBytes)]))
	for len(articles)+len(comments) < maxLinks {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		if string(name) == "body" {
			break
		}
		if string(name) != "link" || !more {
			continue
		}
		values := attributes(z)
		feed := linkOf(values, address)
		switch {
		case feed == "" || slices.Contains(articles, feed) || slices.Contains(comments, feed):
		case strings.Contains(strings.ToLower(feed+" "+values["title"]), "comment"):
			comments = append(comments, feed)
		default:
			articles = append(articles, feed)
		}
	}
	return append(articles, comments...)
}

func attributes(z *html.Tokenizer) map[string]string {
	values := map[string]string{}
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		if _, twice := values[string(key)]; !twice {
			values[string(key)] = string(value)
		}
	}
	return values
}

func linkOf(values map[string]string, address string) string {
	if !slices.Contains(strings.Fields(strings.ToLower(values["rel"])), "alternate") || values["href"] == "" {
		return ""
	}
	kind, _, err := mime.ParseMediaType(values["type"])
	if err != nil || !slices.Contains(feedTypes, kind) {
		return ""
	}
	about := strings.ToLower(values["href"] + " " + values["title"])
	if general := kind == "text/xml" || kind == "application/xml" || kind == "application/json"; general && !strings.Contains(about, "feed") && !strings.Contains(about, "rss") {
		return ""
	}
	resolved, err := canon.Resolve(address, strings.TrimSpace(values["href"]))
	if err != nil {
		return ""
	}
	return resolved
}
