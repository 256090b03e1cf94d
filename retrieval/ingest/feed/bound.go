package feed

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"archivist"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// What a document may cost. A large real feed has 2,000 items of 30 elements in 5 MB, 6 deep.
const (
	maxBody    = 20 << 20
	maxDepth   = 100
	maxTags    = 300_000
	keptItems  = 2_000       // of an endless feed; what stands behind them is cut off
	maxCopying = 64 << 20    // bytes that reading text in pieces may copy
	maxObjects = 50_000      // of JSON
	maxURLs    = 50_000      // of a sitemap
	declared   = 200         // bytes within which XML declares itself
	cdata      = "<![CDATA[" // begins text in which "<" is no tag
)

func fail(code archivist.Code, format string, args ...any) error {
	return &archivist.Failure{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// bounded gives the document in UTF-8, without a declaration of another character set and without control characters (gofeed takes them
// out as well: between the letters of a tag they would hide it from the walk below), cut after keptItems items.
func bounded(body []byte) ([]byte, error) {
	if len(body) > maxBody {
		return nil, fail(archivist.TooLarge, "longer than %d MiB", maxBody>>20)
	}
	text, err := inUTF8(body)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSpace(bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r
	}, text))
	if bytes.HasPrefix(text, []byte("{")) {
		if n := bytes.Count(text, []byte("{")); n > maxObjects {
			return nil, fail(archivist.TooComplex, "more than %d objects", maxObjects)
		}
		return text, nil
	}
	return affordable(text)
}

var declaration = regexp.MustCompile(`^\s*<\?xml\b[^>]*?(?:\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["'][^>]*)?\?>`)

// inUTF8 decodes what XML declares its characters to be, and takes the declaration off. Text that is not what it says is windows-1252, as
// in old feeds.
func inUTF8(body []byte) ([]byte, error) {
	marked := bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff"))
	if marked || bytes.IndexByte(body[:min(len(body), declared)], 0) >= 0 {
		return nil, fail(archivist.BadEncoding, "UTF-16")
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	found := declaration.FindSubmatch(body[:min(len(body), declared)])
	if found == nil {
		return orLatin(body)
	}
	body = body[len(found[0]):]
	name := strings.ToLower(string(found[1]))
	if name == "" || name == "utf-8" || name == "utf8" {
		return orLatin(body)
	}
	decoder, err := charset.NewReaderLabel(name, bytes.NewReader(body))
	if err != nil {
		return orLatin(body)
	}
	decoded, err := io.ReadAll(io.LimitReader(decoder, 3*maxBody)) // a byte becomes three at most
	if err != nil || !utf8.Valid(decoded) {
		return nil, &archivist.Failure{Code: archivist.BadEncoding, Detail: "not the characters that it declares", Err: err}
	}
	return decoded, nil
}

func orLatin(body []byte) ([]byte, error) {
	if utf8.Valid(body) {
		return body, nil
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(body)
	if err != nil {
		return nil, &archivist.Failure{Code: archivist.BadEncoding, Detail: "no text", Err: err}
	}
	return decoded, nil
}

// An element that stands open.
type element struct {
	name  string
	bytes int // of its own text so far
}

// affordable walks XML as encoding/xml would, from tag to tag, and returns it if reading it is cheap: not deep, not of too many tags, its
// text not in too many pieces (each of which gofeed adds to what came before by copying all of it). Behind keptItems items it is cut and
// what stands open is closed.
func affordable(text []byte) ([]byte, error) {
	var open []element
	tags, items, copied := 0, 0, 0
	for at := 0; ; {
		next := bytes.IndexByte(text[at:], '<')
		if next < 0 {
			return text, nil
		}
		if len(open) > 0 && next > 0 {
			top := &open[len(open)-1]
			top.bytes += next
			if copied += top.bytes; copied-len(text) > maxCopying {
				return nil, fail(archivist.TooComplex, "text in too many pieces")
			}
		}
		at += next
		kind, name, end := markup(text[at:])
		if end < 0 {
			return text, nil // unfinished: the reader says what is wrong
		}
		switch kind {
		case openTag:
			if name == "item" || name == "entry" {
				if items++; items > keptItems {
					return closed(text[:at], open), nil
				}
			}
			if open = append(open, element{name: name}); len(open) > maxDepth {
				return nil, fail(archivist.TooDeep, "more than %d levels", maxDepth)
			}
		case closeTag:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		if tags++; tags > maxTags {
			return nil, fail(archivist.TooComplex, "more than %d tags", maxTags)
		}
		at += end
	}
}

// closed closes what stands open.
func closed(text []byte, open []element) []byte {
	text = bytes.Clone(text)
	for i := len(open) - 1; i >= 0; i-- {
		text = append(text, "</"+open[i].name+">"...)
	}
	return text
}

// The kinds of markup that count.
const (
	otherMarkup = iota // comments, CDATA, instructions, empty tags
	openTag
	closeTag
)

// markup reads the markup that text begins with ("<"): its kind, the name of a tag, and its length, -1 where it does not end.
func markup(text []byte) (kind int, name string, length int) {
	until := func(end string) int {
		if i := bytes.Index(text, []byte(end)); i >= 0 {
			return i + len(end)
		}
		return -1
	}
	switch {
	case bytes.HasPrefix(text, []byte("<!--")):
		return otherMarkup, "", until("-->")
	case bytes.HasPrefix(text, []byte(cdata)):
		return otherMarkup, "", until("]]>")
	case bytes.HasPrefix(text, []byte("<?")):
		return otherMarkup, "", until("?>")
	case bytes.HasPrefix(text, []byte("</")):
		return closeTag, "", until(">")
	}
	quote := byte(0)
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			if text[1] == '!' || text[i-1] == '/' {
				return otherMarkup, "", i + 1
			}
			return openTag, nameOf(text[1:i]), i + 1
		}
	}
	return otherMarkup, "", -1
}

func nameOf(tag []byte) string {
	if end := bytes.IndexAny(tag, " \t\r\n/"); end >= 0 {
		tag = tag[:end]
	}
	return string(tag)
}
