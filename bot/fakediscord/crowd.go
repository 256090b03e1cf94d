package fakediscord

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A Crowd is many people in many guilds who ask at a steady pace: the load of `archivist bench discord`.
type Crowd struct {
	Guilds    int           // with a channel for each 20 people
	People    int           // in all
	PerSecond int           // interactions
	For       time.Duration // how long they ask
	Presses   float64       // the share of interactions that press a button of an answer, 0 to 1
	Typing    float64       // the share that types into an option with completions, 0 to 1
	Questions []string      // asked in turn
	Seed      uint64

	d        *Discord
	guilds   []*Guild
	channels [][]*Channel
	members  [][]*Member
}

// A Tally is how a crowd was served. Times are from the making of an interaction to the receipt of the call that served it.
type Tally struct {
	Asked, Answered, Twice, Never, Late int // of all kinds; Late are those that were told that they were seen too late
	Typed, Pressed                      int // of them
	Ack, Card, Choices                  Times
	Odd                                 []string // what came of some of those that were not answered once
	Violations                          []string
}

// Times are quantiles, in nanoseconds.
type Times struct{ P50, P99, Most time.Duration }

// Gather makes the crowd's guilds, channels and people.
func (c *Crowd) Gather(d *Discord) {
	c.d = d
	for g := range c.Guilds {
		guild := d.Guild(fmt.Sprintf("Readers of paper %d", g))
		c.guilds = append(c.guilds, guild)
		people := c.People / c.Guilds
		var channels []*Channel
		for n := range max(1, people/20) {
			channels = append(channels, guild.Channel(fmt.Sprintf("news-%d", n)))
		}
		var members []*Member
		for n := range max(1, people) {
			members = append(members, guild.Member(fmt.Sprintf("Reader %d", n)))
		}
		c.channels, c.members = append(c.channels, channels), append(c.members, members)
	}
}

// IDs are the guilds' ids.
func (c *Crowd) IDs() (ids []string) {
	for _, g := range c.guilds {
		ids = append(ids, g.ID())
	}
	return ids
}

// Run lets the crowd ask, waits until all are served, at most for a while more, and tells how that went. An error says that ctx ended.
func (c *Crowd) Run(ctx context.Context) (Tally, error) {
	chance := rand.New(rand.NewPCG(c.Seed, 2))
	every := time.Second / time.Duration(c.PerSecond)
	var asked []*Interaction
	began := time.Now()
	for n := 0; time.Duration(n)*every < c.For; n++ {
		select {
		case <-time.After(time.Until(began.Add(time.Duration(n) * every))):
		case <-ctx.Done():
			return Tally{}, ctx.Err()
		}
		g := chance.IntN(len(c.guilds))
		who, where := c.members[g][chance.IntN(len(c.members[g]))], c.channels[g][chance.IntN(len(c.channels[g]))]
		question := c.Questions[n%len(c.Questions)]
		x := (*Interaction)(nil)
		switch kind := chance.Float64(); {
		case kind < c.Typing:
			word, _, _ := strings.Cut(question, " ")
			x = who.Complete(where, "article", "title", word)
		case kind < c.Typing+c.Presses:
			x = c.press(chance, asked)
		}
		if x == nil {
			x = who.Slash(where, "ask", Opt("question", question))
		}
		if x.err != nil {
			return Tally{}, x.err
		}
		asked = append(asked, x)
	}
	patience, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		t := c.tally(asked)
		if t.Never == 0 || patience.Err() != nil {
			return t, ctx.Err()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-patience.Done():
		}
	}
}

// press presses a button of one of the newest answers, by its asker; nil where none has one.
func (c *Crowd) press(chance *rand.Rand, asked []*Interaction) *Interaction {
	if len(asked) == 0 {
		return nil
	}
	recent := asked[max(0, len(asked)-200):]
	old := recent[chance.IntN(len(recent))]
	c.d.mu.Lock()
	m := old.reply()
	label, view := "", Message{}
	if m != nil && old.kind == kindCommand {
		view = m.view()
		for _, row := range view.Components {
			for _, part := range objects(row, "components") {
				if label == "" && text(part, "custom_id") != "" && !flag(part, "disabled") && number(part, "type") == componentButton {
					label = text(part, "custom_id")
				}
			}
		}
	}
	c.d.mu.Unlock()
	if label == "" {
		return nil
	}
	return old.by.Press(view, label)
}

// tally goes through the record of all calls.
func (c *Crowd) tally(asked []*Interaction) (t Tally) {
	acks, cards := map[string]time.Time{}, map[string][]time.Time{}
	for _, r := range c.d.Requests() {
		parts := strings.Split(r.Path, "/")
		switch r.Route {
		case "POST callback":
			if r.Status < 300 && r.Status > 0 {
				acks[parts[3]] = r.At
			}
		case "PATCH @original", "POST followup":
			if r.Status < 300 && r.Status > 0 {
				cards[parts[3]] = append(cards[parts[3]], r.At)
			}
		}
	}
	var ack, card, choices []time.Duration
	for _, x := range asked {
		t.Asked++
		at, acked := acks[x.token]
		done := cards[x.token]
		after := at.Sub(x.created)
		switch {
		case x.kind == kindComplete && acked:
			t.Typed++
			t.Answered++
			choices = append(choices, after)
			continue
		case acked && len(done) == 0 && c.settled(x):
			t.Pressed++
			t.Answered++
			ack = append(ack, after)
			continue
		case !acked || len(done) == 0:
			t.Never++
			t.odd(x, len(done))
			continue
		case len(done) > 1:
			t.Twice++
			t.odd(x, len(done))
		}
		if x.kind == kindComponent {
			t.Pressed++
		}
		t.Answered++
		ack, card = append(ack, after), append(card, done[0].Sub(x.created))
	}
	for _, v := range c.d.Violations() {
		if len(t.Violations) < 20 {
			t.Violations = append(t.Violations, v.String())
		}
	}
	t.Ack, t.Card, t.Choices = quantiles(ack), quantiles(card), quantiles(choices)
	return t
}

// odd keeps what to look at first.
func (t *Tally) odd(x *Interaction, answers int) {
	if len(t.Odd) < 20 {
		t.Odd = append(t.Odd, fmt.Sprintf("%s: acknowledged by %d, %d answers", x, x.ack.Type, answers))
	}
}

// settled tells whether a press needs no call of its own after its acknowledgement: a form was opened, or another press of the same card
// was faster, and shows a newer state of it.
func (c *Crowd) settled(x *Interaction) bool {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	return x.form != nil || x.kind == kindComponent && x.source != nil && x.source.edits > x.seen
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
