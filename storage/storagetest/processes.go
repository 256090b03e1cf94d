package storagetest

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"archivist"
)

type processes interface {
	ShardLeases(ctx context.Context) ([]archivist.ShardLease, error)
	LeaseShard(ctx context.Context, l archivist.ShardLease, now time.Time) (archivist.ShardLease, bool, error)
	RenewShards(ctx context.Context, leases []archivist.ShardLease) (lost []int, err error)
	WantShard(ctx context.Context, shard int, by string) error
}

func shardLeases(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	lease := func(owner string, shard, shards int, at time.Time, want bool) archivist.ShardLease {
		t.Helper()
		got, ok, err := s.LeaseShard(ctx, archivist.ShardLease{Shard: shard, Shards: shards, Owner: owner, Until: at.Add(30 * time.Second)}, at)
		if err != nil || ok != want {
			t.Fatalf("%s leases %d of %d: %v, %v; want %v", owner, shard, shards, ok, err, want)
		}
		return got
	}
	first := lease("ann", 0, 2, now, true)
	if want := (archivist.ShardLease{Shards: 2, Owner: "ann", Until: now.Add(30 * time.Second)}); !reflect.DeepEqual(first, want) {
		t.Errorf("leased %+v, want %+v", first, want)
	}
	lease("bo", 0, 2, now.Add(29*time.Second), false)
	lease("bo", 1, 4, now, false) // another number of shards
	lease("bo", 1, 2, now, true)
	must(s.WantShard(ctx, 0, "bo"))
	first.Until, first.Session, first.Sequence, first.Resume = now.Add(40*time.Second), "session", 1<<40, "wss://resume.example"
	if lost, err := s.RenewShards(ctx, []archivist.ShardLease{first, {Shard: 1, Owner: "ann", Until: now}, {Shard: 7, Owner: "ann"}}); err != nil || !slices.Equal(lost, []int{1, 7}) {
		t.Errorf("lost %v, %v", lost, err)
	}
	first.Wanted = "bo"
	if list, err := s.ShardLeases(ctx); err != nil || len(list) != 2 || !reflect.DeepEqual(list[0], first) || list[1].Owner != "bo" || !list[1].Until.Equal(now.Add(30*time.Second)) {
		t.Errorf("leases %+v, %v", list, err)
	}
	// Once it is over, or given back, another takes it with its session.
	late := now.Add(40 * time.Second)
	got := lease("bo", 0, 2, late, true)
	first.Owner, first.Until, first.Wanted = "bo", late.Add(30*time.Second), ""
	if !reflect.DeepEqual(got, first) {
		t.Errorf("taken over %+v, want %+v", got, first)
	}
	if lost, err := s.RenewShards(ctx, []archivist.ShardLease{{Shard: 0, Owner: "ann", Until: late.Add(time.Hour)}}); err != nil || !slices.Equal(lost, []int{0}) {
		t.Errorf("who was too late lost %v, %v", lost, err)
	}
	got.Until = late
	_, err := s.RenewShards(ctx, []archivist.ShardLease{got})
	must(err)
	if got = lease("ann", 0, 2, late, true); got.Session != "session" {
		t.Errorf("given back and taken: %+v", got)
	}
	// Another number of shards, once all leases are over; sessions are of their number.
	if got = lease("bo", 0, 4, late.Add(time.Minute), true); got.Session != "" || got.Shards != 4 {
		t.Errorf("of another number: %+v", got)
	}
}

// oneOwner has many processes want the same shards at once.
func oneOwner(t *testing.T, s Store) {
	now := time.UnixMilli(1_700_000_000_000)
	var mu sync.Mutex
	owners := map[int][]string{}
	var all sync.WaitGroup
	for _, owner := range []string{"ann", "bo", "cleo", "dee"} {
		all.Go(func() {
			for shard := range 16 {
				_, ok, err := s.LeaseShard(t.Context(), archivist.ShardLease{Shard: shard, Shards: 16, Owner: owner, Until: now.Add(time.Minute)}, now)
				if err != nil {
					t.Error(err)
				}
				if ok {
					mu.Lock()
					owners[shard] = append(owners[shard], owner)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	for shard := range 16 {
		if len(owners[shard]) != 1 {
			t.Errorf("shard %d belongs to %v", shard, owners[shard])
		}
	}
}
