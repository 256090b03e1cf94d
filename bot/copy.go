package bot

import (
	"context"

	"archivist"
)

// offerCopy says that the page at address is gone, with a button that adds an archive's copy of it. card is the id of the link's card.
func (b *Bot) offerCopy(ctx context.Context, r Request, card, address string, gone error) (Card, error) {
	if err := b.keepAdded(ctx, r, card, articleState{Gone: address}); err != nil {
		return Card{}, err
	}
	c := b.Trouble(r, gone)
	c.ID, c.Buttons = card, [][]Button{{{Label: say(r.Locale, "button.copy"), ID: customID(actionCopy, card)}}}
	return c, nil
}

// addCopy brings in the copy, as an article of the page's own address, for the presser alone.
func (b *Bot) addCopy(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := stateOf[articleState](p.card)
	if err != nil {
		return Card{}, err
	}
	if state.Gone == "" {
		return Card{}, errForeign
	}
	return b.addAlone(ctx, r, wanted{name: state.Gone, job: archivist.Job{Kind: archivist.JobArchive, URL: state.Gone}})
}
