package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/retrieval/bench"

	"github.com/spf13/cobra"
)

// A soakBench holds the whole bot under a steady load in which things go wrong, and looks at what grows.
type soakBench struct {
	stage
	length, every  time.Duration
	ingest         float64
	quiet          bool
	plot, markdown string
}

func benchSoakCommand(p *program) *cobra.Command {
	b := soakBench{stage: stage{program: p, guilds: 20, people: 500, rate: 20}}
	command := &cobra.Command{
		Use:   "soak",
		Short: "run the whole bot for long while things go wrong, and want nothing to grow",
		Long: `Start the bot over a fake Discord in another process, as "archivist bench discord" does, with questions and links at a steady pace, while
things go wrong by chance: every ten seconds or so calls fail, are refused or late, or their answers are lost, or events come twice, in the wrong
order or broken; every five and a half minutes (a third of --for, if that is less) the connection ends, hangs or loses its session. Memory,
goroutines, file descriptors, the database and its log, and how long answers take are looked at again and again. In the end a table says of each whether it was flat: the median of the slopes between all
pairs of samples, over the last two thirds of the time, must not come to more than is allowed. The exit code is 1 where something grows, where an
interaction was answered twice, or not at all although no fault kept Discord from being told in time, or where a link was lost.

Memory of the whole process and descriptors are measured on Linux only.`,
		Example: `  archivist bench soak --for 30m
  archivist bench soak --for 30m --plot soak.svg --markdown BENCHMARKS.md
  archivist bench soak --for 1m --every 2s --no-faults`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return b.run(c.Context()) },
	}
	b.flags(command)
	command.Flags().DurationVar(&b.length, "for", 30*time.Minute, "how long, 10s to 24h")
	command.Flags().DurationVar(&b.every, "every", 10*time.Second, fmt.Sprintf("between two samples, 1s to 10m; at least %d must fit", bench.LeastSamples))
	command.Flags().Float64Var(&b.ingest, "ingest", 1, "links a second, 0 to 20; their pages are a hundred, and change each time")
	command.Flags().BoolVar(&b.quiet, "no-faults", false, "let nothing go wrong")
	command.Flags().StringVar(&b.plot, "plot", "", "draw the samples into the SVG `FILE`")
	command.Flags().StringVar(&b.markdown, "markdown", "", "write the table into `FILE` between the lines <!-- soak --> and <!-- /soak -->")
	return command
}

// soakPages is how many pages are brought in, again and again: what is kept of each former text comes to its bound within minutes.
const soakPages = 100

// soakHeartbeat lets a connection that hangs be noticed sooner than Discord's interval would: each such fault costs what is asked meanwhile.
const soakHeartbeat = 5 * time.Second

func (b *soakBench) run(ctx context.Context) error {
	switch {
	case b.length < 10*time.Second || b.length > 24*time.Hour:
		return usagef("--for is 10s to 24h")
	case b.every < time.Second || b.every > 10*time.Minute || b.length/b.every < bench.LeastSamples:
		return usagef("--every is 1s to 10m, and at least %d of it must fit into --for", bench.LeastSamples)
	case b.ingest < 0 || b.ingest > 20:
		return usagef("--ingest is 0 to 20")
	}
	if err := b.check(); err != nil {
		return err
	}
	order := crowdOrder{For: b.length, Every: b.every, Heartbeat: soakHeartbeat, Pages: soakPages, Faults: chaosFaults}
	if b.quiet {
		order.Faults = noFaults
	}
	var f soakFigures
	if err := b.play(ctx, order, func(ctx context.Context, on scene) (err error) {
		f, err = b.watch(ctx, on)
		return err
	}); err != nil {
		return err
	}
	return b.show(f)
}

// soakFigures are what a soak came to.
type soakFigures struct {
	fakediscord.Tally
	Links, Stored int      // links given to the queue, and those that were stored
	NotStored     []string // what became of the others
	Samples       []bench.Sample
	Verdicts      []bench.Verdict
}

// watch gives links to the queue and takes a sample at each of the crowd's reports.
func (b *soakBench) watch(ctx context.Context, on scene) (f soakFigures, err error) {
	feeding, enough := context.WithCancel(ctx)
	fed := make(chan error, 1)
	go func() {
		n, err := b.feed(feeding, on)
		f.Links = n
		fed <- err
	}()
	defer func() {
		enough()
		if fed != nil {
			err = errors.Join(err, <-fed)
		}
	}()
	began, asked := time.Now(), 0
	for {
		report, err := on.report()
		if err != nil {
			return f, err
		}
		if report.Last {
			f.Tally = report.Tally
			break
		}
		asked += report.Asked
		s := on.sample()
		s.At, s.Asked, s.P50, s.P99 = time.Since(began), asked, report.Card.P50, report.Card.P99
		s.Late, s.Never, s.Twice = report.Late, report.Never, report.Twice
		if s.Stored, _, _, err = on.jobs(ctx); err != nil {
			return f, err
		}
		f.Samples = append(f.Samples, s)
	}
	enough()
	err, fed = <-fed, nil
	if err != nil {
		return f, err
	}
	for patience := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		open := 0
		if f.Stored, open, f.NotStored, err = on.jobs(ctx); err != nil || open == 0 || time.Now().After(patience) {
			f.Verdicts = bench.Judge(f.Samples)
			return f, err
		}
	}
}

