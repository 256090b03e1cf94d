package tables

import (
	"context"
	"database/sql"

	"archivist"
)

// Audit lists up to n acts in a library, the last first, after the first skip of them.
func (s *Store) Audit(ctx context.Context, library archivist.LibraryID, skip, n int) ([]archivist.Entry, error) {
	var entries []archivist.Entry
	err := s.rows(ctx, `SELECT id, at, actor, verb, target, before, after FROM audit WHERE library = ? ORDER BY id DESC LIMIT ? OFFSET ?`,
		[]any{library, n, skip}, func(scan Scan) error {
			var e archivist.Entry
			var at sql.NullInt64
			err := scan(&e.ID, &at, &e.Actor, &e.Verb, &e.Target, &e.Before, &e.After)
			e.At = fromMillis(at)
			entries = append(entries, e)
			return err
		})
	return entries, err
}

// Note puts an act into the audit log that changed nothing in the store.
func (s *Store) Note(ctx context.Context, library archivist.LibraryID, act archivist.Act) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.ensureLibrary(library); err != nil {
			return err
		}
		return t.audit(library, act)
	})
}

// audit writes an act's entry; one without a verb has none.
func (t *tx) audit(library archivist.LibraryID, act archivist.Act) error {
	if act.Verb == "" {
		return nil
	}
	var id int64
	if _, err := t.row(`UPDATE library SET acts = acts + 1 WHERE id = ? RETURNING acts`, []any{library}, &id); err != nil {
		return err
	}
	err := t.do(`INSERT INTO audit (library, id, at, actor, verb, target, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		library, id, t.store.now().UnixMilli(), act.Actor, act.Verb, act.Target, act.Before, act.After)
	return err
}
