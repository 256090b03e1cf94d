package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"archivist"
	"archivist/bot"
)

// takeMessage puts a message into its channel's lane, if it may concern us.
func (g *Gateway) takeMessage(s *shard, data json.RawMessage) {
	m, ok := decodeMessage(data, g.self)
	if !ok || m.silent || !m.spokenTo && !bot.Concerns(m.content) {
		return
	}
	if g.isStopping() {
		s.duty.unnoted.Store(true)
		return
	}
	m.came, m.duty = time.Now(), s.duty
	if g.done.again(m.id, m.came) {
		return
	}
	g.inLane(s.duty, m.channel, func() {
		e, fresh := g.exchanges.of(m.id, time.Now())
		if fresh { // else it was edited or deleted before we came to it
			g.hear(m, e, e.next())
		}
	})
}

// takeEdit follows an asking message that was edited: our reply becomes the new card. Discord tells of an edit also where it only has
// unfolded a link.
func (g *Gateway) takeEdit(s *shard, data json.RawMessage) {
	m, ok := decodeMessage(data, g.self)
	if !ok || m.silent && !m.toMany || m.edited == "" || !g.isYoung(m.id) {
		return
	}
	if g.isStopping() {
		s.duty.unnoted.Store(true)
		return
	}
	if g.done.again(m.id+" "+m.edited, time.Now()) {
		return
	}
	m.duty = s.duty
	g.inLane(s.duty, m.channel, func() {
		e := g.recall(m.id)
		switch {
		case e == nil && (m.toMany || !m.spokenTo && !bot.Concerns(m.content)):
		case e == nil:
			e, _ = g.exchanges.of(m.id, time.Now())
			g.hear(m, e, e.next())
		case m.toMany || !m.spokenTo && m.content == "":
			g.withdraw(m.channel, e) // it is no longer said to us, and we cannot read it
		default:
			g.hear(m, e, e.next())
		}
	})
}

// takeDeletes follows asking messages that were deleted: our replies go too.
func (g *Gateway) takeDeletes(s *shard, guild, channel string, ids ...string) {
	if guild != "" { // elsewhere nobody but us can delete what we said
		g.places.deleted(archivist.GuildLibrary(guild), ids...)
	}
	for _, id := range ids {
		if id == "" || !g.isYoung(id) {
			continue
		}
		g.inLane(s.duty, channel, func() {
			e := g.recall(id)
			if e == nil { // it may still come, after its end
				e, _ = g.exchanges.of(id, time.Now())
			}
			g.withdraw(channel, e)
		})
	}
}

// isYoung reports whether a message is still followed.
func (g *Gateway) isYoung(id string) bool {
	return g.rest.now().Sub(madeAt(id)) < archivist.RequestWindow
}

// withdraw takes back what came of a message: our reply, and the links of it that wait in the queue.
func (g *Gateway) withdraw(channel string, e *exchange) {
	reply, library, jobs := e.end()
	if reply != "" {
		g.unsay(library, channel, reply)
	}
	if len(jobs) == 0 {
		return
	}
	if err := g.bot.Withdraw(g.working, library, jobs); err != nil {
		g.log.Warn("links of a deleted message could not be taken back", "error", err)
	}
}

// inLane runs work of a shard after all else that came of the channel before.
func (g *Gateway) inLane(d *duty, channel string, work func()) {
	if !g.lanes.push(channel, d.of(work)) {
		d.under.leave()
		g.log.Warn("a message was left out: too many at once")
	}
}

// hear answers a message where there is something to say. What has to wait for a page goes on beside the lane.
func (g *Gateway) hear(m message, e *exchange, turn int) {
	patience := knowLong
	if len(bot.Links(m.content)) == 0 {
		patience = knowShort
	}
	g.know(m.guild, m.channel, patience)
	may, _ := g.cache.ours(m.channel, time.Now())
	if m.spokenTo && !may.has(rightView|rightSend) && !m.duty.isCut() { // else we may not have been told in time
		return // nobody can be told anything here
	}
	ctx := bot.Together(m.duty.ctx)
	r := g.heard(ctx, m)
	if m.spokenTo && m.unreadable() {
		if !g.told.again(m.person, time.Now()) {
			e.say(turn, func() string { return g.post(m.duty.ctx, m.channel, m.id, m.id, bot.Unreadable(r)) }, func(reply string) string { return reply })
		}
		return
	}
	g.warm(r.Library)
	if m.spokenTo && r.Brings() {
		g.work.Go(m.duty.of(func() { g.answer(ctx, m, r, e, turn) }))
		return
	}
	g.answer(ctx, m, r, e, turn)
}

