package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestBenchInterrupted wants the sizes that were measured before a signal printed, and no file with a part of the figures.
func TestBenchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	errors := &syncBuffer{}
	markdown := filepath.Join(t.TempDir(), "figures.md")
	code := make(chan int)
	go func() {
		code <- run(ctx, []string{"bench", "--sizes", "5a,5m", "--rounds", "1", "--limit", "2", "--markdown", markdown}, streams{nil, &out, errors}, noEnvironment)
	}()
	for !strings.Contains(errors.String(), "measuring 5m") {
		runtime.Gosched()
	}
	cancel()
	if got := <-code; got != exitInterrupted || !strings.Contains(out.String(), "| articles | 5 |") {
		t.Errorf("exit code %d, want %d\n%s%s", got, exitInterrupted, out.String(), errors)
	}
	if _, err := os.Stat(markdown); err == nil {
		t.Error("a table that is not complete was written")
	}
}
