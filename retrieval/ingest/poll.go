package ingest

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"archivist"
	"archivist/retrieval/ingest/feed"
	"archivist/retrieval/ingest/fetch"
)

const (
	pausedAfter = 30 * 24 * time.Hour // without a good answer
	movedWithin = 7 * 24 * time.Hour  // a feed moves when it is sent on for good twice in this time
	pollLease   = 5 * time.Minute     // a poll of which nothing is heard is made again after it
	pollers     = 4                   // feeds polled at the same time
)

// A FeedDesk keeps feeds and makes jobs of what is new in them.
type FeedDesk interface {
	// ClaimFeed takes a feed that is due at now and makes it due again at until; false means that none is due.
	ClaimFeed(ctx context.Context, now, until time.Time) (archivist.Feed, bool, error)
	// SavePoll keeps a feed's state and new items, and makes jobs of at most most of them for each subscription, all in one transaction.
	SavePoll(ctx context.Context, from string, f archivist.Feed, items []archivist.FeedItem, most int) (added int, jobs []archivist.JobID, err error)
	Subscribers(ctx context.Context, feed string) ([]archivist.LibraryID, error)
	Subscribe(ctx context.Context, sub archivist.Subscription, most int) (created bool, err error)
}

// A Poller asks feeds for what is new, each once for all libraries that subscribe to it, and subscribes libraries to feeds.
type Poller struct {
	Desk   FeedDesk
	Web    Web
	Rules  Rules
	Inside func(archivist.LibraryID) bool // as in Reader
	Wake   func()                         // told that there are jobs; may be nil
	Logger *slog.Logger
	Every  time.Duration // how often due feeds are looked for; 0: 10 s
}

// Polled is what a poll brought.
type Polled struct {
	Feed  archivist.Feed // as it is now; Code says why there was no good answer
	Added int            // items that were not known
	Jobs  []archivist.JobID
}

// Run polls feeds as they become due until ctx ends, then returns nil.
func (p *Poller) Run(ctx context.Context) error {
	every := p.Every
	if every == 0 {
		every = 10 * time.Second
	}
	var polling sync.WaitGroup
	for range pollers {
		polling.Go(func() {
			tick := time.NewTicker(every)
			defer tick.Stop()
			for ctx.Err() == nil {
				found := false
				guarded(p.Logger, "polling", func() { found = p.pollNext(ctx) })
				if found {
					continue
				}
				select {
				case <-ctx.Done():
				case <-tick.C:
				}
			}
		})
	}
	polling.Wait()
	return nil
}

// pollNext polls one feed that is due; false says that there is none.
func (p *Poller) pollNext(ctx context.Context) bool {
	now := time.Now()
	f, found, err := p.Desk.ClaimFeed(ctx, now, now.Add(pollLease))
	if err == nil && found {
		_, err = p.Poll(ctx, f)
	}
	if err != nil && ctx.Err() == nil {
		p.Logger.Error("poll a feed", "feed", f.URL, "error", err)
		return false // the store has trouble: no hurry
	}
	return found
}

// Poll asks a feed once and keeps what it says. A feed that cannot be had is no error but in Polled.Feed; errors are the store's, or ctx's.
func (p *Poller) Poll(ctx context.Context, f archivist.Feed) (Polled, error) {
	asking, cancel := context.WithTimeout(ctx, pollLease)
	defer cancel()
	inside, err := p.allInside(asking, f.URL)
	if err != nil {
		return Polled{}, err
	}
	response, err := p.Web.Get(asking, fetch.Request{
		URL: f.URL, Inside: inside, Takes: fetch.KindFeed, Unhurried: true, ETag: f.ETag, Modified: f.Modified,
	})
	if ctx.Err() != nil {
		return Polled{}, ctx.Err()
	}
	from, now := f.URL, time.Now()
	var document feed.Document
	if err == nil && !response.NotModified {
		document, err = feed.Parse(response.Body, response.URL, now)
	}
	if err != nil {
		failed(&f, err, now)
	} else {
		answered(&f, response, document, now)
	}
	return p.save(ctx, from, f, document.Items)
}

// allInside: a feed is read once for all, so that it may lie inside a network only where all may read there.
func (p *Poller) allInside(ctx context.Context, address string) (bool, error) {
	libraries, err := p.Desk.Subscribers(ctx, address)
	for _, library := range libraries {
		if !p.Inside(library) {
			return false, err
		}
	}
	return len(libraries) > 0, err
}

func (p *Poller) save(ctx context.Context, from string, f archivist.Feed, items []archivist.FeedItem) (Polled, error) {
	added, jobs, err := p.Desk.SavePoll(ctx, from, f, items, feed.MaxItems)
	if err != nil {
		return Polled{}, err
	}
	if len(jobs) > 0 && p.Wake != nil {
		p.Wake()
	}
	p.Logger.Debug("polled a feed", "feed", f.URL, "new", added, "jobs", len(jobs), "state", f.State, "code", f.Code, "due", f.Due)
	return Polled{Feed: f, Added: added, Jobs: jobs}, nil
}

// answered notes a good answer: what it is, and when to ask again.
func answered(f *archivist.Feed, response *fetch.Response, document feed.Document, now time.Time) {
	f.Polled, f.Good, f.Failed, f.Code, f.State = now, now, 0, "", archivist.FeedActive
	if response.NotModified {
		f.Unchanged++
	} else {
		if digest := document.Digest(); digest == f.Digest {
			f.Unchanged++
		} else {
			f.Unchanged, f.Digest = 0, digest
		}
		f.Title, f.Home, f.Every, f.Pause = document.Title, document.Home, feed.Every(document.Items), document.Pause
		f.ETag, f.Modified = response.ETag, response.Modified
		if len(response.Hops) > 0 { // they are another address's
			f.ETag, f.Modified = "", ""
		}
	}
	moved(f, response, now)
	f.Due = now.Add(feed.Interval(f.Every, f.Unchanged, max(f.Pause, min(response.MaxAge, feed.MaxPause))))
}

// moved moves a feed that was sent on for good to the same address twice, within a week and not in one answer: the first time may be a
// slip, and nobody tells an archive when it is put right.
func moved(f *archivist.Feed, response *fetch.Response, now time.Time) {
	switch {
	case !response.ForGood || response.URL == f.URL:
		f.MovedTo, f.MovedAt = "", time.Time{}
	case f.MovedTo == response.URL && now.Sub(f.MovedAt) <= movedWithin:
		f.URL, f.MovedTo, f.MovedAt = response.URL, "", time.Time{}
	default:
		f.MovedTo, f.MovedAt = response.URL, now
	}
}

// failed notes an answer that was not good. The next poll is put off as after an unchanged one for each failure in a row, and not before the
// time that the site asked for.
func failed(f *archivist.Feed, err error, now time.Time) {
	f.Polled, f.Code = now, archivist.CodeOf(err)
	f.Failed++
	f.Due = now.Add(feed.Interval(f.Every, f.Failed, 0))
	var pause *fetch.Pause
	if errors.As(err, &pause) && f.Due.Before(pause.Until) {
		f.Due = pause.Until
	}
	switch {
	case errors.Is(err, fetch.StatusGone):
		f.State = archivist.FeedEnded
	case now.Sub(f.Good) > pausedAfter:
		f.State = archivist.FeedPaused
	}
}
