package bot

import (
	"context"
	"errors"
	"time"

	"archivist"
)

// A complaint is an error that the asker can mend, with its own sentence in the catalogues.
type complaint struct {
	key  string
	args []any
}

func complain(key string, args ...any) error { return &complaint{key, args} }

func (c *complaint) Error() string { return say(fallback, c.key, c.args...) }

// Trouble is the card of an error: why, and the way on. What is our own failure becomes an incident: the asker sees its number, the
// log has the number and the whole chain.
func (b *Bot) Trouble(r Request, err error) Card {
	code := archivist.CodeOf(err)
	var own *complaint
	switch {
	case errors.As(err, &own):
		return notice(KindError, r, own.key, own.args...)
	case errors.Is(err, archivist.ErrNotFound):
		return notice(KindNotice, r, "card.left")
	case errors.Is(err, context.Canceled):
		return Stopping(r)
	}
	what, way := explain(r.Locale, code)
	c := Card{Kind: KindError, Private: true, Body: []Block{line(plain(what), plain("\n"), plain(way))}}
	if instead := r.instead(archivist.OfferOf(err)); instead != nil {
		c.Body = []Block{line(plain(what)), {Parts: instead}}
	}
	if isIncident(code) {
		incident, isNew := b.incidents.number(code, time.Now())
		c.Footer = say(r.Locale, "error.incident", incident)
		if isNew {
			b.log.Error("incident", "incident", incident, "command", r.Command, "library", string(r.Library), "error", err)
		}
	}
	return c
}

// instead names what can be brought in instead; nil for nothing.
func (r Request) instead(offer archivist.Offer) []Part {
	if !web(offer.URL) {
		return nil
	}
	link := Part{Text: short(offer.URL, maxLine), Link: offer.URL}
	if offer.Kind == archivist.OfferArchive {
		return r.sentence("offer.archive", link, day(offer.At))
	}
	return r.sentence("offer.feed", link)
}

// Stopping is what late requests are told while the process ends.
func Stopping(r Request) Card { return notice(KindNotice, r, "error.stopping") }

// Busy is what requests are told that come on top of too many.
func Busy(r Request) Card { return notice(KindNotice, r, "error.busy") }

// Late is what is said of a request that was seen when it could no longer be answered.
func Late(r Request) Card {
	c := notice(KindNotice, r, "error.late")
	c.Buttons = askAgain(r)
	return c
}

// Owed is an answer that could not be shown in its time.
func Owed(r Request, c Card) Card {
	c.Body = append([]Block{line(r.text("error.owed"))}, c.Body...)
	c.Private = true
	return c
}

// Unreadable is said to replies whose words Discord keeps from us, once a day to each person.
func Unreadable(r Request) Card { return notice(KindNotice, r, "error.unreadable") }

// Long is what is shown of a request that outlives the time in which Discord lets its reply be changed: where the end will stand.
func Long(r Request, private bool) Card {
	if private {
		return notice(KindProgress, r, "error.long_private")
	}
	return notice(KindProgress, r, "error.long")
}
