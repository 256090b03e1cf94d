package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// schemaVersion is the number of the newest migration. It stands in the file's header as its user version.
func schemaVersion() int {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	return len(names)
}

// migrateAlone brings the schema up to date while no other process has the file.
func (s *Store) migrateAlone(ctx context.Context, o Options) (err error) {
	if err := holdLock(ctx, s.lock.TryLockContext, o.LockWait); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.lock.Unlock()) }()
	if err := restrict(s.path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", address(s.path, writerPragmas(o)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	migrations, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return explain(fmt.Errorf("bring the schema of %s up to date: %w", s.path, err))
	}
	// The version is read from the file's header, so that it must be there and not in the log beside it.
	for _, statement := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", schemaVersion()),
		"PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return explain(err)
		}
	}
	return nil
}

// restrict makes the file, if need be, readable by its owner alone: it holds what people asked.
func restrict(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
