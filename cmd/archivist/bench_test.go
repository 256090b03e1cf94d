package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestBenchInterrupted wants the sizes that were measured before a signal printed, and no file with a part of the figures.
func TestBenchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out syncBuffer
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

// TestBenchDiscord runs the load test small and in one process: the marks of speed may be missed here, those of order may not.
func TestBenchDiscord(t *testing.T) {
	var out, problems syncBuffer
	code := run(t.Context(), []string{
		"bench", "discord", "--one-process", "--seconds", "2", "--rate", "10", "--guilds", "2", "--people", "6", "--articles", "3",
	}, streams{nil, &out, &problems}, noEnvironment)
	for _, want := range []string{"20 interactions in 2 s", "| answered once | 20 of 20 | all | met |", "were broken | 0 | 0 | met |", "| buckets after the load |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("exit code %d, no %q\n%s%s", code, want, out.String(), problems.String())
		}
	}
	for _, wrong := range [][]string{{"--rate", "0"}, {"--guilds", "5", "--people", "4"}, {"--seconds", "4000"}} {
		if code := run(t.Context(), append([]string{"bench", "discord"}, wrong...), streams{nil, &out, &problems}, noEnvironment); code != exitUsage {
			t.Errorf("%v: exit code %d", wrong, code)
		}
	}
}

// TestBenchSoak runs the soak for twenty seconds in one process: nothing may be answered twice or lost, while things go wrong and links come in.
// What must be flat has no time for it, nor has the share that faults may cost: one end of the connection may cost half of it.
func TestBenchSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("takes twenty seconds")
	}
	t.Parallel() // as it waits, most of its time
	folder := t.TempDir()
	markdown, plot := filepath.Join(folder, "figures.md"), filepath.Join(folder, "soak.svg")
	var out, problems syncBuffer
	code := run(t.Context(), []string{
		"bench", "soak", "--one-process", "--for", "20s", "--every", "1s", "--rate", "10", "--guilds", "2", "--people", "10", "--articles", "5", "--markdown", markdown, "--plot", plot,
	}, streams{nil, &out, &problems}, noEnvironment)
	for _, want := range []string{"200 interactions", "of the connection | ", "of 200 | all | met |", "were broken | 0 | 0 | met |", "| live heap, MB | ", "| card p99, ms | "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("exit code %d, no %q\n%s%s", code, want, out.String(), problems.String())
		}
	}
	if !regexp.MustCompile(`links stored \| ([1-9][0-9]?) of [1-9][0-9]? \| all \| met \|`).MatchString(out.String()) {
		t.Errorf("links\n%s", out.String())
	}
	if missed := strings.Contains(out.String(), "| missed |"); (code == exitDone) == missed {
		t.Errorf("exit code %d\n%s%s", code, out.String(), problems.String())
	}
	for file, want := range map[string]string{markdown: "<!-- soak -->\n200 interactions and ", plot: "<svg"} {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %.200s, %v", file, text, err)
		}
	}
	for _, wrong := range [][]string{{"--for", "5s"}, {"--every", "0s"}, {"--for", "20s", "--every", "10s"}, {"--ingest", "-1"}, {"--rate", "0"}} {
		if code := run(t.Context(), append([]string{"bench", "soak"}, wrong...), streams{nil, &out, &problems}, noEnvironment); code != exitUsage {
			t.Errorf("%v: exit code %d", wrong, code)
		}
	}
}
