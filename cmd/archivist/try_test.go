package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
)

// newTrial opens a playground as `archivist try` does, on ports and a database of its own.
func newTrial(t *testing.T) *runningTrial {
	t.Helper()
	log := &syncBuffer{}
	trial := trial{program: &program{streams: streams{strings.NewReader(""), log, log}, getenv: noEnvironment}, listen: "127.0.0.1:0"}
	r, err := trial.start(t.Context(), filepath.Join(t.TempDir(), "playground.db"))
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	t.Cleanup(func() {
		r.close()
		for _, v := range r.town.discord.Violations() {
			t.Error("violation: ", v)
		}
	})
	return r
}

// asked is the bot's reply to a question, once it says what is wanted.
func asked(t *testing.T, by *fakediscord.Member, in *fakediscord.Channel, question, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := by.Slash(in, "ask", fakediscord.Opt("question", question)).ReplyWhen(ctx, want, func(m fakediscord.Message) bool {
		return strings.Contains(m.Text(), want)
	})
	if err != nil {
		t.Error(err)
	}
}

// firstLibrary is written down, so that a change of the town that renames what people have stored is not made by accident.
const firstLibrary = "guild:1457659890892800001"

// TestTownStaysTheSame: the libraries in the database are named by ids, so a second run must make the same ones.
func TestTownStaysTheSame(t *testing.T) {
	var ids [2][]string
	for i := range ids {
		made, err := newTown()
		if err != nil {
			t.Fatal(err)
		}
		defer made.discord.Close()
		ids[i] = append(made.libraries(), made.mia.ID(), made.lena.ID(), made.max.ID(), made.noor.ID(), made.questions.ID(), made.discord.ApplicationID())
	}
	if !slices.Equal(ids[0], ids[1]) {
		t.Errorf("ids %v, then %v", ids[0], ids[1])
	}
	if ids[0][0] != firstLibrary {
		t.Errorf("the readers' library is %s, want %s", ids[0][0], firstLibrary)
	}
}

// TestTrial asks both communities what their greetings suggest, brings a page in from the sample site, kills the bot, and asks the next one.
func TestTrial(t *testing.T) {
	r := newTrial(t)
	asked(t, r.town.mia, r.town.questions, "When will ferry line 4 run again?", "**Line 4 will run again from 2 March")
	asked(t, r.town.mia, r.town.questions, "Who was the most famous smuggler of the town?", "**The most famous smuggler of the town, Hanne Quist")
	asked(t, r.town.mia, r.town.sky, "Which telescope is the most wanted one?", "**The most wanted one is the eight-inch Dobsonian")
	asked(t, r.town.mia, r.town.sky, "When do the street lamps go out?", "**Since Monday the street lamps of Gull Point go out at eleven at night.**")
	for _, greeted := range []*fakediscord.Channel{r.town.questions, r.town.sky} {
		if text := greeted.Messages(nil)[0].Content; strings.Contains(text, "<@") {
			t.Errorf("the greeting calls the bot: %s", text)
		}
	}
	asked(t, r.town.noor, r.town.sky, "When will ferry line 4 run again?", "I found nothing in this library")
	asked(t, r.town.mia, r.town.questions, "What does a bag of flour cost?", "I found nothing in this library")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := r.town.mia.Slash(r.town.links, "add", fakediscord.Opt("url", r.site.address+"tide-mill")).ReplyWhen(ctx, "the article", func(m fakediscord.Message) bool {
		return strings.Contains(m.Text(), "The tide mill grinds again")
	})
	if err != nil {
		t.Fatal(err)
	}
	asked(t, r.town.mia, r.town.questions, "What does a bag of flour cost?", "11 crowns")

	before := r.town.discord.Identifies()
	r.bot.crash()
	if err := r.town.discord.Wait(ctx, "another bot", func() bool { return r.town.discord.Identifies() > before }); err != nil {
		t.Fatal(err)
	}
	if err := r.town.discord.WaitReady(ctx, 0); err != nil {
		t.Fatal(err)
	}
	asked(t, r.town.mia, r.town.questions, "What does a bag of flour cost?", "11 crowns")

	// Whoever is no moderator may nothing of the moderators'.
	m, err := r.town.lena.Slash(r.town.questions, "admin stats").Reply(ctx)
	if err == nil {
		t.Errorf("Lena is shown %q", m.Text())
	}
}

// TestSampleSite: each page that the greeting and the cards link to is there, and links to no site that is not.
func TestSampleSite(t *testing.T) {
	trial := trial{program: &program{streams: streams{strings.NewReader(""), os.Stdout, &syncBuffer{}}}}
	site, err := trial.serve("127.0.0.1:0", sampleSite)
	if err != nil {
		t.Fatal(err)
	}
	defer site.close()
	for path, want := range map[string]int{"": 200, "ferry-line-4": 200, "perseids": 200, "tide-mill": 200, "eisvogel": 200, "nowhere": 404, "../samples.go": 404} {
		status, body := get(t, site.address+path)
		if status != want {
			t.Errorf("/%s has status %d, want %d", path, status, want)
		}
		if strings.Contains(body, "example.com") {
			t.Errorf("/%s links to a site that there is not:\n%s", path, body)
		}
	}
}

