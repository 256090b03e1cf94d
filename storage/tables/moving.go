package tables

import (
	"context"
	"fmt"
	"time"

	"archivist"
)

// A store into which another one is being moved has a mark, a counter whose number is when the move began: it is no store to answer from until
// all is there. Marks do not move (Table.condition).
const (
	moveMark = "moving "
	notMarks = `name NOT LIKE 'moving %'`
)

// BeginMove marks the store: a library is being moved into it, or all of them, where library is "". A mark that is there keeps its time.
func (s *Store) BeginMove(ctx context.Context, library archivist.LibraryID) error {
	return s.write(ctx, func(t *tx) error {
		return t.do(`INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, moveMark+string(library), s.now().UnixMilli())
	})
}

// EndMove takes the mark away: of a library, or every one, where library is "".
func (s *Store) EndMove(ctx context.Context, library archivist.LibraryID) error {
	return s.write(ctx, func(t *tx) error {
		if library == "" {
			return t.do(`DELETE FROM counter WHERE NOT (` + notMarks + `)`)
		}
		return t.do(`DELETE FROM counter WHERE name = ?`, moveMark+string(library))
	})
}

// Moving tells since when a move into this store has not ended; false says that none is under way.
func (s *Store) Moving(ctx context.Context) (since time.Time, moving bool, err error) {
	var ms int64
	moving, err = s.row(ctx, `SELECT n FROM counter WHERE NOT (`+notMarks+`) ORDER BY n LIMIT 1`, nil, &ms)
	if moving {
		since = time.UnixMilli(ms).UTC()
	}
	return since, moving, err
}

// DropRows removes the rows of a shared table, but feeds that libraries subscribe to, and marks of moves.
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
			return tx.do(`DELETE FROM counter WHERE ` + notMarks)
		}
		return tx.do(`DELETE FROM ` + t.Name)
	})
}
