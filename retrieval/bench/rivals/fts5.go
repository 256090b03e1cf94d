package main

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite"
)

// newFTS5 is SQLite's FTS5 at its best: without the text, merged to one b-tree, mapped into memory, one prepared statement.
func newFTS5(ctx context.Context, folder string, passages []string) (*rival, error) {
	path := filepath.Join(folder, "fts5.db")
	began := time.Now()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=mmap_size(1073741824)&_pragma=journal_mode(off)&_pragma=synchronous(off)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := fillFTS5(ctx, db, passages); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	built := time.Since(began)
	search, err := db.PrepareContext(ctx, `SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY rank LIMIT ?`)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	r := &rival{name: "FTS5, top 10", build: built, bytes: info.Size(), close: db.Close}
	r.top = func(ctx context.Context, words []string) (numbers []int, err error) {
		rows, err := search.QueryContext(ctx, `"`+strings.Join(words, `" OR "`)+`"`, wanted)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				return nil, err
			}
			numbers = append(numbers, n)
		}
		return numbers, rows.Err()
	}
	return r, nil
}

// fts5Table keeps no text. Its detail is full, though places are not asked for: with less, and without the text to count in, bm25 knows no
// frequencies and takes all passages for equally good.
const fts5Table = `CREATE VIRTUAL TABLE passage USING fts5(text, content='', tokenize='porter unicode61')`

func fillFTS5(ctx context.Context, db *sql.DB, passages []string) error {
	if _, err := db.ExecContext(ctx, fts5Table); err != nil {
		return err
	}
	all, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := all.PrepareContext(ctx, `INSERT INTO passage(rowid, text) VALUES (?, ?)`)
	for i := 0; err == nil && i < len(passages); i++ {
		_, err = insert.ExecContext(ctx, i+1, passages[i])
	}
	if err != nil {
		return errors.Join(err, all.Rollback())
	}
	if err := all.Commit(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `INSERT INTO passage(passage) VALUES ('optimize')`)
	return err
}
