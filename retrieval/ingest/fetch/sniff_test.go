package fetch

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"archivist"
)

func TestSniff(t *testing.T) {
	tar := strings.Repeat("a", 257) + "ustar"
	for _, c := range []struct {
		head, header, want string
	}{
		{page, "text/html", ""},
		{page, "", ""},
		{page, "image/png", ""},
		{"\ufeff \n" + page, "text/html", ""},
		{"", "text/html", ""},
		{"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html>", "application/xhtml+xml", ""},
		{"<!-- x --><!-- y --><HTML>", "", ""},
		{"plain words", "text/plain", ""},
		{"plain words", "application/octet-stream", ""},
		{"BMW opens a plant", "text/plain", ""},
		{"MZ is no word", "text/plain", ""},
		{"\xff\xfeh\x00i\x00 \x00t\x00h\x00e\x00r\x00e\x00", "text/plain", ""},
		{"\x1b$B%F%9%H\x1b(B", "text/html; charset=iso-2022-jp", ""},
		{"<p>text", "text/html", ""},
		{"%PDF-1.4", "text/html", "type: PDF"},
		{"\n\n junk %PDF-1.4", "application/pdf", "type: PDF"},
		{"words", "application/pdf", "type: PDF"},
		{"\x89PNG\r\n\x1a\n", "text/html", "type: image"},
		{"\xff\xd8\xff\xe0", "", "type: image"},
		{"GIF89a", "", "type: image"},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "type: image"},
		{"BM\x00\x00\x00", "", "type: image"},
		{"\x00\x00\x00 ftypisom", "", "type: video"},
		{"PK\x03\x04", "application/zip", "type: archive"},
		{"\x1f\x8b\x08", "text/html", "type: archive"},
		{tar, "", "type: archive"},
		{"MZ\x90\x00", "", "type: program"},
		{"\x7fELF", "", "type: program"},
		{"ID3\x03", "", "type: audio"},
		{"wOF2", "", "type: font"},
		{"a\x00b\x00c\x00", "text/html", "type: binary file"},
		{"words", "video/mp4", "type: video"},
		{"words", "image/svg+xml", "type: image"},
		{`{"a": 1}`, "application/json", "type: application/json"},
		{"body {}", "text/css", "type: text/css"},
		{"<?xml version='1.0'?>\n<!-- x -->\n<rss version='2.0'>", "text/html", "listing: feed"},
		{"<feed xmlns='x'>", "text/xml", "listing: feed"},
		{"<rdf:RDF xmlns", "", "listing: feed"},
		{"<?xml?><!DOCTYPE x><urlset>", "", "listing: feed"},
		{"<feedback>", "text/plain", ""},
		{`{"version": "https://jsonfeed.org/version/1.1"`, "application/json", "listing: feed"},
		{"x", "application/rss+xml; charset=utf-8", "listing: feed"},
	} {
		got := ""
		if _, err := sniff([]byte(c.head), c.header, 0); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("sniff(%q, %s) = %q, want %q", c.head, c.header, got, c.want)
		}
	}
}

// TestTakes: what a request takes is given with its kind; the bytes decide, not the header.
func TestTakes(t *testing.T) {
	const feed = "<?xml version='1.0'?><rss version='2.0'>"
	for _, c := range []struct {
		head, header string
		takes, kind  Kind
		want         string
	}{
		{feed, "text/html", KindFeed, KindFeed, ""},
		{feed, "application/rss+xml", KindFeed | KindPacked, KindFeed, ""},
		{feed, "application/rss+xml", KindPDF, 0, "listing: feed"},
		{page, "application/rss+xml", KindFeed, KindPage, ""},
		{"https://example.com/a", "text/plain", KindFeed, KindPage, ""},
		{"%PDF-1.4", "text/html", KindPDF, KindPDF, ""},
		{"%PDF-1.4", "text/html", KindFeed, 0, "type: PDF"},
		{page, "application/pdf", KindPDF, KindPage, ""},
		{"\x1f\x8b\x08", "application/xml", KindFeed | KindPacked, KindPacked, ""},
		{"\x1f\x8b\x08", "application/xml", KindFeed, 0, "type: archive"},
		{"PK\x03\x04", "application/zip", KindFeed | KindPDF | KindPacked, 0, "type: archive"},
	} {
		kind, err := sniff([]byte(c.head), c.header, c.takes)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if kind != c.kind || got != c.want {
			t.Errorf("sniff(%q, %s, %d) = %d, %q, want %d, %q", c.head, c.header, c.takes, kind, got, c.kind, c.want)
		}
	}
}

// TestDocuments: a PDF may be larger than a page, and has a limit too.
func TestDocuments(t *testing.T) {
	limits := Limits{Wire: 64 << 10, Decoded: 64 << 10, Document: 256 << 10}
	var body []byte
	server, f := serve(t, Options{Limits: limits}, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush() // no length
		w.Write(body)
	})
	get := func() (*Response, error) {
		return f.Get(t.Context(), Request{URL: server.URL, Inside: true, Takes: KindPDF})
	}
	body = append([]byte("%PDF-1.7 "), bytes.Repeat([]byte("a"), 200<<10)...)
	if r, err := get(); err != nil || len(r.Body) != len(body) || r.Kind != KindPDF {
		t.Errorf("a large PDF: %v", err)
	}
	body = append([]byte("%PDF-1.7 "), bytes.Repeat([]byte("a"), 256<<10)...)
	_, err := get()
	wantCode(t, "a PDF that is too large", err, archivist.TooLarge)
	body = []byte("<html>" + strings.Repeat("a", 100<<10))
	_, err = get()
	wantCode(t, "a page as large as a PDF may be", err, archivist.TooLarge)
}
