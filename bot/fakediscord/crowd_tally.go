package fakediscord

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A Tally is how a crowd was served. Times are from the making of an interaction to the receipt of the call that served it.
type Tally struct {
	Asked, Answered, Twice, Never int // of all kinds
	Late                          int // of those asked, not answered and none of Never: a fault kept the bot from acknowledging them in time
	Typed, Pressed                int // of those answered
	Ack, Card, Choices            Times
	Odd                           []string // what came of some of those that were not answered once
	Violations                    []string
}

// Times are quantiles, in nanoseconds.
type Times struct{ P50, P99, Most time.Duration }

// patience is how long an answer is waited for.
const patience = 20 * time.Second

// around is how near a gateway's fault an interaction may be made to be lost with it: Discord waits 3 s for an acknowledgement, and what
// was under way when a connection ended comes again after its resume.
const around = usualAck

// A count is a tally under way.
type count struct {
	Tally
	ack, card, choices []time.Duration
}

func (a *count) tally() Tally {
	a.Ack, a.Card, a.Choices = quantiles(a.ack), quantiles(a.card), quantiles(a.choices)
	return a.Tally
}

// add takes in another count.
func (a *count) add(b count) {
	a.Asked, a.Answered, a.Twice, a.Never, a.Late = a.Asked+b.Asked, a.Answered+b.Answered, a.Twice+b.Twice, a.Never+b.Never, a.Late+b.Late
	a.Typed, a.Pressed = a.Typed+b.Typed, a.Pressed+b.Pressed
	a.ack, a.card, a.choices = append(a.ack, b.ack...), append(a.card, b.card...), append(a.choices, b.choices...)
	for _, odd := range b.Odd {
		a.note(odd)
	}
}

// never gives up on interactions.
func (a *count) never(open []*Interaction) {
	a.Asked += len(open)
	a.Never += len(open)
	for _, x := range open {
		a.note(fmt.Sprintf("%s: acknowledged by %d, no answer", x, x.ack.Type))
	}
}

// note keeps what to look at first.
func (a *count) note(odd string) {
	if len(a.Odd) < 20 {
		a.Odd = append(a.Odd, odd)
	}
}

// settle counts the interactions made before a time and returns the others, with those that may still be answered.
func (c *Crowd) settle(asked []*Interaction, before time.Time, into *count) []*Interaction {
	at, _ := slices.BinarySearchFunc(asked, before, func(x *Interaction, t time.Time) int { return x.created.Compare(t) })
	open := c.judge(asked[:at:at], into)
	given := func(x *Interaction) bool { return time.Since(x.created) > patience }
	into.never(slices.DeleteFunc(slices.Clone(open), func(x *Interaction) bool { return !given(x) }))
	return append(slices.DeleteFunc(open, given), asked[at:]...)
}

// judge counts what became of interactions by the record of all calls, and returns those of which nothing became yet.
func (c *Crowd) judge(asked []*Interaction, into *count) (open []*Interaction) {
	acks, cards, spoilt := map[string]time.Time{}, map[string][]time.Time{}, map[string]bool{}
	for _, r := range c.d.Requests() {
		parts := strings.Split(r.Path, "/")
		fine := r.Status < 300 && r.Status > 0
		switch r.Route {
		case "POST callback":
			if fine {
				acks[parts[3]] = r.At
			}
			spoilt[parts[3]] = spoilt[parts[3]] || !fine && r.Fault != "" && (!strings.HasPrefix(r.Fault, effects[faultDelay]) || r.Took > time.Second)
		case "PATCH @original", "POST followup":
			if fine {
				cards[parts[3]] = append(cards[parts[3]], r.At)
			}
		}
	}
	faults := c.faults()
	for _, x := range asked {
		at, acked := acks[x.token]
		acked = acked || c.taken(x, &at)
		done := cards[x.token]
		after := at.Sub(x.created)
		switch {
		case !acked && time.Since(x.created) > c.d.o.AckWithin && (spoilt[x.token] || faults.cost(x)):
			into.Asked++
			into.Late++
			continue
		case x.kind == kindComplete && acked:
			into.Typed++
			into.choices = append(into.choices, after)
		case acked && len(done) == 0 && c.settled(x):
			into.Pressed++
			into.ack = append(into.ack, after)
		case !acked || len(done) == 0:
			open = append(open, x)
			continue
		default:
			if len(done) > 1 {
				into.Twice++
				into.note(fmt.Sprintf("%s: acknowledged by %d, %d answers", x, x.ack.Type, len(done)))
			}
			if x.kind == kindComponent {
				into.Pressed++
			}
			into.ack, into.card = append(into.ack, after), append(into.card, done[0].Sub(x.created))
		}
		into.Asked++
		into.Answered++
	}
	return open
}

// taken tells whether Discord has taken a callback, although the bot may not have heard of it, and when.
func (c *Crowd) taken(x *Interaction, at *time.Time) bool {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	*at = x.created.Add(x.ack.After)
	return x.acked
}

// settled tells whether a press needs no call of its own after its acknowledgement: a form was opened, or another press of the same card
// was faster, and shows a newer state of it.
func (c *Crowd) settled(x *Interaction) bool {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	return x.form != nil || x.kind == kindComponent && x.source != nil && x.source.edits > x.seen
}

// faultsBy are what went wrong on the gateway: when, and the events that were broken on their way.
type faultsBy struct {
	at     []time.Time
	broken [][]byte
}

// faults are those of the record.
func (c *Crowd) faults() (f faultsBy) {
	for _, e := range c.d.Events() {
		switch {
		case e.Kind == Faulted:
			f.at = append(f.at, e.At)
		case e.Fault == effects[faultTruncate]:
			f.broken = append(f.broken, e.Data)
		}
	}
	return f
}

// cost tells whether an interaction that nobody acknowledged was lost to a fault: the bot was away when it was made, its event was broken, or
// the connection's fault came so near that Discord no longer waited when it was sent again.
func (f faultsBy) cost(x *Interaction) bool {
	return !x.heard || slices.ContainsFunc(f.at, func(at time.Time) bool { return at.Sub(x.created).Abs() < around }) ||
		slices.ContainsFunc(f.broken, func(event []byte) bool { return bytes.Contains(event, []byte(`"`+x.id+`"`)) })
}

func (c *Crowd) violations() (list []string) {
	for _, v := range c.d.Violations() {
		if len(list) < 20 {
			list = append(list, v.String())
		}
	}
	return list
}

// quantiles are by nearest rank.
func quantiles(times []time.Duration) (q Times) {
	if len(times) == 0 {
		return q
	}
	slices.Sort(times)
	at := func(share float64) time.Duration { return times[int(math.Ceil(share*float64(len(times))))-1] }
	return Times{P50: at(.5), P99: at(.99), Most: times[len(times)-1]}
}
