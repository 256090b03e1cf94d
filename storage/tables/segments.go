package tables

import (
	"context"
	"errors"
	"strings"

	"archivist"
)

// ErrMergeLost says that segments changed while they were merged: the merge is thrown away and nothing was written.
var ErrMergeLost = errors.New("the segments changed while they were merged")

// Segments reads what a library's index gained since a version, with the version it has now, in one snapshot. A library that is not there
// has version 0 and no rows.
func (s *Store) Segments(ctx context.Context, library archivist.LibraryID, since uint64) (archivist.Segments, error) {
	var segments archivist.Segments
	err := s.engine.View(ctx, func(v Reader) error {
		found, err := v.Row(versionQuery, []any{library}, &segments.Version, &segments.Floor)
		if err != nil || !found || segments.Version == since {
			return err
		}
		if since < segments.Floor {
			since = 0
		}
		segments.Private = map[archivist.ArticleID][]string{}
		err = v.Rows(privateQuery, []any{library}, func(scan Scan) error {
			var id archivist.ArticleID
			var channels string
			err := scan(&id, &channels)
			segments.Private[id] = strings.Fields(channels)
			return err
		})
		if err != nil {
			return err
		}
		return v.Rows(segmentsQuery, []any{library, since}, func(scan Scan) error {
			var r archivist.Segment
			err := scan(&r.Seq, &r.Part, &r.Kind, &r.Article, &r.Bytes)
			segments.Rows = append(segments.Rows, r)
			return err
		})
	})
	return segments, err
}

// ReplaceSegments puts merged rows in the place of the rows named by expect (their Bytes are ignored), and raises the library's floor to
// the highest seq among them, so that a reader from before starts again. The version stays: answers are the same. ErrMergeLost says that
// not exactly the expected rows are there.
func (s *Store) ReplaceSegments(ctx context.Context, library archivist.LibraryID, expect, merged []archivist.Segment) error {
	return s.write(ctx, func(t *tx) error {
		highest := uint64(0)
		for _, r := range expect {
			highest = max(highest, r.Seq)
		}
		// The library first: whoever writes into one has its row, so that nobody's rows are left where it is deleted meanwhile.
		n, err := t.exec(`UPDATE library SET floor = CASE WHEN floor < ?1 THEN ?1 ELSE floor END WHERE id = ?2`, highest, library)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrMergeLost
		}
		for _, r := range expect {
			n, err := t.exec(`DELETE FROM segment WHERE library = ? AND seq = ? AND part = ? AND kind = ? AND article = ?`, library, r.Seq, r.Part, r.Kind, r.Article)
			if err != nil {
				return err
			}
			if n != 1 {
				return ErrMergeLost
			}
		}
		for _, r := range merged {
			if err := t.do(`INSERT INTO segment (library, seq, part, kind, article, bytes) VALUES (?, ?, ?, ?, ?, ?)`,
				library, r.Seq, r.Part, r.Kind, r.Article, r.Bytes); err != nil {
				return err
			}
		}
		return nil
	})
}
