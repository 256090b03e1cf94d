package gateway

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/storage/sqlite"
)

// doors are the leases of a store as one process sees them, until it is cut off.
type doors struct {
	*sqlite.Store
	cut atomic.Bool
}

var errCut = errors.New("the store is away")

func (d *doors) ShardLeases(ctx context.Context) ([]archivist.ShardLease, error) {
	if d.cut.Load() {
		return nil, errCut
	}
	return d.Store.ShardLeases(ctx)
}

func (d *doors) RenewShards(ctx context.Context, leases []archivist.ShardLease) ([]int, error) {
	if d.cut.Load() {
		return nil, errCut
	}
	return d.Store.RenewShards(ctx, leases)
}

// A town with several processes, and a store for their leases.
type parish struct {
	*stage
	store    *sqlite.Store
	guilds   []*fakediscord.Guild
	channels []*fakediscord.Channel
	people   []*fakediscord.Member
}

const parishShards = 4

// options are those of another process of the bot, which sees the leases through a door of its own.
func (p *parish) options(name string) (testOptions, *doors) {
	d := &doors{Store: p.store}
	return testOptions{gateway: Options{Processes: 2, Owner: name, Leases: d}, pace: func(pace *pace) { pace.drain, pace.patience = time.Second, usualPace.patience }}, d
}

