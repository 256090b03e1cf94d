package ingest

import (
	"context"
	"math"
	"time"

	"archivist"
	"archivist/retrieval/ingest/feed"
	"archivist/retrieval/ingest/fetch"
)

const (
	// MaxFeeds is how many feeds a library of Discord's may subscribe to; a local one as many as its owner likes.
	MaxFeeds = 20
	tried    = 3 // feeds that a page names
)

// Subscribe finds the feed at sub.Feed.URL, which is a feed's address or that of a page of a site that has one, subscribes the library to it
// and makes jobs of what it lists. The subscription is durable when it returns; created says whether it is new.
//
// Errors are a *archivist.Failure (NoFeed where neither the page nor the usual places lead to a feed), a *archivist.Invalid for one feed too
// many, the store's, or ctx's.
func (p *Poller) Subscribe(ctx context.Context, sub archivist.Subscription) (polled Polled, created bool, err error) {
	settings, err := p.Rules.Settings(ctx, sub.Library)
	if err != nil {
		return Polled{}, false, err
	}
	response, document, err := p.find(ctx, sub, settings)
	if err != nil {
		return Polled{}, false, err
	}
	now, address := time.Now(), response.URL
	if len(response.Hops) > 0 && !response.ForGood {
		address = response.Hops[0]
	}
	f := archivist.Feed{URL: address, Title: document.Title, Home: document.Home}
	sub.Feed, sub.Added = f, now
	most := MaxFeeds
	if sub.Library.Local() {
		most = math.MaxInt
	}
	if created, err = p.Desk.Subscribe(ctx, sub, most); err != nil {
		return Polled{}, false, err
	}
	answered(&f, response, document, now)
	polled, err = p.save(ctx, address, f, document.Items)
	return polled, created, err
}

// find gives the first feed of those that the address may stand for: itself, what its page names, the usual places.
func (p *Poller) find(ctx context.Context, sub archivist.Subscription, settings map[string]string) (*fetch.Response, feed.Document, error) {
	response, document, err := p.read(ctx, sub, settings, sub.Feed.URL)
	if err == nil || response == nil {
		return response, document, err
	}
	candidates := feed.Links(response.Body, response.URL)
	candidates = append(candidates[:min(len(candidates), tried)], feed.Guesses(response.URL)...)
	for _, candidate := range candidates {
		if response, document, err = p.read(ctx, sub, settings, candidate); err == nil {
			return response, document, nil
		}
		if ctx.Err() != nil {
			return nil, feed.Document{}, ctx.Err()
		}
	}
	return nil, feed.Document{}, &archivist.Failure{Code: archivist.NoFeed, Err: err}
}

// read fetches an address and reads it as a feed. With an error and a response, it is no feed but a page.
func (p *Poller) read(ctx context.Context, sub archivist.Subscription, settings map[string]string, address string) (*fetch.Response, feed.Document, error) {
	if err := checkDomain(settings, address); err != nil {
		return nil, feed.Document{}, err
	}
	response, err := p.Web.Get(ctx, fetch.Request{URL: address, Inside: p.Inside(sub.Library), Takes: fetch.KindFeed})
	if err != nil {
		return nil, feed.Document{}, err
	}
	if err := checkDomain(settings, response.URL); err != nil {
		return nil, feed.Document{}, err
	}
	document, err := feed.Parse(response.Body, response.URL, time.Now())
	return response, document, err
}
