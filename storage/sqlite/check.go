package sqlite

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"archivist"
	"archivist/storage/tables"
)

// ofTree is how SQLite names the table or index that a damaged page is of: by its root page.
var ofTree = regexp.MustCompile(`^Tree ([0-9]+) `)

// Check looks for damage of the file and rows that belong to nothing, and then for what tables.Store.Check looks for.
func (s *Store) Check(ctx context.Context, inspect func(archivist.Segment) ([]archivist.Range, error)) ([]archivist.Finding, error) {
	var findings []archivist.Finding
	report := func(advice, format string, args ...any) {
		findings = append(findings, archivist.Finding{Problem: fmt.Sprintf(format, args...), Advice: advice})
	}
	file := engine{s}.Read(ctx)
	names := map[string]string{} // of tables and indexes, by their root page
	// What cannot be read is told, and the rest looked at all the same.
	look := func(query string, each func(tables.Scan) error) error {
		err := file.Rows(query, nil, each)
		if err != nil && ctx.Err() == nil {
			report(tables.RestoreAdvice, "the file is damaged: %v", err)
		}
		return ctx.Err()
	}
	if err := look(`SELECT rootpage, name FROM sqlite_master WHERE rootpage > 0`, func(scan tables.Scan) error {
		var root, name string
		err := scan(&root, &name)
		names[root] = name
		return err
	}); err != nil {
		return nil, err
	}
	if err := look(`PRAGMA integrity_check(10)`, func(scan tables.Scan) error {
		var lines string
		err := scan(&lines)
		for line := range strings.SplitSeq(lines, "\n") {
			if err != nil || line == "ok" || strings.HasPrefix(line, "***") {
				continue
			}
			where := ""
			if tree := ofTree.FindStringSubmatch(line); tree != nil && names[tree[1]] != "" {
				where = "table or index " + names[tree[1]] + ": "
			}
			report(tables.RestoreAdvice, "the file is damaged: %s%s", where, line)
		}
		return err
	}); err != nil {
		return nil, err
	}
	if err := look(`PRAGMA foreign_key_check`, func(scan tables.Scan) error {
		var table, parent string
		var row, key any
		err := scan(&table, &row, &parent, &key)
		if err == nil {
			report(tables.RestoreAdvice, "a row of table %s belongs to no %s", table, parent)
		}
		return err
	}); err != nil {
		return nil, err
	}
	// By a query: whoever opens the file and closes it ends the locks that this process has on it.
	if err := look(`PRAGMA user_version`, func(scan tables.Scan) error {
		version := 0
		err := scan(&version)
		if err == nil && version != schemaVersion() {
			report("open it once with archivist serve, which brings it up to date", "the schema is number %d, not %d", version, schemaVersion())
		}
		return err
	}); err != nil {
		return nil, err
	}
	more, err := s.Store.Check(ctx, inspect)
	return append(findings, more...), err
}
