package postgres

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"archivist/storage/postgres/pgtest"
	"archivist/storage/storagetest"
	"archivist/storage/tables"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestContractUnderConflicts is the contract on an engine whose every transaction meets another one the first time: after its first statement, the
// next one's after its second, and so on to the seventh. What runs again must come to the same.
func TestContractUnderConflicts(t *testing.T) {
	address := pgtest.Database(t)
	met := &atomic.Int64{}
	storagetest.Run(t, func(t *testing.T) storagetest.Store {
		s := openTest(t, address, Options{})
		empty(t, s)
		s.Store = tables.New(&rival{engine: engine{s}, met: met}, time.Now)
		return s
	})
	if met.Load() < 500 {
		t.Errorf("%d transactions met another", met.Load())
	}
}

// A rival is an engine whose transactions are met.
type rival struct {
	engine
	writes atomic.Int64
	met    *atomic.Int64
}

func (r *rival) Write(ctx context.Context, do func(tables.Tx) error) error {
	left, first := r.writes.Add(1)%7+1, true
	return r.engine.Write(ctx, func(t tables.Tx) error {
		if !first {
			return do(t)
		}
		first = false
		return do(&metTx{t, left, r.met})
	})
}

func (r *rival) WriteTogether(ctx context.Context, do func(tables.Tx) error) error {
	return r.Write(ctx, do)
}

// A metTx fails after some statements, as the server says it where a transaction met another one.
type metTx struct {
	tables.Tx
	left int64
	met  *atomic.Int64
}

func (m *metTx) meet(err error) error {
	if m.left--; m.left == 0 && err == nil {
		m.met.Add(1)
		return &pgconn.PgError{Severity: "ERROR", Code: serializationFailure, Message: "met another"}
	}
	return err
}

func (m *metTx) Exec(query string, args ...any) (int64, error) {
	n, err := m.Tx.Exec(query, args...)
	return n, m.meet(err)
}

func (m *metTx) Do(query string, args ...any) error { return m.meet(m.Tx.Do(query, args...)) }

func (m *metTx) Insert(table string, columns []string, rows [][]any) error {
	return m.meet(m.Tx.Insert(table, columns, rows))
}

func (m *metTx) Row(query string, args []any, targets ...any) (bool, error) {
	found, err := m.Tx.Row(query, args, targets...)
	return found, m.meet(err)
}

func (m *metTx) Rows(query string, args []any, each func(tables.Scan) error) error {
	return m.meet(m.Tx.Rows(query, args, each))
}
