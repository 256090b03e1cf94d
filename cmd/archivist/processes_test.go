package main

import (
	"cmp"
	"os"
	"strconv"
	"testing"
	"time"

	"archivist/storage/postgres/pgtest"
)

// rateVariable names the environment variable with the questions a second that TestThreeProcesses asks: 100 for the figures of
// docs/decisions/0020-processes.md, on a machine that has the time.
const rateVariable = "ARCHIVIST_TEST_RATE"

// TestThreeProcesses runs three processes of `archivist serve` on one PostgreSQL, with 64 shards and 2,000 guilds of the fake Discord between them,
// each with a library of one article, and kills one with SIGKILL while people ask and add links: the others answer on, its shards are resumed
// elsewhere within 40 s without an identify, no question or link that was acknowledged is lost, nor a mention, and nobody is told twice.
func TestThreeProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for leases of 30 s to run out")
	}
	const takenOver = 40 * time.Second
	rate, err := strconv.Atoi(cmp.Or(os.Getenv(rateVariable), "20"))
	if err != nil || rate < 1 {
		t.Fatalf("%s is questions a second: %v", rateVariable, err)
	}
	began := time.Now()
	size := fleetSize{processes: 3, shards: 64, guilds: 2000}
	database := pgtest.Start(t).Database(t)
	f := newFleet(t, size, database, database, 4*time.Minute)
	t.Logf("ready after %v", time.Since(began).Round(100*time.Millisecond))
	identifies, resumes := f.discord.Identifies(), f.discord.Resumes()
	asking := f.ask(rate)
	f.wait("some questions", func() bool { return len(f.discord.RequestsTo("POST callback")) > 2*rate })

	killed, owners := f.processes[0], f.owners()
	f.must(killed.Process.Kill())
	death := time.Now()
	_ = killed.Wait() // it was killed
	orphaned := map[int]bool{}
	for shard, pid := range owners {
		if pid == killed.Process.Pid {
			orphaned[shard] = true
		}
	}
	f.wait("its shards to be leased by others", func() bool {
		has := f.owners()
		for _, pid := range has {
			if pid == killed.Process.Pid {
				return false
			}
		}
		return len(has) == size.shards
	})
	for shard := range size.shards {
		f.must(f.discord.WaitReady(f.ctx, shard))
	}
	took := time.Since(death)
	if starved := f.starved.longest(); took > takenOver+max(0, starved-starvedAfter)*10 { // the way there is one of about ten steps
		t.Errorf("taken over after %v; nothing had to wait for longer than %v", took, starved)
	}
	time.Sleep(2 * time.Second) // of asking, when all are there again
	all := asking()
	sum := f.fates(all)
	meanwhile := f.fates(during(all, death, death.Add(took), func(b berth) bool { return !orphaned[b.shard] }))
	jobs := f.kept(all, sum.stored)
	t.Logf("%d of %d shards resumed elsewhere after %v; %d asked at %d a second, %d commands acknowledged, all of these and all mentions answered; %d answers shown anew; %d links kept",
		len(orphaned), size.shards, took.Round(100*time.Millisecond), sum.asked, rate, sum.acknowledged, sum.edited, jobs)
	t.Logf("meanwhile at the other shards: %d asked, acknowledged p50 %v, p99 %v; answered p50 %v, p99 %v", meanwhile.asked,
		quantileOf(meanwhile.acks, .5), quantileOf(meanwhile.acks, .99), quantileOf(meanwhile.cards, .5), quantileOf(meanwhile.cards, .99))
	f.acknowledged(meanwhile.commands, meanwhile.acknowledged)
	if meanwhile.asked < 5*rate || meanwhile.right != meanwhile.asked-meanwhile.commands+meanwhile.acknowledged {
		t.Errorf("at the other shards %d of %d were answered meanwhile", meanwhile.right, meanwhile.asked)
	}
	if n := f.discord.Resumes() - resumes; n < len(orphaned) || len(orphaned) < size.least() {
		t.Errorf("%d shards were resumed of %d", n, len(orphaned))
	}
	if n := f.discord.Identifies(); n != identifies {
		t.Errorf("%d further identifies", n-identifies)
	}
	f.stop()
}

// during are those of the requests that were made between two times in berths of a kind.
func during(all []request, from, to time.Time, fits func(berth) bool) (some []request) {
	for _, r := range all {
		if r.at.After(from) && r.at.Before(to) && fits(r.berth) {
			some = append(some, r)
		}
	}
	return some
}
