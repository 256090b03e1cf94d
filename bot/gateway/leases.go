package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"archivist"
)

// Leases say which process runs which shard, where several share one store (SCALE 10). LeaseShard gives a shard that is nobody's at now;
// RenewShards writes down leases with their sessions, and returns those that are others' by now; WantShard notes that a process would like one.
type Leases interface {
	ShardLeases(ctx context.Context) ([]archivist.ShardLease, error)
	LeaseShard(ctx context.Context, l archivist.ShardLease, now time.Time) (archivist.ShardLease, bool, error)
	RenewShards(ctx context.Context, leases []archivist.ShardLease) (lost []int, err error)
	WantShard(ctx context.Context, shard int, by string) error
}

var errNoLease = errors.New("the lease of the shard has run out, and the store does not answer")

// leases reports whether this process shares Discord's shards with others by leases.
func (g *Gateway) leases() bool {
	return g.options.Leases != nil && g.options.Processes > 1 && g.shards.count == 0
}

// tookOver is when this process took over from another the last time.
func (g *Gateway) tookOver() time.Time { return time.Unix(0, g.began.Load()) }

// A tenancy runs the shards that this process has the leases of. A shard whose lease runs out, as the store does not answer, keeps its connection,
// since nobody else could have taken it then; but it makes no new one.
type tenancy struct {
	g       *Gateway
	count   int // of shards in all
	starts  *starts
	content bool
	began   time.Time
	renewed time.Time
	held    map[int]*tenant
	away    bool // the store, at the last look
	failed  chan error
	settles chan struct{} // told when a shard has ended
	running sync.WaitGroup
}

// A tenant is a shard that we run.
type tenant struct {
	shard  *shard
	until  atomic.Int64    // of its lease, Unix nanoseconds
	safe   sessionState    // as it is written down: what came until then is answered, or in the ledger
	next   sessionState    // as it was at a later look, which becomes safe
	at     time.Time       // of that look
	over   <-chan struct{} // closed when it is to end
	stop   context.CancelFunc
	told   bool          // all that came of it is written down; to be read when it has ended
	ended  chan struct{} // closed when its connection has, and nobody works on its requests any more
	lost   bool          // it is another's by now
	ending bool          // it was told to stop, to be another's
}

// connect runs leased shards until ctx ends or one of them cannot go on, which ends the others. Leases stay until end.
func (t *tenancy) connect(ctx context.Context, recommended span, content bool, leave func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.count, t.content, t.starts, t.began = recommended.count, content, t.g.newStarts(), time.Now()
	t.held, t.failed, t.settles = map[int]*tenant{}, make(chan error, 1), make(chan struct{}, 1)
	leave = sync.OnceFunc(leave) // who comes second waits for the first
	tick := time.NewTicker(t.g.pace.look)
	defer tick.Stop()
	var failure error
	for ctx.Err() == nil {
		t.look(ctx, leave)
		select {
		case failure = <-t.failed:
			cancel()
		case <-tick.C:
		case <-t.settles:
		case <-ctx.Done():
		}
	}
	ended := make(chan struct{})
	go func() { t.running.Wait(); close(ended) }()
	for { // replies under way are finished: that takes a while
		select {
		case <-ended:
			return failure
		case <-tick.C:
			asking, done := context.WithTimeout(context.WithoutCancel(ctx), keepWithin) // the end waits for no store
			t.keep(asking)
			done()
		}
	}
}

// keepWithin is how long renewing may take while all shards end: less than what replies under way have.
const keepWithin = 2 * time.Second

