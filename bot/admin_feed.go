package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"archivist"
)

// Feeds subscribe libraries to feeds.
type Feeds interface {
	// AddFeed finds the feed at sub.Feed.URL, or that of the site there, and subscribes the library to it; created says whether it is new.
	AddFeed(ctx context.Context, sub archivist.Subscription) (feed archivist.Feed, created bool, err error)
	// Subscriptions lists a library's by the feeds' addresses.
	Subscriptions(ctx context.Context, library archivist.LibraryID) ([]archivist.Subscription, error)
	PauseFeed(ctx context.Context, library archivist.LibraryID, feed string, paused bool, act archivist.Act) error
	Unsubscribe(ctx context.Context, library archivist.LibraryID, feed string, act archivist.Act) error
}

// feedAdd subscribes to a feed, and brings in what it lists.
func (b *Bot) feedAdd(ctx context.Context, r Request) (Card, error) {
	r.progress(notice(KindProgress, r, "feed.looking"))
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	stays := r.stays(settings)
	feed, created, err := b.feeds.AddFeed(ctx, archivist.Subscription{
		Channels: stays,
		Library:  r.Library, Feed: archivist.Feed{URL: strings.TrimSpace(r.Options["url"])}, Channel: r.Options["channel"], Person: r.Person, Act: r.act("feed.add", "", "", ""),
	})
	if err != nil {
		return Card{}, err
	}
	said := "feed.added"
	if !created {
		said = "feed.changed"
	}
	c := Card{Kind: KindNotice, Body: []Block{{Parts: r.sentence(said, feedName(feed))}}}
	if created && len(stays) > 0 {
		c.Body = append(c.Body, line(r.text("feed.hidden")))
	}
	// The store has the say where news are told: an option cannot show elsewhere what is seen in one place alone.
	list, err := b.feeds.Subscriptions(ctx, r.Library)
	for _, sub := range list {
		switch {
		case sub.Feed.URL != feed.URL || !r.view().Sees(sub.Channels):
		case sub.Channel != "":
			c.Body = append(c.Body, Block{Parts: r.sentence("feed.told", channel(sub.Channel))})
		case !created || r.Options["channel"] != "":
			c.Body = append(c.Body, line(r.text("feed.untold")))
		}
	}
	return c, err
}

// feedName is a feed's title, or its address, with the link.
func feedName(f archivist.Feed) Part {
	name := f.Title
	if name == "" {
		name = f.URL
	}
	return Part{Text: short(name, maxLine), Link: linkOf(f.URL)}
}

// feedOf is the subscription whose feed's address, home or title stands in the option, of those that are known of where the request was made.
func (b *Bot) feedOf(ctx context.Context, r Request) (archivist.Subscription, error) {
	wanted := strings.TrimSpace(r.Options["feed"])
	list, err := b.feeds.Subscriptions(ctx, r.Library)
	if err != nil {
		return archivist.Subscription{}, err
	}
	for _, sub := range list {
		if !r.view().Sees(sub.Channels) {
			continue
		}
		if sameAddress(sub.Feed.URL, wanted) || sameAddress(sub.Feed.Home, wanted) || strings.EqualFold(sub.Feed.Title, wanted) {
			return sub, nil
		}
	}
	return archivist.Subscription{}, archivist.ErrNotFound
}

func noFeed(r Request) Card {
	return notice(KindNotice, r, "feed.unknown", short(r.Options["feed"], maxEcho))
}

func (b *Bot) feedRemove(ctx context.Context, r Request) (Card, error) {
	sub, err := b.feedOf(ctx, r)
	if err == nil {
		err = b.feeds.Unsubscribe(ctx, r.Library, sub.Feed.URL, r.act("feed.remove", sub.Feed.URL, "", ""))
	}
	if errors.Is(err, archivist.ErrNotFound) {
		return noFeed(r), nil
	}
	return Card{Kind: KindNotice, Body: []Block{{Parts: r.sentence("feed.removed", feedName(sub.Feed))}}}, err
}

// feedPause has nothing more of a feed brought in, or all again.
func (b *Bot) feedPause(ctx context.Context, r Request) (Card, error) {
	sub, err := b.feedOf(ctx, r)
	paused, said, act := true, "feed.paused", r.act("feed.pause", sub.Feed.URL, "", "")
	if r.Options["paused"] == "false" {
		paused, said, act = false, "feed.resumed", r.act("feed.resume", sub.Feed.URL, "", "")
	}
	if err == nil {
		err = b.feeds.PauseFeed(ctx, r.Library, sub.Feed.URL, paused, act)
	}
	if errors.Is(err, archivist.ErrNotFound) {
		return noFeed(r), nil
	}
	return Card{Kind: KindNotice, Body: []Block{{Parts: r.sentence(said, feedName(sub.Feed))}}}, err
}

func (b *Bot) feedList(ctx context.Context, r Request) (Card, error) {
	list, err := b.feeds.Subscriptions(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	// Who does not see the place that a feed belongs to need not know of it.
	list = slices.DeleteFunc(list, func(sub archivist.Subscription) bool { return !r.view().Sees(sub.Channels) })
	return b.pages(ctx, r, say(r.Locale, "feed.title"), "feed.none", func(skip, n int) (lines []Block, err error) {
		for _, sub := range list[min(skip, len(list)):min(skip+n, len(list))] {
			lines = append(lines, feedLine(r, sub))
		}
		return lines, nil
	})
}

// feedLine is a subscription: the feed, where its news are told, and how it fares.
func feedLine(r Request, sub archivist.Subscription) Block {
	f := sub.Feed
	b := line(feedName(f))
	add := func(parts ...Part) { b.Parts = append(append(b.Parts, plain(" · ")), parts...) }
	if sub.Channel != "" && r.Moderator { // others need not know of channels that they do not see
		add(channel(sub.Channel))
	}
	switch {
	case sub.Paused:
		add(r.text("feed.is_paused"))
	case f.State == archivist.FeedEnded:
		add(r.text("feed.is_ended"))
	case f.State == archivist.FeedPaused:
		add(r.text("feed.is_silent"))
	case !f.Polled.IsZero():
		add(r.sentence("feed.asked", moment(f.Polled))...)
	}
	if f.Code != "" {
		what, _ := explain(r.Locale, f.Code)
		add(plain(what))
	}
	return b
}
