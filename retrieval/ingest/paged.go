package ingest

import (
	"context"

	"archivist"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/fetch"
)

const (
	maxPages  = 10      // of one article
	maxJoined = 2 << 20 // bytes of text of an article of several pages
)

// join adds to an article what stands on its further pages, on the same host and under addresses that differ by their number alone. It ends
// with the last page, the tenth, or one that says nothing new. A page that cannot be read ends it too, or where the article is wanted whole
// gives its error. The addresses of the pages are returned.
func (r *Reader) join(ctx context.Context, library archivist.LibraryID, result *extract.Result, whole bool) (pages []string, err error) {
	first, held, size := result.Article.URL, map[string]bool{}, 0
	for _, p := range result.Article.Paragraphs {
		held[p.Text] = true
		size += len(p.Text)
	}
	candidates := result.Pages
	for n := 2; n <= maxPages && size <= maxJoined; n++ {
		address := ""
		for _, c := range candidates {
			if extract.PageNumber(first, c) == n {
				address = c
				break
			}
		}
		if address == "" {
			break
		}
		more, err := r.further(ctx, library, first, address, n)
		if err != nil {
			if whole || ctx.Err() != nil {
				return pages, err
			}
			break
		}
		fresh := false
		for _, p := range more.Article.Paragraphs {
			if !held[p.Text] {
				held[p.Text], fresh = true, true
				size += len(p.Text)
				result.Article.Paragraphs = append(result.Article.Paragraphs, p)
			}
		}
		if !fresh {
			break
		}
		pages, candidates = append(pages, address), more.Pages
	}
	return pages, nil
}

// further reads one of the further pages of an article. One that leads elsewhere is none.
func (r *Reader) further(ctx context.Context, library archivist.LibraryID, first, address string, n int) (extract.Result, error) {
	response, err := r.get(ctx, library, fetch.Request{URL: address}, func(archivist.Stage) {})
	if err != nil {
		return extract.Result{}, err
	}
	if extract.PageNumber(first, response.URL) != n {
		return extract.Result{}, nil
	}
	return r.Extractor.Extract(ctx, extract.Input{Body: response.Body, ContentType: response.ContentType, URL: response.URL, Now: response.Fetched})
}
