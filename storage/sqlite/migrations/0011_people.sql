-- +goose Up
-- People stand here as a hash that is salted for each library. Cards and quotas had Discord ids before: those rows go.
DELETE FROM card;
DELETE FROM quota;
CREATE INDEX card_created ON card (created);
CREATE INDEX question_at ON question (at);
CREATE INDEX job_person ON job (library, person);
CREATE INDEX audit_at ON audit (at);

-- What readers say of an answer: one vote a person and card.
CREATE TABLE feedback (
  library  TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  card     TEXT   NOT NULL,
  person   TEXT   NOT NULL,
  vote     BIGINT NOT NULL, -- 1 or -1
  reason   TEXT   NOT NULL,
  text     TEXT   NOT NULL,
  question TEXT   NOT NULL,
  article  BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (library, card, person)
) WITHOUT ROWID;
CREATE INDEX feedback_at ON feedback (at);

-- How many there were of what is not kept any more.
CREATE TABLE daily (
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  day     BIGINT NOT NULL, -- since 1970, UTC
  what    TEXT   NOT NULL,
  n       BIGINT NOT NULL,
  PRIMARY KEY (library, day, what)
) WITHOUT ROWID;

-- Token buckets, so that a restart fills none. No foreign key: a bucket may be older than its library.
CREATE TABLE bucket (
  library TEXT   NOT NULL,
  key     TEXT   NOT NULL,
  tokens  DOUBLE NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (library, key)
) WITHOUT ROWID;
