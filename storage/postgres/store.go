// Package postgres keeps libraries in PostgreSQL, or in what speaks its protocol, so that several processes on several machines share one
// store. With the methods of storage/tables it satisfies what storage/sqlite does, under the same contract (storage/storagetest).
//
// Rules of the schema (a test reads it): the library comes first in every key but those of shared tables; no sequences, triggers, foreign keys,
// advisory locks or LISTEN. Transactions are READ COMMITTED; who writes into a library has its row, so that two libraries never meet.
// Begin with Open.
package postgres

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"archivist"
	"archivist/storage/tables"

	"github.com/jackc/pgx/v5/pgxpool"
)

// oldest is the first version of PostgreSQL that we are tested on.
const oldest = 15

// What the server is told of each connection, unless the address says otherwise, in milliseconds: a statement that takes longer is given up,
// and so is a transaction whose process has stopped in the middle of it with a library's row in its hands.
var defaults = map[string]string{
	"application_name":                    "archivist",
	"statement_timeout":                   "60000",
	"idle_in_transaction_session_timeout": "60000",
}

// grace is how much longer than statement_timeout we wait for what the server says.
const grace = 30 * time.Second

// Options of a store. The zero value is right for production.
type Options struct {
	ReadOnly  bool             // nothing is made or written: a database that is empty, or of an older schema, is refused
	Unhurried bool             // statements may take as long as they take, whatever the address says
	Now       func() time.Time // when rows are stamped; nil: time.Now
}

// A Store is one database. Its methods may be called by many goroutines.
type Store struct {
	*tables.Store
	pool     *pgxpool.Pool
	types    map[string]map[string]string // of columns, by table
	patience time.Duration                // with the server; 0: no bound
	readOnly bool
}

// Open opens the database at an address, postgres://user:password@host/database?…, and brings its schema up to date; the database itself
// must be there. A schema of a newer Archivist, or tables of another program, are refused (archivist.DatabaseNewer, DatabaseNotOurs) and not
// touched. Errors never show the password.
//
// Of the address's options (https://www.postgresql.org/docs/current/libpq-connect.html) these matter most: sslmode; pool_max_conns, the most
// connections that are open at a time; default_query_exec_mode=cache_describe behind a pooler that hands out connections by transaction and
// knows nothing of prepared statements (PgBouncer before 1.21), which costs a plan for each statement; statement_timeout.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	config, err := configure(address)
	if err != nil {
		return nil, err
	}
	if o.Unhurried {
		config.ConnConfig.RuntimeParams["statement_timeout"] = "0"
	}
	s := &Store{patience: grace, readOnly: o.ReadOnly}
	s.Store = tables.New(engine{s}, o.Now)
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, explain(ctx, err)
	}
	if err := s.prepare(ctx); err != nil {
		s.pool.Close()
		return nil, explain(ctx, err)
	}
	return s, nil
}

// configure reads an address. What it does not say is set to what serves us.
func configure(address string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, &archivist.Invalid{Code: archivist.InvalidArgument, Text: fmt.Sprintf(
			"%s is no address of a database; write postgres://USER:PASSWORD@HOST/DATABASE", Redact(address))}
	}
	said := url.Values{}
	if u, err := url.Parse(address); err == nil {
		said = u.Query()
	}
	for name, value := range defaults {
		if config.ConnConfig.RuntimeParams[name] == "" {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if !said.Has("pool_max_conns") {
		config.MaxConns = int32(max(8, 4*runtime.NumCPU()))
	}
	if !said.Has("connect_timeout") {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	return config, nil
}

// prepare looks at the server, and brings the schema up to date.
func (s *Store) prepare(ctx context.Context) error {
	var version, timeout string
	asking, cancel := s.patient(ctx)
	defer cancel()
	if err := s.pool.QueryRow(asking, "SELECT current_setting('server_version_num'), setting FROM pg_settings WHERE name = 'statement_timeout'").Scan(&version, &timeout); err != nil {
		return err
	}
	s.patience = 0
	if ms, err := strconv.ParseInt(timeout, 10, 64); err == nil && ms > 0 {
		s.patience = time.Duration(ms)*time.Millisecond + grace
	}
	if number, err := strconv.Atoi(version); err != nil || number/10000 < oldest {
		return &archivist.Invalid{Code: archivist.DatabaseNotOurs, Text: fmt.Sprintf(
			"the server is PostgreSQL %d; Archivist needs %d or newer: upgrade the server, or name another one with --database", number/10000, oldest)}
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	s.types = map[string]map[string]string{}
	return engine{s}.Read(ctx).Rows(`SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = current_schema()`, nil, func(scan tables.Scan) error {
		var table, column, kind string
		err := scan(&table, &column, &kind)
		if s.types[table] == nil {
			s.types[table] = map[string]string{}
		}
		s.types[table][column] = kind
		return err
	})
}

// Close closes all connections, once they are given back.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// Check looks for rows that belong to nothing, and then for what tables.Store.Check looks for.
func (s *Store) Check(ctx context.Context, inspect func(archivist.Segment) ([]archivist.Range, error)) ([]archivist.Finding, error) {
	findings, err := s.Ownerless(ctx)
	if err != nil {
		return nil, err
	}
	more, err := s.Store.Check(ctx, inspect)
	return append(findings, more...), err
}

// Vitals tells how the store fares. The server's log is all its databases', and not known.
func (s *Store) Vitals(ctx context.Context) (archivist.Vitals, error) {
	v, err := s.Store.Vitals(ctx)
	if err != nil {
		return v, err
	}
	_, err = engine{s}.Read(ctx).Row(`SELECT pg_database_size(current_database())`, nil, &v.Bytes)
	return v, err
}

// Redact is an address without its password, for logs and errors.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil { // url.Error would show it whole
		return "the address"
	}
	query, err := url.ParseQuery(u.RawQuery)
	// A password with an unescaped character in it may stand anywhere: in the port, the path, the query.
	if err != nil || strings.Contains(u.Host+u.Path+u.RawQuery+u.Fragment, "@") {
		return "the address"
	}
	for _, secret := range []string{"password", "sslpassword"} {
		if query.Has(secret) {
			query.Set(secret, "xxxxx")
			u.RawQuery = query.Encode()
		}
	}
	return u.Redacted()
}
