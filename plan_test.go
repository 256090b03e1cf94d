package archivist

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// plan is the architecture: each room, and the rooms of ours that it may enter. The source is held to it both ways: a door that is
// not in the plan, a room that is not in the plan, and a line of the plan without a room all fail.
const plan = `
.                        :
storage                  : . storage/tables storage/sqlite storage/postgres
storage/tables           : .
storage/sqlite           : . storage/tables
storage/storagetest      : .
storage/postgres         : . storage/tables
storage/postgres/pgtest  :
retrieval/text           :
retrieval/index          :
retrieval/rank           : retrieval/index
retrieval/answer         : . retrieval/text retrieval/rank
retrieval/query          :
retrieval                : . retrieval/text retrieval/index retrieval/query retrieval/rank retrieval/answer
retrieval/eval           : . retrieval retrieval/rank
retrieval/bench          : . retrieval retrieval/index retrieval/ingest retrieval/bench/synthetic
retrieval/bench/synthetic : .
retrieval/ingest         : . retrieval/text retrieval/ingest/fetch retrieval/ingest/canon retrieval/ingest/extract retrieval/ingest/feed retrieval/ingest/file
retrieval/ingest/fetch   : . retrieval/ingest/canon
retrieval/ingest/canon   : .
retrieval/ingest/extract : . retrieval/ingest/canon
retrieval/ingest/feed    : . retrieval/ingest/canon
retrieval/ingest/file    : . retrieval/ingest/canon retrieval/ingest/extract
retrieval/ingest/worker  : . retrieval/ingest/extract
bot                      : .
bot/gateway              : . bot
bot/fakediscord          :
bot/playground           : bot/fakediscord
monitor                  : . bot
cmd/archivist            : *
`

// outside says which rooms may import a package from elsewhere; a prefix that ends in "/" stands for all below it.
var outside = map[string][]string{
	"modernc.org/sqlite":              {"storage/sqlite"},
	"database/sql":                    {"storage/sqlite", "storage/tables"},
	"github.com/pressly/goose/v3":     {"storage/sqlite"},
	"github.com/jackc/pgx/v5":         {"storage/postgres", "storage/postgres/pgtest"},
	"github.com/jackc/pgx/v5/":        {"storage/postgres"},
	"github.com/bwmarrin/discordgo":   {"bot/gateway"},
	"net/http":                        {"retrieval/ingest/fetch", "bot/gateway", "bot/fakediscord", "bot/playground", "monitor", "cmd/archivist"},
	"github.com/gorilla/websocket":    {"bot/gateway", "bot/fakediscord"},
	"golang.org/x/net/html":           {"retrieval/ingest/extract", "retrieval/ingest/feed", "retrieval/ingest/fetch"},
	"github.com/mmcdole/gofeed":       {"retrieval/ingest/feed"},
	"github.com/ledongthuc/pdf":       {"retrieval/ingest/file"},
	"github.com/yuin/goldmark":        {"retrieval/ingest/file"},
	"github.com/yuin/goldmark/":       {"retrieval/ingest/file"},
	"github.com/spf13/cobra":          {"cmd/archivist"},
	"github.com/chromedp/":            {"cmd/archivist"},
	"github.com/KimMachineGun/":       {"cmd/archivist"},
	"github.com/kljensen/snowball/":   {"retrieval/text"},
	"github.com/markusmobius/":        {"retrieval/ingest/extract"},
	"codeberg.org/readeck/":           {"retrieval/ingest/extract"},
	"github.com/RadhiFadlillah/":      {"retrieval/text", "retrieval/ingest/extract"},
	"github.com/klauspost/compress/":  {"retrieval/index", "retrieval/ingest/fetch", "storage/tables"},
	"github.com/schollz/progressbar/": {"cmd/archivist"},
	"github.com/prometheus/":          {"monitor"},
	"gonum.org/v1/plot":               {"bot", "retrieval/bench"},
	"gonum.org/v1/plot/":              {"bot", "retrieval/bench"},
}

// pure rooms compute: no file, network, clock, logger or chance. What they may not import stands in impure.
var (
	pure = []string{
		"retrieval/text", "retrieval/index", "retrieval/query", "retrieval/rank", "retrieval/answer",
		"retrieval/ingest/canon", "retrieval/ingest/extract", "retrieval/ingest/feed", "retrieval/ingest/file",
	}
	impure = []string{"os", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "os/exec", "database/sql"}
)

