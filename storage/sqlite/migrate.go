package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"archivist"

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

// An Upgrade is what Open did to a database of an older schema; zero where it did nothing, or made the file.
type Upgrade struct {
	From, To int    // numbers of schemas
	Kept     string // the file as it was
}

// Upgraded tells what Open did to the schema.
func (s *Store) Upgraded() Upgrade { return s.upgraded }

// hold takes the shared lock on the file, with its schema up to date: brought there by this process, or by another that was faster. Only who
// has the lock knows the schema.
func (s *Store) hold(ctx context.Context, o Options) error {
	for deadline := time.Now().Add(o.LockWait); ; {
		if err := holdLock(ctx, s.lock.TryRLockContext, time.Until(deadline)); err != nil {
			return err
		}
		version, err := fileVersion(s.path)
		if err != nil || version == schemaVersion() {
			return err
		}
		if o.ReadOnly {
			return older(s.path, version)
		}
		if err := s.lock.Unlock(); err != nil {
			return err
		}
		err = holdLock(ctx, s.lock.TryLockContext, min(lockTurn, time.Until(deadline)))
		var invalid *archivist.Invalid
		switch {
		case err == nil:
			if err := errors.Join(s.migrateAlone(ctx, o), s.lock.Unlock()); err != nil {
				return err
			}
			deadline = time.Now().Add(o.LockWait) // it may have taken longer
		case !errors.As(err, &invalid) || time.Now().After(deadline): // busy: who has it may have brought the schema up to date
			return err
		}
	}
}

// draftSuffix ends the name of the copy that an upgrade works on.
const draftSuffix = ".upgrading"

// whileUpgrading tells of an error that another process has the file whether it may be because that brings the schema up to date.
func (s *Store) whileUpgrading(err error) error {
	var invalid *archivist.Invalid
	if !errors.As(err, &invalid) || invalid.Code != archivist.DatabaseBusy {
		return err
	}
	path := s.path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if _, gone := os.Stat(path + draftSuffix); gone != nil {
		return err
	}
	return &archivist.Invalid{Code: archivist.DatabaseBusy, Text: fmt.Sprintf(
		"another process has the database open and seems to bring its schema up to date (%s%s is there), which takes minutes where there is much: let it end, and try again", path, draftSuffix)}
}

// migrateAlone brings the schema up to date while no other process has the file.
func (s *Store) migrateAlone(ctx context.Context, o Options) (err error) {
	if version, err := fileVersion(s.path); err != nil || version == schemaVersion() { // another process was faster
		return err
	}
	migrations, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	s.upgraded, err = upgrade(ctx, s.path, o, migrations, schemaVersion())
	return err
}

// upgrade brings the file at path to a schema, or makes it. It works on a copy that takes the file's place only when it is whole, so that the
// file is as it was until then, whatever happens; the old one stays beside it under the number of its schema, and those of before go.
func upgrade(ctx context.Context, path string, o Options, migrations fs.FS, to int) (u Upgrade, err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a link stays a link
	}
	draft, mode, fresh := path+draftSuffix, fs.FileMode(0o600), true
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		mode, fresh = info.Mode().Perm(), false
	}
	discard := func() error { return removeAll(draft, draft+"-journal", draft+"-wal", draft+"-shm") }
	if err := discard(); err != nil { // of a process that died over it
		return u, err
	}
	defer func() { err = errors.Join(err, discard()) }()
	if err := restrict(draft, mode); err != nil { // before there is anything in it to be read
		return u, err
	}
	if !fresh {
		if u.From, err = fileVersion(path); err != nil {
			return u, err
		}
		if err := copyWhole(ctx, path, draft); err != nil {
			return u, fmt.Errorf("copy %s before its schema is changed; it is as it was: %w", path, explain(err))
		}
	}
	if err := migrate(ctx, draft, o, migrations, to); err != nil {
		return u, fmt.Errorf("bring the schema of %s up to date; it is as it was: %w", path, explain(err))
	}
	if !fresh {
		u.To, u.Kept = to, fmt.Sprintf("%s.schema-%d", path, u.From)
		if err := errors.Join(removeAll(u.Kept), keepAs(path, u.Kept)); err != nil {
			return Upgrade{}, err
		}
	}
	if err := errors.Join(syncFile(draft), os.Rename(draft, path), syncFile(filepath.Dir(path))); err != nil {
		return Upgrade{}, err
	}
	return u, dropOlder(path, u.Kept)
}

// copyWhole writes a database into an empty file, checked and without a log beside either.
func copyWhole(ctx context.Context, from, to string) (err error) {
	db, err := sql.Open("sqlite", address(from, []string{"busy_timeout(5000)"}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, to); err != nil {
		return err
	}
	// What lies in the log belongs to this file, and would be taken for the other's once that has its name.
	var busy, frames, moved int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return &archivist.Invalid{Code: archivist.DatabaseBusy, Text: "another process has the database open; stop it and try again"}
	}
	return checkFile(ctx, to)
}

// migrate runs the migrations that a file lacks.
func migrate(ctx context.Context, path string, o Options, migrations fs.FS, to int) (err error) {
	db, err := sql.Open("sqlite", address(path, writerPragmas(o)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	// The version is read from the file's header, so that it must be there and not in the log beside it.
	for _, statement := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", to),
		"PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// restrict makes the file, if need be, and lets no more people read it than mode says, its owner alone where it is new: it holds what people
// asked.
func restrict(path string, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, mode)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(mode), f.Close())
}

// keepAs gives a file a second name, or copies it where the file system knows no such thing.
func keepAs(path, name string) error {
	if err := os.Link(path, name); err != nil {
		return copyFile(path, name)
	}
	return nil
}

// dropOlder removes what earlier upgrades kept.
func dropOlder(path, kept string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || kept == "" {
		return err
	}
	for _, entry := range entries {
		name := filepath.Join(filepath.Dir(path), entry.Name())
		number, ours := strings.CutPrefix(name, path+".schema-")
		if ours && name != kept && strings.Trim(number, "0123456789") == "" {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// removeAll removes files that may not be there.
func removeAll(names ...string) (err error) {
	for _, name := range names {
		if gone := os.Remove(name); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}
