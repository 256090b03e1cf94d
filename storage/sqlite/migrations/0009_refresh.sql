-- +goose Up
-- When the page of an article is looked at again, and what is known from the last look. Times are UTC milliseconds.
CREATE TABLE refresh (
  library      TEXT   NOT NULL,
  article      BIGINT NOT NULL,
  url          TEXT   NOT NULL, -- the address that answered, whose validators these are
  etag         TEXT   NOT NULL,
  modified     TEXT   NOT NULL,
  checked      BIGINT NOT NULL,
  due          BIGINT NOT NULL,
  step         BIGINT NOT NULL, -- place in the schedule
  missed       BIGINT NOT NULL, -- answers in a row that there is no page
  missed_since BIGINT,
  pending      BLOB,            -- SHA-256 of a suspicious text that was found once
  PRIMARY KEY (library, article),
  FOREIGN KEY (library, article) REFERENCES article ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX refresh_due ON refresh (due);

-- Articles of before are looked at a month after they were read.
INSERT INTO refresh (library, article, url, etag, modified, checked, due, step, missed)
  SELECT library, article, url, etag, modified, fetched, fetched + 2592000000, 5, 0 FROM page WHERE url LIKE 'http%';
