package fetch

import (
	"bytes"
	"mime"
	"strings"

	"archivist"
)

// magics are the beginnings of files that are no pages, with the word for them in Failure.Detail.
var magics = []struct {
	at    int
	magic string
	kind  string
}{
	{0, "\x89PNG\r\n\x1a\n", "image"},
	{0, "\xff\xd8\xff", "image"},
	{0, "GIF8", "image"},
	{0, "BM", "image"},
	{0, "II*\x00", "image"},
	{0, "MM\x00*", "image"},
	{8, "WEBP", "image"},
	{0, "\x00\x00\x01\x00", "image"},
	{4, "ftypavif", "image"},
	{4, "ftypheic", "image"},
	{4, "ftyp", "video"},
	{0, "\x1aE\xdf\xa3", "video"},
	{8, "AVI ", "video"},
	{0, "FLV\x01", "video"},
	{0, "\x00\x00\x01\xba", "video"},
	{0, "ID3", "audio"},
	{0, "\xff\xfb", "audio"},
	{0, "\xff\xf3", "audio"},
	{0, "OggS", "audio"},
	{0, "fLaC", "audio"},
	{8, "WAVE", "audio"},
	{0, "PK\x03\x04", "archive"},
	{0, "PK\x05\x06", "archive"},
	{0, "BZh", "archive"},
	{0, "\xfd7zXZ\x00", "archive"},
	{0, "7z\xbc\xaf\x27\x1c", "archive"},
	{0, "Rar!\x1a\x07", "archive"},
	{0, "\x28\xb5\x2f\xfd", "archive"},
	{257, "ustar", "archive"},
	{0, "\x7fELF", "program"},
	{0, "MZ", "program"},
	{0, "\xca\xfe\xba\xbe", "program"},
	{0, "wOFF", "font"},
	{0, "wOF2", "font"},
	{0, "{\\rtf", "RTF document"},
	{0, "\xd0\xcf\x11\xe0", "office document"},
}

// feedRoots are the root elements of XML that lists articles, or places of articles.
var feedRoots = []string{"<rss", "<feed", "<rdf:rdf", "<urlset", "<sitemapindex", "<opml"}

// sniff judges the beginning of a decoded body (1,024 bytes, or all) and its Content-Type: its kind, KindPage or one of takes, else a
// *archivist.Failure, Listing for a feed and WrongType with the kind ("PDF", "image", …). The bytes beat the header.
func sniff(head []byte, contentType string, takes Kind) (Kind, error) {
	if bytes.Contains(head, []byte("%PDF-")) {
		return taken(takes, KindPDF, wrongType("PDF"))
	}
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		return taken(takes, KindPacked, wrongType("archive"))
	}
	utf16 := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\f")))
	switch {
	case isFeed(text):
		return taken(takes, KindFeed, errFeed())
	case isHTML(text):
		return KindPage, nil
	}
	if !utf16 {
		if err := binary(head); err != nil {
			return 0, err
		}
	}
	return KindPage, kindOfHeader(contentType, takes)
}

func taken(takes, kind Kind, otherwise error) (Kind, error) {
	if takes&kind != 0 {
		return kind, nil
	}
	return 0, otherwise
}

func errFeed() error { return &archivist.Failure{Code: archivist.Listing, Detail: "feed"} }

func wrongType(kind string) error { return &archivist.Failure{Code: archivist.WrongType, Detail: kind} }

func binary(head []byte) error {
	for _, m := range magics {
		// Two letters alone ("BM", "MZ") may begin a text; a file has bytes that no text has.
		if len(head) > m.at && bytes.HasPrefix(head[m.at:], []byte(m.magic)) && (len(m.magic) > 2 || controls(head) > 0 || m.magic[0] >= 0x80 || m.magic[0] < ' ') {
			return wrongType(m.kind)
		}
	}
	if controls(head)*100 > len(head) {
		return wrongType("binary file")
	}
	return nil
}

// controls counts NUL and the other C0 characters that texts do not have. ESC switches character sets in Japanese pages.
func controls(head []byte) (n int) {
	for _, c := range head {
		if c < ' ' && strings.IndexByte("\t\n\v\f\r\x1b", c) < 0 {
			n++
		}
	}
	return n
}

// isFeed looks at the root element behind XML's declaration, comments and doctype, or for JSON Feed's version.
func isFeed(text string) bool {
	if strings.HasPrefix(text, "{") {
		return strings.Contains(text, "https://jsonfeed.org/version/") || strings.Contains(text, `https:\/\/jsonfeed.org\/version\/`)
	}
	for strings.HasPrefix(text, "<?") || strings.HasPrefix(text, "<!") {
		end := ">"
		if strings.HasPrefix(text, "<!--") {
			end = "-->"
		}
		_, rest, found := strings.Cut(text, end)
		if !found {
			return false
		}
		text = strings.TrimLeft(rest, " \t\r\n\f")
	}
	for _, root := range feedRoots {
		if rest, found := strings.CutPrefix(text, root); found && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n>/")) {
			return true
		}
	}
	return false
}

// isHTML holds for what browsers take for a page whatever the header says (WHATWG MIME sniffing, the tags that begin real pages).
func isHTML(text string) bool {
	for strings.HasPrefix(text, "<!--") || strings.HasPrefix(text, "<?xml") {
		end := "-->"
		if strings.HasPrefix(text, "<?") {
			end = "?>"
		}
		_, rest, found := strings.Cut(text, end)
		if !found {
			return strings.HasPrefix(text, "<!--")
		}
		text = strings.TrimLeft(rest, " \t\r\n\f")
	}
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<article", "<div", "<h1", "<p>"} {
		if strings.HasPrefix(text, tag) {
			return true
		}
	}
	return false
}

// kindOfHeader judges what only the header can tell. No header, and "bytes of some kind", leave it to the reader; so does the header of
// what is taken, as its bytes did not say that it is.
func kindOfHeader(contentType string, takes Kind) error {
	kind, _, err := mime.ParseMediaType(contentType)
	family, _, _ := strings.Cut(kind, "/")
	switch {
	case err != nil, kind == "text/html", kind == "application/xhtml+xml", kind == "text/plain", kind == "text/markdown",
		kind == "application/octet-stream", kind == "application/xml", kind == "text/xml":
		return nil
	case kind == "application/pdf":
		if takes&KindPDF != 0 {
			return nil
		}
		return wrongType("PDF")
	case strings.HasSuffix(kind, "rss+xml"), strings.HasSuffix(kind, "atom+xml"), kind == "application/feed+json":
		if takes&KindFeed != 0 {
			return nil
		}
		return errFeed()
	case takes&KindPacked != 0 && (kind == "application/gzip" || kind == "application/x-gzip"), takes&KindFeed != 0 && kind == "application/json":
		return nil
	case family == "image", family == "video", family == "audio", family == "font":
		return wrongType(family)
	}
	return wrongType(kind[:min(len(kind), 60)]) // the header is not ours: its length neither
}
