-- +goose Up
-- The library id comes first in every key but those of the shared families (job). Times are UTC milliseconds, JSON is text.
CREATE TABLE library (
  id      TEXT   NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL DEFAULT 0, -- rises by one with each change of its articles
  next    BIGINT NOT NULL DEFAULT 1, -- the next article's id
  floor   BIGINT NOT NULL DEFAULT 0, -- the highest seq that a merge has replaced
  asked   BIGINT NOT NULL DEFAULT 0, -- questions so far, for their ids
  acts    BIGINT NOT NULL DEFAULT 0  -- audit entries so far, for their ids
) WITHOUT ROWID;

CREATE TABLE setting (
  library TEXT NOT NULL REFERENCES library ON DELETE CASCADE,
  key     TEXT NOT NULL,
  value   TEXT NOT NULL,
  PRIMARY KEY (library, key)
) WITHOUT ROWID;

CREATE TABLE article (
  library   TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  id        BIGINT NOT NULL,
  url       TEXT   NOT NULL,
  key       TEXT   NOT NULL,
  title     TEXT   NOT NULL,
  site      TEXT   NOT NULL,
  authors   TEXT   NOT NULL, -- JSON
  published BIGINT,          -- NULL: unknown
  day_only  BIGINT NOT NULL,
  language  TEXT   NOT NULL,
  words     BIGINT NOT NULL,
  added     BIGINT NOT NULL,
  added_by  TEXT   NOT NULL,
  updated   BIGINT NOT NULL,
  hash      BLOB   NOT NULL,
  PRIMARY KEY (library, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX article_key ON article (library, key);
CREATE INDEX article_hash ON article (library, hash);

-- The texts that an article had before: JSON paragraphs, zstd.
CREATE TABLE article_version (
  library  TEXT   NOT NULL,
  article  BIGINT NOT NULL,
  replaced BIGINT NOT NULL,
  title    TEXT   NOT NULL,
  text     BLOB   NOT NULL,
  PRIMARY KEY (library, article, replaced),
  FOREIGN KEY (library, article) REFERENCES article ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE paragraph (
  library TEXT   NOT NULL,
  article BIGINT NOT NULL,
  number  BIGINT NOT NULL,
  kind    BIGINT NOT NULL,
  text    TEXT   NOT NULL,
  PRIMARY KEY (library, article, number),
  FOREIGN KEY (library, article) REFERENCES article ON DELETE CASCADE
) WITHOUT ROWID;

-- Further keys under which an article is found: posted links, redirects, copies.
CREATE TABLE link (
  library TEXT   NOT NULL,
  key     TEXT   NOT NULL,
  article BIGINT NOT NULL,
  PRIMARY KEY (library, key),
  FOREIGN KEY (library, article) REFERENCES article ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX link_article ON link (library, article);

CREATE TABLE segment (
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  seq     BIGINT NOT NULL,
  part    BIGINT NOT NULL,
  kind    BIGINT NOT NULL, -- 0 article, 1 merged, 2 gone
  article BIGINT NOT NULL, -- 0 where merged
  bytes   BLOB,
  PRIMARY KEY (library, seq, part)
) WITHOUT ROWID;

CREATE TABLE page (
  library  TEXT   NOT NULL,
  article  BIGINT NOT NULL,
  fetched  BIGINT NOT NULL,
  url      TEXT   NOT NULL,
  type     TEXT   NOT NULL,
  etag     TEXT   NOT NULL,
  modified TEXT   NOT NULL,
  body     BLOB   NOT NULL, -- zstd
  PRIMARY KEY (library, article),
  FOREIGN KEY (library, article) REFERENCES article ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE job (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  kind    TEXT   NOT NULL,
  url     TEXT   NOT NULL,
  key     TEXT   NOT NULL,
  person  TEXT   NOT NULL,
  state   TEXT   NOT NULL,
  tries   BIGINT NOT NULL DEFAULT 0,
  due     BIGINT NOT NULL,
  owner   TEXT   NOT NULL DEFAULT '',
  until   BIGINT NOT NULL DEFAULT 0,
  code    TEXT   NOT NULL DEFAULT '',
  article BIGINT NOT NULL DEFAULT 0,
  outcome TEXT   NOT NULL DEFAULT '',
  created BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_open ON job (library, key) WHERE state IN ('queued', 'running', 'waiting');
CREATE INDEX job_state ON job (state, due);
CREATE INDEX job_library ON job (library, id);

CREATE TABLE question (
  library    TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  id         BIGINT NOT NULL,
  channel    TEXT   NOT NULL,
  person     TEXT   NOT NULL,
  text       TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  grade      TEXT   NOT NULL,
  confidence DOUBLE NOT NULL,
  PRIMARY KEY (library, id)
) WITHOUT ROWID;

CREATE TABLE quota (
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  person  TEXT   NOT NULL,
  what    TEXT   NOT NULL,
  day     BIGINT NOT NULL,
  used    BIGINT NOT NULL,
  PRIMARY KEY (library, person, what, day)
) WITHOUT ROWID;

CREATE TABLE card (
  library  TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  id       TEXT   NOT NULL,
  person   TEXT   NOT NULL,
  channel  TEXT   NOT NULL,
  kind     TEXT   NOT NULL,
  question TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  created  BIGINT NOT NULL,
  PRIMARY KEY (library, id)
) WITHOUT ROWID;

CREATE TABLE audit (
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  id      BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  actor   TEXT   NOT NULL,
  verb    TEXT   NOT NULL,
  target  TEXT   NOT NULL,
  before  TEXT   NOT NULL,
  after   TEXT   NOT NULL,
  PRIMARY KEY (library, id)
) WITHOUT ROWID;
