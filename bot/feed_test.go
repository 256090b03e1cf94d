package bot

import (
	"context"
	"fmt"
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

// TestFeedOfHiddenPlace: a feed added where not everybody sees stays there, in the subscription and in the list; whoever does not see the
// place can neither find the feed nor change it.
func TestFeedOfHiddenPlace(t *testing.T) {
	d := newDesk(t)
	d.says("/admin roles role:71 part:articles", "71: articles")
	hidden, open := d.r, d.r
	hidden.Channel, hidden.Hidden = "5", "5"
	open.Channel = "6"
	for _, r := range []*Request{&hidden, &open} {
		r.Moderator, r.Roles = false, []string{"71"}
	}
	at := func(r Request, typed string, wanted string, unwanted ...string) {
		t.Helper()
		d.r = r
		text := RenderText(d.says(typed, wanted))
		for _, u := range unwanted {
			if strings.Contains(text, u) {
				t.Errorf("%s says %q:\n%s", typed, u, text)
			}
		}
	}
	const address = "https://herald.example/feed"
	at(hidden, "/admin feed add "+address+" channel:9", "stays in this channel", "told of in 9")
	at(hidden, "/admin feed add "+address+" channel:5", "told of in 5")
	at(hidden, "/admin feed list", "The herald.example")
	at(open, "/admin feed list", "no feeds", "The herald.example")
	for _, command := range []string{"remove ", "pause "} {
		for _, name := range []string{address, "The herald.example/feed"} {
			at(open, "/admin feed "+command+name, "is no feed of this server", "The herald.example/feed https", "any more")
		}
	}
	at(open, "/admin feed add "+address+" channel:9", "was a feed", "told of")
	list, err := d.store.Subscriptions(t.Context(), d.r.Library)
	if err != nil || len(list) != 1 || list[0].Channel != "5" || !slices.Equal(list[0].Channels, []string{"5"}) || list[0].Paused {
		t.Fatalf("subscribed: %+v, %v", list, err)
	}
	// One that all may see is told where it was, until somebody says otherwise.
	const news = "https://news.example/feed"
	at(open, "/admin feed add "+news+" channel:9", "told of in 9")
	at(hidden, "/admin feed add "+news+" channel:9", "told of in 9", "stays in this channel")
	at(hidden, "/admin feed add "+news, "told of nowhere")
	at(hidden, "/admin feed pause "+address, "I bring in nothing of")
	for i := range 20 {
		_, _, err = d.bot.feeds.AddFeed(t.Context(), archivist.Subscription{Library: d.r.Library, Feed: archivist.Feed{URL: fmt.Sprintf("https://%d.example", i)}})
	}
	if err == nil {
		t.Fatal("there is no end of feeds")
	}
	at(open, "/admin feed add https://more.example/", "as many feeds here as there may be", "tomorrow")
}
