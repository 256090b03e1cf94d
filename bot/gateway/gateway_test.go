package gateway

import (
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

// TestMain lets many tests run side by side on any machine: most of their time they wait, and at the end discordgo sleeps for a second in Close.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// stage is a fake Discord with one guild, one member, one moderator, and our bot on it.
type stage struct {
	t       *testing.T
	ctx     context.Context
	discord *fakediscord.Discord
	town    *town
	guild   *fakediscord.Guild
	news    *fakediscord.Channel
	ann     *fakediscord.Member
	mod     *fakediscord.Member
	gateway *Gateway
	stop    context.CancelFunc
	ended   chan error
}

// quick makes waits short, so that a test that goes wrong waits for its deadline and not for a pace. Its Discord is patient, as a machine that
// others share stands still for seconds at times.
var quick = pace{
	first: 20 * time.Millisecond, most: 100 * time.Millisecond, settled: time.Hour, tick: 50 * time.Millisecond, ready: 10 * time.Second, sessionWait: 0.01,
	drain: 5 * time.Second, progress: 10 * time.Millisecond, retry: 5 * time.Millisecond,
	lease: 2 * time.Second, look: 20 * time.Millisecond, grace: 300 * time.Millisecond,
	announce: 20 * time.Millisecond, places: 20 * time.Millisecond, purge: 20 * time.Millisecond, long: 13 * time.Minute, token: 15*time.Minute - 10*time.Second,
	patience: 30 * time.Second,
}

type testOptions struct {
	discord fakediscord.Options
	gateway Options
	pace    func(*pace)
	before  func(*stage) // the bot starts
	clock   func() time.Time
	slots   int       // interactions at once
	takeUps int       // of those that an earlier process left
	store   bot.Store // nil = the town
	log     io.Writer // gets the log too; may be nil
}

func start(t *testing.T, o testOptions) *stage {
	t.Helper()
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // of which a quiet machine needs seconds
	t.Cleanup(cancel)
	o.discord.IdentifyEvery, o.discord.Strict, o.discord.Description = -1, true, apiDescription(t)
	o.discord.AckWithin = quick.patience
	d, err := fakediscord.New(o.discord)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, ctx: ctx, discord: d, town: newTown(), guild: d.Guild("Herald readers"), ended: make(chan error, 1)}
	s.news, s.ann = s.guild.Channel("news"), s.guild.Member("Ann")
	s.mod = s.guild.Member("Mo", fakediscord.With(fakediscord.ManageGuild))
	s.town.articles[s.library()] = []archivist.Article{ferry(1)}
	if o.before != nil {
		o.before(s)
	}
	s.run(o)
	t.Cleanup(func() {
		s.leave()
		if t.Failed() {
			t.Log(d.Transcript())
		}
		for _, v := range d.Violations() {
			t.Error("violation: ", v)
		}
		d.Close()
	})
	return s
}

// apiDescription is Discord's own, where it stands beside the project; else requests are checked by hand only.
func apiDescription(t *testing.T) *fakediscord.Description {
	d, err := described()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return d
}

var described = sync.OnceValues(func() (*fakediscord.Description, error) {
	return fakediscord.LoadDescription(filepath.Join("..", "..", "..", "shared", "discord", "openapi.json.gz"))
})

func (s *stage) library() archivist.LibraryID { return archivist.GuildLibrary(s.guild.ID()) }

