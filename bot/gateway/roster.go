package gateway

import (
	"time"

	"archivist"
)

// A roster is what a process sees of all shards when it decides which to run. Each process decides by itself; the store keeps two from having
// the same.
type roster struct {
	leases    []archivist.ShardLease
	count     int // of shards
	processes int // that should be there
	self      string
	now       time.Time
	began     time.Time     // when this process came
	grace     time.Duration // for which a shard that is nobody's is left to who has less than its part
}

// plan says which shards to take, which to ask others for, and which to hand over. A process takes its part of the shards at once, and more only
// where nobody else did for a while. One that has less than its part asks those that have more; they hand over what is above their own.
func (r roster) plan(runs func(shard int) bool) (take, want, give []int) {
	by := make(map[int]archivist.ShardLease, len(r.leases))
	has := map[string]int{} // shards by owner
	for _, l := range r.leases {
		if l.Shards != r.count || l.Shard >= r.count {
			continue
		}
		by[l.Shard] = l
		if l.Until.After(r.now) {
			has[l.Owner]++
		}
	}
	part := (r.count + r.processes - 1) / r.processes
	mine := has[r.self]
	for shard := range r.count {
		l := by[shard]
		live := l.Until.After(r.now)
		switch {
		case live && l.Owner == r.self && !runs(shard):
			take = append(take, shard) // leased, but its beginning failed
		case live && l.Owner == r.self && l.Wanted != "" && mine-len(give) > part:
			give = append(give, shard)
		case !live && !runs(shard) && (mine < part || r.now.Sub(later(l.Until, r.began)) > r.grace):
			take = append(take, shard)
			mine++
		}
	}
	for shard := range r.count {
		if l := by[shard]; mine+len(want) < part && l.Until.After(r.now) && has[l.Owner] > part {
			if has[l.Owner]--; l.Wanted == "" {
				want = append(want, shard)
			}
		}
	}
	return take, want, give
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// liveCount is the number of shards that leases which are not over speak of; 0 where there is none.
func liveCount(leases []archivist.ShardLease, now time.Time) int {
	for _, l := range leases {
		if l.Until.After(now) {
			return l.Shards
		}
	}
	return 0
}

// leaseAhead is how much longer than a new one a lease may run: one that runs longer was written by a clock that was ahead, and is over, as the
// store has it when it is asked for the shard.
const leaseAhead = time.Minute

// endAhead ends the leases of clocks that were ahead; until is when a new one would end.
func endAhead(leases []archivist.ShardLease, until time.Time) {
	for i, l := range leases {
		if l.Until.After(until.Add(leaseAhead)) {
			leases[i].Until = time.Time{}
		}
	}
}
