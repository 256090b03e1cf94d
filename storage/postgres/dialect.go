package postgres

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"archivist/storage/tables"
)

// words are what PostgreSQL calls otherwise than the statements of storage/tables, which are SQLite's.
var words = []struct {
	theirs *regexp.Regexp
	ours   string
}{
	{regexp.MustCompile(`/\* (.+?) \*/`), `$1`}, // a lock, or what leads the planner: SQLite reads it as a comment
	{regexp.MustCompile(` INDEXED BY \w+`), ``},
	{regexp.MustCompile(`\binstr\(`), `strpos(`},
	{regexp.MustCompile(`\bIN \((SELECT [^,]*? FROM json_each\(\?\d*\) r)\)`), `= ANY (ARRAY($1))`}, // which walks an index, and not the table
	{regexp.MustCompile(`\bunhex\(([^()]*)\)`), `decode($1, 'hex')`},
	{regexp.MustCompile(`\bjson_each\((\?\d*)\) r\b`), `jsonb_array_elements(CAST($1 AS jsonb)) AS r(value)`},
}

// textsQuery is tables.TextsQuery for a planner that takes its time: OFFSET 0 has it look up each article by its key. Otherwise it reads all of a
// library's, as long as it knows little of the table or the table is small (0.8 ms and more, not 0.1).
var textsQuery = strings.Replace(tables.TextsQuery,
	`FROM article WHERE library = ?1 AND id IN (SELECT CAST(r.value AS BIGINT) FROM json_each(?2) r)`,
	`FROM json_each(?2) r CROSS JOIN LATERAL (SELECT * FROM article WHERE library = ?1 AND id = CAST(r.value AS BIGINT) OFFSET 0) a`, 1)

// translated has the statements that were translated, by what they were: there are as many as storage/tables has.
var translated sync.Map

// translate puts a statement of storage/tables into PostgreSQL's words, and its arguments ? and ?1 into $1.
func translate(statement string) string {
	if done, ok := translated.Load(statement); ok {
		return done.(string)
	}
	text := statement
	if statement == tables.TextsQuery {
		text = textsQuery
	}
	for _, w := range words {
		text = w.theirs.ReplaceAllString(text, w.ours)
	}
	text = arguments(text)
	translated.Store(statement, text)
	return text
}

// arguments numbers arguments as SQLite does: ?3 is the third, ? the one after the highest so far. A ? between quotes is none.
func arguments(statement string) string {
	var b strings.Builder
	highest, quoted := 0, false
	for i := 0; i < len(statement); i++ {
		c := statement[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '?' || quoted {
			b.WriteByte(c)
			continue
		}
		digits := 0
		for i+1+digits < len(statement) && statement[i+1+digits] >= '0' && statement[i+1+digits] <= '9' {
			digits++
		}
		number, err := strconv.Atoi(statement[i+1 : i+1+digits])
		if err != nil { // without digits
			number = highest + 1
		}
		highest = max(highest, number)
		b.WriteString("$" + strconv.Itoa(number))
		i += digits
	}
	return b.String()
}
