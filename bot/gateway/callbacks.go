package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"archivist/bot"
)

// Types of callbacks: the first answer to an interaction.
const (
	callbackMessage        = 4
	callbackDeferred       = 5
	callbackDeferredUpdate = 6
	callbackChoices        = 8
	callbackForm           = 9
)

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

// atOnce answers without a deferral, to the asker alone. What is told so has no files.
func (g *Gateway) atOnce(i interaction, card bot.Card) {
	card.Files = nil
	b := render(card)
	b.Flags = flagEphemeral
	g.acknowledge(i, callback{Type: callbackMessage, Data: b})
}

// acknowledge sends the callback, and reports whether Discord has taken it. A try whose answer was lost may have had effect: then
// the second one meets "already acknowledged", which is success. Where it was cut off, that is the next process's to find out.
func (g *Gateway) acknowledge(i interaction, c callback) bool {
	ctx, cancel := context.WithTimeout(i.duty.ctx, min(g.pace.tooOld(), g.pace.answerWithin()-g.age(i)))
	defer cancel()
	err := g.rest.do(ctx, call{
		name: "POST callback", method: http.MethodPost, path: "/interactions/" + url.PathEscape(i.id) + "/" + url.PathEscape(i.token) + "/callback",
		top: i.id, body: c, rule: ruleCallback, token: true,
	}, nil)
	if err == nil || isCode(err, codeAlreadyAcknowledged) {
		g.since(StageAcknowledge, i.came)
		return true
	}
	if i.duty.isCut() {
		g.leave(i.id, i.duty, i.isKept)
		return false
	}
	var rest *restError
	if !errors.As(err, &rest) {
		// Nobody knows whether Discord has taken it. If so, somebody sees "is thinking", so the work is done; if not, its end fails.
		g.log.Warn("it is unknown whether an interaction is acknowledged", "error", err)
		return true
	}
	g.log.Warn("an interaction could not be acknowledged", "error", err)
	return false
}

// webhook is the path of an interaction's token.
func (g *Gateway) webhook(i interaction) string {
	return "/webhooks/" + url.PathEscape(g.self) + "/" + url.PathEscape(i.token)
}

// A posted message is what is read of Discord's answer to one of ours.
type posted struct {
	ID    string `json:"id"`
	Flags int    `json:"flags"`
}

// public is the id of a message that all may see, else "".
func (m posted) public() string {
	if m.Flags&flagEphemeral != 0 {
		return ""
	}
	return m.ID
}

// original names the message that answers an interaction: its reply, or of a press the message pressed.
const original = "@original"

// webhookMessage edits or deletes a message of an interaction.
func (g *Gateway) webhookMessage(i interaction, method, id string, b *body, patience rule) (m posted, err error) {
	name := method + " followup"
	if id == original {
		name = method + " " + original
	}
	k := call{name: name, method: method, path: g.webhook(i) + "/messages/" + url.PathEscape(id), top: i.id, rule: patience, token: true}
	if b != nil {
		k.body, k.files = b, b.files
	}
	err = g.rest.do(i.duty.ctx, k, &m)
	return m, err
}

// followUp posts a further message. It is tried once: its first try may have had effect, and then a second one
// would say the same twice. Only where Discord tells that it had none is it tried again (ruleFollowUp).
func (g *Gateway) followUp(i interaction, b body) (m posted, err error) {
	err = g.rest.do(i.duty.ctx, call{
		name: "POST followup", method: http.MethodPost, path: g.webhook(i), top: i.id, body: b, files: b.files, rule: ruleFollowUp, token: true,
	}, &m)
	return m, err
}
