package bot

import (
	"context"
	"errors"

	"archivist"
)

// retract takes back a link that was added: it cancels the job while that is open, and removes the article for a minute after. Whoever added
// it may, and moderators.
func (b *Bot) retract(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := stateOf[articleState](p.card)
	if err != nil {
		return Card{}, err
	}
	if !p.owner && !r.Moderator {
		return notice(KindNotice, r, "add.undo_owner"), nil
	}
	if state.Article == 0 {
		cancelled, err := b.adder.CancelJob(ctx, r.Library, state.Job)
		if err != nil || cancelled {
			return notice(KindNotice, r, "add.cancelled"), err
		}
		// It was done just now: the card with its Undo is about to come.
		return notice(KindNotice, r, "add.undo_soon"), nil
	}
	if r.Asked.After(state.Until) {
		return notice(KindNotice, r, "add.undo_late"), nil
	}
	article, err := b.read(ctx, r, state.Article)
	if errors.Is(err, archivist.ErrNotFound) {
		return notice(KindNotice, r, "card.left"), nil
	}
	if err != nil {
		return Card{}, err
	}
	if _, err := b.remover.RemoveAll(ctx, r.Library, []archivist.ArticleID{article.ID}, r.act("article.remove", "#"+number(article.ID), "", "")); err != nil {
		return Card{}, err
	}
	c := notice(KindNotice, r, "add.undone", short(article.Title, maxTitle))
	c.Private, c.ID, c.Version = false, p.card.ID, state.Version+1 // instead of the article's card, for all who see it
	return c, nil
}
