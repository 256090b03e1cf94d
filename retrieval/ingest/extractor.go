package ingest

import (
	"context"

	"archivist"
	"archivist/retrieval/ingest/extract"
)

// An Extractor finds the article in a page, within bounds of time and memory: *worker.Pool, which has processes for it, or Inline. Errors are
// those of extract.HTML, and ctx's.
type Extractor interface {
	Extract(ctx context.Context, in extract.Input) (extract.Result, error)
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
		return extract.HTML(in)
	case <-ctx.Done():
		return extract.Result{}, ctx.Err()
	}
}

// FromHTML is the article of a page or an HTML file, as the function FromHTML has it, found by the reader's Extractor.
func (r *Reader) FromHTML(ctx context.Context, in extract.Input) (archivist.Intake, error) {
	result, err := r.Extractor.Extract(ctx, in)
	if err != nil {
		return archivist.Intake{}, err
	}
	return fromResult(result, in.URL), nil
}
