package bot

import (
	"context"
	"strings"

	"archivist"
)

// suggestionsDay is how many feeds a person may suggest in a day.
const suggestionsDay = 5

// feedSuggest tells the moderators of a feed: it stands in their log, from where /admin feed add takes it up. Who has a library alone needs
// nobody's leave, and subscribes at once.
func (b *Bot) feedSuggest(ctx context.Context, r Request) (Card, error) {
	if r.Library.Own() {
		return b.feedAdd(ctx, r)
	}
	address := strings.TrimSpace(r.Options["url"])
	if !web(address) || Units(address) > maxURL {
		return Card{}, &archivist.Failure{Code: archivist.BadURL}
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	if !mayIngest(settings, r) {
		return Card{}, &archivist.Invalid{Code: archivist.NotAllowed, Text: "the moderators let others add articles here"}
	}
	person, err := b.hash(ctx, r)
	if err != nil {
		return Card{}, err
	}
	if err := b.upkeep.Spend(ctx, r.Library, r.Asked, archivist.Quota{Person: person, What: "suggest", Limit: suggestionsDay}); err != nil {
		return Card{}, err
	}
	if err := b.ledger.Note(ctx, r.Library, r.act("feed.suggest", address, "", "")); err != nil {
		return Card{}, err
	}
	return notice(KindNotice, r, "feed.suggested"), nil
}
