package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"archivist/bot"
)

// Types of callbacks: the first answer to an interaction.
const (
	callbackMessage        = 4
	callbackDeferred       = 5
	callbackDeferredUpdate = 6
	callbackChoices        = 8
)

// tooOld is the age of an interaction from which on its callback could come too late: Discord waits 3 s.
const tooOld = 2500 * time.Millisecond

type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

type flagged struct {
	Flags int `json:"flags"`
}

type choices struct {
	Choices []choice `json:"choices"`
}

// takeInteraction begins to answer an interaction.
func (g *Gateway) takeInteraction(data json.RawMessage) {
	i, ok := decodeInteraction(data)
	if !ok {
		g.log.Warn("an interaction that cannot be answered", "type", i.kind)
		return
	}
	if g.done.again(i.id, time.Now()) {
		return
	}
	select {
	case g.slots <- struct{}{}:
		g.work.Go(func() {
			defer func() { <-g.slots }()
			g.interact(i)
		})
	default:
		// Nobody waits for this goroutine's slot, but the drain waits for it; it is over within a callback's patience.
		g.work.Go(func() { g.reply(i, bot.Busy(g.request(i))) })
	}
}

// request is an interaction in the bot's words.
func (g *Gateway) request(i interaction) bot.Request {
	r := bot.Request{
		Command: i.name, Options: i.options, Library: library(i.guild, i.person), Person: i.person, Moderator: i.moderator && i.guild != "",
		Locale: i.locale, Reads: g.reads.Load(), Asked: time.Now().UTC(), Posted: madeAt(i.messageID), Stopping: g.stopping,
	}
	if i.guild != "" {
		r.Channel = i.settled
	}
	if i.target != nil {
		r.Target = textOf(i.target, g.self)
	}
	return r
}

func (g *Gateway) interact(i interaction) {
	r := g.request(i)
	if age := g.rest.now().Sub(madeAt(i.id)); age > tooOld {
		g.log.Warn("an interaction came too late", "age", age.Round(time.Millisecond))
		if i.guild != "" && i.kind == typeCommand {
			g.post(i.channel, i.id, "", bot.Late(r))
		}
		return
	}
	switch {
	case i.kind == typeComplete:
		g.acknowledge(i, callback{Type: callbackChoices, Data: choices{Choices: []choice{}}})
	case g.isStopping():
		g.reply(i, bot.Stopping(r))
	case i.kind == typeComponent:
		g.press(i, r)
	case i.kind == typeCommand:
		g.command(i, r)
	default: // a form, which this version does not open
		g.reply(i, g.safe(r, func() bot.Card { return g.bot.Press(g.working, r, i.customID) }))
	}
}

// command acknowledges first, works, and edits the reply.
func (g *Gateway) command(i interaction, r bot.Request) {
	c, known := bot.Find(r.Command)
	if !known || c.Now {
		g.reply(i, g.safe(r, func() bot.Card { return g.bot.Do(g.working, r) }))
		return
	}
	private := c.Private || r.Options["private"] == "true"
	deferral := callback{Type: callbackDeferred}
	if private {
		deferral.Data = flagged{Flags: flagEphemeral}
	}
	if !g.acknowledge(i, deferral) {
		return
	}
	e := &editor{every: g.pace.progress, show: func(c bot.Card) {
		if err := g.rest.do(g.working, g.editOriginal(i, render(c), ruleProgress), nil); err != nil {
			g.log.Debug("progress", "error", err)
		}
	}}
	r.Progress = e.progress
	card := g.safe(r, func() bot.Card { return g.bot.Do(g.working, r) })
	e.finish()
	if card.Private && !private {
		g.makePrivate(i, card)
		return
	}
	g.finished(i, g.rest.do(g.working, g.editOriginal(i, render(card), ruleEdit), nil))
}

// press does what a button says: its card takes the old one's place, or is shown to the presser alone.
func (g *Gateway) press(i interaction, r bot.Request) {
	if !g.acknowledge(i, callback{Type: callbackDeferredUpdate}) {
		return
	}
	card := g.safe(r, func() bot.Card { return g.bot.Press(g.working, r, i.customID) })
	if card.Private {
		g.followUp(i, card)
		return
	}
	g.finished(i, g.rest.do(g.working, g.editOriginal(i, render(card), ruleEdit), nil))
}

// makePrivate takes the public "thinking" away and says to the asker alone what went wrong. The order matters: what follows a
// deferral directly would take its place, and its publicity.
func (g *Gateway) makePrivate(i interaction, card bot.Card) {
	err := g.rest.do(g.working, call{name: "DELETE @original", method: http.MethodDelete, path: g.webhook(i) + "/messages/@original", top: i.id, rule: ruleEdit, token: true}, nil)
	if err != nil && !isCode(err, codeUnknownMessage) {
		g.finished(i, err)
		return
	}
	g.followUp(i, card)
}

func (g *Gateway) followUp(i interaction, card bot.Card) {
	b := render(card)
	b.Flags = flagEphemeral
	g.finished(i, g.rest.do(g.working, call{name: "POST followup", method: http.MethodPost, path: g.webhook(i), top: i.id, body: b, rule: ruleFollowUp, token: true}, nil))
}

// reply answers at once, to the asker alone.
func (g *Gateway) reply(i interaction, card bot.Card) {
	b := render(card)
	b.Flags = flagEphemeral
	g.acknowledge(i, callback{Type: callbackMessage, Data: b})
}

// acknowledge sends the callback, and reports whether Discord has taken it. A try whose answer was lost may have had effect: then
// the second one meets "already acknowledged", which is success.
func (g *Gateway) acknowledge(i interaction, c callback) bool {
	ctx, cancel := context.WithTimeout(g.working, ruleCallback.total)
	defer cancel()
	err := g.rest.do(ctx, call{
		name: "POST callback", method: http.MethodPost, path: "/interactions/" + url.PathEscape(i.id) + "/" + url.PathEscape(i.token) + "/callback",
		top: i.id, body: c, rule: ruleCallback, token: true,
	}, nil)
	if err == nil || isCode(err, codeAlreadyAcknowledged) {
		return true
	}
	g.log.Warn("an interaction could not be acknowledged", "error", err)
	return false
}

// finished logs how the last word of a reply fared. A message that is gone needs none.
func (g *Gateway) finished(_ interaction, err error) {
	switch {
	case err == nil, isCode(err, codeUnknownMessage):
	case isCode(err, codeUnknownWebhook, codeTokenOver, codeUnknownInteraction):
		g.log.Warn("a reply came after its token was over", "error", err)
	default:
		g.log.Error("a reply was lost", "error", err)
	}
}

func (g *Gateway) webhook(i interaction) string {
	return "/webhooks/" + url.PathEscape(g.self) + "/" + url.PathEscape(i.token)
}

func (g *Gateway) editOriginal(i interaction, b body, patience rule) call {
	return call{name: "PATCH @original", method: http.MethodPatch, path: g.webhook(i) + "/messages/@original", top: i.id, body: b, rule: patience, token: true}
}
