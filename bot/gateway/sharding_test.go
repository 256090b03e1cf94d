package gateway

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

var ourWord = bot.Card{Kind: bot.KindNotice, Body: []bot.Block{{Parts: []bot.Part{{Text: "Hello."}}}}}

func TestParseShards(t *testing.T) {
	for text, want := range map[string]span{"": {}, "auto": {}, "0-3/16": {0, 3, 16}, "0-0/1": {0, 0, 1}, "15-15/16": {15, 15, 16}} {
		if got, err := parseShards(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"3", "0-16/16", "3-2/4", "0-0/0", "-1-2/4", "0-1/99999", "0-1/4 ", "a-b/c"} {
		if got, err := parseShards(text); err == nil {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
	// By hand: 4194304 is 1<<22.
	if shardOf("4194304", 4) != 1 || shardOf("20971520", 4) != 1 || shardOf("", 4) != 0 || shardOf("x", 4) != 0 || shardOf("4194304", 0) != 0 {
		t.Error("guilds are on the wrong shards")
	}
}

// TestIdentifyPace: in one key an identify in five seconds, the keys side by side.
func TestIdentifyPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &starts{every: 5 * time.Second}
		began := time.Now()
		for n, want := range []time.Duration{0, 0, 5 * time.Second, 5 * time.Second, 10 * time.Second} {
			if err := s.wait(t.Context(), n, 2); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(began); got != want {
				t.Errorf("identify %d after %v, want %v", n, got, want)
			}
		}
	})
}

// spread makes guilds until every shard of n has one, and gives each a channel, a member and an article.
func (s *stage) spread(n int) (guilds []*fakediscord.Guild, channels []*fakediscord.Channel, people []*fakediscord.Member) {
	s.t.Helper()
	seen := map[int]bool{}
	for i := 0; len(seen) < n; i++ {
		g := s.discord.Guild(fmt.Sprintf("Readers of paper %d", i))
		if shard := shardOf(g.ID(), n); seen[shard] {
			time.Sleep(time.Millisecond) // ids are made of milliseconds, and shards of ids
			continue
		} else {
			seen[shard] = true
		}
		guilds, channels, people = append(guilds, g), append(channels, g.Channel("news")), append(people, g.Member("Bo"))
		s.town.mu.Lock()
		s.town.articles[archivist.GuildLibrary(g.ID())] = []archivist.Article{ferry(1)}
		s.town.mu.Unlock()
	}
	return guilds, channels, people
}

func (s *stage) served(channels []*fakediscord.Channel, people []*fakediscord.Member) {
	s.t.Helper()
	for i, ch := range channels {
		m, err := people[i].Slash(ch, "ask", fakediscord.Opt("question", "When does the ferry run?")).Reply(s.ctx)
		s.must(err)
		s.wants(m, "Ferry line 4 will run")
	}
}

// TestFourShards holds four shards in one process, as Discord recommends them: each guild is served, direct messages too, and an end of
// one connection is no other's.
func TestFourShards(t *testing.T) {
	var channels []*fakediscord.Channel
	var people []*fakediscord.Member
	s := start(t, testOptions{discord: fakediscord.Options{Shards: 4, Concurrency: 2}, before: func(s *stage) { _, channels, people = s.spread(4) }}).ready()
	for shard := range 4 {
		s.must(s.discord.WaitReady(s.ctx, shard))
	}
	s.served(channels, people)
	s.settle()
	s.discord.Fault(fakediscord.Gateway(2).Op9(false), fakediscord.Gateway(1).Drop())
	s.must(s.discord.Wait(s.ctx, "shard 2 to begin anew, shard 1 to resume", func() bool { return s.discord.Identifies() == 5 && s.discord.Resumes() == 1 }))
	for shard := range 4 {
		s.must(s.discord.WaitReady(s.ctx, shard))
	}
	s.served(channels, people)
	if err := s.leave(); err != nil {
		t.Error(err)
	}
	if n := s.discord.Connections(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}

// TestTwoProcesses divides four shards between two processes and kills one: the other's guilds do not notice, and a new process takes up
// what the killed one left.
func TestTwoProcesses(t *testing.T) {
	var guilds []*fakediscord.Guild
	var channels []*fakediscord.Channel
	var people []*fakediscord.Member
	half := func(shards string) testOptions {
		return testOptions{gateway: Options{Shards: shards, Processes: 2}, pace: func(p *pace) { p.drain = time.Millisecond }}
	}
	o := half("0-1/4")
	o.discord = fakediscord.Options{Shards: 4, Concurrency: 4}
	o.before = func(s *stage) { guilds, channels, people = s.spread(4) }
	s := start(t, o)
	first := *s
	s.run(half("2-3/4"))
	second := *s
	t.Cleanup(func() { first.leave() })
	s.ready()
	for shard := range 4 {
		s.must(s.discord.WaitReady(s.ctx, shard))
	}
	s.served(channels, people)
	held(s)
	var left *fakediscord.Interaction
	for i, ch := range channels {
		if shardOf(guilds[i].ID(), 4) >= 2 && left == nil {
			left = people[i].Slash(ch, "ask", fakediscord.Opt("question", "When does the ferry run?"))
			s.asking()
		}
	}
	second.leave()
	s.free()
	for i, ch := range channels {
		if shardOf(guilds[i].ID(), 4) < 2 {
			s.served([]*fakediscord.Channel{ch}, []*fakediscord.Member{people[i]})
		}
	}
	s.run(half("2-3/4"))
	m, err := left.Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
	s.must(s.discord.WaitReady(s.ctx, 2))
	s.must(s.discord.WaitReady(s.ctx, 3))
	s.served(channels, people)
}
