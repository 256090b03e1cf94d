package tables

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"hash"
	"math"
	"strings"

	"archivist"
)

// A whole store moves to another engine row by row: every engine has the same tables, with the same columns. What is not moved lasts for minutes
// alone: requests under way, and leases of shards.

// A Table is one that moves, with its key and its columns by their kinds: t text, n number, r real, b bytes.
type Table struct{ Name, Key, Columns string }

// Tables are all that move, each before those whose rows belong to its own.
var Tables = []Table{
	{"feed", "url", "url:t title:t home:t state:t etag:t modified:t every:n pause:n digest:t due:n polled:n good:n unchanged:n failed:n code:t moved_to:t moved_at:n"},
	{"feed_item", "feed seq", "feed:t seq:n key:t url:t title:t published:n content:b"},
	{"guild", "id", "id:t lost:n"},
	{"counter", "name", "name:t n:n"},
	{"library", "id", "id:t version:n next:n floor:n asked:n acts:n removals:n"},
	{"setting", "library key", "library:t key:t value:t"},
	{"article", "library id", "library:t id:n url:t key:t title:t site:t authors:t published:n day_only:n language:t words:n added:n added_by:t updated:n hash:b channels:t about:t archived:t dead:n"},
	{"article_version", "library article replaced", "library:t article:n replaced:n title:t text:b"},
	{"paragraph", "library article number", "library:t article:n number:n kind:n text:t"},
	{"link", "library key", "library:t key:t article:n"},
	{"segment", "library seq part", "library:t seq:n part:n kind:n article:n bytes:b"},
	{"page", "library article", "library:t article:n fetched:n url:t type:t etag:t modified:t body:b"},
	{"removed", "library id", "library:t id:n removal:n at:n url:t key:t title:t site:t authors:t published:n day_only:n language:t words:n added:n added_by:t updated:n hash:b channels:t rest:b about:t archived:t dead:n"},
	{"removed_page", "library article", "library:t article:n fetched:n url:t type:t etag:t modified:t body:b"},
	{"seen", "library hash article", "library:t hash:n article:n"},
	{"learned", "library host hash", "library:t host:t hash:n since:n kept:n marked:n"},
	{"job", "id", "id:n library:t kind:t url:t key:t person:t state:t tries:n due:n owner:t until:n code:t article:n outcome:t created:n channels:t lane:n host:t deaths:n offer:t"},
	{"turn", "library person", "library:t person:t turn:n"},
	{"library_turn", "library", "library:t turn:n"},
	{"subscription", "library feed", "library:t feed:t channel:t person:t added:n seen:n paused:n channels:t day:n served:n"},
	{"notice", "library feed what job", "library:t feed:t what:t job:n channel:t created:n"},
	{"refresh", "library article", "library:t article:n url:t etag:t modified:t checked:n due:n step:n missed:n missed_since:n pending:b"},
	{"question", "library id", "library:t id:n channel:t person:t text:t at:n grade:t confidence:r took:n channels:t"},
	{"feedback", "library card person", "library:t card:t person:t vote:n reason:t text:t question:t article:n at:n channels:t"},
	{"quota", "library person what day", "library:t person:t what:t day:n used:n"},
	{"card", "library id", "library:t id:t person:t channel:t kind:t question:t state:t created:n message:t place:t packed:b"},
	{"daily", "library day what", "library:t day:n what:t n:n"},
	{"bucket", "library key", "library:t key:t tokens:r at:n"},
	{"audit", "library id", "library:t id:n at:n actor:t verb:t target:t before:t after:t"},
}

// OfLibrary reports whether the table's rows are of libraries; the others are shared by all.
func (t Table) OfLibrary() bool {
	return t.Name == "library" || strings.HasPrefix(t.Columns, "library:") || strings.Contains(t.Columns, " library:")
}

// column is the one that holds the library.
func (t Table) column() string {
	if t.Name == "library" {
		return "id"
	}
	return "library"
}

