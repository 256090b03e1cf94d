package gateway

import (
	"net/http"

	"archivist/bot"
)

// A spot is where the cards of one interaction are shown, after its acknowledgement.
type spot struct {
	g        *Gateway
	i        interaction
	thinking bool   // the reply is a message of its own, which says "is thinking …" at first; else a pressed message stands there
	private  bool   // that reply is for the asker alone, which never changes
	below    string // the message that was posted below, once there is one
}

// run works on an acknowledged request and shows what comes of it.
func (s *spot) run(r bot.Request, work func(bot.Request) bot.Card) {
	e := &editor{every: s.g.pace.progress, show: func(c bot.Card) {
		if err := s.show(c, ruleProgress); err != nil {
			s.g.log.Debug("progress", "error", err)
		}
	}}
	r.Progress = e.progress
	card := s.g.safe(r, func() bot.Card { return work(r) })
	e.finish()
	s.g.finished(s.last(card))
}

// last shows the last word. What is private takes the public "thinking" away and goes to the asker alone; the order matters: what
// follows a deferral directly would take its place, and its publicity.
func (s *spot) last(card bot.Card) error {
	if s.thinking && card.Private && !s.private {
		if err := s.g.original(s.i, http.MethodDelete, nil, ruleEdit); err != nil && !isCode(err, codeUnknownMessage) {
			return err
		}
		return s.post(card)
	}
	return s.show(card, ruleEdit)
}

// show shows a card where it belongs.
func (s *spot) show(card bot.Card, patience rule) error {
	b := render(card)
	switch {
	case s.below != "":
		return s.g.webhookMessage(s.i, http.MethodPatch, s.below, &b, patience)
	case s.thinking:
		return s.g.original(s.i, http.MethodPatch, &b, patience)
	case card.Place == bot.PlaceDelete:
		return s.g.original(s.i, http.MethodDelete, nil, patience)
	case card.Place == bot.PlaceBelow || card.Private:
		return s.post(card)
	}
	return s.g.versions.replace(card, func() error { return s.g.original(s.i, http.MethodPatch, &b, patience) })
}

// post shows a card below, as a message of its own.
func (s *spot) post(card bot.Card) (err error) {
	b := render(card)
	if card.Private || s.i.mustBePrivate() {
		b.Flags = flagEphemeral
	}
	s.below, err = s.g.followUp(s.i, b)
	return err
}

// finished logs how the last word of a reply fared. A message that is gone needs none.
func (g *Gateway) finished(err error) {
	switch {
	case err == nil, isCode(err, codeUnknownMessage):
	case isCode(err, codeUnknownWebhook, codeTokenOver, codeUnknownInteraction):
		g.log.Warn("a reply came after its token was over", "error", err)
	default:
		g.log.Error("a reply was lost", "error", err)
	}
}
