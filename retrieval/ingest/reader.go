package ingest

import (
	"context"
	"crypto/sha256"
	"net/url"
	"strings"
	"unicode"

	"archivist"
	"archivist/retrieval/ingest/canon"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/fetch"
	"archivist/retrieval/text"
)

// A Reader turns the page behind a link into an intake.
type Reader struct {
	Web       Web
	Rules     Rules
	Desk      CheckDesk // what is stored, and when its pages are looked at again
	Extractor Extractor
	Items     Items                          // may be nil: then only pages are read
	Inside    func(archivist.LibraryID) bool // may the library read the addresses that were named as allowed inside a network?
	KeepPages bool                           // put the page as fetched into the intake
}

// Read fetches url, extracts its article and names its identity, with an eye to what is stored (settle). stage is told each step as it begins.
// Errors are a *archivist.Failure, the store's, or ctx's.
func (r *Reader) Read(ctx context.Context, library archivist.LibraryID, url string, stage func(archivist.Stage)) (archivist.Intake, error) {
	response, err := r.get(ctx, library, fetch.Request{URL: url, Takes: fetch.KindPDF}, stage)
	if err != nil {
		return archivist.Intake{}, orFeed(err, nil, url)
	}
	stage(archivist.StageReading)
	intake, err := r.take(ctx, library, response, url, false)
	if err != nil {
		return archivist.Intake{}, orFeed(err, response.Body, response.URL)
	}
	return r.settle(ctx, library, intake, response.URL)
}

// get fetches a page for a library, with what it may read and from where it lets articles in.
func (r *Reader) get(ctx context.Context, library archivist.LibraryID, request fetch.Request, stage func(archivist.Stage)) (*fetch.Response, error) {
	settings, err := r.Rules.Settings(ctx, library)
	if err != nil {
		return nil, err
	}
	if err := checkDomain(settings, request.URL); err != nil {
		return nil, err
	}
	stage(archivist.StageFetching)
	request.Inside = r.Inside(library)
	response, err := r.Web.Get(ctx, request)
	if err != nil {
		return nil, err
	}
	if response.NoSnippet {
		return nil, &archivist.Failure{Code: archivist.Robots, Detail: "the site asks not to be quoted"}
	}
	// A redirect may not lead around a moderator's rule.
	return response, checkDomain(settings, response.URL)
}

// take makes an intake of the page that was found when asked was asked for, and of its further pages: of all of them, where it is wanted
// whole, or none.
func (r *Reader) take(ctx context.Context, library archivist.LibraryID, response *fetch.Response, asked string, whole bool) (archivist.Intake, error) {
	read := r.Extractor.Extract
	if response.Kind == fetch.KindPDF {
		read = r.Extractor.ExtractPDF
	}
	result, err := read(ctx, extract.Input{Body: response.Body, ContentType: response.ContentType, URL: response.URL, Now: response.Fetched})
	if err != nil {
		return archivist.Intake{}, err
	}
	pages, err := r.join(ctx, library, &result, whole)
	if err != nil {
		return archivist.Intake{}, err
	}
	intake := fromResult(result, response.URL)
	intake.Links = keys(append(append(response.Hops, asked, response.URL), pages...), intake.Article.Key)
	intake.Check = firstCheck(response)
	if r.KeepPages && response.Kind == fetch.KindPage { // a PDF is large, and no rule will read it better
		intake.Page = &archivist.Page{
			URL: response.URL, ContentType: response.ContentType, ETag: response.ETag,
			Modified: response.Modified, Fetched: response.Fetched, Body: response.Body,
		}
	}
	return intake, nil
}

// FromHTML extracts the article of a page or an HTML file and names its address: the page's own canonical one where it may speak for it
// (canon.Identity). A file ("file:NAME") is known by the address that its page declares, if there is one.
func FromHTML(in extract.Input) (archivist.Intake, error) {
	result, err := extract.HTML(in)
	if err != nil {
		return archivist.Intake{}, err
	}
	return fromResult(result, in.URL), nil
}

func fromResult(result extract.Result, address string) archivist.Intake {
	result.Article.URL = identity(result.Canonical, address)
	intake := NewIntake(result.Article)
	intake.Web = true
	return intake
}

func identity(declared []string, address string) string {
	if final, err := canon.Normalise(address); err == nil {
		return canon.Identity(declared, final)
	}
	for _, own := range declared {
		if normal, err := canon.Normalise(own); err == nil {
			return normal
		}
	}
	return address
}

// NewIntake completes an article that has its texts and URL: key, language, words and hash.
func NewIntake(article archivist.Article) archivist.Intake {
	article.Key = canon.Key(article.URL)
	kept := keptText(article.Paragraphs)
	article.Language = language(article.Language, kept)
	article.Words = 0
	for _, p := range article.Paragraphs {
		article.Words += text.Words(p.Text)
	}
	return archivist.Intake{Article: article, Hash: hashWords(article.Title, kept)}
}

func keptText(paragraphs []archivist.Paragraph) string {
	var b strings.Builder
	for _, p := range paragraphs {
		b.WriteString(p.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

const (
	minLetters  = 60 // fewer tell no language
	sureEnough  = .8 // a declared language yields to detection from here on
	languageLen = 8000
)

// language believes what the page declares where detection agrees or is unsure, else detection.
func language(declared, kept string) string {
	if len(kept) > languageLen {
		kept = strings.ToValidUTF8(kept[:languageLen], "")
	}
	declared, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(declared, "_", "-")), "-")
	if declared == "" {
		declared = "und"
	}
	detected, sure := text.Detect(kept)
	if letters(kept) < minLetters || detected == "und" || (declared != "und" && sure < sureEnough) {
		return declared
	}
	return detected
}

func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// hashWords is the SHA-256 of the words of title and text divided by single blanks, so that other white space is no other text.
func hashWords(title, kept string) [32]byte {
	words := append(make([]byte, 0, len(title)+1+len(kept)), title...)
	words = append(words, '\n')
	divider := ""
	for word := range strings.FieldsSeq(kept) {
		words = append(append(words, divider...), word...)
		divider = " "
	}
	return sha256.Sum256(words)
}

// keys lists the distinct keys of links but own.
func keys(links []string, own string) []string {
	var list []string
	seen := map[string]bool{own: true}
	for _, link := range links {
		if key := canon.Key(link); key != "" && !seen[key] {
			seen[key] = true
			list = append(list, key)
		}
	}
	return list
}

func checkDomain(settings map[string]string, link string) error {
	u, err := url.Parse(link)
	if err != nil {
		return &archivist.Failure{Code: archivist.BadURL, Err: err}
	}
	if !archivist.DomainAllowed(settings, u.Hostname()) {
		return &archivist.Failure{Code: archivist.DomainBlocked, Detail: u.Hostname()}
	}
	return nil
}
