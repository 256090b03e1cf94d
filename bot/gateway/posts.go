package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"archivist"
	"archivist/bot"
)

// post writes a card into a channel, as a reply to a message if there is one, and returns its id; "" if it did not come about. The
// nonce, made of what is answered, keeps Discord from taking the same post twice. What we may not do in the channel is not tried.
func (g *Gateway) post(ctx context.Context, channel, about, replyTo string, c bot.Card) string {
	may, _ := g.cache.ours(channel, time.Now())
	if !may.has(rightView | rightSend) {
		g.log.Info("a message was not written: we may not speak there", "channel", channel)
		return ""
	}
	if !may.has(rightHistory) {
		replyTo = ""
	}
	b := rendered(c, may)
	if c.Silent { // an edit cannot be
		b.Flags |= flagSilent
	}
	id, _ := g.send(ctx, channel, about, replyTo, b, ruleMessage) // which has noted what went wrong
	return id
}

// send posts a body into a channel, and returns its id.
func (g *Gateway) send(ctx context.Context, channel, about, replyTo string, b body, patience rule) (string, error) {
	b.Nonce, b.EnforceNonce = about, true
	if replyTo != "" {
		b.Reference = &reference{MessageID: replyTo}
	}
	var made struct {
		ID string `json:"id"`
	}
	k := call{
		name: "POST messages", method: http.MethodPost, path: "/channels/" + url.PathEscape(channel) + "/messages", top: channel,
		body: b, files: b.files, rule: patience,
	}
	err := g.rest.do(ctx, k, &made)
	if b.Reference != nil && noReply(err) {
		b.Reference = nil
		k.body = b
		err = g.rest.do(ctx, k, &made)
	}
	g.denied(channel, err)
	return made.ID, err
}

// isForbidden reports whether an error says that a message cannot be written, and was not: we may not, or there is no such channel.
func isForbidden(err error) bool {
	var rest *restError
	return errors.As(err, &rest) && (rest.status == http.StatusForbidden || rest.status == http.StatusNotFound)
}

// isFinal reports whether an error says that Discord does not take a message, however often it is tried.
func isFinal(err error) bool {
	var rest *restError
	return errors.As(err, &rest) && rest.status/100 == 4 && rest.status != http.StatusUnauthorized && rest.status != http.StatusTooManyRequests
}

// noReply reports whether an error says that a message cannot be replied to.
func noReply(err error) bool {
	var rest *restError
	return isCode(err, codeNoReply) || isCode(err, codeInvalidForm) && errors.As(err, &rest) && strings.Contains(rest.detail, "message_reference")
}

// isRefused reports whether Discord does not take what we sent, which is a mistake of ours.
func isRefused(err error) bool { return isCode(err, codeInvalidForm) }

// edit changes a message of ours. It is false where Discord takes no more edits of it, as of old messages after some: then a new one
// has to be written.
func (g *Gateway) edit(ctx context.Context, channel, id string, c bot.Card, patience rule) bool {
	may, _ := g.cache.ours(channel, time.Now())
	if !may.has(rightView) {
		return true
	}
	b := rendered(c, may)
	err := g.rest.do(ctx, call{
		name: "PATCH message", method: http.MethodPatch, path: messagePath(channel, id), top: channel, body: b, files: b.files, rule: patience,
	}, nil)
	if isCode(err, codeEditsUsedUp) {
		return false
	}
	if !isCode(err, codeUnknownMessage) {
		g.denied(channel, err)
	}
	return true
}

// unsay takes a message of ours away, with its card in a library.
func (g *Gateway) unsay(library archivist.LibraryID, channel, id string) {
	g.places.deleted(library, id)
	if may, _ := g.cache.ours(channel, time.Now()); !may.has(rightView) {
		return
	}
	err := g.rest.do(g.working, call{name: "DELETE message", method: http.MethodDelete, path: messagePath(channel, id), top: channel, rule: ruleMessage}, nil)
	if !isCode(err, codeUnknownMessage) {
		g.denied(channel, err)
	}
}

// rendered is a card as it may be shown in a channel: with its embeds, or as plain text; with its files, or without.
func rendered(c bot.Card, may rights) body {
	if !may.has(rightAttach) {
		c.Files = nil
	}
	if may.has(rightEmbed) {
		return render(c)
	}
	return renderPlain(c)
}

// denied notes where we turned out not to have a right, so that it is not tried again and again.
func (g *Gateway) denied(channel string, err error) {
	if err == nil {
		return
	}
	g.log.Warn("a message could not be written", "error", err)
	var rest *restError
	switch {
	case isCode(err, codeUnknownChannel):
		g.confirmGone(channel)
	case !errors.As(err, &rest) || rest.status != http.StatusForbidden:
	case rest.code == codeMissingAccess:
		g.cache.lose(channel, allRights, time.Now())
	default:
		g.cache.lose(channel, rightSend, time.Now())
	}
}
