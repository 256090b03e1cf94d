package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"archivist/retrieval/eval"
	"archivist/retrieval/ingest/extract"
)

// evalPages extracts every page of a folder and prints how much of its true text came out.
func (p *program) evalPages(ctx context.Context, o evalOptions) error {
	bar := p.progress(-1, "pages")
	figures, texts, err := eval.Pages(o.pages, func(url string, html []byte) ([]string, error) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		result, err := extract.HTML(extract.Input{Body: html, ContentType: "text/html; charset=utf-8", URL: url, Now: time.Now()})
		var paragraphs []string
		for _, paragraph := range result.Article.Paragraphs {
			paragraphs = append(paragraphs, paragraph.Text)
		}
		return paragraphs, err
	}, func() { bar.add(1) })
	bar.finish()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	if o.run != "" {
		if err := writeFile(o.run, func(w io.Writer) error { return json.NewEncoder(w).Encode(texts) }); err != nil {
			return err
		}
	}
	return p.printFigures(figures, o.asJSON)
}
