package gateway

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"archivist"
	"archivist/bot"
)

// unfinished reads what an earlier process took up, of guilds that are ours now: what is open each shard takes up once it is connected, and
// what Discord tells again of the rest is left.
func (g *Gateway) unfinished(ctx context.Context, ours func(guild string) bool) error {
	if g.book.ledger == nil {
		return nil
	}
	var rows []archivist.Pending
	if err := g.crashes.Guard(func() (err error) {
		rows, err = g.book.ledger.Requests(ctx)
		return err
	}); err != nil {
		return err
	}
	g.left.mu.Lock()
	defer g.left.mu.Unlock()
	for _, p := range rows {
		if ours(p.Guild) && !g.done.again(p.ID, time.Now()) && p.Open() {
			g.left.rows = append(g.left.rows, p)
		}
	}
	return nil
}

// takeUp answers what an earlier process left open of a shard: those without a guild are of shard 0.
func (g *Gateway) takeUp(s *shard) {
	g.left.mu.Lock()
	defer g.left.mu.Unlock()
	rest := g.left.rows[:0]
	for _, p := range g.left.rows {
		if shardOf(p.Guild, s.count) != s.id {
			rest = append(rest, p)
			continue
		}
		if i, ok := decodeInteraction(p.Event); ok {
			i.isKept, i.duty = true, s.duty
			g.work.Go(i.duty.of(func() {
				g.takeUps <- struct{}{}
				defer func() { <-g.takeUps }()
				if i.duty.isCut() {
					g.leave(i.id, i.duty, i.isKept)
					return
				}
				g.takeUpInteraction(i)
			}))
		} else if m, ok := decodeMessage(p.Event, g.self); ok {
			m.isKept, m.duty = true, s.duty
			g.inLane(m.duty, m.channel, func() {
				e, _ := g.exchanges.of(m.id, time.Now())
				e.restore(p.Reply)
				g.hear(m, e, e.next())
			})
		}
	}
	g.left.rows = rest
}

// leaveOpen forgets what was to be taken up of a shard that is another process's before it was connected here.
func (g *Gateway) leaveOpen(s *shard) {
	g.left.mu.Lock()
	defer g.left.mu.Unlock()
	g.left.rows = slices.DeleteFunc(g.left.rows, func(p archivist.Pending) bool {
		if shardOf(p.Guild, s.count) != s.id {
			return false
		}
		g.done.forget(p.ID)
		return true
	})
}

// leave leaves a request that was cut off to the next process: what the ledger does not have, Discord has to tell again.
func (g *Gateway) leave(id string, d *duty, noted bool) {
	g.done.forget(id)
	if !noted {
		d.unnoted.Store(true)
	}
}

// takeUpInteraction works on a command again. What changes the archive on a moderator's behalf is not done a second time, and neither
// is a press: nobody sees it waiting.
func (g *Gateway) takeUpInteraction(i interaction) {
	g.know(i.guild, i.channel, knowLong)
	r := g.request(i)
	c, known := bot.Find(r.Command)
	s := g.spotOf(i, c)
	if i.kind != typeCommand {
		s.private, s.thinking = true, i.messageID == ""
	}
	if !known || c.Moderator || i.kind != typeCommand {
		err := s.deliver(bot.Stopping(r))
		if err != nil && i.duty.isCut() {
			g.leave(i.id, i.duty, i.isKept)
			return
		}
		g.finished(i, err)
		g.book.note(archivist.Pending{ID: i.id, Guild: i.guild, Created: madeAt(i.id)}, i.duty)
		return
	}
	s.run(r, func(r bot.Request) bot.Card { return g.bot.Do(i.duty.ctx, r) })
}

// How a command stands that Discord tells of late.
type heldState int

const (
	heldNever heldState = iota // nobody acknowledged it
	heldOpen                   // it was acknowledged, and its reply still says "is thinking …"
	heldDone                   // it was answered
)

// heldBefore asks Discord what became of a command that is told again as its shard was another process's, which may have died between its
// acknowledgement and what it wrote of it.
func (g *Gateway) heldBefore(i interaction) heldState {
	if !g.leases() || i.kind != typeCommand || g.age(i) > g.pace.token {
		return heldNever
	}
	m, err := g.webhookMessage(i, http.MethodGet, original, nil, ruleGet)
	switch {
	case err != nil:
		return heldNever
	case m.Flags&flagLoading != 0:
		return heldOpen
	}
	return heldDone
}

// recall finds the exchange about a message, also one of an earlier process, or of the one that had the shard before; nil if there is none.
func (g *Gateway) recall(id string) *exchange {
	if e := g.exchanges.known(id); e != nil || g.book.ledger == nil || madeAt(id).After(g.tookOver()) {
		return e
	}
	p, err := g.book.ledger.Request(g.working, id)
	if err != nil {
		if !errors.Is(err, archivist.ErrNotFound) {
			g.log.Warn("what is kept of a message cannot be read", "error", err)
		}
		return nil
	}
	e, _ := g.exchanges.of(id, time.Now())
	e.restore(p.Reply)
	return e
}

// tokenOver reports whether an error says that an interaction's reply cannot be changed any more.
func tokenOver(err error) bool {
	return isCode(err, codeUnknownWebhook, codeTokenOver, codeUnknownInteraction)
}

// later shows the last word of an interaction whose token is over: what all may see in the channel, naming the asker without a ping;
// what is private, and where we may not write, in a direct message; if the person takes none, with their next command.
func (g *Gateway) later(i interaction, private bool, card bot.Card) {
	own := library(i.guild, i.person)
	if i.guild == "" && !i.guest { // our direct messages
		g.places.shown(own, card, i.channel, g.post(i.duty.ctx, i.channel, i.id, "", card))
		return
	}
	may, _ := g.cache.ours(i.channel, time.Now())
	if i.guild != "" && !private && !card.Private && may.has(rightView|rightSend) {
		b := rendered(card, may)
		b.Content = "<@" + i.person + ">\n" + b.Content
		message, err := g.send(i.duty.ctx, i.channel, i.id, "", b, ruleMessage)
		g.places.shown(own, card, i.channel, message)
		if !isForbidden(err) { // else we were removed, or the channel was
			return
		}
	}
	var channel struct {
		ID string `json:"id"`
	}
	err := g.rest.do(i.duty.ctx, call{
		name: "POST dm", method: http.MethodPost, path: "/users/@me/channels", body: map[string]string{"recipient_id": i.person}, rule: ruleGet,
	}, &channel)
	message := ""
	if err == nil && channel.ID != "" {
		message = g.post(i.duty.ctx, channel.ID, i.id, "", card)
		g.places.shown(own, card, channel.ID, message)
	}
	if message == "" && !i.duty.isCut() { // else the next process answers
		g.log.Warn("a late reply could not be shown, and waits for the next command", "error", err)
		g.owed.keep(creditor(i), card)
	}
}

// shardOf is the shard of a guild, of so many; 0 where there is no guild.
func shardOf(guild string, shards int) int {
	id, err := strconv.ParseUint(guild, 10, 64)
	if err != nil || shards < 1 {
		return 0
	}
	return int((id >> 22) % uint64(shards))
}
