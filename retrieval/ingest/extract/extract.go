// Package extract finds the article in a page: what ingest stores and answers quote. It is pure: bytes in, an article out, and the same
// bytes always give the same article.
//
// The way of a page: charset (charset.go), a look at its cost (prepass.go), blocks of the original tree in document order (segment.go),
// two well-kept extractors that vote for blocks by marks, and our own region (choose.go), rules that take furniture out (filter.go),
// metadata (meta.go), and the question whether it is an article at all (judge.go). Only our own blocks of the original page are stored,
// never an extractor's text: words are not glued, and nothing is rewritten.
package extract

import (
	"fmt"
	"time"

	"archivist"

	"golang.org/x/net/html"
)

// An Input is a page as fetched.
type Input struct {
	Body        []byte // decoded from its transfer encoding, not from its charset
	ContentType string // as the server said it, for its charset
	URL         string // the address that answered; may be "file:NAME" or empty
	Now         time.Time
	Inline      bool // in a process that nobody can end: what takes longer than a page's share runs on smaller pages only
}

// A Result is what a page says.
type Result struct {
	Article   archivist.Article // with URL, texts and metadata; Language is what the page declares, "" if nothing
	Canonical []string          // addresses that the page itself names as its own, the most trusted first, absolute
	Removed   []Removal         // what two votes would have kept and a rule took out
	Pages     []string          // where further pages of the article may be, absolute, at most 20: see PageNumber
}

// A Removal is a block that a rule took out of the article.
type Removal struct {
	Rule string
	Text string
}

// HTML extracts the article of a page. Errors are *archivist.Failure: BadEncoding, TooDeep, TooComplex, and what judge says of pages that
// are no articles (Consent, Paywall, Listing, WrongType, Gone, EmptyPage).
func HTML(in Input) (Result, error) {
	reading, err := Read(in)
	if err != nil {
		return Result{}, err
	}
	return reading.Decide(Trial{})
}

// fail is a failure with a detail.
func fail(code archivist.Code, format string, args ...any) error {
	return &archivist.Failure{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// attribute is the value of a node's attribute, "" if it has none.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
