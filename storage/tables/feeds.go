package tables

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
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

// Subscribe makes a library's subscription to sub.Feed.URL, or changes the channel that is told of the one that is there; created tells which. What
// is seen in some channels alone is told in no other: a subscription of theirs that is there keeps its channel, and only they end its announcements.
// A feed that nobody polled so far, or that is paused or ended, becomes due at sub.Added. A library that has most subscriptions already is told so
// (archivist.FeedsFull).
func (s *Store) Subscribe(ctx context.Context, sub archivist.Subscription, most int) (created bool, err error) {
	added := sub.Added.UnixMilli()
	err = s.write(ctx, func(t *tx) error {
		created = false
		if err := t.ensureLibrary(sub.Library); err != nil {
			return err
		}
		if err := t.do(`INSERT INTO feed (url, title, home, due, good) VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (url) DO UPDATE SET
			due = CASE WHEN feed.state = 'active' THEN feed.due ELSE excluded.due END, good = CASE WHEN feed.state = 'active' THEN feed.good ELSE excluded.good END,
			failed = CASE WHEN feed.state = 'active' THEN feed.failed ELSE 0 END, state = 'active'`,
			sub.Feed.URL, sub.Feed.Title, sub.Feed.Home, added); err != nil {
			return err
		}
		var channel, channels string
		found, err := t.row(`SELECT channel, channels FROM subscription WHERE library = ? AND feed = ?`, []any{sub.Library, sub.Feed.URL}, &channel, &channels)
		if err != nil {
			return err
		}
		stays := sub.Channels
		if found {
			stays = strings.Fields(channels)
		}
		if len(stays) == 0 || slices.Contains(stays, sub.Channel) || sub.Channel == "" && slices.Equal(stays, sub.Channels) {
			channel = sub.Channel
		}
		if sub.Act.Verb != "" {
			sub.Act.Target, sub.Act.After = sub.Feed.URL, channel
			if err := t.audit(sub.Library, sub.Act); err != nil {
				return err
			}
		}
		if found {
			return t.do(`UPDATE subscription SET channel = ? WHERE library = ? AND feed = ?`, channel, sub.Library, sub.Feed.URL)
		}
		var count int
		if _, err := t.row(`SELECT count(*) FROM subscription WHERE library = ?`, []any{sub.Library}, &count); err != nil {
			return err
		}
		if count >= most {
			return &archivist.Invalid{Code: archivist.FeedsFull, Text: fmt.Sprintf("a library may have %d feeds; remove one first", most)}
		}
		created = true
		err = t.do(`INSERT INTO subscription (library, feed, channel, person, added, channels) VALUES (?, ?, ?, ?, ?, ?)`,
			sub.Library, sub.Feed.URL, channel, sub.Person, added, strings.Join(sub.Channels, " "))
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
		if err := t.do(`DELETE FROM notice WHERE library = ? AND feed = ?`, library, feed); err != nil {
			return err
		}
		if err := t.forgetFeed(feed); err != nil {
			return err
		}
		return t.audit(library, act)
	})
}

// forgetFeed takes a feed away if nobody subscribes to it any more.
func (t *tx) forgetFeed(url string) error {
	// Somebody may subscribe to it at this moment, who has its row.
	if found, err := t.row(`SELECT 1 FROM feed WHERE url = ? /* FOR UPDATE */`, []any{url}, new(int)); err != nil || !found {
		return err
	}
	n, err := t.exec(`DELETE FROM feed WHERE url = ? AND NOT EXISTS (SELECT 1 FROM subscription WHERE subscription.feed = feed.url)`, url)
	if err != nil || n == 0 {
		return err
	}
	return t.do(`DELETE FROM feed_item WHERE feed = ?`, url)
}

// feedsOf are the addresses of the feeds that a library subscribes to.
func (t *tx) feedsOf(library archivist.LibraryID) (feeds []string, err error) {
	err = t.rows(`SELECT feed FROM subscription WHERE library = ? ORDER BY feed`, []any{library}, func(scan Scan) error {
		var feed string
		err := scan(&feed)
		feeds = append(feeds, feed)
		return err
	})
	return feeds, err
}

// PauseFeed has nothing of a feed brought in for a library, or again all that it has listed meanwhile; archivist.ErrNotFound says that there is
// no such subscription.
func (s *Store) PauseFeed(ctx context.Context, library archivist.LibraryID, feed string, paused bool, act archivist.Act) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE subscription SET paused = ? WHERE library = ? AND feed = ?`, flag(paused), library, feed)
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
			var paused int64
			err := scanFeed(scan, &sub.Feed, &sub.Channel, &sub.Person, &added, &paused, &channels)
			sub.Added, sub.Paused = fromMillis(added), paused != 0
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
			// Another process may have it by now: the next look takes the next.
			var n int64
			n, err = t.exec(`UPDATE feed SET due = ? WHERE url = ? AND due = ?`, until.UnixMilli(), feed.URL, feed.Due.UnixMilli())
			found = n > 0
		}
		return err
	})
	return feed, found, err
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

// noticesAtOnce is how many rows one look of Notices reads.
const noticesAtOnce = 200

// Notices lists up to n notices of our libraries that a channel can be told by now, the oldest first. Those of others are read, but not all at once, and none
// behind the last that is wanted.
func (s *Store) Notices(ctx context.Context, n int, ours func(archivist.LibraryID) bool) ([]archivist.Notice, error) {
	var list []archivist.Notice
	var last archivist.Notice
	created := int64(math.MinInt64)
	for read := noticesAtOnce; read == noticesAtOnce && len(list) < n; {
		read = 0
		err := s.rows(ctx, `SELECT n.created, n.library, n.channel, n.feed, f.title, n.what, n.job, coalesce(j.article, 0)
			FROM notice n JOIN feed f ON f.url = n.feed LEFT JOIN job j ON j.id = n.job
			WHERE (n.job = 0 OR (j.state = 'done' AND j.outcome = 'added')) AND (n.created, n.job, n.library, n.feed, n.what) > (?, ?, ?, ?, ?)
			ORDER BY n.created, n.job, n.library, n.feed, n.what LIMIT ?`,
			[]any{created, int64(last.Job), last.Library, last.Feed, last.What, noticesAtOnce}, func(scan Scan) error {
				err := scan(&created, &last.Library, &last.Channel, &last.Feed, &last.Title, &last.What, &last.Job, &last.Article)
				if err == nil && len(list) < n && ours(last.Library) {
					list = append(list, last)
				}
				read++
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Told forgets a notice that its channel was told, or cannot be, and with it those of the library whose jobs have ended without a new
// article.
func (s *Store) Told(ctx context.Context, n archivist.Notice) error {
	return s.write(ctx, func(t *tx) error {
		err := t.do(`DELETE FROM notice WHERE library = ?1 AND ((feed = ?2 AND what = ?3 AND job = ?4) OR (job <> 0 AND NOT EXISTS
			(SELECT 1 FROM job j WHERE j.id = notice.job AND (j.state IN ('queued', 'running', 'waiting') OR (j.state = 'done' AND j.outcome = 'added')))))`,
			n.Library, n.Feed, n.What, n.Job)
		return err
	})
}
