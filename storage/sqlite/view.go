package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"archivist/storage/tables"
)

// View runs do on one snapshot of the file.
func (e engine) View(ctx context.Context, do func(tables.Reader) error) error {
	snapshot, err := e.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return explain(err)
	}
	err = do(view{ctx, e.Store, snapshot})
	if end := snapshot.Rollback(); !errors.Is(end, sql.ErrTxDone) {
		err = errors.Join(err, end)
	}
	return explain(err)
}

// A view is a reading transaction. It runs the queries of tables.Viewed, which are prepared with the store, as preparing one here would need a
// second connection, which may not come; and once a connection, as preparing took a third of the time of reading passages.
type view struct {
	ctx      context.Context
	store    *Store
	snapshot *sql.Tx
}

// Row reads one row into targets; false says that there is none.
func (v view) Row(query string, args []any, targets ...any) (bool, error) {
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

// Rows calls each for every row of a query.
func (v view) Rows(query string, args []any, each func(tables.Scan) error) error {
	statement, err := v.store.prepared(v.ctx, query)
	if err != nil {
		return err
	}
	rows, err := v.snapshot.StmtContext(v.ctx, statement).QueryContext(v.ctx, args...)
	return eachRow(rows, err, each)
}
