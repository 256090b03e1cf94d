package fakediscord

import (
	"bytes"
	"io"
	"testing"
)

// TestLog: a log that has a secret in it, whole or in pieces, breaks a rule; one that has not does not, and all of it arrives.
func TestLog(t *testing.T) {
	for name, test := range map[string]struct {
		lines []string
		want  int
	}{
		"nothing":           {[]string{"level=INFO msg=\"connected to Discord\"\n", "token=***\n", "token12\n"}, 0},
		"the token":         {[]string{"level=INFO token=TOKEN\n", "more\n"}, 1},
		"in pieces":         {[]string{"level=INFO tok", "en=TOK", "EN\n"}, 1},
		"an interaction's":  {[]string{"PATCH /webhooks/1/token123456789012345678/messages\n"}, 1},
		"twice":             {[]string{"TOKEN\n", "TOKEN\n"}, 2},
		"its first half":    {[]string{"TOK\n", "\nEN\n"}, 0},
		"a piece of a path": {[]string{"GET /channels/123456789012345678/messages\n"}, 0},
	} {
		d, err := New(Options{Token: "TOKEN"})
		if err != nil {
			t.Fatal(err)
		}
		var next bytes.Buffer
		log := d.Log(&next)
		all := ""
		for _, line := range test.lines {
			all += line
			if _, err := io.WriteString(log, line); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(d.Violations()); got != test.want || next.String() != all {
			t.Errorf("%s: %d violations, want %d; passed on %q", name, got, test.want, next.String())
		}
		d.Close()
	}
}