// run starts a process of the bot.
func (s *stage) run(o testOptions) {
	var to io.Writer = io.Discard
	if testing.Verbose() {
		to = os.Stderr
	}
	if o.log != nil {
		to = io.MultiWriter(to, o.log)
	}
	log := slog.New(slog.NewTextHandler(s.discord.Log(to), &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.gateway.Token, o.gateway.APIBase, o.gateway.Logger = s.discord.Token(), s.discord.APIBase(), log
	o.gateway.Ledger, o.gateway.Cards, o.gateway.Register, o.gateway.Purger, o.gateway.Board = s.town, s.town, s.town, s.town, s.town
	var keeper bot.Store = s.town
	if o.store != nil {
		keeper = o.store
	}
	b := bot.New(bot.Options{Asker: s.town, Adder: s.town, Remover: s.town, Store: keeper, Logger: log})
	g, err := New(o.gateway, b)
	if err != nil {
		s.t.Fatal(err)
	}
	g.pace = quick
	if o.clock != nil {
		g.wall = o.clock
	}
	if o.slots > 0 {
		g.slots = make(chan struct{}, o.slots)
	}
	if o.takeUps > 0 {
		g.takeUps = make(chan struct{}, o.takeUps)
	}
	if o.pace != nil {
		o.pace(&g.pace)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.gateway, s.stop = g, cancel
	s.ended = make(chan error, 1)
	ended := s.ended
	go func() { ended <- g.Run(ctx) }()
}

// ready waits for the connection and the commands.
func (s *stage) ready() *stage {
	s.t.Helper()
	s.must(s.discord.WaitReady(s.ctx, 0))
	// READY was sent; that it has arrived shows in the first heartbeat.
	s.must(s.discord.Wait(s.ctx, "a heartbeat", func() bool { return s.discord.Heartbeats() > 0 }))
	s.must(s.discord.Wait(s.ctx, "the commands", func() bool { return s.discord.CommandChanges() > 0 }))
	return s
}

// leave stops the bot and returns what Run returned.
func (s *stage) leave() error {
	s.stop()
	select {
	case err := <-s.ended:
		s.ended <- err
		return err
	case <-time.After(time.Minute):
		s.t.Error("Run does not end")
		return nil
	}
}

// asking waits until somebody asks the town.
func (s *stage) asking() {
	s.t.Helper()
	select {
	case <-s.town.asking:
	case <-s.ctx.Done():
		s.t.Fatal("nobody asked")
	}
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) ask() fakediscord.Message {
	s.t.Helper()
	m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")).Reply(s.ctx)
	s.must(err)
	if !strings.Contains(m.Text(), "**Ferry line 4 will run again from 2 March, twice a day.**") {
		s.t.Fatalf("no answer in the card:\n%s", m.Text())
	}
	return m
}

func (s *stage) wants(m fakediscord.Message, parts ...string) {
	s.t.Helper()
	for _, p := range parts {
		if !strings.Contains(m.Text(), p) {
			s.t.Errorf("the card lacks %q:\n%s", p, m.Text())
		}
	}
}

func TestAskGetsACard(t *testing.T) {
	s := start(t, testOptions{}).ready()
	m := s.ask()
	s.wants(m, "Harbour Herald", `Ferry \*line\* 4 returns <https://herald.example/ferry#:~:text=Ferry>`, "> The council voted", "By Ana Ruiz · <t:1795262400:D> · English", "[Open source] [More context]")
	if m.Ephemeral {
		t.Error("a public question has a private answer")
	}
	if len(s.town.questions) != 1 || s.town.questions[0].Person == s.ann.ID() || s.town.questions[0].Person == "" {
		t.Errorf("the question was kept as %+v", s.town.questions)
	}
	private, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"), fakediscord.Opt("private", true)).Reply(s.ctx)
	s.must(err)
	if !private.Ephemeral {
		t.Error("a private question has a public answer")
	}
	if err := s.leave(); err != nil {
		t.Error(err)
	}
}

func TestFatalEnds(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault fakediscord.Fault
		want  string
		setup bool
	}{
		{"4004", fakediscord.Gateway(0).Close(4004), "reset it", true},
		{"4010", fakediscord.Gateway(0).Close(4010), "discord.shards", false},
		{"4011", fakediscord.Gateway(0).Close(4011), "discord.shards", false},
		{"4012", fakediscord.Gateway(0).Close(4012), "update Archivist", false},
		{"4013", fakediscord.Gateway(0).Close(4013), "report it", false},
		{"4014", fakediscord.Gateway(0).Close(4014), "Privileged", true},
		{"401", fakediscord.REST("GET application").Status(401), "reset it", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, testOptions{before: func(s *stage) { s.discord.Fault(test.fault) }})
			select {
			case err := <-s.ended:
				s.ended <- err
				var fatal *Fatal
				if !errors.As(err, &fatal) || !strings.Contains(err.Error(), test.want) || fatal.Setup != test.setup {
					t.Errorf("Run ended with %#v, want advice with %q, and of the set-up: %v", err, test.want, test.setup)
				}
			case <-s.ctx.Done():
				t.Error("Run goes on")
			}
		})
	}
}
