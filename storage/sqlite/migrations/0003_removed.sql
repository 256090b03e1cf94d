-- +goose Up
-- What was removed can be put back for some days. The columns are those of article; paragraphs, links and former texts are packed.
ALTER TABLE library ADD COLUMN removals BIGINT NOT NULL DEFAULT 0; -- removals so far, for their ids

CREATE TABLE removed (
  library   TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  id        BIGINT NOT NULL,
  removal   BIGINT NOT NULL, -- what one act removed has one number
  at        BIGINT NOT NULL,
  url       TEXT   NOT NULL,
  key       TEXT   NOT NULL,
  title     TEXT   NOT NULL,
  site      TEXT   NOT NULL,
  authors   TEXT   NOT NULL,
  published BIGINT,
  day_only  BIGINT NOT NULL,
  language  TEXT   NOT NULL,
  words     BIGINT NOT NULL,
  added     BIGINT NOT NULL,
  added_by  TEXT   NOT NULL,
  updated   BIGINT NOT NULL,
  hash      BLOB   NOT NULL,
  channels  TEXT   NOT NULL,
  rest      BLOB   NOT NULL, -- JSON, zstd
  PRIMARY KEY (library, id)
) WITHOUT ROWID;
CREATE INDEX removed_removal ON removed (library, removal);
CREATE INDEX removed_at ON removed (at);

CREATE TABLE removed_page (
  library  TEXT   NOT NULL,
  article  BIGINT NOT NULL,
  fetched  BIGINT NOT NULL,
  url      TEXT   NOT NULL,
  type     TEXT   NOT NULL,
  etag     TEXT   NOT NULL,
  modified TEXT   NOT NULL,
  body     BLOB   NOT NULL,
  PRIMARY KEY (library, article),
  FOREIGN KEY (library, article) REFERENCES removed ON DELETE CASCADE
) WITHOUT ROWID;
