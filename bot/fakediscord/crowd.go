package fakediscord

import (
	"context"
	"fmt"
	"math/rand/v2"
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
	Every     time.Duration // how often Told is told; 0 = never
	Told      func(Tally)   // how those were served who asked in the Every before the last, and those who had waited longer; they are then forgotten

	d        *Discord
	guilds   []*Guild
	channels [][]*Channel
	members  [][]*Member
}

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
	var all count
	began := time.Now()
	told, before := began, began // the last two times that Told was told
	for n := 0; time.Duration(n)*every < c.For; n++ {
		select {
		case <-time.After(time.Until(began.Add(time.Duration(n) * every))):
		case <-ctx.Done():
			return Tally{}, ctx.Err()
		}
		if c.Every > 0 && time.Since(told) >= c.Every {
			var lately count
			asked = c.settle(asked, before, &lately)
			all.add(lately)
			c.Told(lately.tally())
			before, told = told, told.Add(c.Every)
		}
		x, err := c.ask(chance, asked, n)
		if err != nil {
			return Tally{}, err
		}
		asked = append(asked, x)
	}
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		last := all
		if open := c.judge(asked, &last); len(open) == 0 || limit.Err() != nil {
			last.never(open)
			t := last.tally()
			t.Violations = c.violations()
			return t, ctx.Err()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-limit.Done():
		}
	}
}

// ask is the n-th thing that the crowd does.
func (c *Crowd) ask(chance *rand.Rand, asked []*Interaction, n int) (*Interaction, error) {
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
	return x, x.err
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
