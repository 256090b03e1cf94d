package retrieval

import (
	"context"
	"fmt"
	"slices"
	"time"

	"archivist"
	"archivist/retrieval/index"
)

// An Archive is the articles as they were stored, for making their index anew.
type Archive interface {
	// Articles lists up to n heads with ids below before (0: from the newest on), newest first.
	Articles(ctx context.Context, library archivist.LibraryID, view archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error)
	Article(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error)
}

const reindexed = 100 // articles that are read at a time

// renewed makes the index of a library anew, of which some segments cannot be read, and reads it. Other processes may do so at the same time:
// whoever is later finds it done.
func (e *Engine) renewed(ctx context.Context, id archivist.LibraryID) (archivist.Segments, error) {
	rows, err := e.corpus.Segments(ctx, id, 0)
	if err != nil || !slices.ContainsFunc(rows.Rows, broken) {
		return rows, err
	}
	failed := e.reindex(ctx, id, rows.Rows)
	rows, err = e.corpus.Segments(ctx, id, 0)
	if err == nil && failed != nil && slices.ContainsFunc(rows.Rows, broken) {
		err = failed
	}
	return rows, err
}

// mendRest is how long an index that is beyond mending is left as it is. What goes by, as a disk that is full, may be over then.
const mendRest = time.Hour

// mended is renewed for an index that is damaged, as what found the damage tells; not ok where that fails. Where an article is damaged too it fails each
// time, once all newer articles are read: it is not tried again for mendRest.
func (e *Engine) mended(ctx context.Context, id archivist.LibraryID, found error) (rows archivist.Segments, ok bool) {
	l := e.library(id)
	if lost := l.lost.Load(); lost != nil && time.Since(*lost) < mendRest {
		return archivist.Segments{}, false
	}
	e.log.Error("segments of a library cannot be read; making its index anew", "library", id, "error", found)
	rows, err := e.renewed(ctx, id)
	if err == nil {
		return rows, true
	}
	if ctx.Err() == nil {
		now := time.Now()
		l.lost.Store(&now)
		e.log.Error("the index of a library cannot be made anew; archivist doctor names what is lost", "library", id, "error", err)
	}
	return archivist.Segments{}, false
}

// reindex makes the segments of a library anew from its articles and puts them in the place of rows, of which this version cannot
// read some: an older one has written them, or they are damaged.
func (e *Engine) reindex(ctx context.Context, id archivist.LibraryID, rows []archivist.Segment) error {
	var all []index.Change
	for before := archivist.ArticleID(0); ; {
		heads, err := e.corpus.Articles(ctx, id, archivist.Everything, before, reindexed)
		if err != nil {
			return err
		}
		if len(heads) == 0 {
			break
		}
		for _, head := range heads {
			article, err := e.corpus.Article(ctx, id, head.ID)
			if err != nil {
				return err
			}
			segment, err := index.Encode(document(article))
			if err != nil {
				return fmt.Errorf("article %d: %w", head.ID, err)
			}
			all = append(all, index.Change{Kind: index.Add, Article: int64(head.ID), Bytes: segment})
			before = head.ID
		}
	}
	merged, _, err := index.Merge(all, mergeBytes)
	if err != nil {
		return err
	}
	replacing := make([]archivist.Segment, len(merged))
	for i, segment := range merged {
		replacing[i] = archivist.Segment{Seq: rows[len(rows)-1].Seq, Part: i, Kind: archivist.SegmentMerged, Bytes: segment}
	}
	return e.corpus.ReplaceSegments(ctx, id, rows, replacing)
}

// outdated reports whether an older version of the program has written a row.
func outdated(row archivist.Segment) bool {
	return row.Kind != archivist.SegmentGone && index.Outdated(row.Bytes)
}

// broken reports a row whose bytes are no segment of this version: its articles cannot answer, but the others can.
func broken(row archivist.Segment) bool {
	if row.Kind == archivist.SegmentGone {
		return false
	}
	_, err := index.Inspect(row.Bytes)
	return err != nil
}
