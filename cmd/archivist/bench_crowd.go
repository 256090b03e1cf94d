package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"archivist/bot/fakediscord"

	"github.com/spf13/cobra"
)

// The two processes of a load test speak in lines of JSON: the crowd says where it is, is told to begin, says that it has begun, and reports.
type (
	crowdOrder struct {
		Guilds, People, Rate int
		For, Every           time.Duration // how long; and how often it reports before the end, 0 for never
		Faults               crowdFaults
		Pages                int           // that are to be served; 0 for none
		Heartbeat            time.Duration // 0 is Discord's
		Seed                 uint64
		Questions            []string
	}
	crowdHello struct {
		API, Token string
		Guilds     []string
		Pages      string // where they are served: the address of page 0 without its number
	}
	// crowdReport is how those were served of whom nothing had been reported before; of the last one, all.
	crowdReport struct {
		fakediscord.Tally
		Last bool
	}
)

// crowdFaults says what goes wrong.
type crowdFaults int

const (
	noFaults     crowdFaults = iota
	steadyFaults             // one call in a hundred, and an op 7 each ten seconds
	chaosFaults              // all kinds that a bot must outlive, by seed
)

// benchCrowdCommand is the other process.
func benchCrowdCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "crowd", Hidden: true, Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return crowd(c.Context(), p.in, p.out) },
	}
}

// recordKept is how much of each record a fake Discord keeps that runs for long: minutes, at the rates that are asked of it.
const recordKept = 20_000

// crowd runs a fake Discord and its people as its first line of input orders.
func crowd(ctx context.Context, in io.Reader, out io.Writer) (err error) {
	read, write := json.NewDecoder(in), json.NewEncoder(out)
	var order crowdOrder
	if err := read.Decode(&order); err != nil {
		return err
	}
	o := fakediscord.Options{Strict: true, IdentifyEvery: -1, Heartbeat: order.Heartbeat, Seed: order.Seed}
	people := fakediscord.Crowd{
		Guilds: order.Guilds, People: order.People, PerSecond: order.Rate, For: order.For, Every: order.Every,
		Presses: .1, Typing: .05, Questions: order.Questions, Seed: order.Seed,
	}
	var untold error
	if order.Every > 0 {
		o.Keep = recordKept
		people.Told = func(t fakediscord.Tally) { untold = errors.Join(untold, write.Encode(crowdReport{Tally: t})) }
	}
	d, err := fakediscord.New(o)
	if err != nil {
		return err
	}
	defer d.Close()
	people.Gather(d)
	hello := crowdHello{API: d.APIBase(), Token: d.Token(), Guilds: people.IDs()}
	if order.Pages > 0 {
		site, err := newMadeUpSite(order.Pages, order.Seed)
		if err != nil {
			return err
		}
		defer site.Close()
		hello.Pages = site.address()
	}
	if err := write.Encode(hello); err != nil {
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
	stop := order.begin(d)
	defer stop()
	if err := write.Encode("begun"); err != nil {
		return err
	}
	tally, err := people.Run(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(untold, write.Encode(crowdReport{Tally: tally, Last: true})); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil && !errors.Is(err, io.ErrClosedPipe) { // Discord and the site stay until they are no longer needed
		return err
	}
	return nil
}

// way is what every call takes, there and back.
var way = fakediscord.REST("*").Delay(2 * time.Millisecond).Rate(1)

// What goes wrong, and how often. Connections end only so often that the bot's patience with Discord, which is spent after each end and back
// after five minutes of peace, is whole again: else it would wait ever longer, for most of the time, as Discord wants it to.
const (
	faultEvery   = 10 * time.Second
	endEvery     = 330 * time.Second
	endsAtLeast  = 3 // in a soak that is shorter than so many of them
	spreadPauses = .2
)

// begin lets things go wrong until stop is called.
func (order crowdOrder) begin(d *fakediscord.Discord) (stop func()) {
	quit := make(chan struct{})
	var running sync.WaitGroup
	repeat := func(pause time.Duration, stream uint64, next func(n int, chance *rand.Rand)) {
		chance := rand.New(rand.NewPCG(order.Seed, stream))
		running.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-time.After(time.Duration((1 + spreadPauses*(2*chance.Float64()-1)) * float64(pause))):
					next(n, chance)
				case <-quit:
					return
				}
			}
		})
	}
	switch order.Faults {
	case steadyFaults:
		d.Fault(steady()...)
		repeat(faultEvery, 3, func(int, *rand.Rand) { d.Fault(fakediscord.Gateway(0).Op7()) })
	case chaosFaults:
		repeat(faultEvery, 3, func(_ int, chance *rand.Rand) {
			d.Clear() // what is to spoil a call must be armed before that which delays all
			d.Fault(spoiltCall(chance), way)
		})
		turns := rand.New(rand.NewPCG(order.Seed, 4)).Perm(len(ends)) // each once before one comes again
		repeat(min(endEvery, order.For/endsAtLeast), 5, func(n int, _ *rand.Rand) { d.Fault(ends[turns[n%len(ends)]]...) })
	}
	d.Fault(way)
	return func() {
		close(quit)
		running.Wait()
	}
}

