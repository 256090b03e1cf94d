package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// A span of shards is what this process holds: First to Last of Count. The zero span is "auto": all that Discord recommends.
type span struct{ first, last, count int }

const shardsAtMost = 16_384 // far above what the largest bots have

var spans = regexp.MustCompile(`^([0-9]{1,5})-([0-9]{1,5})/([0-9]{1,5})$`)

// parseShards reads discord.shards: "auto", or as "0-3/16" the first and the last of so many.
func parseShards(text string) (span, error) {
	if text == "" || text == "auto" {
		return span{}, nil
	}
	wrong := fmt.Errorf(`discord.shards is %q; write "auto", or the first and last of how many, as "0-3/16"`, text)
	m := spans.FindStringSubmatch(text)
	if m == nil {
		return span{}, wrong
	}
	var s span
	for i, to := range []*int{&s.first, &s.last, &s.count} {
		n, err := strconv.Atoi(m[i+1])
		if err != nil {
			return span{}, wrong
		}
		*to = n
	}
	if s.count < 1 || s.count > shardsAtMost || s.first > s.last || s.last >= s.count {
		return span{}, wrong
	}
	return s, nil
}

// starts keeps all shards of the process to Discord's pace of identifies: one in so long for each key, which is the shard's number
// modulo max_concurrency.
type starts struct {
	every time.Duration

	mu   sync.Mutex
	next map[int]time.Time
}

// wait returns when the shard may identify.
func (s *starts) wait(ctx context.Context, shard, concurrency int) error {
	s.mu.Lock()
	if s.next == nil {
		s.next = map[int]time.Time{}
	}
	key := shard % max(concurrency, 1)
	at := s.next[key]
	if now := time.Now(); at.Before(now) {
		at = now
	}
	s.next[key] = at.Add(s.every)
	s.mu.Unlock()
	return pause(ctx, time.Until(at))
}

// shardsOf decides what this process holds, asking Discord where it is left to it; false means that ctx has ended.
func (g *Gateway) shardsOf(ctx context.Context) (span, bool) {
	if g.shards.count > 0 {
		return g.shards, true
	}
	for n := 0; ; n++ {
		info, err := g.rest.gateway(ctx)
		switch {
		case ctx.Err() != nil:
			return span{}, false
		case err == nil && info.Shards > 0 && info.Shards <= shardsAtMost:
			return span{last: info.Shards - 1, count: info.Shards}, true
		case err == nil:
			return span{count: 1}, true
		}
		g.log.Warn("Discord does not say how many shards it wants", "error", err)
		if pause(ctx, g.pace.backoff(n)) != nil {
			return span{}, false
		}
	}
}

func (g *Gateway) newShard(id, count int, starts *starts, content bool) *shard {
	s := &shard{
		id: id, count: count, client: g.rest, log: g.log, crashes: &g.crashes, pace: g.pace, starts: starts, content: content, lostContent: func() { g.reads.Store(false) }, wall: g.wall,
		duty: newDuty(g.working),
	}
	s.event = func(at version, kind string, data json.RawMessage) { g.event(s, at, kind, data) }
	if count > 1 {
		s.log = g.log.With("shard", id)
	}
	return s
}

func (g *Gateway) newStarts() *starts {
	return &starts{every: g.pace.identifyEvery * time.Duration(g.options.Processes)}
}

// connect holds all shards until ctx ends or one of them cannot go on, which ends the others.
func (g *Gateway) connect(ctx context.Context, held span, content bool, leave func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	leave = sync.OnceFunc(leave) // who comes second waits for the first
	starts := g.newStarts()
	var running sync.WaitGroup
	failed := make(chan error, held.last-held.first+1)
	for id := held.first; id <= held.last; id++ {
		s := g.newShard(id, held.count, starts, content)
		g.addShard(s)
		running.Go(func() {
			if err := s.run(ctx, leave); err != nil {
				failed <- err
				cancel()
			}
		})
	}
	running.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
