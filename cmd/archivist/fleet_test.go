package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/retrieval"
	"archivist/storage"
)

// A fleet is several processes of `archivist serve` on one PostgreSQL, and a fake Discord whose guilds have a library of one article each.
type fleet struct {
	t         *testing.T
	ctx       context.Context
	discord   *fakediscord.Discord
	log       *syncBuffer
	store     *storage.Store
	berths    []berth
	sites     []*site // that the first guilds may read
	processes []*exec.Cmd
	turn      int         // of the next that is asked
	starved   *starvation // since the fleet was whole
}

// A berth is a guild of the fleet: somebody who asks in a channel, and what the answer says there and nowhere else.
type berth struct {
	library archivist.LibraryID
	channel *fakediscord.Channel
	person  *fakediscord.Member
	shard   int
	answer  string
}

// fleetSize is how many of what a fleet has.
type fleetSize struct{ processes, shards, guilds int }

// least is how many shards the process has that came last: all others may have their part of them, rounded up.
func (s fleetSize) least() int {
	return s.shards - (s.processes-1)*((s.shards+s.processes-1)/s.processes)
}

const (
	bringers  = 20 // guilds, the first ones, whose people add links too
	pageTakes = 1500 * time.Millisecond
)

// newFleet fills the database and starts the processes, which see it at seen, and waits until they share the shards.
func newFleet(t *testing.T, size fleetSize, database, seen string, limit time.Duration) *fleet {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	d, err := fakediscord.New(fakediscord.Options{Strict: true, IdentifyEvery: -1, Shards: size.shards, Concurrency: size.shards})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	f := &fleet{t: t, ctx: ctx, discord: d, log: &syncBuffer{also: d.Log(io.Discard)}}
	f.store, err = storage.Open(ctx, database)
	f.must(err)
	t.Cleanup(func() { f.must(f.store.Close()) })
	f.fill(size)
	for range 8 { // a site has a page read at a time
		f.sites = append(f.sites, newSite(t, func(*http.Request) { time.Sleep(pageTakes) })) // so that links are under way when something happens
	}
	for range size.processes {
		f.start(seen, size.processes)
	}
	t.Cleanup(func() {
		for _, c := range f.processes {
			_ = c.Process.Kill() // most have ended
			_ = c.Wait()
		}
	})
	f.wait("shards for every process", func() bool {
		has := map[int]int{}
		for _, pid := range f.owners() {
			has[pid]++
		}
		for _, c := range f.processes {
			if has[c.Process.Pid] < size.least() {
				return false
			}
		}
		return len(f.owners()) == size.shards
	})
	f.starved = watchStarvation(t)
	return f
}

// fill makes the guilds and their libraries.
func (f *fleet) fill(size fleetSize) {
	engine := retrieval.New(f.store, retrieval.Options{})
	for i := range size.guilds {
		time.Sleep(time.Millisecond) // ids are made of milliseconds, and shards of ids
		g := f.discord.Guild(fmt.Sprint("Readers ", i))
		f.berths = append(f.berths, berth{
			library: archivist.GuildLibrary(g.ID()), channel: g.Channel("news"), person: g.Member("Bo"), shard: shardOf(g, size.shards),
			answer: fmt.Sprintf("Ferry line 4 will run again from 2 March, twice a day, from quay %d.", i),
		})
	}
	var filling sync.WaitGroup
	for part := range slices.Chunk(f.berths, (size.guilds+3)/4) {
		filling.Go(func() {
			for _, b := range part {
				in := archivist.Intake{Article: archivist.Article{
					Head:       archivist.Head{URL: "https://herald.example/ferry", Key: "herald.example/ferry", Title: "Ferry line 4 returns", Language: "en"},
					Paragraphs: []archivist.Paragraph{{Text: b.answer + " Tickets cost as before."}},
				}}
				if _, err := engine.Put(f.ctx, b.library, []archivist.Intake{in}); err != nil {
					f.t.Error(err)
				}
			}
		})
	}
	filling.Wait()
}

// shardOf is Discord's rule.
func shardOf(g *fakediscord.Guild, shards int) int {
	id, err := strconv.ParseUint(g.ID(), 10, 64)
	if err != nil {
		panic(err)
	}
	return int((id >> 22) % uint64(shards))
}

// start starts a process of the program.
func (f *fleet) start(database string, processes int) {
	exe, err := exec.LookPath("archivist")
	f.must(err)
	var allowed, libraries []string
	for _, s := range f.sites {
		allowed = append(allowed, strings.TrimPrefix(s.URL, "http://"))
	}
	for _, b := range f.berths[:min(bringers, len(f.berths))] {
		libraries = append(libraries, string(b.library))
	}
	c := exec.CommandContext(f.ctx, exe, "serve")
	c.Env = append(c.Environ(), "ARCHIVIST_DATABASE="+database, "DISCORD_TOKEN="+f.discord.Token(), "ARCHIVIST_DISCORD_API_BASE="+f.discord.APIBase(),
		fmt.Sprint("ARCHIVIST_DISCORD_PROCESSES=", processes), "ARCHIVIST_INGEST_WORKER=inline", "ARCHIVIST_INGEST_ARCHIVE_API="+f.sites[0].URL+"/none",
		"ARCHIVIST_INGEST_ALLOW_ADDRESSES="+strings.Join(allowed, ","), "ARCHIVIST_INGEST_ALLOW_LIBRARIES="+strings.Join(libraries, ","))
	for _, limit := range []string{"PERSON_BURST", "PERSON_PER_MINUTE", "CHANNEL_PER_MINUTE", "LIBRARY_PER_MINUTE"} {
		c.Env = append(c.Env, "ARCHIVIST_LIMITS_"+limit+"=10000")
	}
	c.Stderr = f.log
	f.must(c.Start())
	f.processes = append(f.processes, c)
}

func (f *fleet) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatalf("%v\n%s", err, f.log)
	}
}

// owners are the processes that have shards with a session, by shard.
func (f *fleet) owners() map[int]int {
	list, err := f.store.ShardLeases(f.ctx)
	f.must(err)
	by := map[int]int{}
	for _, l := range list {
		for _, c := range f.processes {
			if strings.Contains(l.Owner, fmt.Sprintf("-%d-", c.Process.Pid)) && l.Until.After(time.Now()) && l.Session != "" {
				by[l.Shard] = c.Process.Pid
			}
		}
	}
	return by
}

func (f *fleet) wait(what string, cond func() bool) {
	f.t.Helper()
	for !cond() {
		select {
		case <-time.After(50 * time.Millisecond):
		case <-f.ctx.Done():
			f.t.Fatalf("waited for %s: %v\n%s", what, f.owners(), f.log)
		}
	}
}

// stop ends the processes that are left as SIGINT does.
func (f *fleet) stop() {
	f.t.Helper()
	for _, c := range f.processes {
		if c.ProcessState == nil {
			f.must(c.Process.Signal(os.Interrupt))
		}
	}
	for _, c := range f.processes {
		if c.ProcessState == nil {
			if err := c.Wait(); err != nil {
				f.t.Errorf("serve ended with %v\n%s", err, f.log)
			}
		}
	}
	for _, v := range f.discord.Violations() {
		f.t.Error("violation: ", v)
	}
}
