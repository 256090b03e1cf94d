package sqlite

import (
	"context"
	"fmt"

	"archivist"
	"archivist/storage/tables"
)

// Check looks for damage of the file and rows that belong to nothing, and then for what tables.Store.Check looks for.
func (s *Store) Check(ctx context.Context, inspect func(archivist.Segment) ([]archivist.Range, error)) ([]archivist.Finding, error) {
	var findings []archivist.Finding
	report := func(advice, format string, args ...any) {
		findings = append(findings, archivist.Finding{Problem: fmt.Sprintf(format, args...), Advice: advice})
	}
	file := engine{s}.Read(ctx)
	if err := file.Rows(`PRAGMA integrity_check(10)`, nil, func(scan tables.Scan) error {
		var line string
		err := scan(&line)
		if err == nil && line != "ok" {
			report(tables.RestoreAdvice, "the file is damaged: %s", line)
		}
		return err
	}); err != nil {
		return nil, err
	}
	if err := file.Rows(`PRAGMA foreign_key_check`, nil, func(scan tables.Scan) error {
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
	if version, err := fileVersion(s.path); err != nil {
		return nil, err
	} else if version != schemaVersion() {
		report("open it once with archivist serve, which brings it up to date", "the schema is number %d, not %d", version, schemaVersion())
	}
	more, err := s.Store.Check(ctx, inspect)
	return append(findings, more...), err
}
