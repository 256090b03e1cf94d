package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"archivist"
)

// The queries of views, which are prepared with the store: a view that prepared one would need a second connection, which may not come.
const (
	versionQuery = `SELECT version, floor FROM library WHERE id = ?`
	// textsQuery reads what holds for all texts of a library, in one step of an ask's few.
	textsQuery = `SELECT version, coalesce((SELECT value FROM setting WHERE library = id AND key = '` + archivist.SettingThreshold + `'), '')
		FROM library WHERE id = ?`
	segmentsQuery = `SELECT seq, part, kind, article, bytes FROM segment WHERE library = ? AND seq > ? ORDER BY seq, part`
	// passagesQuery reads the paragraphs of all ranges at once. CROSS JOIN holds the planner to walking the list, not the table.
	passagesQuery = `SELECT p.article, p.number, p.kind, p.text FROM json_each(?2) r CROSS JOIN paragraph p
		ON p.library = ?1 AND p.article = r.value ->> 0 AND p.number BETWEEN r.value ->> 1 AND r.value ->> 2`
	headsQuery = `SELECT ` + headColumns + ` FROM article WHERE library = ?1 AND id IN (SELECT value FROM json_each(?2))`
)

var viewed = []string{versionQuery, textsQuery, segmentsQuery, passagesQuery, headsQuery}

// view runs do on one snapshot of the file.
func (s *Store) view(ctx context.Context, do func(view) error) error {
	snapshot, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(err)
	}
	err = do(view{ctx, s, snapshot})
	if end := snapshot.Rollback(); !errors.Is(end, sql.ErrTxDone) {
		err = errors.Join(err, end)
	}
	return explain(err)
}

// A view is a reading transaction. It runs the queries of viewed, each prepared once a connection: preparing took a third of the time of
// reading passages.
type view struct {
	ctx      context.Context
	store    *Store
	snapshot *sql.Tx
}

// row reads one row into targets; false says that there is none.
func (v view) row(query string, args []any, targets ...any) (bool, error) {
	statement, err := v.store.prepared(v.ctx, query)
	if err != nil {
		return false, err
	}
	err = v.snapshot.StmtContext(v.ctx, statement).QueryRowContext(v.ctx, args...).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// rows calls each for every row of a query.
func (v view) rows(query string, args []any, each func(scan func(...any) error) error) error {
	statement, err := v.store.prepared(v.ctx, query)
	if err != nil {
		return err
	}
	rows, err := v.snapshot.StmtContext(v.ctx, statement).QueryContext(v.ctx, args...)
	return eachRow(rows, err, each)
}
