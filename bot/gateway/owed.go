package gateway

import (
	"errors"
	"slices"
	"sync"

	"archivist/bot"
)

// owedAtMost is how many answers are owed at a time; then the oldest is forgotten.
const owedAtMost = 1000

// owed are private answers that could be shown nowhere: their tokens were over, and the people take no direct messages. Each is shown with the
// next command that the person gives in the same place. A restart forgets them.
type owed struct {
	mu    sync.Mutex
	cards map[string]bot.Card // by creditor
	order []string
}

// creditor is who is owed an answer, and where it may be shown: what a channel hides is not shown elsewhere; a person's own library is their own
// everywhere.
func creditor(i interaction) string {
	if i.guild == "" {
		return i.person
	}
	return i.person + " " + i.channel
}

// keep remembers an answer; one that was owed before is forgotten. It has no files: they would fill the memory.
func (o *owed) keep(creditor string, c bot.Card) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.put(creditor, c)
}

// putBack remembers an answer that was taken and could not be shown, unless another has come meanwhile.
func (o *owed) putBack(creditor string, c bot.Card) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.cards[creditor]; !known {
		o.put(creditor, c)
	}
}

// put is keep under the lock.
func (o *owed) put(creditor string, c bot.Card) {
	if o.cards == nil {
		o.cards = map[string]bot.Card{}
	}
	if _, known := o.cards[creditor]; !known {
		if len(o.order) >= owedAtMost {
			delete(o.cards, o.order[0])
			o.order = o.order[1:]
		}
		o.order = append(o.order, creditor)
	}
	c.Files = nil
	o.cards[creditor] = c
}

// take gives an answer that is owed, once.
func (o *owed) take(creditor string) (c bot.Card, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c, ok = o.cards[creditor]; ok {
		delete(o.cards, creditor)
		o.order = slices.DeleteFunc(o.order, func(other string) bool { return other == creditor })
	}
	return c, ok
}

// payBack shows, below the reply to a command, what is owed to whoever gave it. What Discord did not take waits for the next one, unless it is a
// mistake of ours; what it may have taken would be shown twice.
func (g *Gateway) payBack(i interaction, r bot.Request) {
	if i.duty.isCut() {
		return
	}
	c, ok := g.owed.take(creditor(i))
	if !ok {
		return
	}
	b := render(bot.Owed(r, c))
	b.Flags = flagEphemeral
	_, err := g.followUp(i, b)
	var rest *restError
	switch {
	case err == nil:
	case isRefused(err) || !errors.As(err, &rest) && !errors.Is(err, errInvalid):
		g.log.Warn("an answer that was owed is lost, or was shown", "error", err)
	default:
		g.log.Warn("an answer that is owed could not be shown, and waits for the next command", "error", err)
		g.owed.putBack(creditor(i), c)
	}
}
