// Package sqlite keeps libraries in one SQLite file: the embedded default. With the methods of storage/tables it satisfies the small
// interfaces that retrieval, ingest and bot declare, and the contract of storage/storagetest.
//
// What writing methods have returned from is on the disk (synchronous=FULL). There is one writing connection; readers have a pool of their
// own and never wait for it. Begin with Open.
package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"archivist"
	"archivist/storage/tables"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Options of a store. The zero value is right for production.
type Options struct {
	MaxPages int              // pages of 4 KiB that the file may have; 0: no bound. Tests fill a disk with it.
	ReadOnly bool             // nothing is made or written: a file that is not there, or of an older schema, is refused
	LockWait time.Duration    // how long to wait for another process that migrates or restores; 0: 3 s
	Now      func() time.Time // when rows are stamped; nil: time.Now
}

// A Store is one open SQLite file. Its methods may be called by many goroutines.
type Store struct {
	*tables.Store
	path     string
	lock     *flock.Flock // shared while the store is open: restore and migrations need it alone
	upgraded Upgrade

	turn    chan struct{} // holds one token: whoever put it in writes
	shares  shares        // of the next transaction
	pool    *sql.DB       // of the one writing connection
	writer  *sql.Conn
	writing map[string]*sql.Stmt // by query; used by whoever has the turn

	reader  *sql.DB
	mu      sync.Mutex
	reading map[string]*sql.Stmt // by query
}

// applicationID marks our files ("Arch"), so that no other database is taken for one.
const applicationID = 0x41726368

