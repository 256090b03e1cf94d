package postgres

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"archivist"
	"archivist/storage/postgres/pgtest"
	"archivist/storage/tables"

	"github.com/jackc/pgx/v5"
)

func TestTranslate(t *testing.T) {
	for statement, want := range map[string]string{
		`SELECT a FROM b WHERE c = ? AND d = ?`:                `SELECT a FROM b WHERE c = $1 AND d = $2`,
		`UPDATE a SET b = ? WHERE c = ? AND b <> ?1 AND d = ?`: `UPDATE a SET b = $1 WHERE c = $2 AND b <> $1 AND d = $3`,
		`SELECT ?12, ?`:                                        `SELECT $12, $13`,
		`SELECT '?' || ?, 'it''s ?'`:                           `SELECT '?' || $1, 'it''s ?'`,
		`SELECT a FROM b INDEXED BY b_a WHERE c = ?`:           `SELECT a FROM b WHERE c = $1`,
		`SELECT 1 FROM b WHERE id = ? /* FOR NO KEY UPDATE */`: `SELECT 1 FROM b WHERE id = $1 FOR NO KEY UPDATE`,
		`SELECT a FROM b CROSS JOIN /* LATERAL (SELECT * FROM */ c WHERE d = ?1 /* OFFSET 0) c */`:     `SELECT a FROM b CROSS JOIN LATERAL (SELECT * FROM c WHERE d = $1 OFFSET 0) c`,
		`SELECT a FROM json_each(?2) r CROSS JOIN b`:                                                   `SELECT a FROM jsonb_array_elements(CAST($2 AS jsonb)) AS r(value) CROSS JOIN b`,
		`SELECT a FROM b WHERE c IN (SELECT CAST(r.value AS BIGINT) FROM json_each(?) r) AND d IN (?)`: `SELECT a FROM b WHERE c = ANY (ARRAY(SELECT CAST(r.value AS BIGINT) FROM jsonb_array_elements(CAST($1 AS jsonb)) AS r(value))) AND d IN ($2)`,
		`SELECT a FROM b WHERE instr(?1, a) > 0`:                                                       `SELECT a FROM b WHERE strpos($1, a) > 0`,
		`SELECT a FROM b WHERE h = unhex(r.value ->> 1) AND ?1=1`:                                      `SELECT a FROM b WHERE h = decode(r.value ->> 1, 'hex') AND $1=1`,
	} {
		if got := translate(statement); got != want {
			t.Errorf("%s\n became %s\n want   %s", statement, got, want)
		}
	}
}

func TestTextsQuery(t *testing.T) {
	if textsQuery == tables.TextsQuery {
		t.Error("it is the same for both engines: what it differs in is not found")
	}
}

func TestRedact(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://ann:secret@host/db":              "postgres://ann:xxxxx@host/db",
		"postgres://ann@host/db?password=secret&a=b": "postgres://ann@host/db?a=b&password=xxxxx",
		"postgres://host/db":                         "postgres://host/db",
		"postgres://ann:sec%ret@host/db":             "the address",
		"postgres://ann:123/secret@host/db":          "the address",
		"postgres://ann:123?secret@host/db":          "the address",
		"postgres://ann:123#secret@host/db":          "the address",
		"postgres://ann@host/db?password=sec;ret":    "the address",
		"postgres://ann@host/db?sslpassword=secret":  "postgres://ann@host/db?sslpassword=xxxxx",
	} {
		if got := Redact(address); got != want {
			t.Errorf("%s became %s, want %s", address, got, want)
		}
	}
}

