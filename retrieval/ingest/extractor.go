package ingest

import (
	"context"
	"net/url"
	"strings"

	"archivist"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/file"
)

// An Extractor finds the article in a page, within bounds of time and memory: *worker.Pool, which has processes for it, or Inline. Errors are
// those of extract.HTML, and ctx's.
type Extractor interface {
	Extract(ctx context.Context, in extract.Input) (extract.Result, error)
	ExtractPDF(ctx context.Context, in extract.Input) (extract.Result, error)
}

// Inline is the Extractor within this process: bounded in number and by the size of pages, but what does not end cannot be stopped.
type Inline struct{ free chan struct{} }

// NewInline returns one that reads at most so many pages at a time.
func NewInline(most int) *Inline { return &Inline{make(chan struct{}, max(most, 1))} }

// Extract finds the article in a page when it is its turn.
func (i *Inline) Extract(ctx context.Context, in extract.Input) (extract.Result, error) {
	select {
	case i.free <- struct{}{}:
		defer func() { <-i.free }()
		in.Inline = true
		return extract.HTML(in)
	case <-ctx.Done():
		return extract.Result{}, ctx.Err()
	}
}

// ExtractPDF refuses: what reads PDFs does not always end.
func (i *Inline) ExtractPDF(context.Context, extract.Input) (extract.Result, error) {
	return extract.Result{}, &archivist.Failure{Code: archivist.WrongType, Detail: "PDF, which needs ingest.worker = \"process\""}
}

// PDF is the worker's task that reads a PDF, of the web or of a file.
func PDF(in extract.Input) (extract.Result, error) {
	name := strings.TrimPrefix(in.URL, "file:")
	u, err := url.Parse(in.URL)
	if err != nil {
		return extract.Result{}, &archivist.Failure{Code: archivist.BadURL, Err: err}
	}
	if u.Host != "" {
		name = u.Path
	}
	article, err := file.PDF(name, in.Body, in.Now)
	article.URL, article.Site = in.URL, strings.TrimPrefix(u.Hostname(), "www.")
	return extract.Result{Article: article}, err
}

// FromPDF is the article of a PDF, found by the reader's Extractor.
func (r *Reader) FromPDF(ctx context.Context, in extract.Input) (archivist.Intake, error) {
	result, err := r.Extractor.ExtractPDF(ctx, in)
	if err != nil {
		return archivist.Intake{}, err
	}
	return fromResult(result, in.URL), nil
}

// FromHTML is the article of a page or an HTML file, as the function FromHTML has it, found by the reader's Extractor.
func (r *Reader) FromHTML(ctx context.Context, in extract.Input) (archivist.Intake, error) {
	result, err := r.Extractor.Extract(ctx, in)
	if err != nil {
		return archivist.Intake{}, err
	}
	return fromResult(result, in.URL), nil
}
