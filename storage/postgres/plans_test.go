package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/storage/postgres/pgtest"
	"archivist/storage/tables"
)

// TestPutsDoNotReadTheLibrary: what a put looks up it finds by indexes, also in a library that is new to the server, which has not analysed its
// tables. (A row that is read in vain is one that a filter removes.)
func TestPutsDoNotReadTheLibrary(t *testing.T) {
	s := openTest(t, pgtest.Database(t), Options{})
	if _, err := s.pool.Exec(t.Context(), `ALTER TABLE article SET (autovacuum_enabled = off)`); err != nil {
		t.Fatal(err)
	}
	asked := &listener{engine: engine{s}}
	s.Store = tables.New(asked, time.Now)
	n := 0
	put := func(size int) {
		t.Helper()
		var puts []archivist.Put
		for range size {
			n++
			p := archivist.Put{Intake: archivist.Intake{Article: archivist.Article{Head: archivist.Head{Key: fmt.Sprint("a.example/", n)}}}}
			p.Hash[0], p.Hash[1], p.Links = byte(n), byte(n>>8), []string{fmt.Sprint("b.example/", n)}
			puts = append(puts, p)
		}
		if _, err := s.PutArticles(t.Context(), "town", puts); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		put(250)
	}
	asked.plans = []string{}
	put(1)
	put(20)
	if len(asked.plans) != 2 {
		t.Fatalf("%d plans", len(asked.plans))
	}
	for _, plan := range asked.plans {
		if strings.Contains(plan, "Removed by") || !strings.Contains(plan, "article_hash") {
			t.Error(plan)
		}
	}
}

// TestPagesAreSweptByAnIndex: the sweep that looks for old pages each hour finds them by an index, and reads no others.
func TestPagesAreSweptByAnIndex(t *testing.T) {
	s := openTest(t, pgtest.Database(t), Options{})
	for _, statement := range []string{
		`INSERT INTO library (id) VALUES ('town')`,
		`INSERT INTO page (library, article, fetched, url, type, etag, modified, body) SELECT 'town', n, n, repeat('x', 500), '', '', '', '' FROM generate_series(1, 20000) n`,
		`ANALYZE page`,
	} {
		if _, err := s.pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	asked := &listener{engine: engine{s}, plans: []string{}}
	s.Store = tables.New(asked, time.Now)
	if err := s.Sweep(t.Context(), time.UnixMilli(101), archivist.Retention{}); err != nil {
		t.Fatal(err)
	}
	if len(asked.plans) != 1 || !strings.Contains(asked.plans[0], "page_fetched") || strings.Contains(asked.plans[0], "Seq Scan") {
		t.Errorf("%q", asked.plans)
	}
}

// A listener is an engine that asks for the plan of each look-up from a list, and of what takes pages away, where plans is not nil.
type listener struct {
	engine
	plans []string
}

func (l *listener) Write(ctx context.Context, do func(tables.Tx) error) error {
	return l.engine.Write(ctx, func(t tables.Tx) error { return do(listening{t, l}) })
}

type listening struct {
	tables.Tx
	to *listener
}

func (l listening) Rows(query string, args []any, each func(tables.Scan) error) error {
	if strings.Contains(query, "json_each") {
		if err := l.explain("EXPLAIN (ANALYZE) "+query, args); err != nil {
			return err
		}
	}
	return l.Tx.Rows(query, args, each)
}

func (l listening) Exec(query string, args ...any) (int64, error) {
	if strings.HasPrefix(query, "DELETE FROM page ") {
		if err := l.explain("EXPLAIN "+query, args); err != nil {
			return 0, err
		}
	}
	return l.Tx.Exec(query, args...)
}

func (l listening) explain(query string, args []any) error {
	if l.to.plans == nil {
		return nil
	}
	plan := ""
	err := l.Tx.Rows(query, args, func(scan tables.Scan) error {
		var line string
		err := scan(&line)
		plan += line + "\n"
		return err
	})
	l.to.plans = append(l.to.plans, plan)
	return err
}
