package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/retrieval"
	"archivist/storage"
	"archivist/storage/postgres/pgtest"
)

// TestThreeProcesses runs three processes of `archivist serve` on one PostgreSQL with shards of the fake Discord between them, asks without end, and
// kills one with SIGKILL: its shards are resumed elsewhere within 40 s without an identify, no question that was acknowledged is lost, and none is
// answered twice.
func TestThreeProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for leases of 30 s to run out")
	}
	const shards, guilds, takenOver = 6, 24, 40 * time.Second
	database := pgtest.Start(t).Database(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	d, err := fakediscord.New(fakediscord.Options{Strict: true, IdentifyEvery: -1, Shards: shards, Concurrency: shards})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	log := &syncBuffer{also: d.Log(io.Discard)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
	}
	store, err := storage.Open(ctx, database)
	must(err)
	defer store.Close()
	engine := retrieval.New(store, retrieval.Options{})
	var channels []*fakediscord.Channel
	var people []*fakediscord.Member
	for i := range guilds {
		time.Sleep(time.Millisecond) // ids are made of milliseconds, and shards of ids
		g := d.Guild(fmt.Sprint("Readers ", i))
		channels, people = append(channels, g.Channel("news")), append(people, g.Member("Bo"))
		in := archivist.Intake{Article: archivist.Article{
			Head:       archivist.Head{URL: "https://herald.example/ferry", Key: "herald.example/ferry", Title: "Ferry line 4 returns", Language: "en"},
			Paragraphs: []archivist.Paragraph{{Text: "Ferry line 4 will run again from 2 March, twice a day. Tickets cost as before."}},
		}}
		_, err := engine.Put(ctx, archivist.GuildLibrary(g.ID()), []archivist.Intake{in})
		must(err)
	}
	exe, err := exec.LookPath("archivist")
	must(err)
	var processes []*exec.Cmd
	for range 3 {
		c := exec.CommandContext(ctx, exe, "serve")
		c.Env = append(c.Environ(), "ARCHIVIST_DATABASE="+database, "DISCORD_TOKEN="+d.Token(), "ARCHIVIST_DISCORD_API_BASE="+d.APIBase(), "ARCHIVIST_DISCORD_PROCESSES=3",
			"ARCHIVIST_LIMITS_PERSON_BURST=1000", "ARCHIVIST_LIMITS_PERSON_PER_MINUTE=10000", "ARCHIVIST_LIMITS_CHANNEL_PER_MINUTE=10000", "ARCHIVIST_LIMITS_LIBRARY_PER_MINUTE=10000")
		c.Stderr = log
		must(c.Start())
		processes = append(processes, c)
	}
	// owners counts the shards of each process whose lease is not over, by its number.
	owners := func() map[int]int {
		list, err := store.ShardLeases(ctx)
		must(err)
		has := map[int]int{}
		for _, l := range list {
			for _, c := range processes {
				if strings.Contains(l.Owner, fmt.Sprintf("-%d-", c.Process.Pid)) && l.Until.After(time.Now()) && l.Session != "" {
					has[c.Process.Pid]++
				}
			}
		}
		return has
	}
	wait := func(what string, cond func() bool) {
		t.Helper()
		for !cond() {
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				t.Fatalf("waited for %s: %v\n%s", what, owners(), log)
			}
		}
	}
	wait("two shards each", func() bool {
		has := owners()
		return has[processes[0].Process.Pid] == 2 && has[processes[1].Process.Pid] == 2 && has[processes[2].Process.Pid] == 2
	})
	ask := func(i int) *fakediscord.Interaction {
		return people[i].Slash(channels[i], "ask", fakediscord.Opt("question", "When does the ferry run?"))
	}
	answered := func(x *fakediscord.Interaction) {
		t.Helper()
		m, err := x.ReplyWhen(ctx, "an answer", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "2 March") })
		must(err)
		if len(x.Followups()) > 0 {
			t.Errorf("answered %d times more: %s", len(x.Followups()), m.Text())
		}
	}
	for i := range guilds {
		answered(ask(i))
	}
	identifies := d.Identifies()
	asking, stop := context.WithCancel(ctx)
	var asked []*fakediscord.Interaction
	var asker sync.WaitGroup
	asker.Go(func() {
		for i := 0; asking.Err() == nil; i++ {
			asked = append(asked, ask(i%guilds))
			select {
			case <-time.After(20 * time.Millisecond):
			case <-asking.Done():
			}
		}
	})
	wait("some questions", func() bool { return len(d.RequestsTo("POST callback")) > guilds+20 })
	killed := processes[0]
	must(killed.Process.Kill())
	began := time.Now()
	_ = killed.Wait() // it was killed
	dead := killed.Process.Pid
	wait("the shards to be taken over", func() bool { has := owners(); return has[dead] == 0 && len(has) == 2 })
	wait("their sessions to be resumed", func() bool { return d.Resumes() >= 2 })
	for shard := range shards {
		must(d.WaitReady(ctx, shard))
	}
	if took := time.Since(began); took > takenOver {
		t.Errorf("taken over after %v", took)
	} else {
		t.Logf("taken over after %v", took.Round(100*time.Millisecond))
	}
	stop()
	asker.Wait()
	acknowledged := 0
	for _, x := range asked {
		if x.Acked() {
			acknowledged++
			answered(x)
		}
	}
	t.Logf("%d of %d questions were acknowledged, and all of these answered", acknowledged, len(asked))
	for i := range guilds {
		answered(ask(i))
	}
	if n := d.Identifies(); n != identifies {
		t.Errorf("%d further identifies", n-identifies)
	}
	for _, c := range processes[1:] {
		must(c.Process.Signal(os.Interrupt))
		if err := c.Wait(); err != nil {
			t.Errorf("serve ended with %v\n%s", err, log)
		}
	}
	for _, v := range d.Violations() {
		t.Error("violation: ", v)
	}
}
