package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"archivist"

	"github.com/gofrs/flock"
)

// PartSuffix ends the name of a backup that is not complete.
const PartSuffix = ".part"

// Backup writes the database as it is at this moment to a new file, while others read and write. It is complete, checked and durable
// when Backup returns nil; a file that exists is not overwritten (archivist.DatabaseExists).
func (s *Store) Backup(ctx context.Context, file string) (err error) {
	if _, err := os.Stat(file); err == nil {
		return &archivist.Invalid{Code: archivist.DatabaseExists, Text: file + " exists; name a new file for the backup"}
	}
	temporary := file + PartSuffix
	discard := func() error { return removeAll(temporary, temporary+"-journal") }
	if err := discard(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, discard()) }()
	// VACUUM INTO reads one snapshot; a connection of its own keeps the writer free.
	db, err := sql.Open("sqlite", address(s.path, []string{"busy_timeout(5000)"}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := restrict(temporary, 0o600); err != nil { // before there is anything in it to be read
		return err
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, temporary); err != nil {
		return explain(err)
	}
	if err := checkFile(ctx, temporary); err != nil {
		return err
	}
	if err := syncFile(temporary); err != nil {
		return err
	}
	// A link fails where the name has been taken meanwhile; a rename would overwrite, but some file systems know no links.
	err = os.Link(temporary, file)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = os.Rename(temporary, file)
	}
	return errors.Join(err, syncFile(filepath.Dir(file)))
}

// Restore checks the backup and puts a copy of it in the place of the database at path. An existing database is replaced only with force,
// and then kept under the name returned. It is refused while any process has the database open.
func Restore(ctx context.Context, backup, path string, force bool) (aside string, err error) {
	lock := flock.New(path + ".lock")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if err := holdLock(ctx, lock.TryLockContext, time.Second); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := checkFile(ctx, backup); err != nil {
		return "", err
	}
	_, err = os.Stat(path)
	exists := err == nil
	if exists && !force {
		return "", &archivist.Invalid{Code: archivist.DatabaseExists, Text: path + " exists; add --force to replace it (it will be kept under another name)"}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	incoming := path + ".incoming"
	if err := copyFile(backup, incoming); err != nil {
		return "", errors.Join(err, os.Remove(incoming))
	}
	if exists {
		aside = fmt.Sprintf("%s.before-restore-%s", path, time.Now().UTC().Format("20060102-150405"))
		// The log beside the database belongs to it: without it, what was written last would be lost.
		for _, suffix := range []string{"-wal", "-shm", ""} {
			if err := os.Rename(path+suffix, aside+suffix); err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
				return "", err
			}
		}
	}
	if err := os.Rename(incoming, path); err != nil {
		return aside, err
	}
	return aside, syncFile(filepath.Dir(path))
}

// checkFile wants a sound database of ours, of this version or an older one.
func checkFile(ctx context.Context, file string) (err error) {
	version, err := fileVersion(file)
	if err != nil {
		return err
	}
	if version == 0 {
		return &archivist.Invalid{Code: archivist.BackupUnreadable, Text: file + " is no backup; name a file that archivist backup wrote"}
	}
	db, err := sql.Open("sqlite", address(file, nil)+"&mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	problem := ""
	err = db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&problem)
	if ctx.Err() != nil {
		return ctx.Err() // which says nothing of the file
	}
	if err != nil || problem != "ok" {
		return &archivist.Invalid{Code: archivist.BackupUnreadable, Text: fmt.Sprintf("%s is damaged (%s); take another backup", file, problem)}
	}
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}

// syncFile makes a file, or the names in a folder, durable.
func syncFile(name string) error {
	mode := os.O_RDONLY
	if runtime.GOOS == "windows" { // which keeps names by itself, and flushes only what may be written
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			return err
		}
		mode = os.O_RDWR
	}
	f, err := os.OpenFile(name, mode, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
