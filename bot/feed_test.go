package bot

import (
	"context"
	"slices"
	"strings"
	"testing"

	"archivist"
)

// feedsOf is a library's subscriptions.
type feedsOf []archivist.Subscription

func (f feedsOf) AddFeed(_ context.Context, sub archivist.Subscription) (archivist.Feed, bool, error) {
	return sub.Feed, true, nil
}

func (f feedsOf) Subscriptions(context.Context, archivist.LibraryID) ([]archivist.Subscription, error) {
	return f, nil
}

func (f feedsOf) PauseFeed(context.Context, archivist.LibraryID, string, bool, archivist.Act) error {
	return nil
}

func (f feedsOf) Unsubscribe(context.Context, archivist.LibraryID, string, archivist.Act) error {
	return nil
}

func TestFeedsForEverybody(t *testing.T) {
	s, b, r := fixture()
	r.Moderator = false
	b.feeds = feedsOf{{Feed: archivist.Feed{URL: "https://herald.example/feed", Title: "Harbour Herald"}, Channel: "9"}}
	k := talking(t, b, r)
	list := k.says("/feed list", "Harbour Herald https://herald.example/feed")
	for _, p := range list.Body[0].Parts {
		if p.Channel == "9" {
			t.Error("the list tells of a channel that not everybody need see")
		}
	}
	k.says("/feed suggest nonsense", "That is no address of a page.")
	k.says("/feed suggest https://news.example/feed", "The moderators see it")
	if len(s.acts) != 1 || s.acts[0] != (archivist.Act{Actor: "7", Verb: "feed.suggest", Target: "https://news.example/feed"}) {
		t.Errorf("the log has %+v", s.acts)
	}
	s.limit = &archivist.Invalid{Code: archivist.TooManyRequests}
	k.says("/feed suggest https://news.example/feed", "more than one may do here in a day")
	s.settings[settingWho] = whoModerators
	k.says("/feed suggest https://news.example/feed", "let only some people add")
	k.r.Library, s.limit = "user:7", nil
	k.says("/feed suggest https://news.example/feed", "https://news.example/feed")
	if len(s.acts) != 1 {
		t.Errorf("who has a library alone suggests to nobody: %+v", s.acts)
	}
}

// TestFeedOfHiddenPlace: a feed added where not everybody sees stays there, in the subscription and in the list.
func TestFeedOfHiddenPlace(t *testing.T) {
	_, b, r := fixture()
	kept := &keptFeeds{}
	b.feeds = kept
	r.Moderator, r.Channel, r.Hidden = true, "5", "5"
	k := talking(t, b, r)
	if text := RenderText(k.says("/admin feed add https://herald.example/feed channel:9", "Harbour Herald", "stays in this channel")); strings.Contains(text, "told of") {
		t.Errorf("another channel is told of it:\n%s", text)
	}
	if len(kept.feedsOf) != 1 || kept.feedsOf[0].Channel != "" || !slices.Equal(kept.feedsOf[0].Channels, []string{"5"}) {
		t.Fatalf("subscribed: %+v", kept.feedsOf)
	}
	k.r.Person = "8" // no console, which is at home everywhere
	k.says("/feed list", "Harbour Herald")
	k.r.Channel, k.r.Hidden = "6", ""
	if text := RenderText(k.says("/feed list")); strings.Contains(text, "Harbour Herald") {
		t.Errorf("another channel lists it:\n%s", text)
	}
	k.says("/admin feed add https://news.example/feed channel:9", "told of in 9")
	if len(kept.feedsOf) != 2 || kept.feedsOf[1].Channels != nil {
		t.Errorf("subscribed: %+v", kept.feedsOf)
	}
}

// keptFeeds takes feeds up.
type keptFeeds struct{ feedsOf }

func (f *keptFeeds) AddFeed(_ context.Context, sub archivist.Subscription) (archivist.Feed, bool, error) {
	sub.Feed.Title = "Harbour Herald"
	f.feedsOf = append(f.feedsOf, sub)
	return sub.Feed, true, nil
}
