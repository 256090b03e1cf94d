package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"archivist/bot"
)

// takeMessage puts a message into its channel's lane, if it may concern us.
func (g *Gateway) takeMessage(data json.RawMessage) {
	m, ok := decodeMessage(data, g.self)
	// Without being spoken to, only links matter, and they come with the Message Content intent alone.
	if !ok || m.silent || g.isStopping() || !m.spokenTo && len(bot.Links(m.content)) == 0 {
		return
	}
	if g.done.again(m.id, time.Now()) {
		return
	}
	if !g.lanes.push(m.channel, func() { g.hear(m) }) {
		g.log.Warn("a message was left out: too many at once")
	}
}

// hear answers a message where there is something to say. What has to wait for a page goes on beside the lane.
func (g *Gateway) hear(m message) {
	r := bot.Request{
		Library: library(m.guild, m.person), Person: m.person, Target: m.content, Reads: g.reads.Load(), Asked: time.Now().UTC(), Stopping: g.stopping,
	}
	if m.guild != "" {
		r.Channel = g.threads.settled(m.channel)
	}
	if m.spokenTo && r.Target == "" && m.reply != nil {
		// "@archivist" under somebody's message is about that message; without the intent its text may be kept from us.
		if r.Target = textOf(m.reply, g.self); r.Target == "" && g.told.again(m.person, time.Now()) {
			return
		}
	}
	if m.spokenTo && g.muted.holds(m.channel, time.Now()) {
		return
	}
	if m.spokenTo && len(bot.Links(r.Target)) > 0 {
		g.work.Go(func() { g.answer(m, r) })
		return
	}
	g.answer(m, r)
}

func (g *Gateway) answer(m message, r bot.Request) {
	posted := ""
	show := func(c bot.Card) {
		if posted == "" {
			posted = g.post(m.channel, m.id, m.id, c)
			return
		}
		g.edit(m.channel, posted, c, ruleProgress)
	}
	e := &editor{every: g.pace.progress, show: show}
	r.Progress = e.progress
	said := true
	card := g.safe(r, func() bot.Card {
		c, ok := g.bot.Hear(g.working, r, m.spokenTo)
		said = ok
		return c
	})
	e.finish()
	switch {
	case !said:
	case posted == "":
		g.post(m.channel, m.id, m.id, card)
	default:
		g.edit(m.channel, posted, card, ruleMessage)
	}
}

// post writes a card into a channel, as a reply to a message if there is one, and returns its id; "" if it did not come about. The
// nonce, made of what is answered, keeps Discord from taking the same post twice.
func (g *Gateway) post(channel, about, replyTo string, c bot.Card) string {
	b := render(c)
	b.Nonce, b.EnforceNonce = about, true
	if replyTo != "" {
		b.Reference = &reference{MessageID: replyTo}
	}
	var made struct {
		ID string `json:"id"`
	}
	err := g.rest.do(g.working, call{
		name: "POST messages", method: http.MethodPost, path: "/channels/" + url.PathEscape(channel) + "/messages", top: channel, body: b, rule: ruleMessage,
	}, &made)
	g.mayWrite(channel, err)
	return made.ID
}

func (g *Gateway) edit(channel, id string, c bot.Card, patience rule) {
	err := g.rest.do(g.working, call{
		name: "PATCH message", method: http.MethodPatch, path: "/channels/" + url.PathEscape(channel) + "/messages/" + url.PathEscape(id), top: channel,
		body: render(c), rule: patience,
	}, nil)
	if err != nil && !isCode(err, codeUnknownMessage) {
		g.mayWrite(channel, err)
	}
}

// mayWrite notes where we may not speak: for 10 minutes we do not try again, as refused requests add up to a ban.
func (g *Gateway) mayWrite(channel string, err error) {
	if err == nil {
		return
	}
	g.log.Warn("a message could not be written", "error", err)
	var rest *restError
	if errors.As(err, &rest) && rest.status == http.StatusForbidden {
		g.muted.again(channel, time.Now())
	}
}
