package bot

import (
	"context"
	"errors"
	"slices"

	"archivist"
)

// Announce is what a channel is told of a feed: a new article, or that the feed is no longer polled. ok is false where there is nothing to
// tell any more: the article is gone, or not for this channel.
func (b *Bot) Announce(ctx context.Context, r Request, n archivist.Notice) (card Card, ok bool, err error) {
	title := n.Title
	if title == "" {
		title = n.Feed
	}
	switch n.What {
	case archivist.NoticePaused:
		return notice(KindNotice, r, "announce.paused", short(title, maxTitle)), true, nil
	case archivist.NoticeEnded:
		return notice(KindNotice, r, "announce.ended", short(title, maxTitle)), true, nil
	}
	a, err := b.shelf.Article(ctx, r.Library, n.Article)
	if errors.Is(err, archivist.ErrNotFound) || err == nil && a.Channels != nil && !slices.Contains(a.Channels, n.Channel) {
		return Card{}, false, nil
	}
	if err != nil {
		return Card{}, false, err
	}
	card, err = b.articleCard(ctx, r, a, articleState{})
	return card, err == nil, err
}

// Withdraw takes back what a message that was deleted has brought into the queue: those of its links that are not stored yet.
func (b *Bot) Withdraw(ctx context.Context, library archivist.LibraryID, jobs []archivist.JobID) error {
	var errs []error
	for _, id := range jobs {
		if _, err := b.adder.CancelJob(ctx, library, id); err != nil && !errors.Is(err, archivist.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
