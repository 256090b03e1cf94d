package tables

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"archivist"
)

// keptFeedItems is how many items of a feed are remembered, five times as many as are taken from one answer: an item that left the feed
// and comes back is not new.
const keptFeedItems = 1000

// neverSeen is a subscription's seen before the first poll that it has part in.
const neverSeen = -1

const feedColumns = `url, title, home, state, etag, modified, every, pause, digest, due, polled, good, unchanged, failed, code, moved_to, moved_at,
	(SELECT count(*) FROM feed_item WHERE feed_item.feed = feed.url)`

func scanFeed(scan Scan, f *archivist.Feed, more ...any) error {
	var every, pause int64
	var due, polled, good, moved sql.NullInt64
	err := scan(append([]any{
		&f.URL, &f.Title, &f.Home, &f.State, &f.ETag, &f.Modified, &every, &pause, &f.Digest, &due, &polled, &good, &f.Unchanged, &f.Failed, &f.Code, &f.MovedTo, &moved, &f.Items,
	}, more...)...)
	f.Every, f.Pause = time.Duration(every)*time.Millisecond, time.Duration(pause)*time.Millisecond
	f.Due, f.Polled, f.Good, f.MovedAt = fromMillis(due), fromMillis(polled), fromMillis(good), fromMillis(moved)
	return err
}

// Subscribe makes a library's subscription to sub.Feed.URL, or changes the channel that is told of the one that is there; created tells which. A feed
// that nobody polled so far, or that is paused or ended, becomes due at sub.Added. A library that has most subscriptions already is told so
// (archivist.TooManyRequests).
func (s *Store) Subscribe(ctx context.Context, sub archivist.Subscription, most int) (created bool, err error) {
	added := sub.Added.UnixMilli()
	err = s.write(ctx, func(t *tx) error {
		if err := t.ensureLibrary(sub.Library); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO feed (url, title, home, due, good) VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (url) DO UPDATE SET
			state = 'active', due = iif(state = 'active', due, ?4), good = iif(state = 'active', good, ?4), failed = iif(state = 'active', failed, 0)`,
			sub.Feed.URL, sub.Feed.Title, sub.Feed.Home, added); err != nil {
			return err
		}
		if sub.Act.Verb != "" {
			sub.Act.Target = sub.Feed.URL
			if err := t.audit(sub.Library, sub.Act); err != nil {
				return err
			}
		}
		n, err := t.exec(`UPDATE subscription SET channel = ? WHERE library = ? AND feed = ?`, sub.Channel, sub.Library, sub.Feed.URL)
		if err != nil || n > 0 {
			return err
		}
		var count int
		if _, err := t.row(`SELECT count(*) FROM subscription WHERE library = ?`, []any{sub.Library}, &count); err != nil {
			return err
		}
		if count >= most {
			return &archivist.Invalid{Code: archivist.TooManyRequests, Text: fmt.Sprintf("a library may have %d feeds; remove one first", most)}
		}
		created = true
		_, err = t.exec(`INSERT INTO subscription (library, feed, channel, person, added, channels) VALUES (?, ?, ?, ?, ?, ?)`,
			sub.Library, sub.Feed.URL, sub.Channel, sub.Person, added, strings.Join(sub.Channels, " "))
		return err
	})
	return created, err
}

// Unsubscribe ends a library's subscription, and forgets a feed that nobody subscribes to any more; archivist.ErrNotFound says that there
// was none.
func (s *Store) Unsubscribe(ctx context.Context, library archivist.LibraryID, feed string, act archivist.Act) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM subscription WHERE library = ? AND feed = ?`, library, feed)
		if err != nil {
			return err
		}
		if n == 0 {
			return archivist.ErrNotFound
		}
		if _, err := t.exec(`DELETE FROM feed WHERE NOT EXISTS (SELECT 1 FROM subscription WHERE subscription.feed = feed.url)`); err != nil {
			return err
		}
		return t.audit(library, act)
	})
}

