package gateway

import (
	"net/http"
	"sync/atomic"
	"time"

	"archivist"
	"archivist/bot"
)

// A spot is where the cards of one interaction are shown, after its acknowledgement.
type spot struct {
	g        *Gateway
	i        interaction
	thinking bool   // the reply is a message of its own, which says "is thinking …" at first; else a pressed message stands there
	private  bool   // that reply is for the asker alone, which never changes
	below    string // the message that was posted below, once there is one
	long     atomic.Bool
}

// spotOf is where a command's reply stands.
func (g *Gateway) spotOf(i interaction, c bot.Command) *spot {
	return &spot{g: g, i: i, thinking: true, private: c.Private || i.options["private"] == "true" || i.mustBePrivate()}
}

// run works on an acknowledged request and shows what comes of it. From now on it is durable: should the process end, the next one
// answers.
func (s *spot) run(r bot.Request, work func(bot.Request) bot.Card) {
	row := archivist.Pending{ID: s.i.id, Guild: s.i.guild, Event: s.i.raw, Created: madeAt(s.i.id)}
	if !s.i.isKept {
		s.g.book.note(row, s.i.duty)
	}
	e := &editor{every: s.g.pace.progress, guard: s.g.guard, show: func(c bot.Card) {
		if s.long.Load() {
			return
		}
		if err := s.show(c, ruleProgress); err != nil {
			s.g.log.Debug("progress", "error", err)
		}
	}}
	r.Progress = e.progress
	waited := func() {} // for the word on the wait, so that it comes before the last word or not at all
	if s.thinking && s.g.age(s.i) < s.g.pace.token {
		told := make(chan struct{})
		soon := time.AfterFunc(s.g.pace.long-s.g.age(s.i), func() {
			defer close(told)
			s.g.guard(func() {
				s.long.Store(true)
				if err := s.show(bot.Long(r, s.private), ruleProgress); err != nil {
					s.g.log.Debug("a word on the wait", "error", err)
				}
			})
		})
		waited = func() {
			if !soon.Stop() {
				<-told
			}
		}
	}
	card := s.g.safe(r, func() bot.Card { return work(r) })
	e.finish()
	waited()
	made := time.Now()
	err := s.deliver(card)
	if err == nil {
		s.g.delivered(card, made, s.i.came)
	}
	if isRefused(err) { // our mistake; nobody shall wait for a card that Discord does not take
		err = s.deliver(s.g.bot.Trouble(r, err))
	}
	if err != nil && s.i.duty.isCut() {
		s.g.leave(s.i.id, s.i.duty, true)
		return
	}
	s.g.finished(s.i, err)
	row.Event = nil
	s.g.book.note(row, s.i.duty)
}

// age is how long ago an interaction was made, on Discord's clock.
func (g *Gateway) age(i interaction) time.Duration { return g.rest.now().Sub(madeAt(i.id)) }

// deliver shows the last word, by the interaction's token or, once that is over, without.
func (s *spot) deliver(card bot.Card) error {
	over := s.g.age(s.i) > s.g.pace.token
	if !over {
		err := s.last(card)
		if err == nil || !tokenOver(err) {
			return err
		}
	}
	if s.thinking || s.below != "" || card.Place == bot.PlaceBelow {
		s.g.later(s.i, s.private, card)
		return s.i.duty.ctx.Err() // what was cut off meanwhile is told again, under the same nonce
	}
	return nil
}

// last shows the last word. What is private takes the public "thinking" away and goes to the asker alone; the order matters: what
// follows a deferral directly would take its place, and its publicity.
func (s *spot) last(card bot.Card) error {
	if s.thinking && card.Private && !s.private {
		if _, err := s.g.webhookMessage(s.i, http.MethodDelete, original, nil, ruleEdit); err != nil && !isCode(err, codeUnknownMessage) {
			return err
		}
		return s.post(card)
	}
	return s.show(card, ruleEdit)
}

// show shows a card where it belongs.
func (s *spot) show(card bot.Card, patience rule) error {
	b := render(card)
	edit := func(message string) error {
		m, err := s.g.webhookMessage(s.i, http.MethodPatch, message, &b, patience)
		s.shown(card, m)
		return err
	}
	switch {
	case s.below != "":
		return edit(s.below)
	case s.thinking:
		return edit(original)
	case card.Place == bot.PlaceBelow || card.Private:
		return s.post(card)
	}
	return s.g.versions.replace(card, func() error { return edit(original) })
}

// shown notes in which message a card is shown.
func (s *spot) shown(card bot.Card, m posted) {
	s.g.places.shown(library(s.i.guild, s.i.person), card, s.i.channel, m.public())
}

// post shows a card below, as a message of its own.
func (s *spot) post(card bot.Card) error {
	b := render(card)
	if card.Private || s.i.mustBePrivate() {
		b.Flags = flagEphemeral
	}
	m, err := s.g.followUp(s.i, b)
	s.below = m.ID
	s.shown(card, m)
	return err
}

// finished logs how the last word of a reply fared. A message that is gone needs none.
func (g *Gateway) finished(i interaction, err error) {
	if err != nil && !isCode(err, codeUnknownMessage, codeUnknownChannel) {
		g.log.Error("a reply was lost", "interaction", i.id, "error", err)
	}
}