// Open opens the file at path, makes it if it is not there, and brings an older schema up to date; the file as it was is kept beside it
// (Upgraded), and stays as it is where that fails. A file of a newer Archivist, or of
// another program, is refused (archivist.DatabaseNewer, DatabaseNotOurs) and not touched. DatabaseBusy says that another process holds
// the file while this one would have to change its schema, or the other way round, and still does after LockWait: an upgrade of a large file takes
// longer, and the error says that it is one.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.LockWait == 0 {
		o.LockWait = 3 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{
		path: path, lock: flock.New(path + ".lock"), turn: make(chan struct{}, 1),
		writing: map[string]*sql.Stmt{}, reading: map[string]*sql.Stmt{},
	}
	s.Store = tables.New(engine{s}, o.Now)
	version, err := fileVersion(path)
	if err != nil { // before there is a lock beside what is none of ours
		return nil, err
	}
	if o.ReadOnly && version < schemaVersion() {
		return nil, older(path, version)
	}
	if err := s.hold(ctx, o); err != nil {
		return nil, errors.Join(explain(s.whileUpgrading(err)), s.lock.Close())
	}
	if err := s.connect(ctx, o); err != nil {
		return nil, errors.Join(explain(err), s.Close())
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, o Options) (err error) {
	pragmas := writerPragmas(o)
	if o.ReadOnly {
		pragmas = readerPragmas
	}
	if s.pool, err = sql.Open("sqlite", address(s.path, pragmas)); err != nil {
		return err
	}
	s.pool.SetMaxOpenConns(1)
	if s.writer, err = s.pool.Conn(ctx); err != nil {
		return err
	}
	if s.reader, err = sql.Open("sqlite", address(s.path, readerPragmas)); err != nil {
		return err
	}
	s.reader.SetMaxOpenConns(2 * runtime.NumCPU())
	s.reader.SetMaxIdleConns(2 * runtime.NumCPU())
	for _, query := range tables.Viewed {
		if _, err := s.prepared(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// Close releases the file, once what is being written is.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	if s.writer != nil {
		for _, statement := range s.writing { // what is left of them would keep the connection open, and the log beside the file
			errs = append(errs, statement.Close())
		}
		errs = append(errs, s.writer.Close())
	}
	if s.pool != nil {
		errs = append(errs, s.pool.Close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}

// lockTurn is how long one turn waits for the file alone before it is looked whether another process has done what it is wanted for.
const lockTurn = 100 * time.Millisecond

// holdLock takes a lock that others may hold for a moment.
func holdLock(ctx context.Context, take func(context.Context, time.Duration) (bool, error), wait time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	held, err := take(waiting, 20*time.Millisecond)
	if held {
		return nil
	}
	if ctx.Err() == nil && (err == nil || errors.Is(err, context.DeadlineExceeded)) {
		return &archivist.Invalid{Code: archivist.DatabaseBusy, Text: "another process has the database open; stop it (archivist serve) and try again"}
	}
	return err
}

// writerPragmas and readerPragmas stand in the address of each connection, so that every connection has them.
func writerPragmas(o Options) []string {
	pragmas := []string{"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(5000)", "cache_size(-65536)"}
	if o.MaxPages > 0 {
		pragmas = append(pragmas, fmt.Sprintf("max_page_count(%d)", o.MaxPages))
	}
	return pragmas
}

var readerPragmas = func() []string {
	pragmas := []string{"query_only(1)", "busy_timeout(5000)", "cache_size(-8192)", "foreign_keys(1)"}
	if ^uint(0)>>32 != 0 { // a 32-bit address space has no room for it
		pragmas = append(pragmas, "mmap_size(1073741824)")
	}
	return pragmas
}()

// address names the file with its pragmas, which so hold on each connection.
func address(path string, pragmas []string) string {
	query := url.Values{"_pragma": pragmas}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}

// fileVersion reads the schema's version from the file's first bytes without opening it as a database: 0 where there is no file yet.
func fileVersion(path string) (int, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	header := make([]byte, 100)
	n, err := f.ReadAt(header, 0)
	switch {
	case n == 0:
		return 0, nil
	case errors.Is(err, io.EOF):
		return 0, foreign(path)
	case err != nil:
		return 0, err
	}
	// The format of a database file, section 1.3: user version at 60, application id at 68.
	if string(header[:16]) != "SQLite format 3\x00" || binary.BigEndian.Uint32(header[68:]) != applicationID {
		return 0, foreign(path)
	}
	version := int(binary.BigEndian.Uint32(header[60:]))
	if version > schemaVersion() {
		return 0, &archivist.Invalid{Code: archivist.DatabaseNewer, Text: fmt.Sprintf(
			"%s was written by a newer Archivist (schema %d, this one knows %d); update Archivist, or name another file with --database", path, version, schemaVersion())}
	}
	return version, nil
}

func older(path string, version int) error {
	if version == 0 {
		return &archivist.Invalid{Code: archivist.InvalidArgument, Text: "there is no database " + path}
	}
	return &archivist.Invalid{Code: archivist.InvalidArgument, Text: fmt.Sprintf(
		"%s has schema %d, this Archivist needs %d; stop what runs on it and open it once with archivist doctor, which brings it up to date", path, version, schemaVersion())}
}

func foreign(path string) error {
	return &archivist.Invalid{Code: archivist.DatabaseNotOurs, Text: path + " is no database of Archivist; name another file with --database"}
}

// explain turns SQLite's errors that a person can mend into ones that say how.
func explain(err error) error {
	const writable = "the database may not be written: see that its file and folder belong to who runs this, and are not mounted read-only: %w"
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) { // of the files beside it
		return fmt.Errorf(writable, err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return &archivist.Invalid{Code: archivist.DatabaseFull, Text: "the disk is full: nothing was changed; make room and try again"}
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fmt.Errorf("the database is damaged: archivist doctor names what is lost, archivist restore takes a backup: %w", err)
	case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN:
		return fmt.Errorf(writable, err)
	case lib.SQLITE_IOERR:
		return fmt.Errorf("the disk of the database fails: look at the system's log, and back up to another one: %w", err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return &archivist.Invalid{Code: archivist.DatabaseBusy, Text: "the database is busy with another process; try again in a moment"}
	}
	return err
}
