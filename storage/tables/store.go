// Package tables is what storage engines share: the statements of each table family, and the methods that run them. An engine gives what
// differs, as an Engine: how it is opened and migrated, its transactions, and what it calls a function.
//
// Statements are written once, in SQL that SQLite runs as it stands and PostgreSQL after a few words are put in its own (storage/postgres).
// Locks stand in comments, /* FOR UPDATE */: SQLite has one writer and needs none. Writing methods are one transaction each: they do all or
// nothing, and may be run again by the engine, which is why they begin with a result that is empty. What is about one library takes it
// first and has it in every WHERE; Sweep, Claim, ClaimChecks, Retime, Notices and ChangeCards are about all. Begin with Store; each table family has its file.
//
// Text is UTF-8 without U+0000, which PostgreSQL cannot hold: whatever else comes in is stored, and looked for, with U+FFFD in its place.
package tables

import (
	"context"
	"database/sql"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
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
	// Do runs a statement some time before what is run or read next, or before the end: what is wrong with it may be told there. args stay
	// as they are until then.
	Do(query string, args ...any) error
	// Insert adds rows, in the order of the columns, as Do does. None of them is there.
	Insert(table string, columns []string, rows [][]any) error
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
	return s.engine.Read(ctx).Row(query, clean(args), targets...)
}

func (s *Store) rows(ctx context.Context, query string, args []any, each func(Scan) error) error {
	return s.engine.Read(ctx).Rows(query, clean(args), each)
}

// A tx is the transaction under way, with the store's clock.
type tx struct {
	in    Tx
	store *Store
}

func (t *tx) exec(query string, args ...any) (int64, error) { return t.in.Exec(query, clean(args)...) }

func (t *tx) do(query string, args ...any) error { return t.in.Do(query, clean(args)...) }

// each runs statements that have the same arguments.
func (t *tx) each(statements []string, args ...any) error {
	for _, statement := range statements {
		if err := t.do(statement, args...); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertRows(table string, columns []string, rows [][]any) error {
	for _, row := range rows {
		clean(row)
	}
	return t.in.Insert(table, columns, rows)
}

func (t *tx) row(query string, args []any, targets ...any) (bool, error) {
	return t.in.Row(query, clean(args), targets...)
}

func (t *tx) rows(query string, args []any, each func(Scan) error) error {
	return t.in.Rows(query, clean(args), each)
}

// clean makes of arguments what every engine holds: strings without U+0000 and without what is no UTF-8.
func clean(args []any) []any {
	for i, arg := range args {
		switch v := arg.(type) {
		case nil, int64, int, []byte:
		case string:
			if text := cleanText(v); text != v {
				args[i] = text
			}
		default:
			if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
				args[i] = cleanText(v.String())
			}
		}
	}
	return args
}

func cleanText(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// flag is a truth as stored.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
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
