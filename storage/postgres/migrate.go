package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"archivist"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// distributes ends the name of a migration that is for Citus alone: it spreads tables over machines by their library.
const distributes = "_citus.sql"

// migrations are the names of the files, in order.
func migrations() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	return names
}

// migrate brings the schema up to date in one transaction. Several processes may do so at the same time: one does, the others wait for it.
func (s *Store) migrate(ctx context.Context) error {
	version, err := s.version(ctx)
	if err != nil || version == len(migrations()) {
		return err
	}
	if s.readOnly {
		return older(version)
	}
	for attempt := 0; ; attempt++ {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return migrateIn(ctx, tx) })
		// Of two that make the first table at the same time, one fails, and finds it made.
		if (code(err) == uniqueViolation || code(err) == duplicateTable) && attempt < retries {
			continue
		}
		if err != nil {
			return fmt.Errorf("bring the schema up to date: %w", err)
		}
		return nil
	}
}

// version is the number of the schema's newest migration, 0 for an empty database.
func (s *Store) version(ctx context.Context) (version int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT version FROM schema_version`).Scan(&version)
	if code(err) == undefinedTable {
		var ours, all int // ours may just have been made by another process
		err = s.pool.QueryRow(ctx, `SELECT count(*) FILTER (WHERE table_name = 'schema_version'), count(*) FROM information_schema.tables WHERE table_schema = current_schema()`).Scan(&ours, &all)
		if err == nil && ours == 0 && all > 0 {
			err = &archivist.Invalid{Code: archivist.DatabaseNotOurs, Text: "the database has tables of another program; make one for Archivist (createdb archivist) and name it with --database"}
		}
		return 0, err
	}
	if err == nil && version > len(migrations()) {
		err = &archivist.Invalid{Code: archivist.DatabaseNewer, Text: fmt.Sprintf(
			"the database was written by a newer Archivist (schema %d, this one knows %d); update Archivist, or name another database with --database", version, len(migrations()))}
	}
	return version, err
}

func older(version int) error {
	if version == 0 {
		return &archivist.Invalid{Code: archivist.InvalidArgument, Text: "the server's database holds nothing of Archivist yet"}
	}
	return &archivist.Invalid{Code: archivist.InvalidArgument, Text: fmt.Sprintf(
		"the server's database has schema %d, this Archivist needs %d; stop what runs on it and open it once with archivist doctor, which brings it up to date",
		version, len(migrations()))}
}

func migrateIn(ctx context.Context, tx pgx.Tx) error {
	// Who has the row migrates.
	for _, statement := range []string{
		`CREATE TABLE IF NOT EXISTS schema_version (id bigint PRIMARY KEY, version bigint NOT NULL)`,
		`INSERT INTO schema_version (id, version) VALUES (1, 0) ON CONFLICT DO NOTHING`,
		`SET LOCAL statement_timeout = 0`, // a large table takes its time
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	var version int
	if err := tx.QueryRow(ctx, `SELECT version FROM schema_version FOR UPDATE`).Scan(&version); err != nil {
		return err
	}
	names := migrations()
	citus := false
	if err := tx.QueryRow(ctx, `SELECT count(*) > 0 FROM pg_extension WHERE extname = 'citus'`).Scan(&citus); err != nil {
		return err
	}
	for ; version < len(names); version++ {
		if strings.HasSuffix(names[version], distributes) && !citus {
			continue
		}
		text, err := migrationFiles.ReadFile(names[version])
		if err != nil {
			return err
		}
		// The simple protocol takes several statements at once.
		if _, err := tx.Conn().PgConn().Exec(ctx, string(text)).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", names[version], err)
		}
	}
	_, err := tx.Exec(ctx, `UPDATE schema_version SET version = $1`, version)
	return err
}
