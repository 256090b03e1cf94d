-- +goose Up
-- Where the paragraphs stand by which a site's furniture is known: the first and last of each page. hash is archivist.ParagraphHash.
CREATE TABLE seen (
  library TEXT   NOT NULL,
  hash    BIGINT NOT NULL,
  article BIGINT NOT NULL,
  PRIMARY KEY (library, hash, article),
  FOREIGN KEY (library, article) REFERENCES article ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX seen_article ON seen (library, article);

-- What was learned to be furniture. Each library learns from its own articles alone: what one guild reads tells another nothing.
CREATE TABLE learned (
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  host    TEXT   NOT NULL,
  hash    BIGINT NOT NULL,
  since   BIGINT NOT NULL,
  kept    BIGINT NOT NULL DEFAULT 0, -- 1: somebody has said that it is none
  PRIMARY KEY (library, host, hash)
) WITHOUT ROWID;
