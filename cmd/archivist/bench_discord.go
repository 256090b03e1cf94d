package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/bot/gateway"
	"archivist/retrieval/bench"
	"archivist/retrieval/bench/synthetic"

	"github.com/spf13/cobra"
)

// A discordBench is a load test of the bot as a whole: the fake Discord and its crowd run in another process, the bot in this one.
type discordBench struct {
	*program
	guilds, people, rate, seconds, articles int
	faults, asJSON, together                bool
	seed                                    uint64
}

func benchDiscordCommand(p *program) *cobra.Command {
	b := discordBench{program: p}
	command := &cobra.Command{
		Use:   "discord",
		Short: "load the whole bot with a fake Discord's people, and hold it to its marks",
		Long: `Start the bot over a fake Discord in another process, whose people ask, press buttons and type, and print how they were served beside the
marks that must be met: every interaction answered once, how soon it is acknowledged and answered, and what memory the bot keeps. The exit
code is 1 where a mark is missed. Articles and questions are made up; each guild has its own library. Calls take a millisecond each way.`,
		Example: `  archivist bench discord
  archivist bench discord --seconds 10 --rate 50 --faults`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return b.run(c.Context()) },
	}
	command.Flags().IntVar(&b.guilds, "guilds", 50, "guilds, 1 to 1000")
	command.Flags().IntVar(&b.people, "people", 5000, "people in all the guilds together, at least one each")
	command.Flags().IntVar(&b.rate, "rate", 200, "interactions a second, 1 to 2000")
	command.Flags().IntVar(&b.seconds, "seconds", 60, "how long, 1 to 3600")
	command.Flags().IntVar(&b.articles, "articles", 200, "made-up articles in each guild's library, 1 to 100000")
	command.Flags().BoolVar(&b.faults, "faults", false, "one call in a hundred fails, and the connection is ended every 10 seconds")
	command.Flags().Uint64Var(&b.seed, "seed", 1, "of what is made up")
	command.Flags().BoolVar(&b.asJSON, "json", false, "print one JSON object; times are in nanoseconds")
	command.Flags().BoolVar(&b.together, "one-process", false, "run the fake Discord in this process too, which makes figures worse")
	command.AddCommand(benchCrowdCommand(p))
	return command
}

// The two processes speak in lines of JSON: the crowd says where it is, is told to begin, says that it has begun, and reports.
type (
	crowdOrder struct {
		Guilds, People, Rate, Seconds int
		Faults                        bool
		Seed                          uint64
		Questions                     []string
	}
	crowdHello struct {
		API, Token string
		Guilds     []string
	}
)

// benchCrowdCommand is the other process.
func benchCrowdCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "crowd", Hidden: true, Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return crowd(c.Context(), p.in, p.out) },
	}
}

// crowd runs a fake Discord and its people as its first line of input orders.
func crowd(ctx context.Context, in io.Reader, out io.Writer) error {
	read, write := json.NewDecoder(in), json.NewEncoder(out)
	var order crowdOrder
	if err := read.Decode(&order); err != nil {
		return err
	}
	d, err := fakediscord.New(fakediscord.Options{Strict: true, IdentifyEvery: -1})
	if err != nil {
		return err
	}
	defer d.Close()
	people := fakediscord.Crowd{
		Guilds: order.Guilds, People: order.People, PerSecond: order.Rate, For: time.Duration(order.Seconds) * time.Second,
		Presses: .1, Typing: .05, Questions: order.Questions, Seed: order.Seed,
	}
	people.Gather(d)
	if err := write.Encode(crowdHello{API: d.APIBase(), Token: d.Token(), Guilds: people.IDs()}); err != nil {
		return err
	}
	var begin string
	if err := read.Decode(&begin); err != nil {
		return err
	}
	ready, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := errors.Join(d.WaitReady(ready, 0), d.Wait(ready, "the commands", func() bool { return d.CommandChanges() > 0 })); err != nil {
		return err
	}
	d.Fault(fakediscord.REST("*").Delay(2 * time.Millisecond).Rate(1))
	if order.Faults {
		d.Clear()
		for _, route := range []string{"POST callback", "PATCH @original", "POST followup"} {
			d.Fault(fakediscord.REST(route).Status(503).Rate(.01))
		}
		d.Fault(fakediscord.REST("*").Delay(2 * time.Millisecond).Rate(1))
		stop := make(chan struct{})
		defer close(stop)
		go func() { // ends with this function
			for {
				select {
				case <-time.After(10 * time.Second):
					d.Fault(fakediscord.Gateway(0).Op7())
				case <-stop:
					return
				}
			}
		}()
	}
	if err := write.Encode("begun"); err != nil {
		return err
	}
	tally, err := people.Run(ctx)
	if err != nil {
		return err
	}
	return write.Encode(tally)
}