// feed gives links to the queue until ctx ends, and tells how many.
func (b *soakBench) feed(ctx context.Context, on scene) (links int, err error) {
	if b.ingest == 0 {
		return 0, nil
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / b.ingest))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return links, nil
		case <-tick.C:
		}
		page := links % soakPages
		library := archivist.GuildLibrary(on.Guilds[page%len(on.Guilds)])
		if _, err := on.queue.Submit(ctx, archivist.Job{Library: library, Person: "1", URL: fmt.Sprint(on.Pages, page)}); err != nil {
			if ctx.Err() != nil {
				return links, nil
			}
			return links, err
		}
		links++
	}
}

// jobs counts links that are stored and those that still may be, and tells why others are not.
func (s scene) jobs(ctx context.Context) (done, open int, others []string, err error) {
	counts, err := s.store.JobCounts(ctx, "")
	for _, c := range counts {
		if c.State == archivist.JobDone {
			done += c.Jobs
			continue
		}
		if (archivist.Job{State: c.State}).Open() {
			open += c.Jobs
		}
		others = append(others, fmt.Sprintf("%d %s in %s: %s", c.Jobs, c.State, c.Library, c.Code))
	}
	return done, open, others, err
}

// sample measures this process and its files.
func (s scene) sample() bench.Sample {
	size := func(name string) int64 {
		info, err := os.Stat(name)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	return bench.Sample{
		Heap: int64(liveHeap()), Resident: residentMemory(), Goroutines: runtime.NumGoroutine(), Descriptors: openDescriptors(),
		Log: size(s.config.Database + "-wal"), Database: size(s.config.Database),
	}
}

// residentMemory is what this process has in memory, in bytes; 0 where the system does not tell as Linux does.
func residentMemory() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	var size, resident int64
	if _, scanned := fmt.Sscan(string(text), &size, &resident); err != nil || scanned != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// openDescriptors is how many files this process has open; 0 where the system does not tell as Linux does.
func openDescriptors() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list) - 1 // one is of the reading
}

// lateAtMost is the share of interactions that faults may cost: each end of a connection those of the ten seconds that it takes to be noticed and
// mended, at worst, out of five minutes and a half.
const lateAtMost = .03

func (f soakFigures) marks() []benchMark {
	late := float64(f.Late) / float64(max(f.Asked, 1))
	list := []benchMark{
		{"answered once, or lost to a fault of the connection", fmt.Sprintf("%d and %d of %d", f.Answered-f.Twice, f.Late, f.Asked), "all", f.Answered+f.Late != f.Asked || f.Twice != 0},
		{"of these, lost to a fault", fmt.Sprintf("%.1f%%", 100*late), fmt.Sprintf("≤ %.0f%%", 100*lateAtMost), late > lateAtMost},
		{"rules of Discord's that were broken", fmt.Sprint(len(f.Violations)), "0", len(f.Violations) > 0},
		{"links stored", fmt.Sprintf("%d of %d", f.Stored, f.Links), "all", f.Stored != f.Links},
	}
	grew := 0
	for _, v := range f.Verdicts {
		if !v.Flat {
			grew++
		}
	}
	return append(list, benchMark{"of what must be flat, not so", fmt.Sprintf("%d of %d", grew, len(f.Verdicts)), "none", grew > 0 || len(f.Verdicts) == 0})
}

func (b *soakBench) show(f soakFigures) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%d interactions and %d links in %s\n\n", f.Asked, f.Links, b.length)
	missed := markTable(&text, f.marks())
	fmt.Fprintf(&text, "\n%s", bench.SoakTable(f.Samples))
	if b.asJSON {
		if err := json.NewEncoder(b.out).Encode(f); err != nil {
			return err
		}
	} else {
		fmt.Fprint(b.out, text.String())
		odd(b.out, f.Tally)
		for _, why := range f.NotStored {
			fmt.Fprintln(b.out, "links not stored:", why)
		}
	}
	if b.plot != "" {
		if err := writeFile(b.plot, func(w io.Writer) error { return bench.SoakPlot(w, f.Samples) }); err != nil {
			return err
		}
	}
	if b.markdown != "" {
		if err := bench.Keep(b.markdown, "soak", text.String()); err != nil {
			return err
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d marks were missed", missed)
	}
	return nil
}
