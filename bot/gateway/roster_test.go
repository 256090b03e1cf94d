package gateway

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"archivist"
)

// parliament plays processes that look at the same leases, on a clock of its own.
type parliament struct {
	now    time.Time
	count  int
	leases map[int]archivist.ShardLease
	alive  map[string]time.Time // since when
}

const (
	playedLease = 30 * time.Second
	playedGrace = 5 * time.Second
)

// second lets one second pass, in which each process looks once, in an order of chance.
func (p *parliament) second(t *testing.T, processes int, chance *rand.Rand) {
	t.Helper()
	p.now = p.now.Add(time.Second)
	var order []string
	for name := range p.alive {
		order = append(order, name)
	}
	slices.Sort(order)
	chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, name := range order {
		var rows []archivist.ShardLease
		for shard := range p.count {
			l, known := p.leases[shard]
			if !known {
				continue
			}
			if l.Owner == name && l.Until.After(p.now) {
				l.Until = p.now.Add(playedLease)
				p.leases[shard] = l
			}
			rows = append(rows, l)
		}
		r := roster{leases: rows, count: p.count, processes: processes, self: name, now: p.now, began: p.alive[name], grace: playedGrace}
		take, want, give := r.plan(func(shard int) bool { l := p.leases[shard]; return l.Owner == name && l.Until.After(p.now) })
		for _, shard := range give {
			l := p.leases[shard]
			if l.Owner != name || l.Wanted == "" {
				t.Fatalf("%s gives %+v away", name, l)
			}
			l.Until = p.now
			p.leases[shard] = l
		}
		for _, shard := range take {
			if l := p.leases[shard]; l.Until.After(p.now) && l.Owner != name {
				t.Fatalf("%s takes %+v", name, l)
			}
			p.leases[shard] = archivist.ShardLease{Shard: shard, Shards: p.count, Owner: name, Until: p.now.Add(playedLease)}
		}
		for _, shard := range want {
			l := p.leases[shard]
			l.Wanted = name
			p.leases[shard] = l
		}
	}
}

func (p *parliament) shares() map[string]int {
	by := map[string]int{}
	for _, l := range p.leases {
		if l.Until.After(p.now) {
			by[l.Owner]++
		}
	}
	return by
}

// TestRoster lets processes come one after another, die and come back: shards are run as long as anybody lives, again within 40 s after a
// death, and in the end evenly.
func TestRoster(t *testing.T) {
	chance := rand.New(rand.NewPCG(13, 1))
	for round := range 50 {
		count, processes := 1+chance.IntN(64), 2+chance.IntN(5)
		p := &parliament{now: time.Unix(1_700_000_000, 0), count: count, leases: map[int]archivist.ShardLease{}, alive: map[string]time.Time{}}
		part := (count + processes - 1) / processes
		all := func(within int, why string) {
			t.Helper()
			for range within {
				p.second(t, processes, chance)
			}
			sum := 0
			for _, n := range p.shares() {
				sum += n
			}
			if sum != count {
				t.Fatalf("round %d, %s: %d of %d shards are run: %v", round, why, sum, count, p.shares())
			}
		}
		for i := range processes {
			p.alive[fmt.Sprint("p", i)] = p.now
			all(10+chance.IntN(100), "come")
		}
		even := func() {
			t.Helper()
			for name, n := range p.shares() {
				if n > part {
					t.Errorf("round %d: %s runs %d of %d shards, %d processes", round, name, n, count, processes)
				}
			}
		}
		even()
		delete(p.alive, "p1")
		all(40, "after a death")
		all(chance.IntN(60), "later")
		p.alive["p1"] = p.now
		all(100, "back")
		even()
	}
}

// TestRosterByHand: of 4 shards and 2 processes, who takes, wants and gives what.
func TestRosterByHand(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	live := func(shard int, owner, wanted string) archivist.ShardLease {
		return archivist.ShardLease{Shard: shard, Shards: 4, Owner: owner, Until: now.Add(time.Second), Wanted: wanted}
	}
	over := func(shard int, since time.Duration) archivist.ShardLease {
		return archivist.ShardLease{Shard: shard, Shards: 4, Owner: "dead", Until: now.Add(-since)}
	}
	for _, test := range []struct {
		name             string
		leases           []archivist.ShardLease
		runs             []int
		began            time.Duration // ago
		take, want, give []int
	}{
		{"alone, just come", nil, nil, 0, []int{0, 1}, nil, nil},
		{"alone for a while", nil, nil, time.Minute, []int{0, 1, 2, 3}, nil, nil},
		{"a death, and we have our part", []archivist.ShardLease{live(0, "us", ""), live(1, "us", ""), over(2, time.Second), over(3, time.Second)}, []int{0, 1}, time.Minute, nil, nil, nil},
		{"a death some time ago", []archivist.ShardLease{live(0, "us", ""), live(1, "us", ""), over(2, 6*time.Second), over(3, time.Second)}, []int{0, 1}, time.Minute, []int{2}, nil, nil},
		{"we come late", []archivist.ShardLease{live(0, "they", ""), live(1, "they", ""), live(2, "they", ""), live(3, "they", "")}, nil, 0, nil, []int{0, 1}, nil},
		{"we are asked", []archivist.ShardLease{live(0, "us", "they"), live(1, "us", "they"), live(2, "us", "they"), live(3, "us", "")}, []int{0, 1, 2, 3}, time.Minute, nil, nil, []int{0, 1}},
		{"asked, but we have no more than our part", []archivist.ShardLease{live(0, "us", "they"), live(1, "us", "they"), live(2, "they", ""), live(3, "they", "")}, []int{0, 1}, time.Minute, nil, nil, nil},
		{"ours, but not run", []archivist.ShardLease{live(0, "us", ""), live(1, "they", ""), live(2, "they", ""), live(3, "us", "")}, []int{0}, 0, []int{3}, nil, nil},
		{"of another number", []archivist.ShardLease{{Shard: 0, Shards: 9, Owner: "us", Until: now.Add(time.Second)}, {Shard: 7, Shards: 4, Owner: "us", Until: now.Add(time.Second)}}, nil, 0, []int{0, 1}, nil, nil},
	} {
		r := roster{leases: test.leases, count: 4, processes: 2, self: "us", now: now, began: now.Add(-test.began), grace: 5 * time.Second}
		take, want, give := r.plan(func(shard int) bool { return slices.Contains(test.runs, shard) })
		if !slices.Equal(take, test.take) || !slices.Equal(want, test.want) || !slices.Equal(give, test.give) {
			t.Errorf("%s: take %v, want %v, give %v; not %v, %v, %v", test.name, take, want, give, test.take, test.want, test.give)
		}
	}
}

// TestLeasesOfAClockAhead: a lease that was written by a clock three days ahead is nobody's, as the store has it; one that is a little longer than a
// new one stays.
func TestLeasesOfAClockAhead(t *testing.T) {
	now := time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC)
	until := now.Add(playedLease)
	leases := []archivist.ShardLease{
		{Shard: 0, Shards: 2, Owner: "gone", Until: now.Add(72 * time.Hour)},
		{Shard: 1, Shards: 2, Owner: "other", Until: until.Add(leaseAhead)},
	}
	endAhead(leases, until)
	r := roster{leases: leases, count: 2, processes: 2, self: "self", now: now, began: now.Add(-time.Hour), grace: playedGrace}
	if take, _, _ := r.plan(func(int) bool { return false }); !slices.Equal(take, []int{0}) {
		t.Errorf("takes %v, want shard 0 alone", take)
	}
}