// check holds the options to their ranges.
func (b *discordBench) check() error {
	for _, option := range []struct {
		name              string
		value, least, top int
	}{
		{"guilds", b.guilds, 1, 1000}, {"people", b.people, b.guilds, 1_000_000}, {"rate", b.rate, 1, 2000}, {"seconds", b.seconds, 1, 3600}, {"articles", b.articles, 1, 100_000},
	} {
		if option.value < option.least || option.value > option.top {
			return usagef("--%s is %d to %d", option.name, option.least, option.top)
		}
	}
	return nil
}

func (b *discordBench) run(ctx context.Context) error {
	if err := b.check(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	toCrowd, fromCrowd, wait, err := b.start(ctx)
	if err != nil {
		return err
	}
	figures, err := b.measure(ctx, json.NewEncoder(toCrowd), json.NewDecoder(bufio.NewReader(fromCrowd)))
	if err != nil {
		cancel()
	}
	if ended := wait(); err == nil {
		err = ended
	}
	if err != nil {
		return err
	}
	return b.show(figures)
}

// start starts the crowd; wait returns when it has ended.
func (b *discordBench) start(ctx context.Context) (to io.Writer, from io.Reader, wait func() error, err error) {
	if b.together {
		itsIn, toIt := io.Pipe()
		fromIt, itsOut := io.Pipe()
		done := make(chan error, 1)
		go func() {
			err := crowd(ctx, itsIn, itsOut)
			done <- errors.Join(err, itsOut.CloseWithError(io.EOF), itsIn.Close())
		}()
		return toIt, fromIt, func() error { return <-done }, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, nil, nil, err
	}
	command := exec.CommandContext(ctx, self, "bench", "discord", "crowd")
	command.Stderr = b.err
	if to, err = command.StdinPipe(); err != nil {
		return nil, nil, nil, err
	}
	if from, err = command.StdoutPipe(); err != nil {
		return nil, nil, nil, err
	}
	return to, from, command.Wait, command.Start()
}

// discordFigures are what a run came to.
type discordFigures struct {
	fakediscord.Tally
	HeapEarly, HeapLate      uint64 // live bytes at a sixth of the time, and at its end
	Goroutines, GoroutinesBy int    // before the load, and when as few were seen again or half a minute had gone
	Buckets                  int    // of rate limits, half a minute after the load at most
}

func (b *discordBench) measure(ctx context.Context, tell *json.Encoder, hear *json.Decoder) (f discordFigures, err error) {
	questions := synthetic.Questions(b.seed, b.articles)
	if err := tell.Encode(crowdOrder{b.guilds, b.people, b.rate, b.seconds, b.faults, b.seed, questions}); err != nil {
		return f, err
	}
	var hello crowdHello
	if err := hear.Decode(&hello); err != nil {
		return f, fmt.Errorf("the fake Discord did not start: %w", err)
	}
	folder, err := os.MkdirTemp("", "archivist-bench-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(folder)
	c := defaults()
	c.Database, c.Log.Level = filepath.Join(folder, "bench.db"), "error"
	c.Limits = limitsConfig{maxLimit, maxLimit, maxLimit, maxLimit, maxLimit}
	h, err := b.openDatabase(ctx, c)
	if err != nil {
		return f, err
	}
	defer h.close()
	bar := b.progress(-1, "articles")
	for _, id := range hello.Guilds {
		if _, _, err := bench.Build(ctx, h.store, archivist.GuildLibrary(id), bench.Size{Articles: b.articles}.Of(bench.MadeUp(b.seed), b.seed), bar.add); err != nil {
			return f, err
		}
	}
	bar.finish()
	queue, err := h.queue()
	if err != nil {
		return f, err
	}
	talker := h.bot(queue)
	g, err := gateway.New(gateway.Options{
		Token: hello.Token, APIBase: hello.API, Version: version, Logger: h.log, Ledger: h.store, Cards: h.store, Register: h.store, Purger: h.engine,
	}, talker)
	if err != nil {
		return f, err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 2)
	go func() { ended <- talker.Run(running) }()
	go func() { ended <- g.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended, <-ended)
	}()
	if err := tell.Encode("begin"); err != nil {
		return f, err
	}
	var begun string
	if err := hear.Decode(&begun); err != nil {
		return f, fmt.Errorf("the fake Discord: %w", err)
	}
	f.Goroutines = runtime.NumGoroutine()
	load := time.Duration(b.seconds) * time.Second
	early := time.AfterFunc(load/6, func() { f.HeapEarly = liveHeap() })
	defer early.Stop()
	if err := hear.Decode(&f.Tally); err != nil {
		return f, fmt.Errorf("the fake Discord: %w", err)
	}
	f.HeapLate = liveHeap()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if f.GoroutinesBy, f.Buckets = runtime.NumGoroutine(), g.Health().Buckets; f.GoroutinesBy <= f.Goroutines+spareGoroutines && f.Buckets <= spareBuckets {
			break
		}
	}
	return f, nil
}