// look compares who has which shard with who should, and acts.
func (t *tenancy) look(ctx context.Context, leave func()) {
	asking, cancel := context.WithTimeout(ctx, t.g.pace.lease/3)
	defer cancel()
	t.settle(asking)
	t.keep(asking)
	leases, err := t.g.options.Leases.ShardLeases(asking)
	if err != nil {
		t.trouble(ctx, "see who runs which shard", err)
		return
	}
	t.away = false
	now := time.Now()
	endAhead(leases, now.Add(t.g.pace.lease))
	if n := liveCount(leases, now); n > 0 && len(t.held) == 0 && n != t.count {
		t.g.log.Info("other processes run another number of shards than Discord recommends now; joining them", "shards", n, "recommended", t.count)
		t.count = n
	}
	r := roster{leases: leases, count: t.count, processes: t.g.options.Processes, self: t.g.options.Owner, now: now, began: t.began, grace: t.g.pace.grace}
	take, want, give := r.plan(func(shard int) bool { return t.held[shard] != nil })
	for _, shard := range give {
		if n := t.held[shard]; !n.ending {
			t.g.log.Info("handing a shard to another process", "shard", shard)
			t.endShard(n, false)
		}
	}
	t.take(ctx, asking, take, leave)
	for _, shard := range want {
		if err := t.g.options.Leases.WantShard(asking, shard, t.g.options.Owner); err != nil {
			t.trouble(ctx, "ask for a shard", err)
			return
		}
	}
}

// trouble logs the first of the errors of a store that is away.
func (t *tenancy) trouble(ctx context.Context, what string, err error) {
	if ctx.Err() == nil && !t.away {
		t.away = true
		t.g.log.Error(what, "error", err)
	}
}

// take leases shards and runs them, each where the process before left it.
func (t *tenancy) take(ctx, asking context.Context, shards []int, leave func()) {
	var got []archivist.ShardLease
	for _, shard := range shards {
		now := time.Now()
		l, ok, err := t.g.options.Leases.LeaseShard(asking, archivist.ShardLease{Shard: shard, Shards: t.count, Owner: t.g.options.Owner, Until: now.Add(t.g.pace.lease)}, now)
		if err != nil {
			t.trouble(ctx, "lease a shard", err)
			break
		}
		if ok {
			got = append(got, l)
		}
	}
	if len(got) == 0 {
		return
	}
	t.g.began.Store(time.Now().UnixNano())
	mine := map[int]bool{}
	for _, l := range got {
		mine[l.Shard] = true
	}
	if err := t.g.unfinished(asking, func(guild string) bool { return mine[shardOf(guild, t.count)] }); err != nil {
		t.trouble(ctx, "requests of the process before cannot be read", err)
		return // they are ours, and tried again with the next look
	}
	for _, l := range got {
		t.run(ctx, l, leave)
	}
}

// run runs a leased shard in a goroutine, which connect waits for.
func (t *tenancy) run(ctx context.Context, l archivist.ShardLease, leave func()) {
	g := t.g
	s := g.newShard(l.Shard, t.count, t.starts, t.content)
	n := &tenant{shard: s, safe: sessionState{l.Session, l.Sequence, l.Resume}, ended: make(chan struct{})}
	n.until.Store(l.Until.UnixNano())
	s.keeps, s.mayConnect = true, func() bool { return time.Now().UnixNano() < n.until.Load() }
	s.duty.leased = s.mayConnect
	n.next, n.at = n.safe, time.Now()
	s.adopt(n.safe)
	running, stop := context.WithCancel(ctx)
	n.over, n.stop, t.held[l.Shard] = running.Done(), stop, n
	g.addShard(s)
	g.log.Info("leased a shard", "shard", l.Shard, "of", t.count, "resuming", l.Session != "")
	t.running.Go(func() {
		defer func() {
			close(n.ended)
			select {
			case t.settles <- struct{}{}:
			default: // the next look settles all
			}
		}()
		err := s.run(running, func() {
			if ctx.Err() != nil { // all are to end, not this one alone
				leave()
			}
		})
		if err != nil {
			select {
			case t.failed <- err:
			default: // one is enough
			}
		}
		s.duty.end()
		n.told = t.written(ctx, time.Now())
	})
}

// written waits until what was noted before a time is in the ledger, where the next process reads it; false where ctx ends before, or it takes as
// long as a lease.
func (t *tenancy) written(ctx context.Context, before time.Time) bool {
	for until := before.Add(t.g.pace.lease); time.Now().Before(until); {
		if oldest := t.g.book.oldest(); oldest.IsZero() || oldest.After(before) {
			return true
		}
		if pause(ctx, t.g.pace.look/20) != nil {
			break
		}
	}
	return false
}

