package extract

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"archivist"

	"github.com/wlynxg/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})`)

// decode turns the bytes of a page into UTF-8. The order: a byte order mark; UTF-8 that validates and is not mere ASCII; the server's
// word; the page's own, within its first 4,096 bytes; the detector; windows-1252. A declared charset that reads badly loses against the
// detector's.
func decode(body []byte, contentType string) (string, error) {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return string(bytes.ToValidUTF8(body[3:], []byte("\ufffd"))), nil
	case bytes.HasPrefix(body, []byte("\xff\xfe")), bytes.HasPrefix(body, []byte("\xfe\xff")):
		return read(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), body)
	case utf8.Valid(body):
		return string(body), nil
	}
	best, fewest := "", -1
	for _, label := range labels(body, contentType) {
		e, name := charset.Lookup(label)
		if e == nil || name == "replacement" {
			continue
		}
		text, err := read(e, body)
		if err != nil {
			continue
		}
		bad := badRunes(text)
		if bad*200 <= len(text) {
			return text, nil
		}
		if fewest < 0 || bad < fewest {
			best, fewest = text, bad
		}
	}
	if fewest < 0 {
		return "", fail(archivist.BadEncoding, "no known charset")
	}
	return best, nil
}

// labels are the charsets to try, in order.
func labels(body []byte, contentType string) []string {
	var list []string
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		list = append(list, params["charset"])
	}
	if m := metaCharset.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
		list = append(list, string(m[1]))
	}
	sample := body[:min(len(body), 64<<10)]
	if guess := chardet.Detect(sample); guess.Encoding != "" {
		list = append(list, strings.ToLower(guess.Encoding))
	}
	return append(list, "utf-8", "windows-1252")
}

func read(e encoding.Encoding, body []byte) (string, error) {
	text, err := e.NewDecoder().Bytes(body)
	return string(text), err
}

// badRunes counts what no text contains: replacement characters and C1 controls.
func badRunes(s string) (n int) {
	for _, r := range s {
		if r == utf8.RuneError || r >= 0x80 && r < 0xa0 {
			n++
		}
	}
	return n
}
