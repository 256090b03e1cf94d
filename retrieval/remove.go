package retrieval

import (
	"context"

	"archivist"
	"archivist/retrieval/index"
)

// A Bin keeps what was removed for archivist.UndoWindow. archivist.ErrNotFound says that nothing was there to be removed, or to be put back.
type Bin interface {
	RemoveArticles(ctx context.Context, library archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error)
	// RemovedArticles reads what a pick names, with paragraphs.
	RemovedArticles(ctx context.Context, library archivist.LibraryID, pick archivist.Pick) ([]archivist.Article, error)
	// RestoreArticles puts articles back that are still removed, with their old numbers and new segments, in one transaction.
	RestoreArticles(ctx context.Context, library archivist.LibraryID, segments map[archivist.ArticleID][]byte, act archivist.Act) (archivist.Removal, error)
}

// Remove takes an article out of a library: no later question finds it. archivist.ErrNotFound if it is not there.
func (e *Engine) Remove(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID, act archivist.Act) error {
	_, err := e.RemoveAll(ctx, library, []archivist.ArticleID{id}, act)
	return err
}

// RemoveAll takes articles out of a library in one transaction; those that are not there are passed over.
func (e *Engine) RemoveAll(ctx context.Context, library archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error) {
	done, err := e.corpus.RemoveArticles(ctx, library, ids, act)
	if err == nil {
		e.changed(library, done.Version)
	}
	return done, err
}

// Restore puts removed articles back, all in one transaction, and tells how many: one whose address is stored anew by now stays removed.
func (e *Engine) Restore(ctx context.Context, library archivist.LibraryID, pick archivist.Pick, act archivist.Act) (articles int, err error) {
	removed, err := e.corpus.RemovedArticles(ctx, library, pick)
	if err != nil {
		return 0, err
	}
	segments := map[archivist.ArticleID][]byte{}
	for _, a := range removed {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if segments[a.ID], err = index.Encode(document(a)); err != nil {
			return 0, err
		}
	}
	done, err := e.corpus.RestoreArticles(ctx, library, segments, act)
	if err != nil {
		return 0, err
	}
	e.changed(library, done.Version)
	hosts := map[string]bool{}
	for _, a := range removed {
		hosts[archivist.HostOf(a.URL)] = true
	}
	for host := range hosts { // what was learned, or undone, meanwhile is not in their marks
		if err := e.remark(ctx, library, host); err != nil {
			e.log.Warn("articles that are put back are not yet marked by what is furniture of their site; its next page has it tried again", "library", library, "error", err)
		}
	}
	return done.Articles, nil
}
