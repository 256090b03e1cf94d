package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"time"

	"archivist"
	"archivist/storage"
	"archivist/storage/tables"
)

const (
	moveRows  = 500     // of a transaction, at most
	moveBytes = 4 << 20 // of texts and bytes in a transaction, about
)

// A pending library is not the same in both stores.
type pending struct {
	id     archivist.LibraryID
	tables []string          // that differ
	was    [sha256.Size]byte // of the digests of its tables in the old store, when it was looked at
	newer  bool              // the new store's has been written to
}

// librariesOf lists a store's libraries.
func librariesOf(ctx context.Context, s *storage.Store) (ids []archivist.LibraryID, err error) {
	for after := archivist.LibraryID(""); ; {
		list, err := s.Libraries(ctx, after, 100)
		if err != nil || len(list) == 0 {
			return ids, err
		}
		for _, l := range list {
			ids, after = append(ids, l.ID), l.ID
		}
	}
}

// wholeAlone move with all of a database alone, as what libraries share does: numbers of jobs and of a feed's items are the database's.
var wholeAlone = []string{"job", "turn", "library_turn", "notice", "subscription"}

// tables are those of libraries that move, or of what libraries share.
func (m *move) tables(ofLibrary bool) (list []tables.Table) {
	for _, t := range tables.Tables {
		if t.OfLibrary() == ofLibrary && (m.only == "" || ofLibrary && !slices.Contains(wholeAlone, t.Name)) {
			list = append(list, t)
		}
	}
	return list
}

// look compares a library.
func (m *move) look(ctx context.Context, id archivist.LibraryID) (p pending, err error) {
	p.id = id
	sum := sha256.New()
	for _, t := range m.tables(true) {
		theirs, err := m.from.Digest(ctx, t, id)
		if err != nil {
			return p, fmt.Errorf("table %s: %w", t.Name, err)
		}
		sum.Write(theirs.Sum[:])
		ours, err := m.to.Digest(ctx, t, id)
		if err != nil {
			return p, fmt.Errorf("table %s: %w", t.Name, err)
		}
		if theirs == ours {
			continue
		}
		p.tables = append(p.tables, t.Name)
		if t.Name == "library" {
			if p.newer, err = m.newer(ctx, t, id); err != nil {
				return p, err
			}
			if _, half, err := m.to.Moving(ctx, id); err != nil || half { // a move of it alone was killed: any other may take its place
				p.newer = false
				return p, err
			}
		}
	}
	sum.Sum(p.was[:0])
	return p, nil
}

// newer reports whether a library has been written to in the new store: each number of its row, its version first, only ever rises. Votes and queued
// jobs raise none; that only the new store has some may also come from the old one, which forgets them in its time.
func (m *move) newer(ctx context.Context, t tables.Table, id archivist.LibraryID) (bool, error) {
	var rows [2][]any
	for i, s := range []*storage.Store{m.from, m.to} {
		if err := s.Rows(ctx, t, id, func(row []any) error { rows[i] = row; return nil }); err != nil {
			return false, err
		}
	}
	for i := range min(len(rows[0]), len(rows[1])) {
		theirs, _ := rows[0][i].(int64) // the first is the id
		ours, _ := rows[1][i].(int64)
		if ours > theirs {
			return true, nil
		}
	}
	return false, nil
}

// shared copies what belongs to no library and is not the same: feeds, guilds, counters. No library is there that differs.
func (m *move) shared(ctx context.Context) error {
	names, err := m.sharedDiffer(ctx)
	if err != nil {
		return err
	}
	for _, t := range m.tables(false) {
		if !slices.Contains(names, t.Name) {
			continue
		}
		if err := m.to.DropRows(ctx, t); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if err := m.copy(ctx, t, ""); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return nil
}

// sharedDiffer are the names of the shared tables that are not the same.
func (m *move) sharedDiffer(ctx context.Context) (names []string, err error) {
	for _, t := range m.tables(false) {
		same, err := m.isSame(ctx, t, "")
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		if !same {
			names = append(names, t.Name)
		}
	}
	return names, nil
}

// library copies a library that is not there, and wants it to be the same then. What the old store has written to it meanwhile is no error, but
// a difference.
func (m *move) library(ctx context.Context, p pending) error {
	var failed error
	for _, t := range m.tables(true) {
		if err := m.copy(ctx, t, p.id); err != nil {
			failed = fmt.Errorf("table %s: %w", t.Name, err)
			break
		}
	}
	// A full disk and a server that is away are told by their code. All else may be rows of two moments that do not go together.
	if failed != nil && (ctx.Err() != nil || archivist.CodeOf(failed) != archivist.Internal) {
		return failed
	}
	now, err := m.look(ctx, p.id)
	switch {
	case err != nil:
		return err
	case failed != nil && now.was == p.was:
		return failed
	case failed != nil || len(now.tables) > 0:
		m.differ("library %s: %v", p.id, now.tables)
		return nil
	}
	m.moved++
	return nil
}

// subscribe has a library that moves alone subscribe to its feeds anew: where the new store polls one for others already, its items have other
// numbers there. What it subscribes to already stays, so that it is right for one whose rows a move copied that was killed before it came here.
func (m *move) subscribe(ctx context.Context, id archivist.LibraryID) error {
	list, err := m.from.Subscriptions(ctx, id)
	if err != nil {
		return err
	}
	for _, sub := range list {
		sub.Added = time.Now()
		if _, err := m.to.Subscribe(ctx, sub, math.MaxInt); err != nil {
			return fmt.Errorf("feed %s: %w", sub.Feed.URL, err)
		}
		if !sub.Paused {
			continue
		}
		if err := m.to.PauseFeed(ctx, id, sub.Feed.URL, true, archivist.Act{}); err != nil {
			return fmt.Errorf("feed %s: %w", sub.Feed.URL, err)
		}
	}
	return nil
}

func (m *move) isSame(ctx context.Context, t tables.Table, library archivist.LibraryID) (bool, error) {
	theirs, err := m.from.Digest(ctx, t, library)
	if err != nil {
		return false, err
	}
	ours, err := m.to.Digest(ctx, t, library)
	return theirs == ours, err
}

func (m *move) copy(ctx context.Context, t tables.Table, library archivist.LibraryID) error {
	var rows [][]any
	size := 0
	put := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := m.put(ctx, t, rows)
		rows, size = nil, 0
		return err
	}
	err := m.from.Rows(ctx, t, library, func(row []any) error {
		rows = append(rows, row)
		for _, value := range row {
			switch v := value.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
		}
		if len(rows) < moveRows && size < moveBytes {
			return nil
		}
		return put()
	})
	if err != nil {
		return err
	}
	return put()
}
