// Package tables is what storage engines share: the statements of each table family, and the methods that run them. An engine gives what
// differs, as an Engine: how it is opened and migrated, its transactions, and what it calls a function.
//
// Statements are written once, in the SQL that SQLite and PostgreSQL share. Writing methods are one transaction each: they do all or
// nothing. Every method takes the library first and has it in every WHERE. Begin with Store; each table family has its file.
package tables

import (
	"context"
	"database/sql"
	"time"
)

// A Scan reads the columns of a row into targets, which are pointers.
type Scan = func(targets ...any) error

// A Reader runs queries. Arguments are ?, or ?1 where one is used twice; they are strings, integers, floats, byte slices or nil.
type Reader interface {
	// Row reads one row into targets; false says that there is none.
	Row(query string, args []any, targets ...any) (bool, error)
	// Rows calls each for every row.
	Rows(query string, args []any, each func(Scan) error) error
}

// A Tx is a writing transaction. It reads what it has written.
type Tx interface {
	Reader
	// Exec runs a statement and tells how many rows it changed.
	Exec(query string, args ...any) (int64, error)
}

// An Engine is a database with the tables. Its errors that a person can mend are of type *archivist.Invalid and say how.
type Engine interface {
	// Write runs do in one transaction: all of it is durable when Write returns nil, none of it otherwise.
	Write(ctx context.Context, do func(Tx) error) error
	// WriteTogether is Write for what is small and frequent: the transaction may be shared with others' writes, which cost each other no more
	// than time.
	WriteTogether(ctx context.Context, do func(Tx) error) error
	// View runs do on one snapshot. do may run the queries of Viewed alone.
	View(ctx context.Context, do func(Reader) error) error
	// Read is for queries outside a transaction.
	Read(ctx context.Context) Reader
}

// A Store keeps libraries in the tables of an engine. Its methods may be called by many goroutines.
type Store struct {
	engine Engine
	now    func() time.Time
}

// New is a store in an engine that is open; now stamps rows.
func New(engine Engine, now func() time.Time) *Store { return &Store{engine, now} }

func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	return s.engine.Write(ctx, func(t Tx) error { return do(&tx{t, s}) })
}

func (s *Store) writeTogether(ctx context.Context, do func(*tx) error) error {
	return s.engine.WriteTogether(ctx, func(t Tx) error { return do(&tx{t, s}) })
}

func (s *Store) row(ctx context.Context, query string, args []any, targets ...any) (bool, error) {
	return s.engine.Read(ctx).Row(query, args, targets...)
}

func (s *Store) rows(ctx context.Context, query string, args []any, each func(Scan) error) error {
	return s.engine.Read(ctx).Rows(query, args, each)
}

// A tx is the transaction under way, with the store's clock.
type tx struct {
	in    Tx
	store *Store
}

func (t *tx) exec(query string, args ...any) (int64, error) { return t.in.Exec(query, args...) }

func (t *tx) row(query string, args []any, targets ...any) (bool, error) {
	return t.in.Row(query, args, targets...)
}

func (t *tx) rows(query string, args []any, each func(Scan) error) error {
	return t.in.Rows(query, args, each)
}

// millis is a time as stored; NULL is the unknown time.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func fromMillis(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}
