package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"archivist/storage/tables"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	retries    = 5                    // of a transaction that met another
	firstPause = 5 * time.Millisecond // before the first, at most; it doubles with each
	queueMost  = 256                  // statements that are sent together
)

// How transactions begin, whatever the database's default is: to write, and to read one snapshot.
const (
	beginWriting  = "BEGIN ISOLATION LEVEL READ COMMITTED"
	beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

var errReadOnly = errors.New("the database was opened to read alone")

// An engine is the store as storage/tables needs it.
type engine struct{ *Store }

// Write runs do in one transaction, again where it met another one (SQLSTATE 40001 and 40P01; 23505, as two may make the same row at the same
// time; 0A000, where the schema has changed under a prepared statement, which is prepared anew then). All of it is durable when Write returns nil, none of it otherwise; but where the server is lost in the middle of a commit nobody
// knows, and it is an error.
func (e engine) Write(ctx context.Context, do func(tables.Tx) error) error {
	if e.readOnly {
		return errReadOnly
	}
	for attempt := 0; ; attempt++ {
		err := e.attempt(ctx, beginWriting, do)
		if !again(err) || attempt == retries {
			return explain(ctx, err)
		}
		select {
		case <-time.After(rand.N(firstPause << attempt)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// WriteTogether is Write: the server flushes what commits at the same time together.
func (e engine) WriteTogether(ctx context.Context, do func(tables.Tx) error) error {
	return e.Write(ctx, do)
}

// again reports whether a transaction failed for no other reason than that it met another one.
func again(err error) bool {
	switch code(err) {
	case serializationFailure, deadlockDetected, uniqueViolation, planChanged:
		return true
	}
	return false
}

// attempt runs do in a transaction that begins so, with its first statement: one journey less.
func (e engine) attempt(ctx context.Context, begin string, do func(tables.Tx) error) error {
	conn, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release() // which throws a connection away that is still in a transaction
	t := &tx{ctx: ctx, store: e.Store, conn: conn, queue: &pgx.Batch{}}
	t.queue.Queue(begin)
	err = do(t)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		// A commit that is cut short would tell a lie; patience bounds it.
		t.ctx = context.WithoutCancel(ctx)
		t.queue.Queue("COMMIT")
		err = t.send(func(results pgx.BatchResults) error {
			tag, err := results.Exec()
			if err == nil && tag.String() != "COMMIT" { // do has passed over an error, and the server has taken all of it back
				err = pgx.ErrTxCommitRollback
			}
			return err
		})
	}
	if err == nil || conn.Conn().IsClosed() || conn.Conn().PgConn().TxStatus() == 'I' {
		return err
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if _, rollback := conn.Exec(ending, "ROLLBACK"); rollback != nil {
		err = errors.Join(err, rollback)
	}
	return err
}

// acquire takes a connection of the pool, which may have none left.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	ctx, cancel := s.patient(ctx)
	defer cancel()
	return s.pool.Acquire(ctx)
}

// patient is ctx for one journey to the server and back: statement_timeout is the server's to keep, and a server that hangs, or a network that
// has lost it, keeps nothing.
func (s *Store) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.patience == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, s.patience)
}

// A tx is the transaction under way. Statements whose results nobody waits for are queued, and sent together with the next whose result somebody
// does, or with the commit: one journey to the server and back for all of them.
type tx struct {
	ctx   context.Context
	store *Store
	conn  *pgxpool.Conn
	queue *pgx.Batch
}

// send sends what is queued; last reads the result of the last statement.
func (t *tx) send(last func(pgx.BatchResults) error) (err error) {
	n := t.queue.Len()
	if n == 0 {
		return nil
	}
	ctx, cancel := t.store.patient(t.ctx)
	defer cancel()
	results := t.conn.SendBatch(ctx, t.queue)
	t.queue = &pgx.Batch{}
	for i := 0; i < n && err == nil; i++ {
		if i == n-1 && last != nil {
			err = last(results)
		} else {
			_, err = results.Exec()
		}
	}
	return errors.Join(err, results.Close())
}

// Do queues a statement.
func (t *tx) Do(query string, args ...any) error {
	t.queue.Queue(translate(query), args...)
	if t.queue.Len() >= queueMost {
		return t.send(nil)
	}
	return nil
}

// Exec runs a statement and tells how many rows it changed.
func (t *tx) Exec(query string, args ...any) (n int64, err error) {
	t.queue.Queue(translate(query), args...)
	err = t.send(func(results pgx.BatchResults) error {
		tag, err := results.Exec()
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

// Row reads one row into targets; false says that there is none.
func (t *tx) Row(query string, args []any, targets ...any) (found bool, err error) {
	t.queue.Queue(translate(query), args...)
	err = t.send(func(results pgx.BatchResults) error {
		rows, err := results.Query()
		found, err = firstRow(rows, err, targets)
		return err
	})
	return found, err
}

// Rows calls each for every row of a query.
func (t *tx) Rows(query string, args []any, each func(tables.Scan) error) error {
	t.queue.Queue(translate(query), args...)
	return t.send(func(results pgx.BatchResults) error {
		rows, err := results.Query()
		return eachRow(rows, err, each)
	})
}

// Insert queues rows, a column as one array: one statement whatever their number.
func (t *tx) Insert(table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	arrays := make([]string, len(columns))
	args := make([]any, len(columns))
	for i, column := range columns {
		kind, ok := t.store.types[table][column]
		if !ok {
			return fmt.Errorf("no column %s in table %s", column, table)
		}
		arrays[i] = fmt.Sprintf("$%d::%s[]", i+1, kind)
		values := make([]any, len(rows))
		for j, row := range rows {
			values[j] = row[i]
		}
		args[i] = values
	}
	list := strings.Join(columns, ", ")
	t.queue.Queue("INSERT INTO "+table+" ("+list+") SELECT * FROM unnest("+strings.Join(arrays, ", ")+")", args...)
	return nil
}

// View runs do on one snapshot.
func (e engine) View(ctx context.Context, do func(tables.Reader) error) error {
	return explain(ctx, e.attempt(ctx, beginSnapshot, func(t tables.Tx) error { return do(t) }))
}

// Read is for queries outside a transaction.
func (e engine) Read(ctx context.Context) tables.Reader { return reader{ctx, e.Store} }

// A reader runs queries one by one, outside a transaction.
type reader struct {
	ctx   context.Context
	store *Store
}

// Row reads one row into targets; false says that there is none.
func (r reader) Row(query string, args []any, targets ...any) (bool, error) {
	ctx, cancel := r.store.patient(r.ctx)
	defer cancel()
	rows, err := r.store.pool.Query(ctx, translate(query), args...)
	found, err := firstRow(rows, err, targets)
	return found, explain(r.ctx, err)
}

// Rows calls each for every row of a query.
func (r reader) Rows(query string, args []any, each func(tables.Scan) error) error {
	ctx, cancel := r.store.patient(r.ctx)
	defer cancel()
	rows, err := r.store.pool.Query(ctx, translate(query), args...)
	return explain(r.ctx, eachRow(rows, err, each))
}

func firstRow(rows pgx.Rows, err error, targets []any) (found bool, _ error) {
	err = eachRow(rows, err, func(scan tables.Scan) error {
		if found {
			return nil
		}
		found = true
		return scan(targets...)
	})
	return found && err == nil, err
}

// eachRow is the one way through rows: it closes them and asks for their error.
func eachRow(rows pgx.Rows, err error, each func(tables.Scan) error) error {
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
