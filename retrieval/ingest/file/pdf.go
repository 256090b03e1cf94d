package file

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode"

	"archivist"

	"github.com/ledongthuc/pdf"
)

// Limits of a PDF.
const (
	MaxPDF      = 20 << 20 // bytes
	maxPages    = 500
	maxDepth    = 32        // of the tree of pages
	maxNodes    = 5_000     // of it
	maxGlyphs   = 5_000_000 // of all pages
	fewLetters  = 20        // a page on average; fewer are a scan
	maxPDFTitle = 200       // characters
)

// PDF reads the text layer of a PDF as an article with the address "file:NAME": pages in order, columns one after the other, lines joined to
// paragraphs, without what recurs at the edges of pages. Title, authors and day are what the file says of itself, the title else the first
// heading; a day later than now is unknown.
//
// Errors are *archivist.Failure: TooLarge (bytes, pages), WrongType (no PDF, or one that asks for a password), Scan (pictures of pages), EmptyPage,
// TooComplex (damaged, or too much of everything). The library that it uses panics on damaged files, which is caught, and on some it never
// returns: call it where it can be stopped from outside (the worker of package ingest).
func PDF(name string, body []byte, now time.Time) (article archivist.Article, err error) {
	if len(body) > MaxPDF {
		return archivist.Article{}, &archivist.Failure{Code: archivist.TooLarge, Detail: fmt.Sprintf("more than %d MiB", MaxPDF>>20)}
	}
	defer func() {
		if p := recover(); p != nil {
			article, err = archivist.Article{}, damaged(fmt.Errorf("panic: %v", p))
		}
	}()
	reader, err := pdf.NewReader(bytes.NewReader(body), int64(len(body)))
	if errors.Is(err, pdf.ErrInvalidPassword) {
		return archivist.Article{}, &archivist.Failure{Code: archivist.WrongType, Detail: "a PDF that asks for a password"}
	}
	if err != nil {
		return archivist.Article{}, &archivist.Failure{Code: archivist.WrongType, Detail: "no PDF that can be read", Err: err}
	}
	pages, err := pagesOf(reader)
	if err != nil {
		return archivist.Article{}, err
	}
	scribe := &scribe{fonts: map[string]*font{}}
	var texts [][]textLine
	letters := 0
	for _, p := range pages {
		lines, err := scribe.read(p)
		if err != nil {
			return archivist.Article{}, err
		}
		texts = append(texts, lines)
		for _, l := range lines {
			letters += lettersIn(l.text)
		}
	}
	if letters < fewLetters*len(pages) {
		return archivist.Article{}, &archivist.Failure{Code: archivist.Scan, Detail: fmt.Sprintf("%d letters on %d pages", letters, len(pages))}
	}
	article = archivist.Article{Head: archivist.Head{URL: "file:" + name}, Paragraphs: paragraphs(texts)}
	if len(article.Paragraphs) == 0 {
		return archivist.Article{}, &archivist.Failure{Code: archivist.EmptyPage, Detail: "no text"}
	}
	describe(&article, name, reader.Trailer().Key("Info"), now)
	return article, nil
}

func damaged(cause error) error {
	return &archivist.Failure{Code: archivist.TooComplex, Detail: "a damaged PDF", Err: cause}
}

// A sheet is one page with the resources that it has or inherits.
type sheet struct{ page, resources pdf.Value }

// pagesOf walks the tree of pages, which a damaged file may tie into a knot.
func pagesOf(r *pdf.Reader) ([]sheet, error) {
	var pages []sheet
	nodes := 0
	var walk func(node, resources pdf.Value, depth int) error
	walk = func(node, resources pdf.Value, depth int) error {
		if nodes++; depth > maxDepth || nodes > maxNodes {
			return damaged(errors.New("the tree of pages has no end"))
		}
		if own := node.Key("Resources"); !own.IsNull() {
			resources = own
		}
		kids := node.Key("Kids")
		if kids.Kind() != pdf.Array {
			if pages = append(pages, sheet{node, resources}); len(pages) > maxPages {
				return &archivist.Failure{Code: archivist.TooLarge, Detail: fmt.Sprintf("more than %d pages", maxPages)}
			}
			return nil
		}
		for i := range kids.Len() {
			if err := walk(kids.Index(i), resources, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	root := r.Trailer().Key("Root").Key("Pages")
	if root.IsNull() {
		return nil, damaged(errors.New("no pages"))
	}
	return pages, walk(root, pdf.Value{}, 0)
}

func lettersIn(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// describe fills in what the file says of itself.
func describe(a *archivist.Article, name string, info pdf.Value, now time.Time) {
	base := path.Base(name)
	base = cleanLine(strings.TrimSuffix(base, path.Ext(base)))
	a.Title = cleanLine(info.Key("Title").Text())
	if !isTitle(a.Title) {
		a.Title = base
		if first := a.Paragraphs[0]; first.Kind == archivist.KindHeading && len(a.Paragraphs) > 1 {
			a.Title = cleanLine(first.Text)
		}
	}
	// The title stands on the card: its own heading need not begin the text.
	if first := a.Paragraphs[0]; len(a.Paragraphs) > 1 && strings.EqualFold(cleanLine(first.Text), a.Title) {
		a.Paragraphs = a.Paragraphs[1:]
	}
	for author := range strings.FieldsFuncSeq(info.Key("Author").Text(), func(r rune) bool { return r == ';' || r == ',' }) {
		if author = cleanLine(author); strings.Contains(author, " ") && len(a.Authors) < maxAuthors {
			a.Authors = append(a.Authors, author)
		}
	}
	if date, found := strings.CutPrefix(info.Key("CreationDate").Text(), "D:"); found && len(date) >= 8 {
		if day, err := time.Parse("20060102", date[:8]); err == nil && day.Year() >= 1990 && day.Before(now) {
			a.Published, a.DayOnly = day, true
		}
	}
}

// isTitle tells a title from what programs write in its place: a file's name, "Microsoft Word - x", "untitled".
func isTitle(s string) bool {
	lower := strings.ToLower(s)
	return strings.Contains(s, " ") && len([]rune(s)) <= maxPDFTitle && lettersIn(s) > len(s)/2 && !strings.Contains(lower, "microsoft") &&
		!strings.Contains(lower, ".doc") && !strings.Contains(lower, ".indd") && !strings.Contains(lower, "untitled")
}
