package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest"
	"archivist/retrieval/ingest/canon"

	"github.com/spf13/cobra"
)

func feedCommand(p *program) *cobra.Command {
	var library string
	command := &cobra.Command{
		Use:   "feed",
		Short: "subscribe a library to feeds of new articles",
		Long: `Subscribe a library to feeds: RSS, Atom, RDF and JSON Feed. Each new item's page is brought in like a link that somebody adds;
where the page cannot be read and the feed has the whole text, that is taken instead.

While "archivist serve" runs, and ingest.contact says who asks, feeds are polled by themselves: half as far apart as their items, at least
15 minutes and at most a day, and more seldom while nothing is new. A feed is asked once for all libraries that subscribe to it.`,
		Example: `  archivist feed add https://herald.example.com/
  archivist feed list
  archivist feed poll`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.PersistentFlags().StringVar(&library, "library", string(archivist.DefaultLibrary), "the library `NAME` that subscribes (guild:ID, user:ID or a name)")
	command.AddCommand(feedAddCommand(p, &library), feedListCommand(p, &library), feedRemoveCommand(p, &library), feedPollCommand(p, &library))
	return command
}

func feedAddCommand(p *program, library *string) *cobra.Command {
	var channel string
	command := &cobra.Command{
		Use:   "add ADDRESS...",
		Short: "subscribe to a feed, or to that of a site",
		Long: `Subscribe to feeds and bring in what they list now, at most the newest 200 articles each (into a library of Discord 50 a day). ADDRESS
is a feed's address, or that of a page: then the feed that the page names is taken, or the one at /feed, /rss.xml or /atom.xml. With
--channel the bot announces in that channel of Discord what is new from then on; adding a feed again changes its channel.`,
		Example: `  archivist feed add https://herald.example.com/
  archivist feed add --library guild:1234567890 --channel 2345678901 https://herald.example.com/feed.xml`,
		Args: atLeast(1, "at least one address"),
		RunE: func(c *cobra.Command, args []string) error {
			if channel != "" && !isSnowflake(channel) {
				return usagef("--channel is the number of a channel on Discord, such as 2345678901")
			}
			return p.feedRun(c.Context(), *library, p.open, func(ctx context.Context, r *feedRun) error {
				for _, address := range args {
					r.add(ctx, address, channel)
				}
				if r.house.config.Ingest.Contact == "" {
					fmt.Fprintln(p.err, "note: ingest.contact is not set; without it archivist serve polls no feeds")
				}
				return nil
			})
		},
	}
	command.Flags().StringVar(&channel, "channel", "", "announce new articles in the Discord channel `ID`")
	return command
}

func isSnowflake(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

func feedPollCommand(p *program, library *string) *cobra.Command {
	return &cobra.Command{
		Use:   "poll [ADDRESS...]",
		Short: "ask feeds now for what is new, and bring it in",
		Long: `Ask the feeds at the addresses given, or all to which the library subscribes, whether due or not, and bring in what is new. It may run
beside "archivist serve". A feed that was paused, as it had given no good answer for 30 days, is polled again by itself once it answers.`,
		Example: `  archivist feed poll
  archivist feed poll --library town https://herald.example.com/feed.xml`,
		RunE: func(c *cobra.Command, args []string) error {
			return p.feedRun(c.Context(), *library, p.openExisting, func(ctx context.Context, r *feedRun) error {
				subscriptions, err := r.subscriptions(ctx, args)
				if err != nil {
					return err
				}
				for _, sub := range subscriptions {
					if err := r.poll(ctx, sub.Feed); err != nil {
						return err
					}
				}
				return nil
			})
		},
		Args: cobra.ArbitraryArgs,
	}
}

func feedRemoveCommand(p *program, library *string) *cobra.Command {
	return &cobra.Command{
		Use:     "remove ADDRESS...",
		Short:   "end subscriptions; what was brought in stays",
		Long:    `End the subscriptions to the feeds at these addresses, as "archivist feed list" shows them. Articles that were brought in stay.`,
		Example: `  archivist feed remove https://herald.example.com/feed.xml`,
		Args:    atLeast(1, "at least one address"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.feedRun(c.Context(), *library, p.openExisting, func(ctx context.Context, r *feedRun) error {
				subscriptions, err := r.subscriptions(ctx, args)
				if err != nil {
					return err
				}
				for _, sub := range subscriptions {
					if err := r.house.store.Unsubscribe(ctx, r.library, sub.Feed.URL, archivist.Act{Actor: "cli", Verb: "feed.remove", Target: sub.Feed.URL}); err != nil {
						return err
					}
					fmt.Fprintf(p.out, "removed %s\n", sub.Feed.URL)
				}
				return nil
			})
		},
	}
}

func feedListCommand(p *program, library *string) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "list",
		Short: "list the feeds of a library",
		Long: `List the feeds to which a library subscribes: state, when it was last asked and will be asked next, how many of its items are known,
and why the last poll failed if it did.`,
		Example: `  archivist feed list
  archivist feed list --json | jq -r .url`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.feedRun(c.Context(), *library, p.openExisting, func(ctx context.Context, r *feedRun) error {
				subscriptions, err := r.subscriptions(ctx, nil)
				if err != nil {
					return err
				}
				for _, sub := range subscriptions {
					if err := r.show(sub, asJSON); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a feed")
	return command
}

// A feedRun is one run of a feed command.
type feedRun struct {
	*jobRun
	poller *ingest.Poller
}

// feedRun opens the house, does the work and brings in what it made jobs of.
func (p *program) feedRun(ctx context.Context, library string, open func(context.Context) (*house, error), work func(context.Context, *feedRun) error) error {
	id, err := archivist.ParseLibraryID(library)
	if err != nil {
		return usagef("--library: %v", err)
	}
	h, err := open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	h.hush(p)
	jobs, err := h.jobRun(p, id)
	if err != nil {
		return err
	}
	poller, err := h.poller(jobs.queue)
	if err != nil {
		return err
	}
	r := &feedRun{jobRun: jobs, poller: poller}
	if err := work(ctx, r); err != nil {
		return err
	}
	return r.finish(ctx)
}

// subscriptions are those to the feeds at these addresses, all where there are none; that the library has none is told.
func (r *feedRun) subscriptions(ctx context.Context, addresses []string) ([]archivist.Subscription, error) {
	all, err := r.house.store.Subscriptions(ctx, r.library)
	if err == nil && len(all) == 0 && len(addresses) == 0 {
		err = r.house.tellNone(ctx, r.program, r.library, "feeds")
	}
	if err != nil || len(addresses) == 0 {
		return all, err
	}
	var chosen []archivist.Subscription
	for _, address := range addresses {
		found := false
		for _, sub := range all {
			if canon.Key(sub.Feed.URL) == canon.Key(address) {
				chosen, found = append(chosen, sub), true
			}
		}
		if !found {
			return nil, usagef("%s is no feed of library %s; archivist feed list shows them", address, r.library)
		}
	}
	return chosen, nil
}

func (r *feedRun) add(ctx context.Context, address, channel string) {
	polled, created, err := r.poller.Subscribe(ctx, archivist.Subscription{Library: r.library, Feed: archivist.Feed{URL: address}, Channel: channel, Person: "cli"})
	if err != nil {
		r.failed(&sourceError{address, err})
		return
	}
	verb := "subscribed"
	if !created {
		verb = "subscribed already"
	}
	r.did = true
	fmt.Fprintf(r.out, "%s %s %s\n", verb, polled.Feed.URL, polled.Feed.Title)
	r.jobs = append(r.jobs, polled.Jobs...)
}

func (r *feedRun) poll(ctx context.Context, f archivist.Feed) error {
	polled, err := r.poller.Poll(ctx, f)
	if err != nil {
		return err
	}
	if polled.Feed.Code != "" {
		r.failed(&sourceError{f.URL, &archivist.Failure{Code: polled.Feed.Code, Detail: "the feed gave no good answer"}})
		return nil
	}
	r.did = true
	fmt.Fprintf(r.out, "polled %s: %d new\n", polled.Feed.URL, polled.Added)
	r.jobs = append(r.jobs, polled.Jobs...)
	return nil
}

// A jsonFeed is a line of `archivist feed list --json`.
type jsonFeed struct {
	URL     string    `json:"url"`
	Title   string    `json:"title"`
	State   string    `json:"state"`
	Items   int       `json:"items"`
	Channel string    `json:"channel,omitempty"`
	Polled  time.Time `json:"polled"`
	Due     time.Time `json:"due"`
	Code    string    `json:"code,omitempty"`
}

func (r *feedRun) show(sub archivist.Subscription, asJSON bool) error {
	f := sub.Feed
	if asJSON {
		return json.NewEncoder(r.out).Encode(jsonFeed{f.URL, f.Title, string(f.State), f.Items, sub.Channel, f.Polled, f.Due, string(f.Code)})
	}
	line := fmt.Sprintf("%s %s · %s · %d items · asked %s", f.URL, f.Title, f.State, f.Items, f.Polled.Local().Format("2006-01-02 15:04"))
	if f.State == archivist.FeedActive {
		line += ", next " + f.Due.Local().Format("2006-01-02 15:04")
	}
	if f.Code != "" {
		line += fmt.Sprintf(" · failed %d times in a row: %s", f.Failed, f.Code)
	}
	if sub.Channel != "" {
		line += " · announced in " + sub.Channel
	}
	_, err := fmt.Fprintln(r.out, line)
	return err
}
