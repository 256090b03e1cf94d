package tables

import (
	"context"
	"database/sql"
	"time"

	"archivist"
)

// SaveRequests keeps requests, each in the place of what was kept of the same id; all in one transaction.
func (s *Store) SaveRequests(ctx context.Context, requests []archivist.Pending) error {
	return s.write(ctx, func(t *tx) error {
		for _, r := range requests {
			var event any
			if r.Open() {
				event = r.Event
			}
			if err := t.do(`INSERT INTO request (id, guild, event, reply, created) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (id) DO UPDATE SET event = excluded.event, reply = excluded.reply`,
				r.ID, r.Guild, event, r.Reply, r.Created.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

const requestColumns = `id, guild, event, reply, created`

func scanRequest(scan Scan) (r archivist.Pending, err error) {
	var created sql.NullInt64
	err = scan(&r.ID, &r.Guild, &r.Event, &r.Reply, &created)
	r.Created = fromMillis(created)
	return r, err
}

// Requests lists what is kept of all requests, answered ones too, the oldest first.
func (s *Store) Requests(ctx context.Context) ([]archivist.Pending, error) {
	var requests []archivist.Pending
	err := s.rows(ctx, `SELECT `+requestColumns+` FROM request ORDER BY created, id`, nil, func(scan Scan) error {
		r, err := scanRequest(scan)
		requests = append(requests, r)
		return err
	})
	return requests, err
}

// Request reads what is kept of a request, or archivist.ErrNotFound.
func (s *Store) Request(ctx context.Context, id string) (r archivist.Pending, err error) {
	err = s.rows(ctx, `SELECT `+requestColumns+` FROM request WHERE id = ?`, []any{id}, func(scan Scan) error {
		r, err = scanRequest(scan)
		return err
	})
	if err == nil && r.ID == "" {
		err = archivist.ErrNotFound
	}
	return r, err
}

// ForgetRequests removes what was made before a time.
func (s *Store) ForgetRequests(ctx context.Context, before time.Time) error {
	return s.write(ctx, func(t *tx) error {
		err := t.do(`DELETE FROM request WHERE created < ?`, before.UnixMilli())
		return err
	})
}
