package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/retrieval/ingest"
	"archivist/storage"
)

// A site is a server of pages, each of which waits once it is asked for the first time, if told so.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	served map[string]int
}

func newSite(t *testing.T, wait func(r *http.Request)) *site {
	s := &site{served: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(out, r)
			return
		}
		s.mu.Lock()
		s.served[r.URL.Path]++
		first := s.served[r.URL.Path] == 1
		s.mu.Unlock()
		if first {
			wait(r)
		}
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		page := strings.ReplaceAll(bridgePage, "1787", "1787 ("+r.Host+r.URL.Path+")")
		if _, err := out.Write([]byte(page)); err != nil {
			return // the reader has gone
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestWorkersShareJobs starts two processes of `archivist work` on one file and kills one of them with SIGKILL while it reads pages: the other one
// takes its jobs over when their leases run out, and every job is done once.
func TestWorkersShareJobs(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for leases of 30 s to run out")
	}
	t.Parallel() // as it waits, most of its time
	w := newWholeWay(t)
	var sites []*site
	var allowed []string
	reading, release := make(chan struct{}, 100), make(chan struct{})
	for range 6 {
		s := newSite(t, func(r *http.Request) {
			reading <- struct{}{}
			select {
			case <-release:
			case <-r.Context().Done():
			}
		})
		sites, allowed = append(sites, s), append(allowed, strings.TrimPrefix(s.URL, "http://"))
	}
	store, err := storage.Open(w.ctx, w.database)
	w.must(err)
	defer store.Close()
	worker := func() *exec.Cmd {
		exe, err := exec.LookPath("archivist")
		w.must(err)
		command := exec.CommandContext(w.ctx, exe, "work", "--database", w.database)
		command.Env = append(command.Environ(), "ARCHIVIST_INGEST_ALLOW_ADDRESSES="+strings.Join(allowed, ","), "ARCHIVIST_INGEST_WORKERS=4", "ARCHIVIST_INGEST_WORKER=inline")
		command.Stderr = w.log
		w.must(command.Start())
		return command
	}
	one, two := worker(), worker()
	var jobs []archivist.JobID
	for n := range 2 {
		for _, s := range sites {
			job, err := ingest.PageJob(archivist.Job{Library: "town", URL: fmt.Sprintf("%s/page-%d", s.URL, n)}, time.Now())
			w.must(err)
			job, err = store.Enqueue(w.ctx, job)
			w.must(err)
			jobs = append(jobs, job.ID)
		}
	}
	for killed := false; !killed; { // as soon as the first has something under way
		select {
		case <-reading:
		case <-w.ctx.Done():
			t.Fatal(w.log.String())
		}
		running, err := store.Jobs(w.ctx, archivist.JobFilter{States: []archivist.JobState{archivist.JobRunning}, Limit: 100})
		w.must(err)
		for _, job := range running {
			if strings.Contains(job.Owner, fmt.Sprintf("-%d-", one.Process.Pid)) && !killed {
				killed = true
				w.must(one.Process.Kill())
			}
		}
	}
	_ = one.Wait() // killed
	close(release)
	orphans := 0
	for _, id := range jobs {
		for {
			job, err := store.Job(w.ctx, id)
			w.must(err)
			if job.State == archivist.JobDone {
				if job.Deaths > 0 {
					orphans++
				}
				if job.Outcome != archivist.Added {
					t.Errorf("%s ended as %s", job.URL, job.Outcome)
				}
				break
			}
			if job.State == archivist.JobFailed || w.ctx.Err() != nil {
				t.Fatalf("%+v\n%s", job, w.log)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	if orphans == 0 {
		t.Error("the killed process had nothing under way: the test proves nothing")
	}
	library, err := store.Library(w.ctx, "town")
	w.must(err)
	if library.Version != uint64(len(jobs)) { // each article raises it by one
		t.Errorf("%d changes by %d jobs", library.Version, len(jobs))
	}
	w.must(two.Process.Signal(os.Interrupt))
	if err := two.Wait(); err != nil {
		t.Errorf("work ended with %v\n%s", err, w.log)
	}
}

// TestIngestBesideServe: what another process brings in is found by the next question to a running bot.
func TestIngestBesideServe(t *testing.T) {
	w := newWholeWay(t)
	readers := w.discord.Guild("Herald readers")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	w.reading = archivist.GuildLibrary(readers.ID())
	w.serve()
	exe, err := exec.LookPath("archivist")
	w.must(err)
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "Who won the prize for the best honey?")), "add")
	for _, article := range []struct{ name, text, question, want string }{
		{"honey", "The prize for the best honey went to Pavel Horak, a retired postman.", "Who won the prize for the best honey?", "Pavel Horak"},
		{"ferry", "Ferry line 4 will run again from 2 March, twice a day, after two years without a ship.", "When will ferry line 4 run again?", "2 March"},
		{"honey", "The prize for the best honey went to Ana Ruiz, as the first count was wrong.", "Who won the prize for the best honey?", "Ana Ruiz"},
	} {
		file := filepath.Join(t.TempDir(), "news.jsonl")
		w.must(os.WriteFile(file, fmt.Appendf(nil, `{"url":"https://herald.example/%s","title":"News of the %s","text":%q}`+"\n", article.name, article.name, article.text), 0o600))
		command := exec.CommandContext(w.ctx, exe, "ingest", "--database", w.database, "--library", string(w.reading), file)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("ingest: %v\n%s", err, out)
		}
		w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", article.question)), article.want)
	}
}
