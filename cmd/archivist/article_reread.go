package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"archivist"
)

// reread reads the pages that are kept of articles, or of all where none is named, by the rules of today, and stores what is read otherwise.
func (r *jobRun) reread(ctx context.Context, named []string) error {
	began := time.Now()
	var ids []archivist.ArticleID
	for _, name := range named {
		a, err := r.article(ctx, name)
		if err != nil {
			return err
		}
		ids = append(ids, a.ID)
	}
	if len(named) == 0 {
		if err := r.house.store.Addresses(ctx, r.library, func(id archivist.ArticleID, _ string) { ids = append(ids, id) }); err != nil {
			return err
		}
		slices.Sort(ids)
	}
	bar := r.progress(len(ids), "pages read")
	defer bar.finish()
	for _, id := range ids {
		err := r.rereadOne(ctx, id, len(named) > 0)
		var failure *archivist.Failure
		if err != nil && !errors.As(err, &failure) {
			return err
		}
		if err != nil {
			bar.clear()
			r.failed(err)
		}
		bar.add(1)
	}
	bar.clear()
	tellReport(r.err, r.report, time.Since(began))
	return nil
}

// rereadOne reads the page that is kept of an article. That there is none is told of one that was named.
func (r *jobRun) rereadOne(ctx context.Context, id archivist.ArticleID, wanted bool) error {
	a, err := r.house.store.Article(ctx, r.library, id)
	if errors.Is(err, archivist.ErrNotFound) { // removed meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	page, err := r.house.store.Page(ctx, r.library, id)
	if errors.Is(err, archivist.ErrNotFound) {
		if !wanted {
			return nil
		}
		return &sourceError{a.URL, &archivist.Failure{Code: archivist.InvalidArgument, Detail: "no page of it is kept"}}
	}
	if err != nil {
		return err
	}
	intake, changed, err := r.house.pages.Reread(ctx, a, page)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &sourceError{a.URL, err}
	case !changed:
		r.report.Count(archivist.Unchanged)
		return nil
	}
	stored, err := r.house.engine.Put(ctx, r.library, []archivist.Intake{intake})
	if errors.Is(err, archivist.ErrNotFound) { // it was changed or removed meanwhile
		r.report.Count(archivist.Unchanged)
		return nil
	}
	if err != nil {
		return err
	}
	r.report.Count(stored[0].Outcome)
	fmt.Fprintf(r.out, "%s %d %s\n", stored[0].Outcome, stored[0].ID, a.URL)
	return nil
}
