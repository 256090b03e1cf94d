package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/storage"
)

// A syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	also io.Writer // is given the same; nil: nobody is

	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.also != nil {
		if n, err := b.also.Write(p); err != nil {
			return n, err
		}
	}
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// A wholeWay is the program as it runs for a community: `archivist serve` on a real file and a real websocket, the fake Discord, and a
// server of pages on loopback that only the readers' guild may read.
type wholeWay struct {
	t        *testing.T
	ctx      context.Context
	discord  *fakediscord.Discord
	pages    string
	database string
	log      *syncBuffer
	reading  archivist.LibraryID
	allow    string // a further address that they may read, as host:port
	listen   string // where it tells how it fares; "": nowhere
	backups  string // the folder that it keeps them in; "": none are made
	stop     func() int
	hold     chan struct{} // pages under /slow wait for it
	held     chan struct{}
}

// bridgePage ends as the customer's page does.
const bridgePage = `<!doctype html><html lang="en"><head><title>Old bridge closes - Harbour Herald</title><meta property="og:site_name" content="Harbour Herald">
<meta name="author" content="Jonas Weber"><meta property="article:published_time" content="2026-03-04"></head><body><article><h1>Old bridge closes</h1>
<p>The stone bridge over the Ebb was closed to all traffic on 4 March after divers found cracks in two of its five piers.</p>
<p>Engineers from the region expect repairs to last until the end of July. Until then, cars must use the motorway bridge upstream.</p>
<p>The bridge was built in 1787 and carried about 3,000 vehicles a day. The divers had come to inspect it after the January flood.</p>
<p>Source link</p><h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked *</p></article></body></html>`

func newWholeWay(t *testing.T) *wholeWay {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // of which a quiet machine needs seconds
	t.Cleanup(cancel)
	options := fakediscord.Options{Strict: true, IdentifyEvery: -1, MessageContent: true, Description: description(t)}
	d, err := fakediscord.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range d.Violations() { // of the log too: what stops meanwhile may still write to it
			t.Error("violation: ", v)
		}
		d.Close()
	})
	w := &wholeWay{
		t: t, ctx: ctx, discord: d, database: filepath.Join(t.TempDir(), "bot.db"), log: &syncBuffer{also: d.Log(io.Discard)},
		hold: make(chan struct{}), held: make(chan struct{}, 1),
	}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(out, r)
			return
		}
		if r.URL.Path == "/slow" {
			w.held <- struct{}{}
			select {
			case <-w.hold:
			case <-r.Context().Done():
				return
			}
		}
		switch r.URL.Path {
		case "/gone":
			http.NotFound(out, r)
			return
		case "/available": // what an archive has of any page
			out.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(out, `{"archived_snapshots":{"closest":{"available":true,"status":"200","timestamp":"20240305060708","url":"http://%s/copy"}}}`, r.Host)
			return
		}
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		page := strings.ReplaceAll(bridgePage, "1787", "1787 ("+strings.Trim(r.URL.Path, "/")+")") // another text for each address
		if _, err := out.Write([]byte(page)); err != nil {
			return // the reader has gone
		}
	}))
	t.Cleanup(server.Close)
	w.pages = server.URL
	return w
}