// endShard ends a shard that is to be another's: as soon as nothing of it is under way, or when that takes as long as it may at the end of a process.
// What another process has taken already is its to answer. When all has ended, settle does the rest: that may take seconds, and the other leases must
// be renewed meanwhile.
func (t *tenancy) endShard(n *tenant, lost bool) {
	n.ending, n.lost = true, n.lost || lost
	if lost {
		n.shard.duty.cut()
		n.stop()
		return
	}
	t.running.Go(func() {
		timer := time.NewTimer(t.g.pace.drain)
		defer timer.Stop()
		select {
		case <-n.shard.duty.under.done():
		case <-timer.C:
		case <-n.over:
		}
		n.stop()
	})
}

// settle forgets the shards that have ended, and gives back those that are still ours.
func (t *tenancy) settle(ctx context.Context) {
	var back []archivist.ShardLease
	for id, n := range t.held {
		select {
		case <-n.ended:
		default:
			continue
		}
		delete(t.held, id)
		n.shard.duty.over.Store(true)
		t.g.dropShard(n.shard)
		t.g.leaveOpen(n.shard)
		t.g.cache.meet(id, t.count, nil)
		if n.lost {
			continue
		}
		back = append(back, t.lease(n, t.lastState(n, n.told), time.Now()))
	}
	if len(back) == 0 {
		return
	}
	if _, err := t.g.options.Leases.RenewShards(ctx, back); err != nil {
		t.trouble(ctx, "give shards back: others take them over when their leases run out", err)
	}
}

// lastState is where the next process takes a session up: what is not written down comes again.
func (t *tenancy) lastState(n *tenant, told bool) sessionState {
	if told && !n.shard.duty.unnoted.Load() {
		return n.shard.stands()
	}
	return n.safe
}

func (t *tenancy) lease(n *tenant, state sessionState, until time.Time) archivist.ShardLease {
	return archivist.ShardLease{Shard: n.shard.id, Shards: t.count, Owner: t.g.options.Owner, Until: until, Session: state.id, Sequence: state.sequence, Resume: state.url}
}

// keep renews all leases when it is time, or when a session is new.
func (t *tenancy) keep(ctx context.Context) {
	now := time.Now()
	until := now.Add(t.g.pace.lease)
	var leases []archivist.ShardLease
	due := now.Sub(t.renewed) >= t.g.pace.lease/3
	unwritten := t.g.book.oldest()
	for _, n := range t.held {
		if n.lost { // another's, until its connection has ended
			continue
		}
		state := n.shard.stands()
		if n.next.id != state.id {
			due = true
			n.safe = sessionState{id: state.id, url: state.url, sequence: min(state.sequence, 1)} // all that came of a new session comes again
			n.next, n.at = state, now
		}
		// A request is acknowledged before it is noted.
		if now.Sub(n.at) > t.g.pace.answerWithin() && !n.shard.duty.unnoted.Load() && (unwritten.IsZero() || n.at.Add(t.g.pace.answerWithin()).Before(unwritten)) {
			n.safe, n.next, n.at = n.next, state, now
		}
		leases = append(leases, t.lease(n, n.safe, until))
	}
	if len(leases) == 0 || !due {
		return
	}
	lost, err := t.g.options.Leases.RenewShards(ctx, leases)
	if err != nil {
		t.trouble(ctx, "renew the leases of shards", err)
		return
	}
	t.renewed = now
	for _, n := range t.held {
		if !n.lost {
			n.until.Store(until.UnixNano())
		}
	}
	for _, shard := range lost {
		t.g.log.Warn("another process has taken a shard over: this one did not renew its lease in time", "shard", shard)
		n := t.held[shard]
		n.until.Store(0)
		t.endShard(n, true)
	}
}

// end gives all leases back, once all work has ended and what can be written down is.
func (t *tenancy) end() {
	if len(t.held) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	now := time.Now()
	var leases []archivist.ShardLease
	for _, n := range t.held {
		leases = append(leases, t.lease(n, t.lastState(n, t.g.book.oldest().IsZero()), now))
	}
	if _, err := t.g.options.Leases.RenewShards(ctx, leases); err != nil {
		t.g.log.Error("give the shards back: others take them over when their leases run out", "error", err)
	}
}
