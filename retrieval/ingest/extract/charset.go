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
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})`)

// decode turns the bytes of a page into UTF-8. The order: a byte order mark; UTF-8 that validates and is not mere ASCII; the server's
// word; the page's own, within its first 4,096 bytes; the detector; windows-1252. A declared charset that reads badly loses against the
// detector's.
func decode(body []byte, contentType string) (string, error) {
	page, err := decoded(body, contentType)
	return once(page), err
}

func decoded(body []byte, contentType string) (string, error) {
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

// twice are how the commonest characters of UTF-8 look that was read as windows-1252 and encoded again.
var twice = regexp.MustCompile(`â€[™œ\x{9d}“”˜¦]|Ã[¤¶¼ŸŽ©¨±³¡\x{ad}º§]|Â[ «»·°]`)

const fewestTwice = 3

// once undoes an encoding that was done twice ("weâ€™ll"), where it has been done to three characters or more and undoing leaves none.
func once(s string) string {
	// The pattern alone took a third of the time of a page.
	if strings.Count(s, "â€")+strings.Count(s, "Ã")+strings.Count(s, "Â") < fewestTwice || len(twice.FindAllStringIndex(s, fewestTwice)) < fewestTwice {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		c, ok := windows1252(r)
		if !ok { // no character of that charset: the page was not read by it
			return s
		}
		b.WriteByte(c)
	}
	if undone := b.String(); utf8.ValidString(undone) && !twice.MatchString(undone) {
		return undone
	}
	return s
}

// windows1252 is the byte of a character; the five that the charset leaves open stand for themselves.
func windows1252(r rune) (byte, bool) {
	switch r {
	case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
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
