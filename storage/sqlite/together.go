package sqlite

import (
	"context"
	"errors"
	"slices"
	"sync"

	"archivist/storage/tables"
)

// sharesAtMost is how many writes one transaction takes together.
const sharesAtMost = 256

var errBrokenOff = errors.New("the transaction was broken off")

// A share is one caller's part of a transaction that several share.
type share struct {
	do   func(tables.Tx) error
	done chan error // holds one: how it ended
}

// shares wait for the next transaction, in the order in which they came.
type shares struct {
	mu      sync.Mutex
	waiting []*share
}

func (s *shares) add(w *share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, w)
}

// take gives those that are next.
func (s *shares) take() []*share {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.waiting), sharesAtMost)
	next := slices.Clone(s.waiting[:n])
	s.waiting = slices.Delete(s.waiting, 0, n)
	return next
}

// withdraw takes a share back; false says that it is being written.
func (s *shares) withdraw(w *share) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.waiting, w)
	if i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	return i >= 0
}

// WriteTogether is Write for what is small and frequent. What comes while a transaction is under way shares the next one, so that a disk
// that is slow to flush makes all of them wait once, and not each for those before it. Each does all or nothing, whatever becomes of the
// others, and is durable when it returns nil.
func (e engine) WriteTogether(ctx context.Context, do func(tables.Tx) error) error {
	if err := ctx.Err(); err != nil { // select would take either way
		return err
	}
	mine := &share{do: do, done: make(chan error, 1)}
	e.shares.add(mine)
	for {
		select {
		case err := <-mine.done:
			return explain(err)
		case e.turn <- struct{}{}:
			e.writeShares(context.WithoutCancel(ctx)) // which are others' too
		case <-ctx.Done():
			if e.shares.withdraw(mine) {
				return ctx.Err()
			}
			return explain(<-mine.done)
		}
	}
}

// writeShares writes what waits, and gives the turn back.
func (s *Store) writeShares(ctx context.Context) {
	defer func() { <-s.turn }()
	list := s.shares.take()
	if len(list) == 0 {
		return
	}
	errs, err := make([]error, len(list)), errBrokenOff
	defer func() {
		for i, w := range list {
			if err != nil && errs[i] == nil {
				errs[i] = err
			}
			w.done <- errs[i]
		}
	}()
	err = s.transact(ctx, func(t tables.Tx) error {
		for i, w := range list {
			var broken error
			if errs[i], broken = part(t, w.do); broken != nil {
				return broken
			}
		}
		return nil
	})
}

// part does one of several parts of a transaction, or nothing of it where err is not nil. broken says that the whole cannot go on.
func part(t tables.Tx, do func(tables.Tx) error) (err, broken error) {
	if _, broken = t.Exec("SAVEPOINT part"); broken != nil {
		return nil, broken
	}
	if err = do(t); err != nil {
		if _, broken = t.Exec("ROLLBACK TO part"); broken != nil {
			return err, errors.Join(err, broken) // which is what the others are told: SQLite has taken all of it back, as on a full disk
		}
	}
	_, broken = t.Exec("RELEASE part")
	return err, broken
}
