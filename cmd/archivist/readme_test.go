package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestReadmeCommands holds README's first two commands: the first is one of the table, and the second runs the tests, by whose text .ci/run
// finds it.
func TestReadmeCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "\n```\n")
	if len(blocks) < 4 {
		t.Fatal("README.md has no commands")
	}
	words, ours := strings.CutPrefix(blocks[1], "go run ./cmd/archivist ")
	if !ours || strings.Contains(words, "\n") {
		t.Fatalf("README's first command is %q", blocks[1])
	}
	known := slices.ContainsFunc(commands, func(c func(*program) *cobra.Command) bool { return c(&program{}).Name() == words })
	if !known {
		t.Errorf("README's first command is %q, which is not in the table", words)
	}
	if blocks[3] != "go test ./..." {
		t.Errorf("README's second command is %q", blocks[3])
	}
}

// TestReadmeTranscript types what README's console types, and wants what it shows.
func TestReadmeTranscript(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "ready to ask:\n\n```\n")
	shown, _, found := strings.Cut(rest, "\n```\n")
	if !found {
		t.Fatal("README.md has no transcript behind \"ready to ask:\"")
	}
	var typed, want []string
	for line := range strings.SplitSeq(shown, "\n") {
		if question, isTyped := strings.CutPrefix(line, prompt); isTyped {
			typed = append(typed, question)
		} else {
			want = append(want, line)
		}
	}
	if len(typed) < 3 {
		t.Fatalf("the transcript asks %q", typed)
	}
	var out, errors syncBuffer
	in := strings.NewReader(strings.Join(typed, "\n") + "\n")
	database := t.TempDir() + "/readme.db"
	if code := run(t.Context(), []string{"chat", "--samples", "--database", database}, streams{in, &out, &errors}, noEnvironment); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errors.String())
	}
	if got := plainLines(out.String()); got != plainLines(strings.Join(want, "\n")) {
		t.Errorf("README shows\n%s\n\nthe program prints\n%s", plainLines(strings.Join(want, "\n")), got)
	}
}

// plainLines makes one of empty lines that follow each other: between two cards stands what was typed.
func plainLines(s string) string {
	lines := slices.CompactFunc(strings.Split(s, "\n"), func(a, b string) bool { return strings.TrimSpace(a) == "" && strings.TrimSpace(b) == "" })
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
