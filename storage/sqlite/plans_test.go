package sqlite

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/storage/tables"
)

// readsAll is a step of a plan that reads a whole table, or all that a library has of one. What json_each gives is a list of ours.
var readsAll = regexp.MustCompile(`^SCAN ([^r]|r\S)|\(library=\?\)`)

// TestPutsDoNotReadTheLibrary: the plan of every statement that puts articles, of each outcome, goes by an index to what it needs, as the time
// of a put must not grow with the library.
func TestPutsDoNotReadTheLibrary(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	outcomes := map[archivist.Outcome]int{}
	for n, key := range []string{"one", "one", "two", "two"} {
		p := article(key, fmt.Sprint(n/3))
		p.Hash = sha256.Sum256([]byte(fmt.Sprint(n / 3)))
		p.Web, p.Print, p.Links, p.CopyOf, p.Check = true, 7, []string{"link.example/" + key}, "other.example/", &archivist.Check{}
		p.Page = &archivist.Page{Body: []byte("page")}
		printed, err := s.Printed(t.Context(), "town", []archivist.ParagraphHash{p.Print})
		if err != nil {
			t.Fatal(err)
		}
		p.Compared = printed[p.Print]
		stored, err := s.PutArticles(t.Context(), "town", []archivist.Put{p})
		if err != nil {
			t.Fatal(err)
		}
		outcomes[stored[0].Outcome]++
	}
	if len(outcomes) != 4 {
		t.Errorf("the outcomes were %v", outcomes)
	}
	if read := goesByIndexes(t, s, ""); read < 20 {
		t.Errorf("%d steps were read", read)
	}
}

// TestPagesAreSweptByAnIndex: the sweep looks for old pages each hour while nobody else can write, and pages are the largest rows that there are.
func TestPagesAreSweptByAnIndex(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	if err := s.Sweep(t.Context(), time.Now(), archivist.Retention{}); err != nil {
		t.Fatal(err)
	}
	if read := goesByIndexes(t, s, "DELETE FROM page "); read < 2 {
		t.Errorf("%d steps were read", read)
	}
}

// goesByIndexes wants that no statement that a store has written by, of those that begin so, reads all of a table or library. read counts the steps of
// their plans.
func goesByIndexes(t *testing.T, s *Store, begins string) (read int) {
	t.Helper()
	var queries []string
	for query := range s.writing {
		if strings.HasPrefix(query, begins) {
			queries = append(queries, query)
		}
	}
	for _, query := range queries {
		err := raw(t, s).Rows("EXPLAIN QUERY PLAN "+query, arguments(query), func(scan tables.Scan) error {
			var id, parent, unused int
			var step string
			err := scan(&id, &parent, &unused, &step)
			if read++; readsAll.MatchString(step) {
				t.Errorf("%s, in\n%s", step, query)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	return read
}

// arguments are as many NULLs as a statement has arguments.
func arguments(query string) []any {
	highest := 0
	for _, argument := range regexp.MustCompile(`\?(\d*)`).FindAllStringSubmatch(query, -1) {
		number, err := strconv.Atoi(argument[1])
		if err != nil { // without digits: the one after the highest so far
			number = highest + 1
		}
		highest = max(highest, number)
	}
	return make([]any, highest)
}
