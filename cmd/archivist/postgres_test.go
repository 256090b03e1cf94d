package main

import (
	"strings"
	"testing"

	"archivist/storage/postgres/pgtest"
)

// TestOnServer is a first day with the database on a PostgreSQL server: the samples come in, a question is answered, nothing is wrong, and a
// backup says whose business it is.
func TestOnServer(t *testing.T) {
	address := pgtest.Start(t).Database(t)
	for _, step := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"ingest", "--library", "town", "samples"}, 0, ""},
		{[]string{"ask", "--library", "town", "When will ferry line 4 run again?"}, 0, "2 March"},
		{[]string{"doctor"}, 0, "is sound"},
		{[]string{"backup", t.TempDir() + "/backup.db"}, 1, "pg_dump"},
	} {
		var out syncBuffer
		getenv := func(name string) string {
			return map[string]string{"ARCHIVIST_DATABASE": address, "HOME": t.TempDir()}[name]
		}
		code := run(t.Context(), step.args, streams{in: strings.NewReader(""), out: &out, err: &out}, getenv)
		if code != step.code || !strings.Contains(out.String(), step.says) {
			t.Errorf("archivist %v ended with %d and said:\n%s", step.args, code, &out)
		}
	}
}
