package main

import (
	"context"

	"archivist"
	"archivist/retrieval/ingest"
	"archivist/storage"
)

// feeds are what moderators do with the feeds of their library.
type feeds struct {
	*storage.Store
	house *house
	queue *ingest.Queue
}

// AddFeed subscribes to a feed and has what it lists brought in. Without a contact nobody would poll it from then on.
func (f feeds) AddFeed(ctx context.Context, sub archivist.Subscription) (feed archivist.Feed, created bool, err error) {
	if f.house.config.Ingest.Contact == "" {
		return feed, false, &archivist.Invalid{Code: archivist.FeedsOff, Text: "ingest.contact is not set, so that no feeds are polled"}
	}
	poller, err := f.house.poller(f.queue)
	if err != nil {
		return feed, false, err
	}
	polled, created, err := poller.Subscribe(ctx, sub)
	f.queue.Wake()
	return polled.Feed, created, err
}
