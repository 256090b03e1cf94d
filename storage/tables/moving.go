package tables

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"archivist"
)

// A store into which another one is being moved has a mark, a counter whose number is when the move began: it is no store to answer from until
// all is there. A library that moves alone has a mark of its own, which keeps nobody from the others. Marks do not move (Table.condition).
const (
	markOf  = `moving` // all; of a library alone, with its id behind a blank
	isMark  = `name LIKE 'moving%'`
	notMark = `name NOT LIKE 'moving%'`
)

func mark(library archivist.LibraryID) string {
	if library == "" {
		return markOf
	}
	return markOf + " " + string(library)
}

// BeginMove marks the store, or a library ("": all): another one is being moved into it. A mark that is there keeps its time.
func (s *Store) BeginMove(ctx context.Context, library archivist.LibraryID) error {
	return s.write(ctx, func(t *tx) error {
		return t.do(`INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, mark(library), s.now().UnixMilli())
	})
}

// EndMove takes the mark away: of a library, or all marks ("").
func (s *Store) EndMove(ctx context.Context, library archivist.LibraryID) error {
	return s.write(ctx, func(t *tx) error {
		if library == "" {
			return t.do(`DELETE FROM counter WHERE ` + isMark)
		}
		return t.do(`DELETE FROM counter WHERE name = ?`, mark(library))
	})
}

// Moving tells since when a move into this store, or of a library alone into it, has not ended; false says that none is under way.
func (s *Store) Moving(ctx context.Context, library archivist.LibraryID) (since time.Time, moving bool, err error) {
	var ms int64
	moving, err = s.row(ctx, `SELECT n FROM counter WHERE name = ?`, []any{mark(library)}, &ms)
	if moving {
		since = time.UnixMilli(ms).UTC()
	}
	return since, moving, err
}

// HalfMoved lists the libraries that are there and whose own move has not ended, by id.
func (s *Store) HalfMoved(ctx context.Context) (list []archivist.LibraryID, err error) {
	err = s.rows(ctx, `SELECT id FROM library WHERE id IN (SELECT substr(name, 8) FROM counter WHERE name LIKE 'moving %') ORDER BY id`, nil, func(scan Scan) error {
		var id archivist.LibraryID
		err := scan(&id)
		list = append(list, id)
		return err
	})
	return list, err
}

// Sees reports whether this store and another one are the same database, however each was addressed: a counter of a name that nobody else
// has is written to the other one, is looked for here, and is taken away again.
func (s *Store) Sees(ctx context.Context, other *Store) (same bool, err error) {
	name := "same " + rand.Text()
	if err := other.write(ctx, func(t *tx) error { return t.do(`INSERT INTO counter (name, n) VALUES (?, 0)`, name) }); err != nil {
		return false, err
	}
	same, err = s.row(ctx, `SELECT n FROM counter WHERE name = ?`, []any{name}, new(int64))
	gone := other.write(context.WithoutCancel(ctx), func(t *tx) error { return t.do(`DELETE FROM counter WHERE name = ?`, name) })
	return same, errors.Join(err, gone)
}

// DropRows removes the rows of a shared table, but feeds that libraries subscribe to, and the marks of moves.
func (s *Store) DropRows(ctx context.Context, t Table) error {
	if t.OfLibrary() {
		return fmt.Errorf("table %s is the libraries'", t.Name)
	}
	return s.write(ctx, func(tx *tx) error {
		switch t.Name {
		case "feed":
			return tx.each([]string{
				`DELETE FROM feed WHERE NOT EXISTS (SELECT 1 FROM subscription WHERE subscription.feed = feed.url)`,
				`DELETE FROM feed_item WHERE NOT EXISTS (SELECT 1 FROM feed WHERE feed.url = feed_item.feed)`,
			})
		case "counter":
			return tx.do(`DELETE FROM counter WHERE ` + notMark)
		}
		return tx.do(`DELETE FROM ` + t.Name)
	})
}