// PauseFeed has nothing of a feed brought in for a library, or again all that it has listed meanwhile; archivist.ErrNotFound says that there is
// no such subscription.
func (s *Store) PauseFeed(ctx context.Context, library archivist.LibraryID, feed string, paused bool, act archivist.Act) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE subscription SET paused = ? WHERE library = ? AND feed = ?`, paused, library, feed)
		if err != nil {
			return err
		}
		if n == 0 {
			return archivist.ErrNotFound
		}
		return t.audit(library, act)
	})
}

// Subscriptions lists a library's subscriptions by the feeds' addresses.
func (s *Store) Subscriptions(ctx context.Context, library archivist.LibraryID) ([]archivist.Subscription, error) {
	var list []archivist.Subscription
	err := s.rows(ctx, `SELECT `+feedColumns+`, channel, person, added, paused, channels FROM subscription JOIN feed ON feed.url = subscription.feed WHERE library = ? ORDER BY url`,
		[]any{library}, func(scan Scan) error {
			sub := archivist.Subscription{Library: library}
			var added sql.NullInt64
			var channels string
			err := scanFeed(scan, &sub.Feed, &sub.Channel, &sub.Person, &added, &sub.Paused, &channels)
			sub.Added = fromMillis(added)
			if channels != "" {
				sub.Channels = strings.Fields(channels)
			}
			list = append(list, sub)
			return err
		})
	return list, err
}

// Subscribers lists the libraries that subscribe to a feed, by id.
func (s *Store) Subscribers(ctx context.Context, feed string) ([]archivist.LibraryID, error) {
	var list []archivist.LibraryID
	err := s.rows(ctx, `SELECT library FROM subscription WHERE feed = ? ORDER BY library`, []any{feed}, func(scan Scan) error {
		var library archivist.LibraryID
		err := scan(&library)
		list = append(list, library)
		return err
	})
	return list, err
}

// ClaimFeed takes the active feed that is due the longest, and makes it due again at until: if nothing is heard of its poll, another
// process polls it then. false says that none is due at now.
func (s *Store) ClaimFeed(ctx context.Context, now, until time.Time) (feed archivist.Feed, found bool, err error) {
	const due = `FROM feed WHERE state = 'active' AND due <= ? AND EXISTS (SELECT 1 FROM subscription WHERE subscription.feed = feed.url) ORDER BY due, url LIMIT 1`
	// Most looks find nothing: they are made without the writing connection.
	if found, err = s.row(ctx, `SELECT 1 `+due, []any{now.UnixMilli()}, new(int)); err != nil || !found {
		return feed, false, err
	}
	err = s.write(ctx, func(t *tx) error {
		found = false
		err := t.rows(`SELECT `+feedColumns+` `+due, []any{now.UnixMilli()}, func(scan Scan) error {
			found = true
			return scanFeed(scan, &feed)
		})
		if err == nil && found {
			_, err = t.exec(`UPDATE feed SET due = ? WHERE url = ?`, until.UnixMilli(), feed.URL)
		}
		return err
	})
	return feed, found, err
}

// SavePoll keeps what a poll found, all in one transaction: the feed's state, the items that it did not have (new to old, as in
// archivist.FeedItem), and for each subscription a job of kind archivist.JobFeed for each of the newest most items that it has not had, due
// at feed.Polled, as far as archivist.FeedDay lets it; with a notice where it has a channel, but not for what stood in the feed when the subscription began. Channels are told of
// a feed that is not active any more. from is the address that was polled: where feed.URL is another, the feed moves there, and its
// subscriptions join those of a feed that is there already.
//
// It returns how many items were new, and the jobs of all libraries. A feed that is gone meanwhile is no error.
func (s *Store) SavePoll(ctx context.Context, from string, feed archivist.Feed, items []archivist.FeedItem, most int) (added int, jobs []archivist.JobID, err error) {
	err = s.write(ctx, func(t *tx) error {
		added, jobs = 0, nil
		var state archivist.FeedState
		if found, err := t.row(`SELECT state FROM feed WHERE url = ?`, []any{from}, &state); err != nil || !found {
			return err
		}
		if feed.URL != from {
			if err := t.moveFeed(from, feed.URL); err != nil {
				return err
			}
		}
		if err := t.saveFeed(feed); err != nil {
			return err
		}
		var err error
		if added, err = t.saveItems(feed.URL, items); err != nil {
			return err
		}
		if jobs, err = t.deliver(feed, most); err != nil {
			return err
		}
		if feed.State == state || feed.State == archivist.FeedActive {
			return nil
		}
		what := map[archivist.FeedState]archivist.NoticeKind{archivist.FeedPaused: archivist.NoticePaused, archivist.FeedEnded: archivist.NoticeEnded}[feed.State]
		_, err = t.exec(`INSERT INTO notice (library, feed, channel, what, job, created)
			SELECT library, feed, channel, ?, 0, ? FROM subscription WHERE feed = ? AND channel <> '' ON CONFLICT DO NOTHING`,
			what, feed.Polled.UnixMilli(), feed.URL)
		return err
	})
	return added, jobs, err
}

// moveFeed gives a feed another address. Where that is a feed already, its subscriptions go over to it.
func (t *tx) moveFeed(from, to string) error {
	found, err := t.row(`SELECT 1 FROM feed WHERE url = ?`, []any{to}, new(int))
	switch {
	case err != nil:
		return err
	case !found:
		_, err = t.exec(`UPDATE feed SET url = ? WHERE url = ?`, to, from)
		return err
	}
	// What the old address listed is known, so that nothing comes twice.
	if _, err = t.exec(`INSERT INTO subscription (library, feed, channel, person, added, paused, channels, seen, day, served)
		SELECT library, ?2, channel, person, added, paused, channels, (SELECT coalesce(max(seq), 0) FROM feed_item WHERE feed = ?2), day, served FROM subscription WHERE feed = ?1 ON CONFLICT DO NOTHING`,
		from, to); err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM feed WHERE url = ?`, from)
	return err
}