// What may be left when the load is over: connections that are kept open for a while, and buckets of routes that are none of interactions.
const (
	spareGoroutines = 150
	spareBuckets    = 100
)

// liveHeap is what is in use after a collection.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A benchMark is something that must hold.
type benchMark struct {
	what, got, want string
	missed          bool
}

// marks are those of the design; those of faults are wider.
func (f discordFigures) marks(faults bool) []benchMark {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }
	within := func(what string, got, want time.Duration) benchMark {
		return benchMark{what, ms(got), "≤ " + ms(want), got > want}
	}
	list := []benchMark{
		{"answered once", fmt.Sprintf("%d of %d", f.Answered-f.Twice, f.Asked), "all", f.Answered != f.Asked || f.Twice != 0},
		{"rules of Discord's that were broken", fmt.Sprint(len(f.Violations)), "0", len(f.Violations) > 0},
	}
	if faults {
		return append(list, within("acknowledged, p99", f.Ack.P99, 250*time.Millisecond))
	}
	growth := float64(f.HeapLate) / float64(max(f.HeapEarly, 1))
	return append(list,
		within("acknowledged, p50", f.Ack.P50, 10*time.Millisecond),
		within("acknowledged, p99", f.Ack.P99, 100*time.Millisecond),
		within("card, p99", f.Card.P99, 300*time.Millisecond),
		within("completion, p99", f.Choices.P99, 50*time.Millisecond),
		benchMark{"live heap, end over a sixth of the time", fmt.Sprintf("%.2f", growth), "≤ 1.05", growth > 1.05},
		benchMark{"goroutines after the load", fmt.Sprint(f.GoroutinesBy), fmt.Sprintf("≤ %d", f.Goroutines+spareGoroutines), f.GoroutinesBy > f.Goroutines+spareGoroutines},
		benchMark{"buckets after the load", fmt.Sprint(f.Buckets), fmt.Sprintf("≤ %d", spareBuckets), f.Buckets > spareBuckets},
	)
}

func (b *discordBench) show(f discordFigures) error {
	missed := 0
	marks := f.marks(b.faults)
	for _, m := range marks {
		if m.missed {
			missed++
		}
	}
	if b.asJSON {
		if err := json.NewEncoder(b.out).Encode(f); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(b.out, "%d interactions in %d s, %d a second: %d buttons, %d completions\n\n| mark | got | wanted | |\n| --- | ---: | ---: | --- |\n", f.Asked, b.seconds, b.rate, f.Pressed, f.Typed)
		for _, m := range marks {
			fmt.Fprintf(b.out, "| %s | %s | %s | %s |\n", m.what, m.got, m.want, map[bool]string{false: "met", true: "missed"}[m.missed])
		}
		for _, o := range f.Odd {
			fmt.Fprintln(b.out, "not answered once:", o)
		}
		for _, v := range f.Violations {
			fmt.Fprintln(b.out, "violation:", v)
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d marks were missed", missed, len(marks))
	}
	return nil
}