// heard is a message in the bot's words.
func (g *Gateway) heard(ctx context.Context, m message) bot.Request {
	r := bot.Request{
		Library: library(m.guild, m.person), Person: m.person, Roles: m.roles, Target: m.content, Reads: g.reads.Load(), Asked: time.Now().UTC(), Stopping: g.stopping, Sight: g,
	}
	if m.guild != "" {
		r.Channel, r.Locale, r.Hidden = m.channel, g.cache.locale(m.guild), g.cache.hidden(m.channel)
		g.guard(func() { r.Locale = g.bot.Locale(ctx, r.Library, r.Locale) })
	}
	r.Files = g.ofDiscord(m.attached)
	t, isThread := g.cache.thread(m.channel)
	if isThread {
		r.Channel, r.Thread = t.parent, m.channel
		r.Ours = g.isOurs(m.channel, t)
	}
	if m.spokenTo && r.Target == "" && m.reply != nil && !m.toUs { // a card of ours asks nothing
		r.Target = textOf(m.reply, g.self)
		r.Files = append(r.Files, g.ofDiscord(filesOf(m.reply))...) // "@archivist" under somebody's message is about that message
	}
	if t.post && (m.spokenTo || m.id == m.channel) {
		r.Target = strings.TrimSpace(t.name + "\n" + r.Target) // the title is part of the question
	}
	return r
}

func (g *Gateway) answer(ctx context.Context, m message, r bot.Request, e *exchange, turn int) {
	// What is said to us is durable until it is answered; of what else is posted, links become jobs, which are. Of what is merely overheard,
	// nothing is written down.
	row, mattered := archivist.Pending{ID: m.id, Guild: m.guild, Event: m.raw, Created: madeAt(m.id)}, m.spokenTo || e.mattered()
	if m.spokenTo && !m.isKept {
		g.book.note(row, m.duty)
	}
	show := func(c bot.Card, patience rule) {
		reply := e.say(turn, func() string { return g.post(m.duty.ctx, m.channel, m.id, m.id, c) }, func(reply string) string {
			if g.edit(m.duty.ctx, m.channel, reply, c, patience) {
				return reply
			}
			return g.post(m.duty.ctx, m.channel, m.id+"+", m.id, c)
		})
		g.places.shown(r.Library, c, m.channel, reply)
		if reply != row.Reply {
			row.Reply = reply
			g.book.note(row, m.duty)
		}
	}
	e.belongs(r.Library)
	r.Submitted = e.brought
	progress := &editor{every: g.pace.progress, guard: g.guard, show: func(c bot.Card) { show(c, ruleProgress) }}
	r.Progress = progress.progress
	said := true
	card := g.safe(r, func() bot.Card {
		c, ok := g.bot.Hear(ctx, r, m.spokenTo)
		said = ok
		return c
	})
	progress.finish()
	defer func() {
		if m.duty.isCut() {
			g.leave(m.id, m.duty, m.spokenTo)
			return
		}
		if row.Event = nil; mattered || e.mattered() {
			g.book.note(row, m.duty)
		}
	}()
	if said {
		made := time.Now()
		show(card, ruleMessage)
		g.delivered(card, made, m.came)
		if m.spokenTo && card.Kind == bot.KindAnswer {
			g.openThread(m, r, e)
		}
		return
	}
	// An edit may have made a question of ours into something that is none.
	e.say(turn, func() string { return "" }, func(reply string) string {
		g.unsay(r.Library, m.channel, reply)
		return ""
	})
}

// isOurs reports whether a thread is one of ours: we opened it, or it hangs on a message of ours, whose id it then has. The latter is
// asked of Discord, once a thread.
func (g *Gateway) isOurs(id string, t thread) bool {
	if t.opener == g.self {
		return true
	}
	if t.post || !g.reads.Load() {
		return false // a forum's thread hangs on its first post; without the intent it makes no difference
	}
	return g.ownThreads.recall(id, func() (bool, bool) {
		if may, _ := g.cache.ours(t.parent, time.Now()); !may.has(rightView | rightHistory) {
			return false, true
		}
		var starter struct {
			Author struct {
				ID string `json:"id"`
			} `json:"author"`
		}
		err := g.rest.do(g.working, call{name: "GET message", method: http.MethodGet, path: messagePath(t.parent, id), top: t.parent, rule: ruleGet}, &starter)
		if err != nil && !isCode(err, codeUnknownMessage) {
			g.denied(t.parent, err)
			return false, false
		}
		return starter.Author.ID == g.self, true
	})
}

func messagePath(channel, id string) string {
	return "/channels/" + url.PathEscape(channel) + "/messages/" + url.PathEscape(id)
}