// steady lets one call in a hundred go wrong, of each route that serves interactions, in the ways after which a bot can still serve: each way as
// often as the others. A further message whose answer is lost is not sent again, as it may be there (docs/decisions/0017), so it is not lost here.
func steady() (faults []fakediscord.Fault) {
	const pause = 200 * time.Millisecond
	for _, name := range servingRoutes {
		route := fakediscord.REST(name)
		ways := []fakediscord.Fault{route.Status(502), route.Status(503)}
		if name != "POST followup" {
			ways = append(ways, route.Status(500), route.Status(504), route.Reset(), route.Lost())
		}
		if name != "POST callback" { // whose limit Discord does not count
			ways = append(ways, route.RateLimit(pause, "user"), route.RateLimit(pause, "shared"), route.Global429(pause), route.HTML429(time.Second))
		}
		for _, way := range ways {
			faults = append(faults, way.Rate(.01/float64(len(ways))))
		}
	}
	return faults
}

// servingRoutes are those by which an interaction is served.
var servingRoutes = []string{"POST callback", "PATCH @original", "POST followup"}

// spoiltCall draws what goes wrong with the next calls that serve an interaction, or with the events that bring one.
func spoiltCall(chance *rand.Rand) fakediscord.Fault {
	route, event := fakediscord.REST(servingRoutes[chance.IntN(len(servingRoutes))]), fakediscord.Events(0, "INTERACTION_CREATE")
	kinds := []fakediscord.Fault{
		event.Duplicate().Times(5), event.Reorder().Times(5), event.Truncate(),
		route.Status([]int{500, 502, 503, 504}[chance.IntN(4)]).Times(5), route.Reset().Times(3), route.Lost().Times(3), route.HTML429(time.Second),
		route.RateLimit(500*time.Millisecond, "user").Times(3), route.RateLimit(500*time.Millisecond, "shared").Times(3),
		route.Global429(500 * time.Millisecond), route.Delay(800 * time.Millisecond).Times(5),
	}
	return kinds[chance.IntN(len(kinds))]
}

// ends are the ways in which a connection ends, or a session.
var ends = func() (list [][]fakediscord.Fault) {
	shard := fakediscord.Gateway(0)
	for _, f := range []fakediscord.Fault{
		shard.Op7(), shard.Op9(true), shard.Op9(false), shard.Drop(), shard.Mute(), shard.Hang(), shard.Unknown("NEVER_HEARD_OF"),
		shard.Close(1000), shard.Close(4000), shard.Close(4009),
	} {
		list = append(list, []fakediscord.Fault{f})
	}
	for _, phase := range []fakediscord.Phase{fakediscord.BeforeHello, fakediscord.AfterHello, fakediscord.AfterIdentify, fakediscord.InReplay} {
		list = append(list, []fakediscord.Fault{shard.Op7(), shard.Op7().At(phase)}, []fakediscord.Fault{shard.Drop(), shard.Op9(false).At(phase)})
	}
	return append(list, []fakediscord.Fault{shard.Drop(), shard.HelloLate(time.Second)})
}()
