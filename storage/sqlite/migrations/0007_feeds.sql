-- +goose Up
-- Feeds are shared by all libraries that subscribe to them: feed and feed_item have no library in their keys. Times are UTC milliseconds.
CREATE TABLE feed (
  url       TEXT   NOT NULL PRIMARY KEY,
  title     TEXT   NOT NULL DEFAULT '',
  home      TEXT   NOT NULL DEFAULT '',
  state     TEXT   NOT NULL DEFAULT 'active',
  etag      TEXT   NOT NULL DEFAULT '',
  modified  TEXT   NOT NULL DEFAULT '',
  every     BIGINT NOT NULL DEFAULT 0, -- milliseconds between two polls as long as there is something new
  pause     BIGINT NOT NULL DEFAULT 0, -- milliseconds that the feed asks for between two polls
  digest    TEXT   NOT NULL DEFAULT '', -- of its items' keys
  due       BIGINT NOT NULL,
  polled    BIGINT,
  good      BIGINT NOT NULL,
  unchanged BIGINT NOT NULL DEFAULT 0,
  failed    BIGINT NOT NULL DEFAULT 0,
  code      TEXT   NOT NULL DEFAULT '',
  moved_to  TEXT   NOT NULL DEFAULT '',
  moved_at  BIGINT
) WITHOUT ROWID;
CREATE INDEX feed_due ON feed (state, due);

-- What a feed listed, in the order in which it became known.
CREATE TABLE feed_item (
  feed      TEXT   NOT NULL REFERENCES feed ON DELETE CASCADE ON UPDATE CASCADE,
  seq       BIGINT NOT NULL,
  key       TEXT   NOT NULL,
  url       TEXT   NOT NULL,
  title     TEXT   NOT NULL,
  published BIGINT,
  content   BLOB, -- its own text, zstd; NULL: none
  PRIMARY KEY (feed, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX feed_item_key ON feed_item (feed, key);

CREATE TABLE subscription (
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  feed    TEXT   NOT NULL REFERENCES feed ON DELETE CASCADE ON UPDATE CASCADE,
  channel TEXT   NOT NULL,
  person  TEXT   NOT NULL,
  added   BIGINT NOT NULL,
  seen    BIGINT NOT NULL DEFAULT -1, -- items up to this seq are jobs already; -1: none was looked at
  PRIMARY KEY (library, feed)
) WITHOUT ROWID;
CREATE INDEX subscription_feed ON subscription (feed);

-- What channels are still to be told. One of a job counts once the job has added an article.
CREATE TABLE notice (
  library TEXT   NOT NULL,
  feed    TEXT   NOT NULL,
  what    TEXT   NOT NULL,
  job     BIGINT NOT NULL, -- 0: none
  channel TEXT   NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (library, feed, what, job),
  FOREIGN KEY (library, feed) REFERENCES subscription ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
