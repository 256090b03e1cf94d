package retrieval

import (
	"context"
	"fmt"
	"slices"
	"time"

	"archivist"
	"archivist/retrieval/index"
)

const (
	mergeRows  = 16          // neighbours of a tier that become one of the next
	mergeBytes = 1 << 20     // of a merged row: every store likes such rows
	mergeRest  = time.Second // between two merges: each reads all of a library's rows
	firstTier  = 8 << 10     // bytes of a row of the lowest tier, at most; each next tier is 16 times as large
	tiers      = 3           // that are merged: beyond them rows are about as large as they may be
)

// Run merges the segments of libraries that grow, in the background, until ctx ends. Answers do not change by it; loading becomes
// quicker.
func (e *Engine) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case id := <-e.grown:
			for id := range e.alsoGrown(id) {
				if err := e.Merge(ctx, id); err != nil && ctx.Err() == nil {
					e.log.Warn("merge segments", "library", id, "error", err)
				}
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(mergeRest):
		}
	}
}

// alsoGrown are a library and those that wait with it, each once: a bulk input names its own with each transaction.
func (e *Engine) alsoGrown(id archivist.LibraryID) map[archivist.LibraryID]bool {
	grown := map[archivist.LibraryID]bool{id: true}
	for {
		select {
		case id := <-e.grown:
			grown[id] = true
		default:
			return grown
		}
	}
}

// Merge merges a library's segments until no more are worth it. After an error the rows are as they were, and the next change tries again.
func (e *Engine) Merge(ctx context.Context, id archivist.LibraryID) error {
	for again := true; again; {
		var err error
		if again, err = e.merge(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// merge merges one run of rows, if there is one; true says that there may be another. Rows that are broken for good stay, and part what is merged.
func (e *Engine) merge(ctx context.Context, id archivist.LibraryID) (again bool, err error) {
	all, err := e.corpus.Segments(ctx, id, 0)
	if err != nil {
		return false, err
	}
	start, end := mergePlan(all.Rows, tier)
	merged, gone, err := e.mergeRun(all.Rows[start:end])
	if err != nil && slices.ContainsFunc(all.Rows[start:end], broken) {
		if _, ok := e.mended(ctx, id, err); ok || ctx.Err() != nil {
			return false, ctx.Err()
		}
		start, end = mergePlan(all.Rows, soundTier)
		merged, gone, err = e.mergeRun(all.Rows[start:end])
	}
	if err != nil || start == end {
		return false, err
	}
	rows := all.Rows[start:end]
	seq := rows[len(rows)-1].Seq
	var replacing []archivist.Segment
	for _, segment := range merged {
		replacing = append(replacing, archivist.Segment{Seq: seq, Part: len(replacing), Kind: archivist.SegmentMerged, Bytes: segment})
	}
	for _, article := range gone {
		if start == 0 {
			break // nothing older is left that they could speak of
		}
		replacing = append(replacing, archivist.Segment{Seq: seq, Part: len(replacing), Kind: archivist.SegmentGone, Article: archivist.ArticleID(article)})
	}
	if len(replacing) >= len(rows) {
		return false, nil
	}
	return true, e.corpus.ReplaceSegments(ctx, id, rows, replacing)
}

// mergeRun makes of a run of rows the segments in their place, and says which articles they remove; nothing of no rows.
func (e *Engine) mergeRun(rows []archivist.Segment) (merged [][]byte, gone []int64, err error) {
	if len(rows) == 0 {
		return nil, nil, nil
	}
	e.gate.begin()
	defer e.gate.end()
	if merged, gone, err = index.Merge(changes(rows), mergeBytes); err != nil {
		err = fmt.Errorf("rows %d.%d to %d.%d: %w", rows[0].Seq, rows[0].Part, rows[len(rows)-1].Seq, rows[len(rows)-1].Part, err)
	}
	return merged, gone, err
}

// soundTier is a row's tier, and for a broken row beyond all that are merged.
func soundTier(row archivist.Segment) int {
	if broken(row) {
		return tiers
	}
	return tier(row)
}

// tier is the size class of a row.
func tier(row archivist.Segment) (t int) {
	for size := firstTier; len(row.Bytes) > size && t < 8; size *= mergeRows {
		t++
	}
	return t
}

// mergePlan chooses the rows to merge next: the longest run of at least mergeRows neighbours that are of the lowest possible tier, in
// whole transactions (rows of one seq stay together). Empty if there is none. A row is so rewritten at most once a tier.
func mergePlan(rows []archivist.Segment, tier func(archivist.Segment) int) (start, end int) {
	of := make([]int, len(rows))
	for i, row := range rows {
		of[i] = tier(row)
	}
	for t := range tiers {
		for from := 0; from < len(rows); {
			to := from
			for to < len(rows) && of[to] <= t {
				to++
			}
			first, last := wholeSeqs(rows, from, to)
			if last-first >= mergeRows && last-first > end-start {
				start, end = first, last
			}
			from = max(to, from) + 1
		}
		if end > start {
			return start, end
		}
	}
	return 0, 0
}

// wholeSeqs cuts a run of rows so that it holds only whole transactions.
func wholeSeqs(rows []archivist.Segment, from, to int) (start, end int) {
	for from > 0 && from < to && rows[from].Seq == rows[from-1].Seq {
		from++
	}
	for to < len(rows) && to > from && rows[to].Seq == rows[to-1].Seq {
		to--
	}
	return from, to
}
