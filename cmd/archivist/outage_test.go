package main

import (
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"archivist/storage/postgres/pgtest"
)

// What people are told while the store cannot be asked: that it is away, of a command that came before it was, or that a link is tried again.
var storeAway = []string{"My store is away for a moment", "My store is in use by somebody else", "I will try again"}

// TestDatabaseRestarts stops the database under load, once in order and once as a crash does, and starts it again six seconds later: who asks is
// acknowledged in time, and told that the store is away or what is right, once; the processes recover by themselves, without a new session; what was
// told to be kept is kept, and each link whose job was written down becomes an article.
func TestDatabaseRestarts(t *testing.T) {
	if testing.Short() {
		t.Skip("stops a server for six seconds, twice")
	}
	t.Parallel()
	for name, stop := range map[string]func(*pgtest.Cluster) error{"in order": (*pgtest.Cluster).Stop, "as a crash": (*pgtest.Cluster).Crash} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const away, rate = 6 * time.Second, 20
			cluster := pgtest.Start(t)
			database := cluster.Database(t)
			f := newFleet(t, fleetSize{processes: 2, shards: 4, guilds: 60}, database, database, 2*time.Minute)
			identifies := f.discord.Identifies()
			asking := f.ask(rate)
			time.Sleep(4 * time.Second) // of answers as ever
			down := time.Now()
			f.must(stop(cluster))
			time.Sleep(away)
			f.must(cluster.Start())
			up := time.Now()
			time.Sleep(8 * time.Second)
			all := asking()
			everywhere := func(berth) bool { return true }
			sum := f.fates(all, storeAway...)
			meanwhile := f.fates(during(all, down, up, everywhere), storeAway...)
			after := f.fates(during(all, up.Add(3*time.Second), time.Now(), everywhere))
			jobs := f.kept(all, sum.stored)
			t.Logf("%d asked, %d of %d commands acknowledged, p99 %v; while the store was away for %v %d were answered and %d told so; from 3 s after all %d were answered; %d jobs done, %d links told to be kept",
				sum.asked, sum.acknowledged, sum.commands, quantileOf(sum.acks, .99), up.Sub(down).Round(100*time.Millisecond), meanwhile.right, meanwhile.told, after.right, jobs, len(sum.stored))
			if sum.acknowledged != sum.commands || meanwhile.told == 0 || after.right == 0 {
				t.Errorf("%+v", sum)
			}
			if n := f.discord.Identifies() + f.discord.Resumes(); n != identifies {
				t.Errorf("%d connections were lost", n-identifies)
			}
			f.stop()
		})
	}
}

// slowServer is a way to a server's socket on which every word takes a while, as to a database far away. It gives the address of the database by it.
func slowServer(t *testing.T, database string, wait time.Duration) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	const socket = ".s.PGSQL.5432"
	there := filepath.Join(query.Get("host"), socket)
	folder, err := os.MkdirTemp("", "archivist-slow-") // short, as a socket's path has room for 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(folder, socket))
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(func() {
		if err := errors.Join(listener.Close(), os.RemoveAll(folder)); err != nil {
			t.Error(err)
		}
		running.Wait()
	})
	running.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return // it was closed
			}
			far, err := net.Dial("unix", there)
			if err != nil {
				t.Error(err)
				return
			}
			running.Go(func() { slowly(far, near, wait); far.Close() })
			running.Go(func() { slowly(near, far, 0); near.Close() })
		}
	})
	query.Set("host", folder)
	u.RawQuery = query.Encode()
	return u.String()
}

// slowly carries on what comes, each piece so long after it came, until either end is closed.
func slowly(to io.Writer, from io.Reader, wait time.Duration) {
	type piece struct {
		due   time.Time
		bytes []byte
	}
	pieces := make(chan piece, 1000)
	go func() {
		defer close(pieces)
		for {
			b := make([]byte, 32<<10)
			n, err := from.Read(b)
			if err != nil {
				return
			}
			pieces <- piece{time.Now().Add(wait), b[:n]}
		}
	}()
	for p := range pieces {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.bytes); err != nil {
			break
		}
	}
	for range pieces { // until its reader has ended
	}
}

// TestSlowDatabase: where each journey to the database takes 200 ms, Discord's commands are acknowledged in time all the same, and all is answered
// and kept in the end.
func TestSlowDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("asks for a while")
	}
	t.Parallel()
	const journey, rate, law = 200 * time.Millisecond, 5, 3 * time.Second
	database := pgtest.Start(t).Database(t)
	f := newFleet(t, fleetSize{processes: 2, shards: 4, guilds: 30}, database, slowServer(t, database, journey), 2*time.Minute)
	asking := f.ask(rate)
	time.Sleep(10 * time.Second)
	all := asking()
	sum := f.fates(all)
	jobs := f.kept(all, sum.stored)
	t.Logf("%d asked, %d of %d commands acknowledged, p50 %v, p99 %v; answered p50 %v, p99 %v; %d links kept", sum.asked, sum.acknowledged, sum.commands,
		quantileOf(sum.acks, .5), quantileOf(sum.acks, .99), quantileOf(sum.cards, .5), quantileOf(sum.cards, .99), jobs)
	if sum.acknowledged != sum.commands || quantileOf(sum.acks, 1) > law {
		t.Errorf("%d of %d commands were acknowledged, the slowest after %v", sum.acknowledged, sum.commands, quantileOf(sum.acks, 1))
	}
	if fastest := quantileOf(sum.cards, 0); fastest < journey {
		t.Errorf("an answer took %v: the database was not slow", fastest)
	}
	f.stop()
}
