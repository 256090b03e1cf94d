package tables

import (
	"context"

	"archivist"
)

// Library reads one library, or archivist.ErrNotFound.
func (s *Store) Library(ctx context.Context, id archivist.LibraryID) (archivist.Library, error) {
	library := archivist.Library{ID: id}
	found, err := s.row(ctx, `SELECT version, (SELECT count(*) FROM article WHERE library = ?1) FROM library WHERE id = ?1`,
		[]any{id}, &library.Version, &library.Articles)
	if err == nil && !found {
		err = archivist.ErrNotFound
	}
	return library, err
}

// Libraries lists up to n libraries behind after, by id; after "" begins at the front.
func (s *Store) Libraries(ctx context.Context, after archivist.LibraryID, n int) ([]archivist.Library, error) {
	var libraries []archivist.Library
	err := s.rows(ctx, `SELECT id, version, (SELECT count(*) FROM article WHERE library = library.id) FROM library WHERE id > ? ORDER BY id LIMIT ?`,
		[]any{after, n}, func(scan Scan) error {
			var l archivist.Library
			err := scan(&l.ID, &l.Version, &l.Articles)
			libraries = append(libraries, l)
			return err
		})
	return libraries, err
}

// goneVersions is the counter of the highest version that a deleted library had: what comes after has a higher one (begin).
const goneVersions = "library"

// DeleteLibrary removes a library with all that it holds. One that is not there is no error.
func (s *Store) DeleteLibrary(ctx context.Context, id archivist.LibraryID) error {
	return s.write(ctx, func(t *tx) error {
		var version int64
		if _, err := t.row(`SELECT version FROM library WHERE id = ? /* FOR UPDATE */`, []any{id}, &version); err != nil {
			return err
		}
		feeds, err := t.feedsOf(id)
		if err != nil {
			return err
		}
		if err := t.do(`DELETE FROM library WHERE id = ?`, id); err != nil {
			return err
		}
		for _, table := range ofLibrary {
			if err := t.do(`DELETE FROM `+table+` WHERE library = ?`, id); err != nil {
				return err
			}
		}
		for _, feed := range feeds {
			if err := t.forgetFeed(feed); err != nil {
				return err
			}
		}
		return t.do(`INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = excluded.n WHERE counter.n < excluded.n`, goneVersions, version)
	})
}

// begin is the version of a library before its first article: no lower than that of any library that was deleted, as processes may still hold
// the index of one of the same name. The floor is above it, so that they read all of the new index, and none of it beside the old.
func (w *articleWriter) begin() error {
	if _, err := w.row(`SELECT n FROM counter WHERE name = ?`, []any{goneVersions}, &w.version); err != nil || w.version == 0 {
		return err
	}
	return w.do(`UPDATE library SET floor = ? WHERE id = ?`, w.version+1, w.library)
}

// ensureLibrary makes the library's row if it is not there, and has it for this transaction: two that write into one library take turns.
func (t *tx) ensureLibrary(id archivist.LibraryID) error {
	return t.do(`INSERT INTO library (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET version = library.version`, id)
}

// count raises a counter by one, and has it for this transaction. Numbers come from rows, as sequences do not exist wherever tables are spread
// over machines.
func (t *tx) count(name string) (n int64, err error) {
	_, err = t.row(`INSERT INTO counter (name, n) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = counter.n + 1 RETURNING n`, []any{name}, &n)
	return n, err
}

// Settings are the library's settings that are not at their default; empty for a library that is not there.
func (s *Store) Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error) {
	settings := map[string]string{}
	err := s.rows(ctx, `SELECT key, value FROM setting WHERE library = ? ORDER BY key`, []any{library}, func(scan Scan) error {
		var key, value string
		err := scan(&key, &value)
		settings[key] = value
		return err
	})
	return settings, err
}

// SetSetting sets a setting, or takes it back to its default ("" as value), with its audit entry. act.Before is filled in here.
func (s *Store) SetSetting(ctx context.Context, library archivist.LibraryID, key, value string, act archivist.Act) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.ensureLibrary(library); err != nil {
			return err
		}
		act := act // a transaction may run again
		if act != (archivist.Act{}) {
			if _, err := t.row(`SELECT value FROM setting WHERE library = ? AND key = ?`, []any{library, key}, &act.Before); err != nil {
				return err
			}
			act.After = value
		}
		query, args := `INSERT INTO setting (library, key, value) VALUES (?, ?, ?) ON CONFLICT (library, key) DO UPDATE SET value = excluded.value`, []any{library, key, value}
		if value == "" {
			query, args = `DELETE FROM setting WHERE library = ? AND key = ?`, []any{library, key}
		}
		if err := t.do(query, args...); err != nil {
			return err
		}
		return t.audit(library, act)
	})
}
