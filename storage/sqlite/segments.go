package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"archivist"
)

// ErrMergeLost says that segments changed while they were merged: the merge is thrown away and nothing was written.
var ErrMergeLost = errors.New("the segments changed while they were merged")

// Segments reads what a library's index gained since a version, with the version it has now, in one snapshot. A library that is not there
// has version 0 and no rows.
func (s *Store) Segments(ctx context.Context, library archivist.LibraryID, since uint64) (archivist.Segments, error) {
	var segments archivist.Segments
	err := s.view(ctx, func(q querier) error {
		err := q.QueryRowContext(ctx, `SELECT version, floor FROM library WHERE id = ?`, library).Scan(&segments.Version, &segments.Floor)
		if errors.Is(err, sql.ErrNoRows) || err == nil && segments.Version == since {
			return nil
		}
		if err != nil {
			return err
		}
		if since < segments.Floor {
			since = 0
		}
		rows, err := q.QueryContext(ctx, `SELECT seq, part, kind, article, bytes FROM segment WHERE library = ? AND seq > ? ORDER BY seq, part`, library, since)
		return eachRow(rows, err, func(scan func(...any) error) error {
			var r archivist.Segment
			err := scan(&r.Seq, &r.Part, &r.Kind, &r.Article, &r.Bytes)
			segments.Rows = append(segments.Rows, r)
			return err
		})
	})
	return segments, err
}

// A querier is a reading transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// view runs do on one snapshot of the file.
func (s *Store) view(ctx context.Context, do func(querier) error) error {
	snapshot, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(err)
	}
	err = do(snapshot)
	if end := snapshot.Rollback(); !errors.Is(end, sql.ErrTxDone) {
		err = errors.Join(err, end)
	}
	return explain(err)
}

// ReplaceSegments puts merged rows in the place of the rows named by expect (their Bytes are ignored), and raises the library's floor to
// the highest seq among them, so that a reader from before starts again. The version stays: answers are the same. ErrMergeLost says that
// not exactly the expected rows are there.
func (s *Store) ReplaceSegments(ctx context.Context, library archivist.LibraryID, expect, merged []archivist.Segment) error {
	return s.write(ctx, func(t *tx) error {
		highest := uint64(0)
		for _, r := range expect {
			n, err := t.exec(`DELETE FROM segment WHERE library = ? AND seq = ? AND part = ? AND kind = ? AND article = ?`, library, r.Seq, r.Part, r.Kind, r.Article)
			if err != nil {
				return err
			}
			if n != 1 {
				return ErrMergeLost
			}
			highest = max(highest, r.Seq)
		}
		for _, r := range merged {
			if _, err := t.exec(`INSERT INTO segment (library, seq, part, kind, article, bytes) VALUES (?, ?, ?, ?, ?, ?)`,
				library, r.Seq, r.Part, r.Kind, r.Article, r.Bytes); err != nil {
				return err
			}
		}
		_, err := t.exec(`UPDATE library SET floor = max(floor, ?) WHERE id = ?`, highest, library)
		return err
	})
}

// passagesQuery reads the paragraphs of all ranges at once. CROSS JOIN holds the planner to walking the list, not the table.
const passagesQuery = `SELECT r.value ->> 0, p.number, p.kind, p.text FROM json_each(?2) r CROSS JOIN paragraph p
	ON p.library = ?1 AND p.article = r.value ->> 0 AND p.number BETWEEN r.value ->> 1 AND r.value ->> 2`

const headsQuery = `SELECT ` + headColumns + ` FROM article WHERE library = ?1 AND id IN (SELECT value FROM json_each(?2))`

// Passages reads the paragraphs of some ranges with their articles' heads, and the version that they are of, in one snapshot. Articles
// that are not there are left out.
func (s *Store) Passages(ctx context.Context, library archivist.LibraryID, ranges []archivist.Range) (archivist.Texts, error) {
	texts := archivist.Texts{Heads: map[archivist.ArticleID]archivist.Head{}, Paragraphs: map[archivist.ArticleID]map[int]archivist.Paragraph{}}
	list := make([][3]int64, len(ranges))
	var ids []archivist.ArticleID
	for i, r := range ranges {
		list[i] = [3]int64{int64(r.Article), int64(r.First), int64(r.Last)}
		if texts.Paragraphs[r.Article] == nil {
			texts.Paragraphs[r.Article] = map[int]archivist.Paragraph{}
			ids = append(ids, r.Article)
		}
	}
	rangesJSON, err := json.Marshal(list)
	if err != nil {
		return texts, err
	}
	idsJSON, err := json.Marshal(append([]archivist.ArticleID{}, ids...))
	if err != nil {
		return texts, err
	}
	err = s.view(ctx, func(q querier) error {
		err := q.QueryRowContext(ctx, `SELECT version FROM library WHERE id = ?`, library).Scan(&texts.Version)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		rows, err := q.QueryContext(ctx, passagesQuery, library, string(rangesJSON))
		err = eachRow(rows, err, func(scan func(...any) error) error {
			var id archivist.ArticleID
			var number int
			var p archivist.Paragraph
			err := scan(&id, &number, &p.Kind, &p.Text)
			texts.Paragraphs[id][number] = p
			return err
		})
		if err != nil {
			return err
		}
		rows, err = q.QueryContext(ctx, headsQuery, library, string(idsJSON))
		return eachRow(rows, err, func(scan func(...any) error) error {
			var h archivist.Head
			err := scanHead(scan, &h)
			texts.Heads[h.ID] = h
			return err
		})
	})
	return texts, err
}
