package gateway

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"archivist/bot/fakediscord"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write testdata/wire.txtar anew")

// What chance and the clock make of a body: card ids, Discord's ids, the present.
var (
	cardIDs    = regexp.MustCompile(`(v1:[a-z]+:)[A-Z2-7]{16}`)
	snowflakes = regexp.MustCompile(`\b\d{18,20}\b`)
	presents   = regexp.MustCompile(`<t:(\d+):`)
)

const publication = "1795262400" // of the town's article

// wire is a call as Discord got it, the same each time.
func wire(t *testing.T, r fakediscord.Request) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, r.Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(out.String()) // as people read them
	text = cardIDs.ReplaceAllString(text, "${1}CARD")
	text = presents.ReplaceAllStringFunc(text, func(tag string) string {
		if strings.Contains(tag, publication) {
			return tag
		}
		return "<t:NOW:"
	})
	text = snowflakes.ReplaceAllString(text, "ID")
	for _, f := range r.Files {
		text += "\nfile " + f
	}
	return []byte(r.Method + " " + cut(r.Route) + "\n" + text + "\n")
}

// cut is a route without its method.
func cut(route string) string {
	_, what, _ := strings.Cut(route, " ")
	return what
}

// TestWire compares what Discord gets for the cards that people meet most with testdata/wire.txtar, so that a change of it is seen.
// go test ./bot/gateway -run TestWire -update writes it.
func TestWire(t *testing.T) {
	s := start(t, testOptions{}).ready()
	golden := &txtar.Archive{Comment: []byte("The last call for each card, as the fake Discord got it. ID, CARD and NOW stand for what is another each time.\n")}
	for _, card := range []struct {
		name string
		ask  func() *fakediscord.Interaction
	}{
		{"answer", func() *fakediscord.Interaction {
			return s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?"))
		}},
		{"refusal", func() *fakediscord.Interaction {
			return s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "Who knows the unknown?"))
		}},
		{"article", func() *fakediscord.Interaction { return s.ann.Slash(s.news, "article", fakediscord.Opt("title", "1")) }},
		{"add", func() *fakediscord.Interaction {
			return s.ann.Slash(s.news, "add", fakediscord.Opt("url", "https://herald.example/new"))
		}},
		{"add that failed", func() *fakediscord.Interaction {
			return s.ann.Slash(s.news, "add", fakediscord.Opt("url", "https://herald.example/nothing"))
		}},
		{"admin stats", func() *fakediscord.Interaction { return s.mod.Slash(s.news, "admin stats") }},
	} {
		x := card.ask()
		last := func() (r fakediscord.Request) {
			for _, call := range s.discord.Requests() {
				if strings.Contains(call.Path, x.ID()) && (call.Route == "PATCH @original" || call.Route == "POST followup") && !strings.Contains(string(call.Body), `"color":11569408`) {
					r = call
				}
			}
			return r
		}
		s.until("the card "+card.name, func() bool { return last().Status != 0 })
		golden.Files = append(golden.Files, txtar.File{Name: card.name, Data: wire(t, last())})
	}
	file := filepath.Join("testdata", "wire.txtar")
	text := txtar.Format(golden)
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(want, text) {
		t.Errorf("%s is not what Discord gets (%v); look at the difference after go test ./bot/gateway -run TestWire -update", file, err)
	}
}
