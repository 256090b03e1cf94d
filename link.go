package archivist

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxLink is the longest link that Discord takes.
const maxLink = 2048

// fragmentWords is how many words of the passage's beginning and of its end a link names: enough to be found once, few enough to survive
// small corrections of the page.
const fragmentWords = 6

// LinkTo opens address at the passage: a text fragment (#:~:text=start,end; https://wicg.github.io/scroll-to-text-fragment/) names its
// first and last words. Where that is too long, it is the address alone; "" for an address that opens nothing (file:…).
func LinkTo(address, passage string) string {
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return ""
	}
	page, _, _ := strings.Cut(address, "#")
	// A fragment may not cross blocks in its start or its end, but may between them: start in the first line, end in the last one.
	lines := strings.Split(strings.TrimSpace(passage), "\n")
	first, last := strings.Fields(lines[0]), strings.Fields(lines[len(lines)-1])
	if len(first) == 0 {
		return page
	}
	fragment := ""
	switch {
	case len(lines) == 1 && len(first) <= 2*fragmentWords:
		fragment = escapeFragment(edgeWords(first, len(first), false))
	default:
		fragment = escapeFragment(edgeWords(first, fragmentWords, false)) + "," + escapeFragment(edgeWords(last, fragmentWords, true))
	}
	if link := page + "#:~:text=" + fragment; len(link) <= maxLink {
		return link
	}
	return page
}

// maxFragment bounds a part of the fragment in bytes: a script without blanks has words as long as sentences.
const maxFragment = 120

// edgeWords joins the first n words, or the last n ones. Longer ones than maxFragment are cut at a rune.
func edgeWords(list []string, n int, fromEnd bool) string {
	n = min(n, len(list))
	if fromEnd {
		list = list[len(list)-n:]
	} else {
		list = list[:n]
	}
	s := strings.Join(list, " ")
	for len(s) > maxFragment {
		if fromEnd {
			_, size := utf8.DecodeRuneInString(s)
			s = s[size:]
		} else {
			_, size := utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-size]
		}
	}
	return s
}

// escapeFragment percent-encodes a part of a text fragment. Beyond what a fragment needs, "-" and "," mean something in it; url.PathEscape
// leaves them, "&" and some others alone.
func escapeFragment(s string) string {
	return inFragments.Replace(url.PathEscape(s))
}

var inFragments = strings.NewReplacer("-", "%2D", ",", "%2C", "&", "%26", "'", "%27", "(", "%28", ")", "%29", "*", "%2A", "!", "%21")