// TestErrorsSayWhatToDo opens what cannot be opened. No error shows a password.
func TestErrorsSayWhatToDo(t *testing.T) {
	address := pgtest.Database(t)
	if !strings.Contains(address, pgtest.User+"@") {
		t.Skip("the server is not ours: how it lets people in is not known")
	}
	execute(t, address, `CREATE ROLE guest LOGIN PASSWORD 'right'`, `CREATE ROLE owner LOGIN PASSWORD 'right'`)
	with := func(change func(u *url.URL)) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	for _, test := range []struct {
		address string
		code    archivist.Code
		hint    string
	}{
		{with(func(u *url.URL) { u.User = url.UserPassword("guest", "wrong-password") }), archivist.DatabaseRefused, "password"},
		{with(func(u *url.URL) { u.User = url.UserPassword("nobody", "wrong-password") }), archivist.DatabaseRefused, "user"},
		{with(func(u *url.URL) { u.User = url.UserPassword("guest", "right") }), archivist.DatabaseRefused, "owner"},
		{with(func(u *url.URL) { u.Path += "_missing" }), archivist.DatabaseRefused, "createdb"},
		{with(func(u *url.URL) { u.RawQuery = "host=" + filepath.Join(t.TempDir(), "nowhere") }), archivist.DatabaseAway, "runs"},
		{"postgres://ann:wrong-password@127.0.0.1:1/db?connect_timeout=2", archivist.DatabaseAway, "runs"},
		{"postgres://ann:wrong-password@host:port/db", archivist.InvalidArgument, "postgres://USER"},
		{"postgres://ann:wrong-password%@host/db", archivist.InvalidArgument, "postgres://USER"},
	} {
		s, err := Open(t.Context(), test.address, Options{})
		if err == nil {
			t.Errorf("%s was opened", test.address)
			_ = s.Close()
			continue
		}
		var invalid *archivist.Invalid
		if !errors.As(err, &invalid) || invalid.Code != test.code || !strings.Contains(err.Error(), test.hint) {
			t.Errorf("%s: %v, want code %s and a word of %q", test.address, err, test.code, test.hint)
		}
		if strings.Contains(err.Error(), "wrong-password") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

// TestRefusedUntouched: a schema of tomorrow and tables of another program stay as they are.
func TestRefusedUntouched(t *testing.T) {
	newer, foreign := pgtest.Database(t), pgtest.Database(t)
	if err := openTest(t, newer, Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	execute(t, newer, fmt.Sprintf(`UPDATE schema_version SET version = %d`, len(migrations())+1))
	execute(t, foreign, `CREATE TABLE theirs (x bigint)`)
	for address, want := range map[string]archivist.Code{newer: archivist.DatabaseNewer, foreign: archivist.DatabaseNotOurs} {
		before := tablesOf(t, address)
		_, err := Open(t.Context(), address, Options{})
		var invalid *archivist.Invalid
		if !errors.As(err, &invalid) || invalid.Code != want {
			t.Errorf("%v, want %s", err, want)
		}
		if after := tablesOf(t, address); after != before {
			t.Errorf("tables were %s, are %s", before, after)
		}
	}
}

// TestManyMigrate: processes that open an empty database at the same time all find it ready.
func TestManyMigrate(t *testing.T) {
	address := pgtest.Database(t)
	done := make(chan error)
	for range 8 {
		go func() {
			s, err := Open(t.Context(), address, Options{})
			if err == nil {
				_, err = s.Libraries(t.Context(), "", 1)
				err = errors.Join(err, s.Close())
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func execute(t *testing.T, address string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Error(err)
		}
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func tablesOf(t *testing.T, address string) (list string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), `SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace`).Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// released are the SHA-256 of migrations that have been released: they are never edited, a change is a new file.
var released = map[string]string{
	"0001_first.sql":        "30fe64fcfa248af827b1b20386751d2e02837cfda5be7bc829e7aca1acfa01c8",
	"0002_citus.sql":        "75be33d7b99ce4e387890e6b55405794c83288e5eb288a112f138e80bc571557",
	"0003_process.sql":      "bebfc64706429c84015ca171f9d3f4ca1041babe7fb16689bb574243bbff4aa7",
	"0004_card_packed.sql":  "09e400b4def7849dbdc4c6b03b93f3df2d034279e18a322e25f6fdfd2541ee86",
	"0005_marked.sql":       "cef4388145751d838b3c4084e56422908bdb43c430334f714014782ab2b7eba0",
	"0006_page_fetched.sql": "81988c48347a13ba6c1721509bf4f15d50a36cae3a76411fde58ee1b972914e4",
}

func TestReleasedMigrationsStay(t *testing.T) {
	for i, name := range migrations() {
		if !strings.HasPrefix(filepath.Base(name), fmt.Sprintf("%04d_", i+1)) {
			t.Errorf("%s is not number %d", name, i+1)
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if got := hex.EncodeToString(sum[:]); released[filepath.Base(name)] != got {
			t.Errorf("%s was edited after its release, or is new: %s", name, got)
		}
	}
}