func startParish(t *testing.T) (*parish, *doors) {
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "leases.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &parish{store: store}
	o, d := p.options("first")
	o.discord = fakediscord.Options{Shards: parishShards, Concurrency: parishShards}
	o.before = func(s *stage) { p.guilds, p.channels, p.people = s.spread(parishShards) }
	p.stage = start(t, o)
	t.Cleanup(func() { // after all processes
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	p.ready()
	return p, d
}

// join starts another process, and returns its stage.
func (p *parish) join(name string) (*stage, *doors) {
	o, d := p.options(name)
	s := *p.stage
	s.run(o)
	p.t.Cleanup(func() { s.leave() })
	return &s, d
}

// owned waits until each of these processes has so many shards.
func (p *parish) owned(want map[string]int) {
	p.t.Helper()
	for {
		list, err := p.store.ShardLeases(p.ctx)
		p.must(err)
		has := map[string]int{}
		for _, l := range list {
			if l.Until.After(time.Now()) {
				has[l.Owner]++
			}
		}
		if fmt.Sprint(has) == fmt.Sprint(want) {
			return
		}
		if err := pause(p.ctx, 10*time.Millisecond); err != nil {
			p.t.Fatalf("leases: %v, want %v", list, want)
		}
	}
}

// recorded waits until the session of every shard is written down.
func (p *parish) recorded() {
	p.t.Helper()
	for {
		list, err := p.store.ShardLeases(p.ctx)
		p.must(err)
		if len(list) == parishShards && !slices.ContainsFunc(list, func(l archivist.ShardLease) bool { return l.Session == "" }) {
			return
		}
		p.must(pause(p.ctx, 10*time.Millisecond))
	}
}

func (p *parish) allReady() {
	p.t.Helper()
	for shard := range parishShards {
		p.must(p.discord.WaitReady(p.ctx, shard))
	}
}

// TestShardsAreHandedOver: the first process takes all shards, gives the second its part without losing a session, and takes them back when that
// one leaves.
func TestShardsAreHandedOver(t *testing.T) {
	p, _ := startParish(t)
	p.owned(map[string]int{"first": 4})
	p.allReady()
	p.served(p.channels, p.people)
	second, _ := p.join("second")
	p.owned(map[string]int{"first": 2, "second": 2})
	p.must(p.discord.Wait(p.ctx, "two resumes", func() bool { return p.discord.Resumes() == 2 }))
	p.allReady()
	p.served(p.channels, p.people)
	if got := p.discord.Identifies(); got != parishShards {
		t.Errorf("%d identifies for %d shards", got, parishShards)
	}
	// What a resumed session does not tell was asked for.
	for i, g := range p.guilds {
		gateway := p.gateway
		if second.gateway.holds(g.ID()) {
			gateway = second.gateway
		}
		if hidden, known := gateway.cache.hidden(p.channels[i].ID()), gateway.cache.knows(g.ID()); hidden != "" || !known {
			t.Errorf("guild %d: known %v, its channel hidden as %q", i, known, hidden)
		}
	}
	if err := second.leave(); err != nil {
		t.Error(err)
	}
	p.owned(map[string]int{"first": 4})
	p.must(p.discord.Wait(p.ctx, "two more resumes", func() bool { return p.discord.Resumes() == 4 }))
	p.served(p.channels, p.people)
	if err := p.leave(); err != nil {
		t.Error(err)
	}
	// Another start of all takes the sessions up.
	p.join("third")
	p.must(p.discord.Wait(p.ctx, "all to be resumed", func() bool { return p.discord.Resumes() == 8 }))
	p.served(p.channels, p.people)
	if got := p.discord.Identifies(); got != parishShards {
		t.Errorf("%d identifies for %d shards", got, parishShards)
	}
}

// TestDeadProcess kills one of two processes: within its lease and the grace the other one resumes its shards, answers what was under way and what was
// asked meanwhile of messages, and nothing twice.
func TestDeadProcess(t *testing.T) {
	p, firstDoors := startParish(t)
	p.owned(map[string]int{"first": 4})
	second, _ := p.join("second")
	p.owned(map[string]int{"first": 2, "second": 2})
	p.must(p.discord.Wait(p.ctx, "two resumes", func() bool { return p.discord.Resumes() == 2 }))
	p.allReady()
	var at int // a guild of the first process
	for i, g := range p.guilds {
		if p.gateway.holds(g.ID()) {
			at = i
		}
	}
	channel, person := p.channels[at], p.people[at]
	mention := "<@" + p.discord.ApplicationID() + "> When does the ferry run?"
	// Answered just before the end, so that the session is resumed from before it.
	answered := person.Slash(channel, "ask", fakediscord.Opt("question", "When does the ferry run?"))
	_, err := answered.Reply(p.ctx)
	p.must(err)
	said, err := person.Type(channel, mention)
	p.must(err)
	_, err = channel.Answer(p.ctx, said)
	p.must(err)
	held(p.stage)
	open := person.Slash(channel, "ask", fakediscord.Opt("question", "When does the ferry run?"))
	p.asking()
	openSaid, err := person.Type(channel, mention)
	p.must(err)
	p.asking()
	began := time.Now()
	firstDoors.cut.Store(true)
	p.gateway.pace.drain = 0
	p.stop()
	p.must(<-p.ended)
	p.ended <- nil
	p.free()
	meanwhile, err := person.Type(channel, mention)
	p.must(err)
	p.owned(map[string]int{"second": 4})
	p.must(p.discord.Wait(p.ctx, "two more resumes", func() bool { return p.discord.Resumes() == 4 }))
	if took, most := time.Since(began), quick.lease+quick.grace+5*time.Second; took > most {
		t.Errorf("taken over after %v, at most %v are right", took, most)
	}
	m, err := open.Reply(p.ctx)
	p.must(err)
	p.wants(m, "Ferry line 4 will run")
	for _, asked := range []fakediscord.Message{openSaid, meanwhile} {
		m, err := channel.Answer(p.ctx, asked)
		p.must(err)
		p.wants(m, "Ferry line 4 will run")
	}
	p.served(p.channels, p.people)
	last, err := person.Type(channel, mention) // answered after all that came in the channel before
	p.must(err)
	_, err = channel.Answer(p.ctx, last)
	p.must(err)
	replies := map[string]int{}
	for _, m := range channel.Messages(nil) {
		replies[m.ReplyTo]++
		if strings.Contains(m.Text(), "too late") {
			t.Errorf("somebody is told that it is too late: %s", m.Text())
		}
	}
	for name, id := range map[string]string{"answered": said.ID, "open": openSaid.ID, "meanwhile": meanwhile.ID} {
		if replies[id] != 1 {
			t.Errorf("the mention that was %s has %d replies", name, replies[id])
		}
	}
	for _, x := range []*fakediscord.Interaction{answered, open} {
		if n := len(x.Followups()); n != 0 {
			t.Errorf("%d further messages to an interaction", n)
		}
	}
	if got := p.discord.Identifies(); got != parishShards {
		t.Errorf("%d identifies for %d shards", got, parishShards)
	}
	if err := second.leave(); err != nil {
		t.Error(err)
	}
}

// TestAcknowledgedAlone: a process that dies between an acknowledgement and what it writes of the question leaves "is thinking …": who resumes the
// session asks Discord, and answers.
func TestAcknowledgedAlone(t *testing.T) {
	p, firstDoors := startParish(t)
	p.owned(map[string]int{"first": 4})
	p.recorded()
	held(p.stage)
	p.town.mu.Lock()
	p.town.full = 1 << 30
	p.town.mu.Unlock()
	open := p.people[0].Slash(p.channels[0], "ask", fakediscord.Opt("question", "When does the ferry run?"))
	p.asking()
	firstDoors.cut.Store(true)
	p.gateway.pace.drain = 0
	p.stop()
	p.must(<-p.ended)
	p.ended <- nil
	p.town.mu.Lock()
	p.town.full = 0
	if len(p.town.requests) != 0 {
		t.Errorf("written down: %+v", p.town.requests)
	}
	p.town.mu.Unlock()
	p.free()
	p.must(pause(p.ctx, usualPace.tooOld())) // so that the question is told again too late for an acknowledgement
	p.join("second")
	m, err := open.Reply(p.ctx)
	p.must(err)
	p.wants(m, "Ferry line 4 will run")
	if n := len(open.Followups()); n != 0 {
		t.Errorf("%d further messages", n)
	}
}

// TestStoreAway: while the store does not answer, a process keeps its connections, but makes no new ones; a session that Discord ends then is
// begun again once the lease is renewed.
func TestStoreAway(t *testing.T) {
	p, d := startParish(t)
	p.owned(map[string]int{"first": 4})
	p.allReady()
	d.cut.Store(true)
	p.must(pause(p.ctx, 2*quick.lease))
	p.served(p.channels, p.people)
	p.discord.Fault(fakediscord.Gateway(2).Drop())
	p.must(p.discord.Wait(p.ctx, "the end of a connection", func() bool { return p.discord.Connections() == 3 }))
	p.must(pause(p.ctx, quick.lease))
	if got := p.discord.Connections(); got != 3 {
		t.Errorf("%d connections without a lease", got)
	}
	d.cut.Store(false)
	p.must(p.discord.WaitReady(p.ctx, 2))
	p.served(p.channels, p.people)
}

// TestLostShard: a process that did not renew in time, as it slept, ends its connection when it learns that another one has the shard.
func TestLostShard(t *testing.T) {
	p, d := startParish(t)
	p.owned(map[string]int{"first": 4})
	p.recorded()
	d.cut.Store(true)
	p.must(pause(p.ctx, 2*quick.lease))
	p.join("second")
	p.owned(map[string]int{"second": 4})
	p.must(p.discord.Wait(p.ctx, "all to be resumed", func() bool { return p.discord.Resumes() == 4 }))
	d.cut.Store(false)
	p.owned(map[string]int{"first": 2, "second": 2})
	p.allReady()
	p.served(p.channels, p.people)
	if got := p.discord.Identifies(); got != parishShards {
		t.Errorf("%d identifies for %d shards", got, parishShards)
	}
}
