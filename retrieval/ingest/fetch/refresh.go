package fetch

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const (
	refreshBytes   = 64 << 10 // of a page are looked through
	refreshSeconds = 5        // a longer wait is meant for readers of this page
)

// refresh finds <meta http-equiv=refresh content="0; url=…"> in a page's head: where to go on, "" for nowhere. One within noscript is
// passed over: it leads to "please enable scripts".
func refresh(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), refreshBytes)]))
	noscript := false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return ""
		}
		if kind != html.StartTagToken && kind != html.EndTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		switch string(name) {
		case "body", "frameset":
			return ""
		case "head":
			if kind == html.EndTagToken {
				return ""
			}
		case "noscript":
			noscript = kind == html.StartTagToken
		case "meta":
			if target := refreshTarget(z, more); target != "" && !noscript {
				return target
			}
		}
	}
}

func refreshTarget(z *html.Tokenizer, more bool) string {
	isRefresh, content := false, ""
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "http-equiv":
			isRefresh = strings.EqualFold(strings.TrimSpace(string(value)), "refresh")
		case "content":
			content = string(value)
		}
	}
	if !isRefresh {
		return ""
	}
	// HTML's own grammar: seconds, then ";" or "," or blanks, then an optional "url=", then the address, perhaps in quotes.
	end := strings.IndexAny(content, ";, \t\r\n")
	if end < 0 {
		return "" // reloads the page itself
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(content[:end]), 64)
	if err != nil || !(seconds <= refreshSeconds) {
		return ""
	}
	target := strings.TrimLeft(content[end:], ";, \t\r\n")
	if len(target) > 3 && strings.EqualFold(target[:3], "url") {
		if rest, found := strings.CutPrefix(strings.TrimLeft(target[3:], " \t\r\n"), "="); found {
			target = strings.TrimLeft(rest, " \t\r\n")
		}
	}
	if target != "" && (target[0] == '"' || target[0] == '\'') {
		target, _, _ = strings.Cut(target[1:], target[:1])
	}
	return strings.TrimSpace(target)
}
