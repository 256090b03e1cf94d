package tables

import (
	"context"
	"fmt"

	"archivist"
)

// RestoreAdvice is what helps where data is lost.
const RestoreAdvice = "restore a backup (archivist restore), or move the file aside and bring the articles in again"

// Check looks for what must not be: articles without index and index without articles. inspect lists the passages of a segment as ranges (of
// its article, where the segment knows it). Nothing is changed; no finding means that all is well.
func (s *Store) Check(ctx context.Context, inspect func(archivist.Segment) ([]archivist.Range, error)) ([]archivist.Finding, error) {
	var findings []archivist.Finding
	report := func(advice, format string, args ...any) {
		findings = append(findings, archivist.Finding{Problem: fmt.Sprintf(format, args...), Advice: advice})
	}
	for after := archivist.LibraryID(""); ; {
		libraries, err := s.Libraries(ctx, after, 100)
		if err != nil {
			return nil, err
		}
		for _, library := range libraries {
			after = library.ID
			if _, err := archivist.ParseLibraryID(string(library.ID)); err != nil {
				report(RestoreAdvice, "there is a library with the name %q", library.ID)
			}
			if err := s.checkIndex(ctx, library.ID, inspect, report); err != nil && ctx.Err() == nil {
				report(RestoreAdvice, "library %s cannot be read whole: %v", library.ID, err)
				s.lost(ctx, library.ID, report)
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if len(libraries) < 100 {
			return findings, nil
		}
	}
}

// lost names the articles of a library that cannot be read, up to the point where their list cannot be either.
func (s *Store) lost(ctx context.Context, library archivist.LibraryID, report func(advice, format string, args ...any)) {
	titles, ids := map[archivist.ArticleID]string{}, []archivist.ArticleID(nil)
	if err := s.rows(ctx, `SELECT id, title FROM article WHERE library = ? ORDER BY id`, []any{library}, func(scan Scan) error {
		var id archivist.ArticleID
		var title string
		err := scan(&id, &title)
		if err == nil {
			titles[id] = title
			ids = append(ids, id)
		}
		return err
	}); err != nil {
		report(RestoreAdvice, "library %s: the list of articles ends after %d: %v", library, len(ids), err)
	}
	for _, id := range ids {
		if _, err := s.Article(ctx, library, id); err != nil && ctx.Err() == nil {
			report(RestoreAdvice, "library %s: the text of article %d, %q, is lost: %v", library, id, titles[id], err)
		}
	}
}

// checkIndex holds the index of a library against its articles and paragraphs.
func (s *Store) checkIndex(ctx context.Context, library archivist.LibraryID, inspect func(archivist.Segment) ([]archivist.Range, error), report func(advice, format string, args ...any)) error {
	const advice = "remove the article and bring it in again: archivist ingest with its address"
	missing := advice // what helps where an article is not in the index
	paragraphs := map[archivist.ArticleID]int{}
	if err := s.rows(ctx, `SELECT a.id, (SELECT count(*) FROM paragraph p WHERE p.library = a.library AND p.article = a.id) FROM article a WHERE a.library = ?`,
		[]any{library}, func(scan Scan) error {
			var id archivist.ArticleID
			var n int
			err := scan(&id, &n)
			paragraphs[id] = n
			return err
		}); err != nil {
		return err
	}
	segments, err := s.Segments(ctx, library, 0)
	if err != nil {
		return err
	}
	indexed := map[archivist.ArticleID][]archivist.Range{}
	for _, row := range segments.Rows {
		if row.Kind == archivist.SegmentGone {
			delete(indexed, row.Article)
			continue
		}
		ranges, err := inspect(row)
		if err != nil {
			missing = fmt.Sprintf("ask the library a question, which makes its index anew: archivist ask --library %s", library)
			report(missing, "library %s: segment %d.%d cannot be read", library, row.Seq, row.Part)
			continue
		}
		fresh := map[archivist.ArticleID][]archivist.Range{}
		for _, r := range ranges {
			fresh[r.Article] = append(fresh[r.Article], r)
		}
		if row.Kind == archivist.SegmentArticle && fresh[row.Article] == nil {
			fresh[row.Article] = []archivist.Range{}
		}
		for id, list := range fresh {
			indexed[id] = list
		}
	}
	for id, ranges := range indexed {
		n, ok := paragraphs[id]
		if !ok {
			report(advice, "library %s: the index has article %d, which is not there", library, id)
		}
		for _, r := range ranges {
			if ok && (r.First < 0 || r.Last < r.First || r.Last >= n) {
				report(advice, "library %s: a passage of article %d has paragraphs %d to %d of %d", library, id, r.First, r.Last, n)
			}
		}
	}
	for id := range paragraphs {
		if _, ok := indexed[id]; !ok {
			report(missing, "library %s: article %d is not in the index", library, id)
		}
	}
	return nil
}
