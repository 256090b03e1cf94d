package ingest

import (
	"context"

	"archivist"
	"archivist/retrieval/ingest/extract"
)

// Reread makes an intake of the page from which an article was read, as it was kept, by the rules of today; changed is false where they find the words
// that are stored. Where the article lies, and to whom, stays as it is, and a text that has come meanwhile is not replaced (Intake.Reread). Doubt keeps the old text: of an article that goes on on further pages the
// first one alone is kept, which is no whole (InvalidArgument), and a text of which most would be gone is Suspicious. Errors are a
// *archivist.Failure, or ctx's.
func (r *Reader) Reread(ctx context.Context, article archivist.Article, page archivist.Page) (intake archivist.Intake, changed bool, err error) {
	result, err := r.Extractor.Extract(ctx, extract.Input{Body: page.Body, ContentType: page.ContentType, URL: page.URL, Now: page.Fetched})
	if err != nil {
		return archivist.Intake{}, false, err
	}
	for _, further := range result.Pages {
		if extract.PageNumber(result.Article.URL, further) == 2 {
			return archivist.Intake{}, false, &archivist.Failure{Code: archivist.InvalidArgument, Detail: "it goes on on further pages, which are not kept: look at them again"}
		}
	}
	intake = fromResult(result, page.URL)
	if sameText(article, intake) {
		return archivist.Intake{}, false, nil
	}
	if left := kept(article, intake.Article); suspicious(article, intake.Article, left) {
		return archivist.Intake{}, false, unbelieved(article, left)
	}
	a := &intake.Article
	a.URL, a.Key, a.Channels, a.AddedBy, a.Archived = article.URL, article.Key, article.Channels, article.AddedBy, article.Archived
	intake.Page, intake.Reread = &page, article.Updated
	return intake, true, nil
}
