package gateway

import (
	"sync"

	"archivist/bot"
)

const versionsAtMost = 10_000

// versions keeps an older state of a card from taking the place of a newer one, however the edits of several presses overtake each
// other. It remembers the newest cards alone: older ones are hardly pressed twice at once.
type versions struct {
	mu    sync.Mutex
	cards map[string]*cardVersion
	order []string
}

type cardVersion struct {
	mu    sync.Mutex // held while an edit is under way
	shown int
}

// replace runs edit unless a newer state of the card was shown already. One card is edited by one press at a time.
func (v *versions) replace(c bot.Card, edit func() error) error {
	if c.ID == "" {
		return edit()
	}
	known := v.of(c.ID)
	known.mu.Lock()
	defer known.mu.Unlock()
	if c.Version < known.shown {
		return nil
	}
	err := edit()
	if err == nil {
		known.shown = c.Version
	}
	return err
}

func (v *versions) of(id string) *cardVersion {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.cards == nil {
		v.cards = map[string]*cardVersion{}
	}
	known := v.cards[id]
	if known == nil {
		if len(v.order) >= versionsAtMost {
			delete(v.cards, v.order[0])
			v.order = v.order[1:]
		}
		known = &cardVersion{}
		v.cards[id] = known
		v.order = append(v.order, id)
	}
	return known
}
