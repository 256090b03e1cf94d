package ingest

import (
	"context"
	"errors"
	"html"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest/extract"
)

// Items tells what a library's feeds say of a page, or archivist.ErrNotFound.
type Items interface {
	FeedItem(ctx context.Context, library archivist.LibraryID, key string) (archivist.FeedItem, error)
}

// givenUp reports whether the page of a feed's item will not be read any more after this error of its try number tries, though it may be
// asked for: what a moderator or the guard of addresses refuses stays refused.
func givenUp(err error, tries int) bool {
	switch code := archivist.CodeOf(err); code {
	case archivist.Robots, archivist.Forbidden, archivist.Gone, archivist.Consent, archivist.Paywall, archivist.Listing, archivist.EmptyPage,
		archivist.TooLarge, archivist.TooSlow, archivist.TooDeep, archivist.TooComplex, archivist.BadEncoding, archivist.WrongType:
		return true
	default:
		return code.Retryable() && code != archivist.Internal && retryAfter(tries, 0) == 0
	}
}

// orItem is the article of a page that cannot be read, as its feed gives it. Where the feed gives none, the error stays what it was.
func (r *Reader) orItem(ctx context.Context, job archivist.Job, unread error) (archivist.Intake, error) {
	if r.Items == nil {
		return archivist.Intake{}, unread
	}
	item, err := r.Items.FeedItem(ctx, job.Library, job.Key)
	if errors.Is(err, archivist.ErrNotFound) || err == nil && item.Content == "" {
		return archivist.Intake{}, unread
	}
	if err != nil {
		return archivist.Intake{}, err
	}
	intake, err := r.fromItem(ctx, item, time.Now())
	if err != nil {
		return archivist.Intake{}, unread
	}
	return r.settle(ctx, job.Library, intake, item.URL)
}

// fromItem takes an item's own text through the same steps as a page.
func (r *Reader) fromItem(ctx context.Context, item archivist.FeedItem, now time.Time) (archivist.Intake, error) {
	var page strings.Builder
	page.WriteString(`<!doctype html><html><head><meta charset="utf-8"><title>` + html.EscapeString(item.Title) + `</title>`)
	if !item.Published.IsZero() {
		page.WriteString(`<meta property="article:published_time" content="` + item.Published.Format(time.RFC3339) + `">`)
	}
	page.WriteString(`</head><body><article><h1>` + html.EscapeString(item.Title) + `</h1>` + item.Content + `</article></body></html>`)
	return r.FromHTML(ctx, extract.Input{Body: []byte(page.String()), ContentType: "text/html; charset=utf-8", URL: item.URL, Now: now})
}
