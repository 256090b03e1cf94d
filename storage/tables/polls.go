package tables

import (
	"context"
	"slices"
	"strings"

	"archivist"
)

// SavePoll keeps what a poll found, all in one transaction: the feed's state, the items that it did not have (new to old, as in
// archivist.FeedItem), and for each subscription a job of kind archivist.JobFeed for each of the newest most items that it has not had, due
// at feed.Polled, as far as archivist.FeedDay lets it; with a notice where it has a channel, but not for what stood in the feed when the subscription began. Channels are told of
// a feed that is not active any more. from is the address that was polled: where feed.URL is another, the feed moves there, and its
// subscriptions join those of a feed that is there already.
//
// It returns how many items were new, and the jobs of all libraries. A feed that is gone meanwhile is no error.
func (s *Store) SavePoll(ctx context.Context, from string, feed archivist.Feed, items []archivist.FeedItem, most int) (added int, jobs []archivist.JobID, err error) {
	contents := make([]any, len(items)) // packed before the transaction, while others may write
	for i, item := range items {
		if item.Content != "" {
			contents[i] = packer.EncodeAll([]byte(item.Content), nil)
		}
	}
	err = s.write(ctx, func(t *tx) error {
		added, jobs = 0, nil
		var state archivist.FeedState
		if found, err := t.row(`SELECT state FROM feed WHERE url = ? /* FOR UPDATE */`, []any{from}, &state); err != nil || !found {
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
		if added, err = t.saveItems(feed.URL, items, contents); err != nil {
			return err
		}
		if jobs, err = t.deliver(feed, most); err != nil {
			return err
		}
		if feed.State == state || feed.State == archivist.FeedActive {
			return nil
		}
		what := map[archivist.FeedState]archivist.NoticeKind{archivist.FeedPaused: archivist.NoticePaused, archivist.FeedEnded: archivist.NoticeEnded}[feed.State]
		err = t.do(`INSERT INTO notice (library, feed, channel, what, job, created)
			SELECT library, feed, channel, ?, 0, ? FROM subscription WHERE feed = ? AND channel <> '' ON CONFLICT DO NOTHING`,
			what, feed.Polled.UnixMilli(), feed.URL)
		return err
	})
	return added, jobs, err
}

// moveFeed gives a feed another address. Where that is a feed already, its subscriptions go over to it.
func (t *tx) moveFeed(from, to string) error {
	found, err := t.row(`SELECT 1 FROM feed WHERE url = ? /* FOR UPDATE */`, []any{to}, new(int))
	if err != nil {
		return err
	}
	if !found {
		return t.each([]string{
			`UPDATE feed SET url = ?2 WHERE url = ?1`, `UPDATE feed_item SET feed = ?2 WHERE feed = ?1`,
			`UPDATE subscription SET feed = ?2 WHERE feed = ?1`, `UPDATE notice SET feed = ?2 WHERE feed = ?1`,
		}, from, to)
	}
	// What the old address listed is known, so that nothing comes twice.
	if err = t.do(`INSERT INTO subscription (library, feed, channel, person, added, paused, channels, seen, day, served)
		SELECT library, ?2, channel, person, added, paused, channels, (SELECT coalesce(max(seq), 0) FROM feed_item WHERE feed = ?2), day, served FROM subscription WHERE feed = ?1 ON CONFLICT DO NOTHING`,
		from, to); err != nil {
		return err
	}
	if err = t.do(`INSERT INTO notice (library, feed, what, job, channel, created) SELECT library, ?2, what, job, channel, created FROM notice WHERE feed = ?1
		ON CONFLICT DO NOTHING`, from, to); err != nil {
		return err
	}
	return t.each([]string{
		`DELETE FROM feed WHERE url = ?`, `DELETE FROM subscription WHERE feed = ?`, `DELETE FROM notice WHERE feed = ?`, `DELETE FROM feed_item WHERE feed = ?`,
	}, from)
}

func (t *tx) saveFeed(f archivist.Feed) error {
	err := t.do(`UPDATE feed SET title = ?, home = ?, state = ?, etag = ?, modified = ?, every = ?, pause = ?, digest = ?, due = ?, polled = ?, good = ?, unchanged = ?,
		failed = ?, code = ?, moved_to = ?, moved_at = ? WHERE url = ?`,
		f.Title, f.Home, f.State, f.ETag, f.Modified, f.Every.Milliseconds(), f.Pause.Milliseconds(), f.Digest, f.Due.UnixMilli(), millis(f.Polled), f.Good.UnixMilli(), f.Unchanged,
		f.Failed, f.Code, f.MovedTo, millis(f.MovedAt), f.URL)
	return err
}

// saveItems adds the items that the feed did not have, the oldest first, and forgets those that are long past. contents are their texts as stored.
func (t *tx) saveItems(feed string, items []archivist.FeedItem, contents []any) (added int, err error) {
	for i, item := range slices.Backward(items) {
		n, err := t.exec(`INSERT INTO feed_item (feed, seq, key, url, title, published, content)
			VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM feed_item WHERE feed = ?1), ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING`,
			feed, item.Key, item.URL, item.Title, millis(item.Published), contents[i])
		if err != nil {
			return added, err
		}
		added += int(n)
	}
	if added == 0 {
		return 0, nil
	}
	err = t.do(`DELETE FROM feed_item WHERE feed = ?1 AND seq <= (SELECT max(seq) FROM feed_item WHERE feed = ?1) - ?2`, feed, keptFeedItems)
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
	err = t.rows(`SELECT library, channel, person, channels, seen, CASE WHEN day = ?2 THEN served ELSE 0 END FROM subscription WHERE feed = ?1 AND paused = 0 AND seen < (SELECT coalesce(max(seq), 0) FROM feed_item WHERE feed = ?1) ORDER BY library`,
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
			if job == 0 {
				break // the library has just gone
			}
			jobs = append(jobs, job)
			if s.channel == "" || s.seen == neverSeen {
				continue
			}
			if err := t.do(`INSERT INTO notice (library, feed, channel, what, job, created) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				s.library, feed.URL, s.channel, archivist.NoticeArticle, job, feed.Polled.UnixMilli()); err != nil {
				return nil, err
			}
		}
		if err := t.do(`UPDATE subscription SET seen = ?, day = ?, served = ? WHERE library = ? AND feed = ?`,
			items[0].seq, today, s.served+len(items), s.library, feed.URL); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}
