// Package storage opens the store that an address names: a SQLite file, or a PostgreSQL server's database. Both have the same methods, of
// storage/tables, under the same contract (storage/storagetest).
package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"archivist"
	"archivist/storage/postgres"
	"archivist/storage/sqlite"
	"archivist/storage/tables"
)

// A Store is an open store. What its users call of it they declare themselves, as small interfaces.
type Store struct {
	*tables.Store
	engine engine
	file   *sqlite.Store // nil where the store is on a server
}

// An engine is what each has its own way of.
type engine interface {
	Check(ctx context.Context, inspect func(archivist.Segment) ([]archivist.Range, error)) ([]archivist.Finding, error)
	Vitals(ctx context.Context) (archivist.Vitals, error)
	Close() error
}

// Options of opening a store. The zero value is right for all but archivist move.
type Options struct {
	ReadOnly  bool // nothing is made or written: a database that is not there, is empty, or of an older schema, is refused
	Unhurried bool // a server's statements may take as long as they take
	HalfMoved bool // a database into which a move has not ended is opened too
}

// Open opens the store at address: a file's path, which is made if it is not there, or postgres://USER:PASSWORD@HOST/DATABASE, which must be
// there. A database into which a move has not ended is refused (archivist.DatabaseBusy).
func Open(ctx context.Context, address string) (*Store, error) {
	return OpenWith(ctx, address, Options{})
}

// OpenWith is Open with options.
func OpenWith(ctx context.Context, address string, o Options) (*Store, error) {
	s, err := open(ctx, address, o)
	if err != nil || o.HalfMoved {
		return s, err
	}
	if err := s.Whole(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Whole is an error where a move into the database has not ended (archivist.DatabaseBusy).
func (s *Store) Whole(ctx context.Context) error {
	since, moving, err := s.Moving(ctx, "")
	if err == nil && moving {
		err = &archivist.Invalid{Code: archivist.DatabaseBusy, Text: fmt.Sprintf(
			"the database is half moved: the archivist move into it that began on %s has not ended; run the same move again, which goes on where it was",
			since.Format("2 January 2006 at 15:04 UTC"))}
	}
	return err
}

func open(ctx context.Context, address string, o Options) (*Store, error) {
	scheme, _, onServer := strings.Cut(address, "://")
	switch {
	case onServer && (scheme == "postgres" || scheme == "postgresql"):
		s, err := postgres.Open(ctx, address, postgres.Options{ReadOnly: o.ReadOnly, Unhurried: o.Unhurried})
		if err != nil {
			return nil, err
		}
		return &Store{Store: s.Store, engine: s}, nil
	case onServer:
		return nil, &archivist.Invalid{Code: archivist.InvalidArgument, Text: "the database cannot be at " + scheme + "://; name a file's path, or postgres://USER:PASSWORD@HOST/DATABASE, with --database"}
	}
	s, err := sqlite.Open(ctx, address, sqlite.Options{ReadOnly: o.ReadOnly})
	if err != nil {
		return nil, err
	}
	return &Store{s.Store, s, s}, nil
}

// OnServer reports whether an address names a server's database, and not a file.
func OnServer(address string) bool { return strings.Contains(address, "://") }

// Name is an address for people to read: without a password.
func Name(address string) string {
	if OnServer(address) {
		return postgres.Redact(address)
	}
	return address
}

// Check looks for what must not be (tables.Store.Check), in the way of the engine.
func (s *Store) Check(ctx context.Context, inspect func(archivist.Segment) ([]archivist.Range, error)) ([]archivist.Finding, error) {
	return s.engine.Check(ctx, inspect)
}

// Vitals tells how the store fares, and how large it is.
func (s *Store) Vitals(ctx context.Context) (archivist.Vitals, error) { return s.engine.Vitals(ctx) }

// Close closes the store once what is being written is.
func (s *Store) Close() error { return s.engine.Close() }

// Backup writes the store as it is at this moment to a new file, while others read and write.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.file == nil {
		return errServer("back it up with PostgreSQL's own tools (pg_dump --format=custom --file=FILE ADDRESS)")
	}
	return s.file.Backup(ctx, file)
}

// Upgraded tells what Open did to the schema of a file; of a server's database, nothing.
func (s *Store) Upgraded() sqlite.Upgrade {
	if s.file == nil {
		return sqlite.Upgrade{}
	}
	return s.file.Upgraded()
}

// Restore puts a backup in the place of the store at address. An existing store is only replaced with force, and then kept under the
// name returned.
func Restore(ctx context.Context, backup, address string, force bool) (aside string, err error) {
	if OnServer(address) {
		return "", errServer("restore it with PostgreSQL's own tools (pg_restore --clean --dbname=ADDRESS FILE)")
	}
	return sqlite.Restore(ctx, backup, address, force)
}

func errServer(instead string) error {
	return &archivist.Invalid{Code: archivist.InvalidArgument, Text: "the database is on a server: " + instead}
}