func TestPlan(t *testing.T) {
	doors := map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(plan)) {
		room, may, _ := strings.Cut(line, ":")
		doors[strings.TrimSpace(room)] = strings.Fields(may)
	}
	built, uses := map[string]bool{}, map[string]bool{}
	for _, f := range sourceFiles(t) {
		room := path.Dir(f)
		built[room] = true
		may, planned := doors[room]
		if !planned {
			t.Errorf("%s: the plan has no room %s", f, room)
			continue
		}
		for _, imported := range importsOf(t, f) {
			ours, isOurs := strings.CutPrefix(imported, "archivist/")
			if imported == "archivist" {
				ours, isOurs = ".", true
			}
			switch {
			case isOurs && !slices.Contains(may, "*") && !slices.Contains(may, ours):
				t.Errorf("%s imports %s: no such door", f, ours)
			case !isOurs:
				checkOutside(t, f, room, imported, uses)
			}
		}
	}
	for room := range doors {
		if !built[room] {
			t.Errorf("the plan's room %s has no source", room)
		}
	}
	for name := range outside {
		if !uses[name] {
			t.Errorf("nothing imports %s any more: take it off the plan", name)
		}
	}
}

func checkOutside(t *testing.T, file, room, imported string, uses map[string]bool) {
	for name, rooms := range outside {
		if imported != name && (!strings.HasSuffix(name, "/") || !strings.HasPrefix(imported, name)) {
			continue
		}
		uses[name] = true
		if !slices.Contains(rooms, room) {
			t.Errorf("%s imports %s, which belongs in %v", file, imported, rooms)
		}
	}
	if slices.Contains(pure, room) && slices.Contains(impure, imported) {
		t.Errorf("%s imports %s, but %s is pure", file, imported, room)
	}
}

// TestEnvironment holds that only cmd reads the environment, and pgtest, which tests alone import; and that pure rooms do not look at the clock.
func TestEnvironment(t *testing.T) {
	for _, f := range sourceFiles(t) {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		room := path.Dir(f)
		for _, word := range []string{"os.Getenv(", "os.LookupEnv(", "os.Environ("} {
			if room != "cmd/archivist" && room != "storage/postgres/pgtest" && strings.Contains(string(source), word) {
				t.Errorf("%s: %s) belongs in cmd/archivist", f, word)
			}
		}
		if slices.Contains(pure, room) && strings.Contains(string(source), "time.Now(") {
			t.Errorf("%s: time.Now() in a pure room; take the present as an argument", f)
		}
	}
}

// TestLogsAreWatched holds tests that run the bot over the fake Discord to having its log go through fakediscord's Log, which finds tokens in it.
func TestLogsAreWatched(t *testing.T) {
	watched := 0
	for _, room := range []string{"bot/gateway", "cmd/archivist"} {
		files, err := filepath.Glob(room + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			source, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(source), "fakediscord.New(") {
				continue
			}
			if watched++; !strings.Contains(string(source), ".Log(") {
				t.Errorf("%s starts a fake Discord, but the bot's log does not go through its Log", f)
			}
		}
	}
	if watched < 2 {
		t.Errorf("%d files start a fake Discord", watched)
	}
}

// TestFileLength holds files to one thought: over 400 lines a file says at its head why ("Long because ...").
func TestFileLength(t *testing.T) {
	for _, f := range sourceFiles(t) {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(source), "\n"); lines > 400 && !strings.Contains(string(source[:min(len(source), 2000)]), "Long because") {
			t.Errorf("%s has %d lines: split it, or say at its head \"Long because ...\"", f, lines)
		}
	}
}

// sourceFiles lists the module's Go files but tests, relative to its root, with slashes. Modules within it are none of its own.
func sourceFiles(t *testing.T) []string {
	var files []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." {
			_, module := os.Stat(filepath.Join(name, "go.mod"))
			if d.Name()[0] == '.' || d.Name() == "testdata" || module == nil {
				return filepath.SkipDir
			}
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func importsOf(t *testing.T, file string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var imports []string
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		imports = append(imports, name)
	}
	return imports
}
