package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"archivist"
	"archivist/retrieval/ingest/canon"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/text"
)

// settle holds what was just read, at the address found, against what is stored under its key, whose place it would take:
//   - A template that names one address on all pages of a site would have each take the place of the one before. A page whose text is no form of
//     the stored one is known by the address where it was found.
//   - A further page of a stored article is that article, as it is stored.
//   - A text of which most is gone leaves the stored one where it is: the error is a *archivist.Failure of the code Suspicious, and the article's page
//     is looked at again after checkPause.
//
// Other errors are the store's, or ctx's.
func (r *Reader) settle(ctx context.Context, library archivist.LibraryID, intake archivist.Intake, found string) (archivist.Intake, error) {
	stored, err := r.Desk.ArticleByKey(ctx, library, intake.Article.Key)
	if errors.Is(err, archivist.ErrNotFound) || err == nil && (sameText(stored, intake) || siteOf(stored.Key) != siteOf(intake.Article.Key)) {
		return intake, nil // what has another site's place gets its own
	}
	if err != nil {
		return archivist.Intake{}, err
	}
	key := canon.Key(found)
	linked := key != stored.Key
	if key != intake.Article.Key && linked {
		other, err := r.Desk.ArticleByKey(ctx, library, key)
		if err != nil && !errors.Is(err, archivist.ErrNotFound) {
			return archivist.Intake{}, err
		}
		if linked = err == nil && other.ID == stored.ID; !linked && !alike(stored, intake.Article) {
			intake.Article.URL, intake.Article.Key = found, key
			intake.Links = slices.DeleteFunc(intake.Links, func(link string) bool { return link == key })
			return r.settle(ctx, library, intake, found)
		}
	}
	if linked && extract.PageNumber(stored.URL, found) > 1 {
		intake.Article, intake.Hash = stored, hashOf(stored)
		intake.Article.Channels, intake.Check, intake.Page = nil, nil, nil
		return intake, nil
	}
	if left := kept(stored, intake.Article); suspicious(stored, intake.Article, left) {
		return archivist.Intake{}, r.doubt(ctx, library, stored, intake, left)
	}
	return intake, nil
}

// doubt is the failure of a page that is not believed. It has the page looked at again soon, if it is the one that the article is held to.
func (r *Reader) doubt(ctx context.Context, library archivist.LibraryID, stored archivist.Article, intake archivist.Intake, left int) error {
	failure := unbelieved(stored, left)
	check, err := r.Desk.NextCheck(ctx, library, stored.ID)
	switch {
	case errors.Is(err, archivist.ErrNotFound):
		return failure
	case err != nil:
		return err
	case intake.Check == nil || check.URL != intake.Check.URL || check.Pending == intake.Hash:
		return failure
	}
	return errors.Join(r.Desk.SaveCheck(ctx, library, stored.ID, pending(check, intake), false), failure)
}

// unbelieved is the failure of a text that is suspicious.
func unbelieved(stored archivist.Article, left int) error {
	return &archivist.Failure{Code: archivist.Suspicious, Detail: fmt.Sprintf("%d of %d paragraphs are left", left, len(stored.Paragraphs))}
}

// siteOf is the host that a key begins with.
func siteOf(key string) string {
	host, _, _ := strings.Cut(key, "/")
	return host
}

// alike reports whether two texts may be one article at two times: of the shorter one at least half of the sentences stand in the other.
func alike(a, b archivist.Article) bool {
	x, y := sentences(a), sentences(b)
	common := 0
	for s := range x {
		if y[s] {
			common++
		}
	}
	return 2*common >= min(len(x), len(y))
}

func sentences(a archivist.Article) map[string]bool {
	all := map[string]bool{}
	for _, p := range a.Paragraphs {
		for _, span := range text.Sentences(p.Text, a.Language) {
			all[p.Text[span.Start:span.End]] = true
		}
	}
	return all
}
