package postgres

import (
	"cmp"
	"database/sql"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"archivist/storage/postgres/pgtest"
	"archivist/storage/sqlite"
	"archivist/storage/tables"

	diff "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// shared are the tables that all libraries share: small, and in one place wherever the others are spread.
var shared = []string{"job", "turn", "library_turn", "subscription", "notice", "feed", "feed_item", "request", "guild", "process", "counter"}

// A table as both engines have it.
type table struct {
	Columns map[string]string // the type, "text null" where it may be NULL
	Keys    []string          // the columns of primary and unique keys, the primary first
}

// TestSchemas reads the schemas of both engines and holds them to the rules that let one schema run on one machine and on many.
func TestSchemas(t *testing.T) {
	ours, theirs := postgresSchema(t), sqliteSchema(t)
	if d := diff.Diff(theirs, ours); d != "" || len(ours) < 30 {
		t.Errorf("%d tables (-SQLite +PostgreSQL):\n%s", len(ours), d)
	}
	for name, table := range ours {
		first := "library"
		if name == "library" {
			first = "id"
		}
		for _, key := range table.Keys {
			if column, _, _ := strings.Cut(key, " "); column != first && !slices.Contains(shared, name) {
				t.Errorf("a key of %s begins with %s", name, column)
			}
		}
		for column, kind := range table.Columns {
			if kind = strings.TrimSuffix(kind, " null"); !slices.Contains([]string{"text", "bigint", "bytea", "double"}, kind) {
				t.Errorf("%s.%s is of type %s", name, column, kind)
			}
		}
	}
}

// TestCitus: what is spread over machines is every table but the shared ones, by the library. There is no Citus to run it on: the text is held
// against the tables.
func TestCitus(t *testing.T) {
	want := map[string]string{}
	for name := range postgresSchema(t) {
		if !slices.Contains(shared, name) {
			want[name] = "library"
		}
	}
	want["library"] = "id"
	got := map[string]string{}
	for _, name := range migrations() {
		if !strings.HasSuffix(name, distributes) {
			continue
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`create_distributed_table\('(\w+)', '(\w+)'(, colocate_with => 'library')?\)`).FindAllStringSubmatch(string(text), -1) {
			if got[m[1]] != "" || (m[3] == "") != (m[1] == "library") {
				t.Errorf("%s", m[0])
			}
			got[m[1]] = m[2]
		}
	}
	if d := diff.Diff(want, got); d != "" {
		t.Errorf("distributed tables (-want +got):\n%s", d)
	}
}

func postgresSchema(t *testing.T) map[string]table {
	s := openTest(t, pgtest.Database(t), Options{})
	tables := map[string]table{}
	each := func(query string, take func(fields []string)) {
		t.Helper()
		rows, err := s.pool.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		all, err := pgx.CollectRows(rows, pgx.RowTo[[]string])
		if err != nil {
			t.Fatal(err)
		}
		for _, fields := range all {
			take(fields)
		}
	}
	each(`SELECT ARRAY[table_name, column_name, udt_name, is_nullable, coalesce(collation_name, ''), coalesce(column_default, '')]::text[]
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_version'`, func(f []string) {
		if tables[f[0]].Columns == nil {
			tables[f[0]] = table{Columns: map[string]string{}}
		}
		kind := map[string]string{"int8": "bigint", "float8": "double"}[f[2]]
		if kind = cmp.Or(kind, f[2]); f[3] == "YES" {
			kind += " null"
		}
		tables[f[0]].Columns[f[1]] = kind
		if f[2] == "text" && f[4] != "C" {
			t.Errorf("%s.%s does not sort by bytes: %q", f[0], f[1], f[4])
		}
		if strings.Contains(f[5], "(") {
			t.Errorf("%s.%s has a default that is computed: %s", f[0], f[1], f[5])
		}
	})
	each(`SELECT ARRAY[c.relname, (SELECT string_agg(a.attname, ' ' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
			JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)]::text[]
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND i.indisunique AND c.relname <> 'schema_version' ORDER BY c.relname, NOT i.indisprimary, 1`, func(f []string) {
		kept := tables[f[0]]
		kept.Keys = append(kept.Keys, f[1])
		tables[f[0]] = kept
	})
	each(`SELECT ARRAY['a sequence', sequence_name] FROM information_schema.sequences
		UNION ALL SELECT ARRAY['a trigger', trigger_name] FROM information_schema.triggers
		UNION ALL SELECT ARRAY['a foreign key', constraint_name] FROM information_schema.referential_constraints`, func(f []string) {
		t.Errorf("%s: %s", f[0], f[1])
	})
	each(`SELECT ARRAY[c.relname, a.attname, a.attstorage::text] FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE (c.relname, a.attname) IN (('segment', 'bytes'), ('page', 'body'))`, func(f []string) {
		if f[2] != "e" { // EXTERNAL: it is packed already
			t.Errorf("%s.%s is stored as %q", f[0], f[1], f[2])
		}
	})
	return tables
}

func sqliteSchema(t *testing.T) map[string]table {
	file := filepath.Join(t.TempDir(), "schema.db")
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	each := func(query string, take func(fields []string)) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			fields := make([]string, 4)
			if err := rows.Scan(&fields[0], &fields[1], &fields[2], &fields[3]); err != nil {
				t.Fatal(err)
			}
			take(fields)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	// goose's list of migrations is no table of ours. SQLite keeps the numbers of job, whose column has been AUTOINCREMENT from the first, in
	// sqlite_sequence; they come from counter now.
	const ours = ` FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT IN ('goose_db_version', 'sqlite_sequence')`
	tables := map[string]table{}
	each(`SELECT m.name, c.name, c.type, c."notnull" OR c.pk > 0 FROM (SELECT m.name`+ours+`) m JOIN pragma_table_info(m.name) c`, func(f []string) {
		if tables[f[0]].Columns == nil {
			tables[f[0]] = table{Columns: map[string]string{}}
		}
		kind := map[string]string{"INTEGER": "bigint", "BLOB": "bytea"}[f[2]]
		if kind = cmp.Or(kind, strings.ToLower(f[2])); f[3] == "0" {
			kind += " null"
		}
		tables[f[0]].Columns[f[1]] = kind
	})
	keys := map[string]map[string]bool{} // by table and columns; whether it is the primary one
	each(`SELECT m.name, 'pk', (SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk)), ''`+ours+`
		UNION ALL SELECT m.name, i.name, (SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)), ''
		FROM (SELECT m.name`+ours+`) m JOIN pragma_index_list(m.name) i WHERE i."unique" AND i.origin <> 'pk'`, func(f []string) {
		if keys[f[0]] == nil {
			keys[f[0]] = map[string]bool{}
		}
		keys[f[0]][f[2]] = f[1] == "pk"
	})
	for name, of := range keys {
		kept := tables[name]
		kept.Keys = slices.SortedFunc(maps.Keys(of), func(a, b string) int {
			if of[a] != of[b] {
				return map[bool]int{true: -1, false: 1}[of[a]]
			}
			return cmp.Compare(a, b)
		})
		tables[name] = kept
	}
	return tables
}

// TestMovedTables holds what moves to another engine to the schema: every table but those whose rows last for minutes, with every column.
func TestMovedTables(t *testing.T) {
	want := postgresSchema(t)
	for _, name := range []string{"request", "process"} {
		if _, there := want[name]; !there {
			t.Errorf("there is no table %s", name)
		}
		delete(want, name)
	}
	for _, moved := range tables.Tables {
		schema, there := want[moved.Name]
		delete(want, moved.Name)
		if !there {
			t.Errorf("there is no table %s, or it moves twice", moved.Name)
			continue
		}
		columns := map[string]string{}
		for column := range strings.FieldsSeq(moved.Columns) {
			name, kind, _ := strings.Cut(column, ":")
			columns[name] = map[string]string{"t": "text", "n": "bigint", "b": "bytea", "r": "double"}[kind]
		}
		for name, kind := range schema.Columns {
			schema.Columns[name] = strings.TrimSuffix(kind, " null")
		}
		if d := diff.Diff(schema.Columns, columns); d != "" {
			t.Errorf("%s (-schema +moved):\n%s", moved.Name, d)
		}
		if schema.Keys[0] != moved.Key {
			t.Errorf("the key of %s is %q, and moves as %q", moved.Name, schema.Keys[0], moved.Key)
		}
	}
	for name := range want {
		t.Errorf("table %s does not move", name)
	}
}
