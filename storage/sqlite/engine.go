package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"archivist/storage/tables"
)

// An engine is the store as storage/tables needs it.
type engine struct{ *Store }

// Write runs do in one transaction on the writing connection: all of it is durable when Write returns nil, none of it otherwise.
func (e engine) Write(ctx context.Context, do func(tables.Tx) error) error {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return e.transact(ctx, do)
}

// transact is Write for who has the turn.
func (s *Store) transact(ctx context.Context, do func(tables.Tx) error) error {
	t := &tx{ctx, s}
	done := false
	defer func() {
		if !done { // do has panicked: what it has written must not stay, nor the transaction
			t.ctx = context.WithoutCancel(ctx)
			_, _ = t.Exec("ROLLBACK")
		}
	}()
	_, err := t.Exec("BEGIN IMMEDIATE") // which may have begun even where ctx ended and it says that it failed
	if err == nil {
		err = do(t)
	}
	done = true
	if err == nil {
		err = ctx.Err()
	}
	// From here on the transaction must end, one way or the other, even where ctx does: a commit cut short would tell a lie.
	t.ctx = context.WithoutCancel(ctx)
	if err == nil {
		_, err = t.Exec("COMMIT")
	}
	if err == nil {
		return nil
	}
	// After some errors there is no transaction, or SQLite has ended it already.
	if _, rollback := t.Exec("ROLLBACK"); rollback != nil && !strings.Contains(rollback.Error(), "no transaction is active") {
		err = errors.Join(err, rollback)
	}
	return explain(err)
}

// A tx is the transaction under way on the writing connection. Its statements stay prepared from one transaction to the next.
type tx struct {
	ctx   context.Context
	store *Store
}

func (t *tx) prepared(query string) (*sql.Stmt, error) {
	if statement := t.store.writing[query]; statement != nil {
		return statement, nil
	}
	statement, err := t.store.writer.PrepareContext(t.ctx, query)
	if err == nil {
		t.store.writing[query] = statement
	}
	return statement, err
}

// Exec runs a statement and tells how many rows it changed.
func (t *tx) Exec(query string, args ...any) (int64, error) {
	statement, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Do runs a statement.
func (t *tx) Do(query string, args ...any) error {
	_, err := t.Exec(query, args...)
	return err
}

// atOnce is how many rows one statement inserts: more gain nothing.
const atOnce = 16

// Insert adds rows, atOnce with one statement.
func (t *tx) Insert(table string, columns []string, rows [][]any) error {
	one := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	first := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + one
	full := first + strings.Repeat(", "+one, atOnce-1)
	args := make([]any, 0, atOnce*len(columns))
	for len(rows) > 0 {
		query, n := first, 1
		if len(rows) >= atOnce {
			query, n = full, atOnce
		}
		args = args[:0]
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if err := t.Do(query, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Row reads one row into targets; false says that there is none.
func (t *tx) Row(query string, args []any, targets ...any) (bool, error) {
	statement, err := t.prepared(query)
	if err != nil {
		return false, err
	}
	err = statement.QueryRowContext(t.ctx, args...).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Rows calls each for every row of a query.
func (t *tx) Rows(query string, args []any, each func(tables.Scan) error) error {
	statement, err := t.prepared(query)
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(t.ctx, args...)
	return eachRow(rows, err, each)
}

// prepared is a reading statement, made once. It is made without the lock: that may wait for a connection, and whoever has one may wait for
// the lock.
func (s *Store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	statement := s.reading[query]
	s.mu.Unlock()
	if statement != nil {
		return statement, nil
	}
	statement, err := s.reader.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.reading[query]; first != nil { // another was made meanwhile
		return first, statement.Close()
	}
	s.reading[query] = statement
	return statement, nil
}

// Read is for queries outside a transaction, which may run beside one.
func (e engine) Read(ctx context.Context) tables.Reader { return pool{ctx, e.Store} }

// A pool reads on any of the reading connections.
type pool struct {
	ctx   context.Context
	store *Store
}

// Row reads one row into targets; false says that there is none.
func (p pool) Row(query string, args []any, targets ...any) (bool, error) {
	statement, err := p.store.prepared(p.ctx, query)
	if err != nil {
		return false, explain(err)
	}
	err = statement.QueryRowContext(p.ctx, args...).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, explain(err)
}

// Rows calls each for every row of a query.
func (p pool) Rows(query string, args []any, each func(tables.Scan) error) error {
	statement, err := p.store.prepared(p.ctx, query)
	if err != nil {
		return explain(err)
	}
	rows, err := statement.QueryContext(p.ctx, args...)
	return explain(eachRow(rows, err, each))
}

// eachRow is the one way through rows: it closes them and asks for their error.
func eachRow(rows *sql.Rows, err error, each func(tables.Scan) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