// description is Discord's own, where it stands beside the project.
func description(t *testing.T) *fakediscord.Description {
	file := filepath.Join("..", "..", "..", "shared", "discord", "openapi.json.gz")
	if _, err := os.Stat(file); err != nil {
		t.Log("Discord's description is not beside the project: requests are checked by hand only")
		return nil
	}
	d, err := fakediscord.LoadDescription(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// serve starts the program; w.stop ends it as SIGTERM does and returns its exit code.
func (w *wholeWay) serve() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	code := make(chan int, 1)
	environment := map[string]string{
		"DISCORD_TOKEN": w.discord.Token(), "ARCHIVIST_DISCORD_API_BASE": w.discord.APIBase(), "ARCHIVIST_DISCORD_MESSAGE_CONTENT": "true",
		"ARCHIVIST_INGEST_ALLOW_ADDRESSES": strings.TrimSuffix(strings.TrimPrefix(w.pages, "http://")+","+w.allow, ","), "ARCHIVIST_INGEST_ALLOW_LIBRARIES": string(w.reading),
		"ARCHIVIST_INGEST_ARCHIVE_API": w.pages + "/available", "ARCHIVIST_LOG_LEVEL": "debug", "ARCHIVIST_LIMITS_PERSON_BURST": "100",
		"ARCHIVIST_SERVE_LISTEN": w.listen, "ARCHIVIST_SERVE_BACKUP_PATH": w.backups,
	}
	before := w.discord.Identifies()
	go func() {
		code <- run(ctx, []string{"serve", "--database", w.database}, streams{strings.NewReader(""), w.log, w.log}, func(name string) string { return environment[name] })
	}()
	w.stop = sync.OnceValue(func() int {
		cancel()
		select {
		case c := <-code:
			return c
		case <-time.After(10 * time.Second):
			w.t.Errorf("serve does not end within 10 s\n%s", w.log)
			return -1
		}
	})
	w.t.Cleanup(func() { w.stop() })
	w.must(w.discord.Wait(w.ctx, "an identify", func() bool { return w.discord.Identifies() > before }))
	w.must(w.discord.WaitReady(w.ctx, 0))
	w.must(w.discord.Wait(w.ctx, "the commands", func() bool { return len(w.discord.Commands()) > 0 }))
}

func (w *wholeWay) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v\n%s\n%s", err, w.discord.Transcript(), w.log)
	}
}

// reply is the reply to an interaction once it says all of what is wanted.
func (w *wholeWay) reply(x *fakediscord.Interaction, wants ...string) fakediscord.Message {
	w.t.Helper()
	m, err := x.ReplyWhen(w.ctx, strings.Join(wants, " and "), func(m fakediscord.Message) bool {
		for _, part := range wants {
			if !strings.Contains(m.Text(), part) {
				return false
			}
		}
		return true
	})
	w.must(err)
	return m
}

func TestWholeWayOnDiscord(t *testing.T) {
	w := newWholeWay(t)
	readers, others := w.discord.Guild("Herald readers"), w.discord.Guild("Others")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	mod := readers.Member("Mo", fakediscord.With(fakediscord.ManageGuild))
	elsewhere, bob := others.Channel("talk"), others.Member("Bob")
	w.reading = archivist.GuildLibrary(readers.ID())
	w.serve()

	// A link becomes an article, without the comment form, and a question gets its passage with the source.
	added := w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/bridge")), "Old bridge closes", "Jonas Weber")
	if strings.Contains(added.Text(), "Leave a Reply") || strings.Contains(added.Text(), "Required fields") {
		t.Errorf("the comment form is in the card:\n%s", added.Text())
	}
	card := w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "When was the stone bridge closed?")),
		"**The stone bridge over the Ebb was closed to all traffic on 4 March", "Harbour Herald", "/bridge#:~:text=")
	if strings.Contains(card.Text(), "Required fields") {
		t.Errorf("the comment form answers:\n%s", card.Text())
	}
	w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/bridge")), "Old bridge closes", "stored already")

	// By mention; and a posted link, once the channel has opted in.
	asked, err := ann.Type(news, "<@"+w.discord.ApplicationID()+"> How many vehicles did the bridge carry?")
	w.must(err)
	said, err := news.Answer(w.ctx, asked)
	w.must(err)
	if !strings.Contains(said.Text(), "3,000 vehicles") || len(said.Pings) > 0 {
		t.Errorf("the mention's answer pings %v and says\n%s", said.Pings, said.Text())
	}
	w.reply(mod.Slash(news, "admin channel", fakediscord.Opt("mode", "links")), "are stored from now on")
	_, err = ann.Type(news, "Look at this: "+w.pages+"/posted")
	w.must(err)
	w.listed(mod, news, "/posted")

	// Another guild sees nothing of it, and may not read inside.
	w.reply(bob.Slash(elsewhere, "ask", fakediscord.Opt("question", "When was the stone bridge closed?")), "add")
	if text := w.text(bob.Slash(elsewhere, "sources")); strings.Contains(text, "Harbour Herald") {
		t.Errorf("the other guild sees\n%s", text)
	}
	for address, why := range map[string]string{w.pages + "/bridge": "on that port", "http://127.0.0.1/bridge": "private network"} {
		if refused := w.text(bob.Slash(elsewhere, "add", fakediscord.Opt("url", address))); !strings.Contains(refused, why) {
			t.Errorf("%s, which lies inside, is answered in the other guild by\n%s", address, refused)
		}
	}

	// Stopped with a link under way: it ends, the link stays, and is done after the restart; the old card's button still works.
	ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/slow"))
	select {
	case <-w.held:
	case <-w.ctx.Done():
		t.Fatalf("nobody fetched the page\n%s", w.log)
	}
	if code := w.stop(); code != exitDone {
		t.Errorf("serve ended with exit code %d\n%s", code, w.log)
	}
	if state := w.job("/slow").State; state != archivist.JobQueued {
		t.Errorf("the link under way is left %s, want %s", state, archivist.JobQueued)
	}
	close(w.hold)
	w.serve()
	w.listed(mod, news, "/slow")
	w.reply(ann.Press(card, "More context"), "built in 1787")
	// An article that is removed answers no more.
	w.reply(mod.Slash(news, "admin article remove", fakediscord.Opt("article", w.pages+"/slow")), "Old bridge closes")
	if code := w.stop(); code != exitDone {
		t.Errorf("exit code %d\n%s", code, w.log)
	}
	if job := w.job("/slow"); job.State != archivist.JobDone || job.Outcome != archivist.Added {
		t.Errorf("after the restart the link is %s %s", job.State, job.Outcome)
	}
	if log := w.log.String(); !strings.Contains(log, "connected to Discord") {
		t.Errorf("the log does not tell that the bot is connected:\n%s", log)
	}
}