func (t *tx) saveFeed(f archivist.Feed) error {
	_, err := t.exec(`UPDATE feed SET title = ?, home = ?, state = ?, etag = ?, modified = ?, every = ?, pause = ?, digest = ?, due = ?, polled = ?, good = ?, unchanged = ?,
		failed = ?, code = ?, moved_to = ?, moved_at = ? WHERE url = ?`,
		f.Title, f.Home, f.State, f.ETag, f.Modified, f.Every.Milliseconds(), f.Pause.Milliseconds(), f.Digest, f.Due.UnixMilli(), millis(f.Polled), f.Good.UnixMilli(), f.Unchanged,
		f.Failed, f.Code, f.MovedTo, millis(f.MovedAt), f.URL)
	return err
}

// saveItems adds the items that the feed did not have, the oldest first, and forgets those that are long past.
func (t *tx) saveItems(feed string, items []archivist.FeedItem) (added int, err error) {
	for _, item := range slices.Backward(items) {
		var content any
		if item.Content != "" {
			content = packer.EncodeAll([]byte(item.Content), nil)
		}
		n, err := t.exec(`INSERT INTO feed_item (feed, seq, key, url, title, published, content)
			VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM feed_item WHERE feed = ?1), ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING`,
			feed, item.Key, item.URL, item.Title, millis(item.Published), content)
		if err != nil {
			return added, err
		}
		added += int(n)
	}
	if added == 0 {
		return 0, nil
	}
	_, err = t.exec(`DELETE FROM feed_item WHERE feed = ?1 AND seq <= (SELECT max(seq) FROM feed_item WHERE feed = ?1) - ?2`, feed, keptFeedItems)
	return added, err
}

