package main

import (
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"archivist/storage/postgres/pgtest"
)

// What people are told while the store cannot be asked: that it is away, of a command that came before it was, or that a link is tried again.
var storeAway = []string{"My store is away for a moment", "My store is in use by somebody else", "I will try again"}

// TestDatabaseRestarts stops the database under load, once in order and once as a crash does, and starts it again after longer than Discord waits for an
// acknowledgement: who asks is acknowledged in time, and told that the store is away or what is right, once; the processes recover by
// themselves, without a new session; what was told to be kept is kept, and each link whose job was written down becomes an article.
func TestDatabaseRestarts(t *testing.T) {
	if testing.Short() {
		t.Skip("stops a server for four seconds, twice")
	}
	const away, rate = 4 * time.Second, 20
	cluster := pgtest.Start(t)
	database := cluster.Database(t)
	f := newFleet(t, fleetSize{processes: 2, shards: 4, guilds: 60}, database, database, 4*time.Minute)
	identifies := f.discord.Identifies()
	for _, stop := range []struct {
		how string
		do  func() error
	}{{"in order", cluster.Stop}, {"as a crash", cluster.Crash}} {
		asking := f.ask(rate)
		time.Sleep(2 * time.Second) // of answers as ever
		down := time.Now()
		f.must(stop.do())
		time.Sleep(away)
		f.must(cluster.Start())
		up := time.Now()
		all := asking()
		sum := f.fates(all, storeAway...)
		meanwhile := f.fates(during(all, down, up, func(berth) bool { return true }), storeAway...)
		after, recovered := f.untilRecovered(rate)
		whole := slices.Concat(all, after)
		stored := f.fates(whole, storeAway...).stored
		jobs := f.kept(whole, stored)
		t.Logf("stopped %s for %v: %d asked, %d of %d commands acknowledged, p99 %v; meanwhile %d were answered and %d told so; all that were asked from %v after its return were answered; %d jobs done, %d links told to be kept; nothing had to wait for longer than %v",
			stop.how, up.Sub(down).Round(100*time.Millisecond), sum.asked, sum.acknowledged, sum.commands, quantileOf(sum.acks, .99), meanwhile.right, meanwhile.told, recovered.Sub(up).Round(100*time.Millisecond), jobs, len(stored), f.starved.longest())
		f.acknowledged(sum.commands, sum.acknowledged)
		if meanwhile.told == 0 {
			t.Errorf("nobody was told that the store is away: %+v", meanwhile)
		}
	}
	if n := f.discord.Identifies() + f.discord.Resumes(); n != identifies {
		t.Errorf("%d connections were lost", n-identifies)
	}
	f.stop()
}

// untilRecovered has people ask for two seconds, again until all of them are told what is right, and returns when these began to ask, and what was asked
// since the first. The fleet has a minute for that, and a machine that is starved too.
func (f *fleet) untilRecovered(rate int) (all []request, since time.Time) {
	f.t.Helper()
	for began := time.Now(); ; {
		since = time.Now()
		asking := f.ask(rate)
		time.Sleep(2 * time.Second)
		asked := asking()
		all = append(all, asked...)
		sum := f.fates(asked, storeAway...)
		if sum.right == sum.asked && sum.asked >= rate {
			return all, since
		}
		if time.Since(began) > time.Minute {
			f.t.Fatalf("the store has been back for a minute, and of %d asked %d were answered: %+v", sum.asked, sum.right, sum)
		}
	}
}

// slowServer is a way to a server's socket on which every word takes a while, as to a database far away. It gives the address of the database by it.
func slowServer(t *testing.T, database string, wait time.Duration) string {
	t.Helper()
	return throughDoor(t, database, func(near, far net.Conn) (there, back func()) {
		return func() { slowly(far, near, wait) }, func() { slowly(near, far, 0) }
	})
}

// throughDoor is a way to a server's socket on which carry says how the bytes of each connection go there and back, each until either end is closed.
// It gives the address of the database by it.
func throughDoor(t *testing.T, database string, carry func(near, far net.Conn) (there, back func())) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	const socket = ".s.PGSQL.5432"
	there := filepath.Join(query.Get("host"), socket)
	folder, err := os.MkdirTemp("", "archivist-door-") // short, as a socket's path has room for 107 bytes
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
			there, back := carry(near, far)
			running.Go(func() { there(); far.Close() })
			running.Go(func() { back(); near.Close() })
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
	t.Parallel() // as it waits, most of its time
	const journey, rate = 200 * time.Millisecond, 8
	database := pgtest.Start(t).Database(t)
	f := newFleet(t, fleetSize{processes: 2, shards: 4, guilds: 30}, database, slowServer(t, database, journey), 4*time.Minute)
	asking := f.ask(rate)
	time.Sleep(4 * time.Second)
	all := asking()
	sum := f.fates(all)
	jobs := f.kept(all, sum.stored)
	t.Logf("%d asked, %d of %d commands acknowledged, p50 %v, p99 %v; answered p50 %v, p99 %v; %d links kept", sum.asked, sum.acknowledged, sum.commands,
		quantileOf(sum.acks, .5), quantileOf(sum.acks, .99), quantileOf(sum.cards, .5), quantileOf(sum.cards, .99), jobs)
	f.acknowledged(sum.commands, sum.acknowledged)
	if acks := quantileOf(sum.acks, .5); acks >= journey {
		t.Errorf("half of the commands were acknowledged after more than %v: after a look at the database", acks)
	}
	if fastest := quantileOf(sum.cards, 0); fastest < journey {
		t.Errorf("an answer took %v: the database was not slow", fastest)
	}
	f.stop()
}