// job is the newest job of a page in the readers' library, as the file holds it while no program runs.
func (w *wholeWay) job(path string) archivist.Job {
	w.t.Helper()
	store, err := storage.Open(w.ctx, w.database)
	w.must(err)
	defer store.Close()
	jobs, err := store.Jobs(w.ctx, archivist.JobFilter{Library: w.reading, Limit: 100})
	w.must(err)
	for _, job := range jobs {
		if job.URL == w.pages+path {
			return job
		}
	}
	w.t.Fatalf("no job of %s among %+v", path, jobs)
	return archivist.Job{}
}

// listed asks for the list of articles until it has one of this address.
func (w *wholeWay) listed(mod *fakediscord.Member, ch *fakediscord.Channel, address string) {
	w.t.Helper()
	for !strings.Contains(w.text(mod.Slash(ch, "admin article list")), address) {
		w.must(w.ctx.Err())
	}
}

// text is what an interaction was answered in the end.
func (w *wholeWay) text(x *fakediscord.Interaction) string {
	w.t.Helper()
	m, err := x.ReplyWhen(w.ctx, "a reply that is no progress", func(m fakediscord.Message) bool {
		return !m.Loading && !strings.Contains(m.Text(), "…\n") && !strings.HasSuffix(strings.TrimSpace(m.Text()), "…")
	})
	w.must(err)
	return m.Text()
}

// TestSteadyFaults: of each route that serves interactions about one call in a hundred goes wrong, in ways that its callers outlive: a further
// message is never lost, as it is not sent again, and a callback meets no limits, as it has none.
func TestSteadyFaults(t *testing.T) {
	const calls = 2000
	d, err := fakediscord.New(fakediscord.Options{Seed: 1, Keep: 10 * calls})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	d.Fault(steady()...)
	hook := d.APIBase() + "/webhooks/" + d.ApplicationID() + "/token"
	for route, where := range map[string][2]string{
		"POST callback": {"POST", d.APIBase() + "/interactions/1/token/callback"}, "PATCH @original": {"PATCH", hook + "/messages/@original"}, "POST followup": {"POST", hook},
	} {
		for range calls {
			request, err := http.NewRequestWithContext(t.Context(), where[0], where[1], strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			if response, err := http.DefaultClient.Do(request); err == nil { // else the connection was cut, which is one of the ways
				response.Body.Close()
			}
		}
		spoilt, ways := 0, map[string]bool{}
		for _, r := range d.RequestsTo(route) {
			if r.Fault != "" {
				spoilt++
				ways[r.Fault] = true
			}
		}
		if spoilt < calls/200 || spoilt > calls/50 || len(ways) < 4 {
			t.Errorf("%s: %d of %d calls go wrong, in the ways %v", route, spoilt, calls, ways)
		}
		for way := range ways {
			is429, isLost := strings.HasPrefix(way, "rate limit") || way == "HTML 429", way == "lost" || way == "reset" || way == "status 500" || way == "status 504"
			if route == "POST callback" && is429 || route == "POST followup" && isLost {
				t.Errorf("%s meets %q", route, way)
			}
		}
	}
}
