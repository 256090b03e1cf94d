package tables

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// A store into which another one is being moved has a mark, a counter whose number is when the move began: it is no store to answer from until
// all is there. The mark does not move (Table.condition).
const (
	isMark  = `name = 'moving'`
	notMark = `name != 'moving'`
)

// BeginMove marks the store: another one is being moved into it. A mark that is there keeps its time.
func (s *Store) BeginMove(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		return t.do(`INSERT INTO counter (name, n) VALUES ('moving', ?) ON CONFLICT (name) DO NOTHING`, s.now().UnixMilli())
	})
}

// EndMove takes the mark away.
func (s *Store) EndMove(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error { return t.do(`DELETE FROM counter WHERE ` + isMark) })
}

// Moving tells since when a move into this store has not ended; false says that none is under way.
func (s *Store) Moving(ctx context.Context) (since time.Time, moving bool, err error) {
	var ms int64
	moving, err = s.row(ctx, `SELECT n FROM counter WHERE `+isMark, nil, &ms)
	if moving {
		since = time.UnixMilli(ms).UTC()
	}
	return since, moving, err
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

// DropRows removes the rows of a shared table, but feeds that libraries subscribe to, and the mark of a move.
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