// deliver makes jobs of what each subscription has not had yet.
func (t *tx) deliver(feed archivist.Feed, most int) (jobs []archivist.JobID, err error) {
	type subscription struct {
		library         archivist.LibraryID
		channel, person string
		channels        string
		seen            int64
		served          int // today
	}
	today := feed.Polled.UnixMilli() / millisPerDay
	var subscriptions []subscription
	err = t.rows(`SELECT library, channel, person, channels, seen, iif(day = ?2, served, 0) FROM subscription WHERE feed = ?1 AND NOT paused AND seen < (SELECT coalesce(max(seq), 0) FROM feed_item WHERE feed = ?1) ORDER BY library`,
		[]any{feed.URL, today}, func(scan Scan) error {
			var s subscription
			err := scan(&s.library, &s.channel, &s.person, &s.channels, &s.seen, &s.served)
			subscriptions = append(subscriptions, s)
			return err
		})
	if err != nil {
		return nil, err
	}
	for _, s := range subscriptions {
		type numbered struct {
			archivist.FeedItem
			seq int64
		}
		var items []numbered // new to old
		if err := t.rows(`SELECT url, key, seq FROM feed_item WHERE feed = ? AND seq > ? ORDER BY seq DESC LIMIT ?`, []any{feed.URL, s.seen, most}, func(scan Scan) error {
			var item numbered
			err := scan(&item.URL, &item.Key, &item.seq)
			items = append(items, item)
			return err
		}); err != nil {
			return nil, err
		}
		if left := max(0, archivist.FeedDay-s.served); !s.library.Local() && len(items) > left {
			if s.seen == neverSeen {
				items = items[:left]
			} else {
				items = items[len(items)-left:]
			}
		}
		if len(items) == 0 {
			continue
		}
		for _, item := range slices.Backward(items) {
			job, err := t.enqueue(archivist.Job{
				Library: s.library, Kind: archivist.JobFeed, URL: item.URL, Key: item.Key, Lane: archivist.LaneFeed, Person: s.person, Channels: strings.Fields(s.channels), Due: feed.Polled, Created: feed.Polled,
			})
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, job)
			if s.channel == "" || s.seen == neverSeen {
				continue
			}
			if _, err := t.exec(`INSERT INTO notice (library, feed, channel, what, job, created) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				s.library, feed.URL, s.channel, archivist.NoticeArticle, job, feed.Polled.UnixMilli()); err != nil {
				return nil, err
			}
		}
		if _, err := t.exec(`UPDATE subscription SET seen = ?, day = ?, served = ? WHERE library = ? AND feed = ?`,
			items[0].seq, today, s.served+len(items), s.library, feed.URL); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// FeedItem is what a library's feeds say of the page with a key, or archivist.ErrNotFound. Where several list it, one with a text of its own
// is taken.
func (s *Store) FeedItem(ctx context.Context, library archivist.LibraryID, key string) (archivist.FeedItem, error) {
	item := archivist.FeedItem{Key: key}
	var published sql.NullInt64
	var content []byte
	found, err := s.row(ctx, `SELECT i.url, i.title, i.published, i.content FROM subscription s JOIN feed_item i ON i.feed = s.feed
		WHERE s.library = ? AND i.key = ? ORDER BY i.content IS NULL, s.feed LIMIT 1`, []any{library, key}, &item.URL, &item.Title, &published, &content)
	if err != nil || !found {
		return item, errors.Join(err, notFound(err == nil))
	}
	item.Published = fromMillis(published)
	if content != nil {
		content, err = unpacker.DecodeAll(content, nil)
	}
	item.Content = string(content)
	return item, err
}

// Notices lists up to n notices that a channel can be told by now, the oldest first.
func (s *Store) Notices(ctx context.Context, n int) ([]archivist.Notice, error) {
	var list []archivist.Notice
	err := s.rows(ctx, `SELECT n.library, n.channel, n.feed, f.title, n.what, n.job, coalesce(j.article, 0)
		FROM notice n JOIN feed f ON f.url = n.feed LEFT JOIN job j ON j.id = n.job
		WHERE n.job = 0 OR (j.state = 'done' AND j.outcome = 'added') ORDER BY n.created, n.job, n.library, n.feed, n.what LIMIT ?`, []any{n}, func(scan Scan) error {
		var notice archivist.Notice
		err := scan(&notice.Library, &notice.Channel, &notice.Feed, &notice.Title, &notice.What, &notice.Job, &notice.Article)
		list = append(list, notice)
		return err
	})
	return list, err
}

// Told forgets a notice that its channel was told, or cannot be, and with it those of the library whose jobs have ended without a new
// article.
func (s *Store) Told(ctx context.Context, n archivist.Notice) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM notice WHERE library = ?1 AND ((feed = ?2 AND what = ?3 AND job = ?4) OR (job <> 0 AND NOT EXISTS
			(SELECT 1 FROM job j WHERE j.id = notice.job AND (j.state IN ('queued', 'running', 'waiting') OR (j.state = 'done' AND j.outcome = 'added')))))`,
			n.Library, n.Feed, n.What, n.Job)
		return err
	})
}
