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

// A listener is an engine that asks for the plan of each look-up from a list, where plans is not nil.
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
	if l.to.plans != nil && strings.Contains(query, "json_each") {
		plan := ""
		if err := l.Tx.Rows("EXPLAIN (ANALYZE) "+query, args, func(scan tables.Scan) error {
			var line string
			err := scan(&line)
			plan += line + "\n"
			return err
		}); err != nil {
			return err
		}
		l.to.plans = append(l.to.plans, plan)
	}
	return l.Tx.Rows(query, args, each)
}