// condition is that of the rows that move with a library, or of a shared table.
func (t Table) condition(library archivist.LibraryID) (where string, args []any) {
	switch {
	case t.OfLibrary():
		return " WHERE " + t.column() + " = ?", []any{string(library)}
	case t.Name == "counter":
		return " WHERE " + notMark, nil
	}
	return "", nil
}

func (t Table) names() []string {
	var names []string
	for column := range strings.FieldsSeq(t.Columns) {
		name, _, _ := strings.Cut(column, ":")
		names = append(names, name)
	}
	return names
}

// Rows calls each with the rows of a table in the order of its key: of a library, or all of a shared table, where library is "". Values are
// string, int64, float64, []byte or nil; the row is each's to keep.
func (s *Store) Rows(ctx context.Context, t Table, library archivist.LibraryID, each func(row []any) error) error {
	where, args := t.condition(library)
	var kinds []byte
	for column := range strings.FieldsSeq(t.Columns) {
		kinds = append(kinds, column[len(column)-1])
	}
	query := `SELECT ` + strings.Join(t.names(), ", ") + ` FROM ` + t.Name + where + ` ORDER BY ` + strings.ReplaceAll(t.Key, " ", ", ")
	return s.rows(ctx, query, args, func(scan Scan) error {
		targets := make([]any, len(kinds))
		for i, kind := range kinds {
			switch kind {
			case 't':
				targets[i] = new(sql.NullString)
			case 'n':
				targets[i] = new(sql.NullInt64)
			case 'r':
				targets[i] = new(sql.NullFloat64)
			default:
				targets[i] = new([]byte)
			}
		}
		if err := scan(targets...); err != nil {
			return err
		}
		row := make([]any, len(targets))
		for i, target := range targets {
			row[i] = valueOf(target)
		}
		return each(row)
	})
}

func valueOf(target any) any {
	switch v := target.(type) {
	case *sql.NullString:
		if v.Valid {
			return v.String
		}
	case *sql.NullInt64:
		if v.Valid {
			return v.Int64
		}
	case *sql.NullFloat64:
		if v.Valid {
			return v.Float64
		}
	case *[]byte:
		if *v != nil {
			return *v
		}
	}
	return nil
}

// PutRows writes rows of a table in one transaction, each in the place of one with the same key.
func (s *Store) PutRows(ctx context.Context, t Table, rows [][]any) error {
	names, key := t.names(), strings.Fields(t.Key)
	var set []string
	for _, name := range names {
		set = append(set, name+" = excluded."+name)
	}
	query := `INSERT INTO ` + t.Name + ` (` + strings.Join(names, ", ") + `) VALUES (` + strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ") +
		`) ON CONFLICT (` + strings.Join(key, ", ") + `) DO UPDATE SET ` + strings.Join(set, ", ")
	return s.write(ctx, func(tx *tx) error {
		for _, row := range rows {
			if err := tx.do(query, row...); err != nil {
				return err
			}
		}
		return nil
	})
}

// A Digest tells rows from others: how many, and the SHA-256 of all values in the order of the key.
type Digest struct {
	Rows int
	Sum  [sha256.Size]byte
}

// Digest reads the rows that Rows would.
func (s *Store) Digest(ctx context.Context, t Table, library archivist.LibraryID) (d Digest, err error) {
	sum := sha256.New()
	err = s.Rows(ctx, t, library, func(row []any) error {
		d.Rows++
		for _, value := range row {
			digestValue(sum, value)
		}
		return nil
	})
	sum.Sum(d.Sum[:0])
	return d, err
}

// digestValue writes a value with its kind and length, so that no two rows look alike.
func digestValue(sum hash.Hash, value any) {
	var bytes []byte
	kind := byte('-')
	switch v := value.(type) {
	case string:
		kind, bytes = 't', []byte(v)
	case []byte:
		kind, bytes = 'b', v
	case int64:
		kind, bytes = 'n', binary.BigEndian.AppendUint64(nil, uint64(v))
	case float64:
		kind, bytes = 'r', binary.BigEndian.AppendUint64(nil, math.Float64bits(v))
	}
	sum.Write(binary.BigEndian.AppendUint64([]byte{kind}, uint64(len(bytes)))) // never fails, as what follows
	sum.Write(bytes)
}