// TestTryCommand runs the command as its user does: a port in use, an end by signal, a second run on the same library, and a fresh one.
func TestTryCommand(t *testing.T) {
	home := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	environment := map[string]string{"HOME": home, "DISCORD_TOKEN": "of-a-real-bot"}
	database := filepath.Join(filepath.Dir(defaultDatabase(func(name string) string { return environment[name] })), "playground.db")
	tools := t.TempDir()
	opened := filepath.Join(tools, "opened") // by what stands for a browser
	once := func(args ...string) (said string) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		out, code := &syncBuffer{}, make(chan int, 1)
		go func() {
			code <- run(ctx, append([]string{"try", "--listen", taken.Addr().String()}, args...), streams{strings.NewReader(""), out, out}, func(name string) string { return environment[name] })
		}()
		isOpen := func() bool {
			_, err := os.Stat(opened)
			return strings.Contains(out.String(), "The playground is open: http://127.0.0.1:") && (err == nil || !slices.Contains(args, "--open"))
		}
		for deadline := time.Now().Add(time.Minute); !isOpen(); time.Sleep(10 * time.Millisecond) {
			select {
			case c := <-code:
				t.Fatalf("exit code %d: %s", c, out)
			default:
			}
			if time.Now().After(deadline) {
				t.Fatalf("it does not open: %s", out)
			}
		}
		_, rest, _ := strings.Cut(out.String(), "The playground is open: ")
		address, _, _ := strings.Cut(rest, "\n")
		if status, page := get(t, address); status != http.StatusOK || !strings.Contains(page, "Welcome to the playground") {
			t.Errorf("the page has status %d:\n%s", status, page)
		}
		cancel()
		select {
		case c := <-code:
			if c != exitDone {
				t.Errorf("exit code %d: %s", c, out)
			}
		case <-time.After(15 * time.Second):
			t.Fatalf("it does not end: %s", out)
		}
		return out.String()
	}
	said := once()
	if _, port, _ := net.SplitHostPort(taken.Addr().String()); !strings.Contains(said, port) || !strings.Contains(said, "; taking port ") {
		t.Errorf("of the port in use it says %q", said)
	}
	if strings.Contains(said, environment["DISCORD_TOKEN"]) {
		t.Error("it shows a token")
	}
	own := archivist.LibraryID(firstLibrary)
	articles := func(more bool) int {
		t.Helper()
		h, err := (&program{streams: streams{strings.NewReader(""), os.Stdout, os.Stderr}, database: database, getenv: noEnvironment}).open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer h.close()
		if more {
			if err := h.storeSamples(t.Context(), own, linkSamples, heraldAddress, "7"); err != nil {
				t.Fatal(err)
			}
		}
		list, err := h.store.Articles(t.Context(), own, archivist.View{}, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if n := articles(true); n != 17 {
		t.Errorf("%d articles, want 15 samples and 2 more", n)
	}
	once()
	if n := articles(false); n != 17 {
		t.Errorf("%d articles after another run, want the same 17", n)
	}
	beside := []string{database + ".schema-7", database + ".schema-notes"} // of which an upgrade left the first
	for _, name := range beside {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	once("--fresh")
	if n := articles(false); n != 15 {
		t.Errorf("%d articles after --fresh, want the 15 samples", n)
	}
	if left, err := filepath.Glob(database + ".schema-*"); err != nil || !slices.Equal(left, beside[1:]) {
		t.Errorf("beside the database are %v, want %v: %v", left, beside[1:], err)
	}

	if runtime.GOOS != "linux" {
		return
	}
	// What opens a browser may last as long as its window: the playground neither waits for it nor says that it failed when it ends.
	script := "#!/bin/sh\n: > '" + opened + "'\nexec sleep 600\n"
	if err := os.WriteFile(filepath.Join(tools, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", tools+":"+os.Getenv("PATH"))
	if said := once("--open"); strings.Contains(said, "no browser was opened") {
		t.Error(said)
	}
}

// TestReadyOnlyWhenThere: a bot that ended in order before it was there is not taken for one that is.
func TestReadyOnlyWhenThere(t *testing.T) {
	made, err := newTown()
	if err != nil {
		t.Fatal(err)
	}
	defer made.discord.Close()
	ended := make(chan error, 2)
	ended <- nil // as the keeper of the bot says at an orderly end
	ended <- nil
	if err := made.ready(t.Context(), ended); err == nil || !strings.Contains(err.Error(), "ended before") {
		t.Errorf("ready: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := made.ready(ctx, ended); !errors.Is(err, context.Canceled) {
		t.Errorf("ready when told to end: %v", err)
	}
}

// get reads a page; a path in it is sent as it is.
func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
