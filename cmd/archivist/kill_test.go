package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/storage"
)

// TestKill starts the real program, lets it ingest in a loop, kills it with SIGKILL at a random moment, 50 times, and then wants every
// acknowledged article, its paragraphs and its segment.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills 50 processes")
	}
	t.Parallel() // as it waits, most of its time
	const rounds, perRound = 50, 2000
	folder := t.TempDir()
	database := filepath.Join(folder, "kill.db")
	chance := rand.New(rand.NewPCG(8, 50))
	acknowledged := map[archivist.ArticleID]string{}
	unit := firstAcknowledgement(t, folder)
	midway := 0 // rounds killed between the first acknowledgement and the last
	for round := range rounds {
		source := filepath.Join(folder, fmt.Sprintf("round%d.jsonl", round))
		if err := os.WriteFile(source, killArticles(round, perRound), 0o600); err != nil {
			t.Fatal(err)
		}
		// From before the database is open to long after the first articles are stored, however fast this machine is.
		moment := time.Duration(chance.Float64() * 3 * float64(unit))
		lines := runAndKill(t, database, source, moment)
		if len(lines) > 0 && len(lines) < perRound {
			midway++
		}
		for _, line := range lines {
			fields := strings.Fields(line)
			id, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil || len(fields) != 3 {
				t.Fatalf("acknowledgement %q", line)
			}
			acknowledged[archivist.ArticleID(id)] = fields[2]
		}
		if err := os.Remove(source); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d articles were acknowledged in %d rounds, %d of them killed at work", len(acknowledged), rounds, midway)
	if midway < rounds/10 {
		t.Fatal("too few rounds were killed at work: the test proves nothing")
	}
	checkAcknowledged(t, database, acknowledged)
}

// firstAcknowledgement is how long the program takes from its start to its first acknowledgement.
func firstAcknowledgement(t *testing.T, folder string) time.Duration {
	source := filepath.Join(folder, "first.jsonl")
	if err := os.WriteFile(source, killArticles(-1, 250), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if lines := runAndKill(t, filepath.Join(folder, "first.db"), source, time.Minute); len(lines) != 250 {
		t.Fatalf("%d acknowledgements of a run that nobody killed", len(lines))
	}
	return time.Since(began)
}

// runAndKill returns the whole lines that the program had written when it was killed.
func runAndKill(t *testing.T, database, source string, moment time.Duration) []string {
	exe, err := exec.LookPath("archivist") // testscript.Main puts the test binary there under this name
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), moment)
	defer cancel()
	command := exec.CommandContext(ctx, exe, "ingest", "--database", database, "--library", "town", source)
	var out bytes.Buffer
	command.Stdout = &out
	err = command.Run() // killed with SIGKILL when ctx ends
	if err == nil && ctx.Err() == nil {
		t.Logf("finished before its end at %s", moment)
	}
	var lines []string
	scanner := bufio.NewScanner(&out)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	if n := out.Len(); n > 0 || len(lines) > 0 && !bytes.HasSuffix([]byte(lines[len(lines)-1]), []byte("end")) {
		lines = lines[:max(0, len(lines)-1)] // torn in the middle: not an acknowledgement
	}
	return lines
}

// killArticles are articles whose text is told by their address, which ends in "end" so that a torn line is seen.
func killArticles(round, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		url := fmt.Sprintf("https://example.com/round-%d/article-%d/end", round, i)
		fmt.Fprintf(&b, `{"url":%q,"title":"Article %d of round %d","text":%q,"authors":[],"published":""}`+"\n", url, i, round, killText(url))
	}
	return b.Bytes()
}

func killText(url string) string {
	return "The first paragraph belongs to " + url + " and says so.\nThe second one closes the article of " + url + "."
}

func checkAcknowledged(t *testing.T, database string, acknowledged map[archivist.ArticleID]string) {
	store, err := storage.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	findings, err := store.Check(t.Context(), retrieval.Inspect)
	if err != nil || len(findings) > 0 {
		t.Errorf("the store is not sound: %v, %v", findings, err)
	}
	segments, err := store.Segments(t.Context(), "town", 0)
	if err != nil {
		t.Fatal(err)
	}
	indexed := map[archivist.ArticleID]bool{}
	for _, s := range segments.Rows {
		indexed[s.Article] = indexed[s.Article] || s.Kind == archivist.SegmentArticle && len(s.Bytes) > 0
	}
	for id, url := range acknowledged {
		article, err := store.Article(t.Context(), "town", id)
		if err != nil {
			t.Fatalf("article %d (%s): %v", id, url, err)
		}
		var text []string
		for _, p := range article.Paragraphs {
			text = append(text, p.Text)
		}
		if article.URL != url || strings.Join(text, "\n") != killText(url) {
			t.Errorf("article %d is %q %q, want %q", id, article.URL, text, url)
		}
		if !indexed[id] {
			t.Errorf("article %d (%s) has no segment", id, url)
		}
	}
}
