// Package file reads articles and links from files that are no web pages: plain text (Text), Markdown (Markdown), PDF (PDF), one JSON object a line (JSONL), lists of
// addresses (URLs). It is pure: the caller opens the file. Whatever it returns is clean in the sense of archivist.Paragraph.
package file

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxTitle is the most characters (runes) that a title, a site or an author's name keeps.
const maxTitle = 300

// maxAuthors is how many authors an article keeps.
const maxAuthors = 10

// clean gives s in NFC, runs of white space as one blank, without characters that nobody sees: controls, zero-width space and joiners'
// kin, bidi overrides, tags, private use. A sentence hidden in them must not answer.
func clean(s string) string {
	b := make([]byte, 0, len(s))
	blank := false
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		plain := r > ' ' && r < '\x7f' // most are, and none of these need be looked up
		switch {
		case !plain && unicode.IsSpace(r):
			blank = len(b) > 0
			continue
		case !plain && hidden(r):
			continue
		}
		if blank {
			b = append(b, ' ')
			blank = false
		}
		b = utf8.AppendRune(b, r)
	}
	return string(norm.NFC.Bytes(b))
}

// hidden holds for characters without a shape of their own. ZWNJ and ZWJ stay: Persian, Hindi and emoji are spelled with them.
func hidden(r rune) bool {
	if r == '\u200c' || r == '\u200d' {
		return false
	}
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// cleanLine is clean for a field that cards show on one line.
func cleanLine(s string) string {
	s = clean(s)
	n := 0
	for i := range s {
		if n == maxTitle {
			return strings.TrimSpace(s[:i])
		}
		n++
	}
	return s
}
