package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"archivist/bot/fakediscord"

	"github.com/spf13/cobra"
)

// A discordBench is a load test of the bot as a whole.
type discordBench struct {
	stage
	seconds int
	faults  bool
}

func benchDiscordCommand(p *program) *cobra.Command {
	b := discordBench{stage: stage{program: p, guilds: 50, people: 5000, rate: 200}}
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
	b.flags(command)
	command.Flags().IntVar(&b.seconds, "seconds", 60, "how long, 1 to 3600")
	command.Flags().BoolVar(&b.faults, "faults", false, "one call in a hundred goes wrong (5xx, 429 of each scope, resets, lost answers), and the connection is ended every 10 seconds")
	command.AddCommand(benchCrowdCommand(p))
	return command
}

func (b *discordBench) run(ctx context.Context) error {
	if err := b.check(span{"seconds", b.seconds, 1, 3600}); err != nil {
		return err
	}
	order := crowdOrder{For: time.Duration(b.seconds) * time.Second}
	if b.faults {
		order.Faults = steadyFaults
	}
	var f discordFigures
	if err := b.play(ctx, order, func(_ context.Context, on scene) (err error) {
		f, err = b.measure(on)
		return err
	}); err != nil {
		return err
	}
	return b.show(f)
}

// discordFigures are what a run came to.
type discordFigures struct {
	fakediscord.Tally
	HeapEarly, HeapLate      uint64 // live bytes at a sixth of the time, and at its end
	Goroutines, GoroutinesBy int    // before the load, and when as few were seen again or half a minute had gone
	Buckets                  int    // of rate limits, half a minute after the load at most
}

func (b *discordBench) measure(on scene) (f discordFigures, err error) {
	f.Goroutines = runtime.NumGoroutine()
	load := time.Duration(b.seconds) * time.Second
	early := time.AfterFunc(load/6, func() { f.HeapEarly = liveHeap() })
	defer early.Stop()
	report, err := on.report()
	if err != nil {
		return f, err
	}
	f.Tally, f.HeapLate = report.Tally, liveHeap()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if f.GoroutinesBy, f.Buckets = runtime.NumGoroutine(), on.gateway.Health().Buckets; f.GoroutinesBy <= f.Goroutines+spareGoroutines && f.Buckets <= spareBuckets {
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
	marks := f.marks(b.faults)
	var table strings.Builder
	missed := markTable(&table, marks)
	if b.asJSON {
		if err := json.NewEncoder(b.out).Encode(f); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(b.out, "%d interactions in %d s, %d a second: %d buttons, %d completions\n\n%s", f.Asked, b.seconds, b.rate, f.Pressed, f.Typed, table.String())
		odd(b.out, f.Tally)
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d marks were missed", missed, len(marks))
	}
	return nil
}

// markTable writes marks as Markdown and counts those that were missed.
func markTable(w io.Writer, marks []benchMark) (missed int) {
	fmt.Fprint(w, "| mark | got | wanted | |\n| --- | ---: | ---: | --- |\n")
	for _, m := range marks {
		word := "met"
		if m.missed {
			word = "missed"
			missed++
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", m.what, m.got, m.want, word)
	}
	return missed
}

// odd writes what to look at first where marks of order are missed.
func odd(w io.Writer, t fakediscord.Tally) {
	for _, o := range t.Odd {
		fmt.Fprintln(w, "not answered once:", o)
	}
	for _, v := range t.Violations {
		fmt.Fprintln(w, "violation:", v)
	}
}
