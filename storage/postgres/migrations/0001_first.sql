-- The tables of storage/tables, which storage/sqlite has too. The library comes first in every key but those of the shared tables below, so
-- that the rows can be spread over machines by it. No sequences, no triggers, no foreign keys: storage/tables deletes what belongs to what
-- (owners.go). Text sorts by its bytes. Times are UTC milliseconds, JSON is text.

CREATE TABLE library (
  id       text COLLATE "C" NOT NULL PRIMARY KEY,
  version  bigint           NOT NULL DEFAULT 0, -- rises by one with each change of its articles
  next     bigint           NOT NULL DEFAULT 1, -- the next article's id
  floor    bigint           NOT NULL DEFAULT 0, -- the highest seq that a merge has replaced
  asked    bigint           NOT NULL DEFAULT 0, -- questions so far, for their ids
  acts     bigint           NOT NULL DEFAULT 0, -- audit entries so far, for their ids
  removals bigint           NOT NULL DEFAULT 0
);

CREATE TABLE setting (
  library text COLLATE "C" NOT NULL,
  key     text COLLATE "C" NOT NULL,
  value   text COLLATE "C" NOT NULL,
  PRIMARY KEY (library, key)
);

CREATE TABLE article (
  library   text COLLATE "C" NOT NULL,
  id        bigint           NOT NULL,
  url       text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  title     text COLLATE "C" NOT NULL,
  site      text COLLATE "C" NOT NULL,
  authors   text COLLATE "C" NOT NULL, -- JSON
  published bigint, -- NULL: unknown
  day_only  bigint           NOT NULL,
  language  text COLLATE "C" NOT NULL,
  words     bigint           NOT NULL,
  added     bigint           NOT NULL,
  added_by  text COLLATE "C" NOT NULL,
  updated   bigint           NOT NULL,
  hash      bytea            NOT NULL,
  channels  text COLLATE "C" NOT NULL DEFAULT '',
  about     text COLLATE "C" NOT NULL DEFAULT '{}',
  archived  text COLLATE "C" NOT NULL DEFAULT '',
  dead      bigint           NOT NULL DEFAULT 0,
  PRIMARY KEY (library, id)
);
CREATE INDEX article_added ON article (library, added);
CREATE INDEX article_hash ON article (library, hash);
CREATE UNIQUE INDEX article_key ON article (library, key);
CREATE INDEX article_private ON article (library, id) WHERE channels <> '';

CREATE TABLE article_version (
  library  text COLLATE "C" NOT NULL,
  article  bigint           NOT NULL,
  replaced bigint           NOT NULL,
  title    text COLLATE "C" NOT NULL,
  text     bytea            NOT NULL,
  PRIMARY KEY (library, article, replaced)
);

CREATE TABLE paragraph (
  library text COLLATE "C" NOT NULL,
  article bigint           NOT NULL,
  number  bigint           NOT NULL,
  kind    bigint           NOT NULL,
  text    text COLLATE "C" NOT NULL,
  PRIMARY KEY (library, article, number)
);

CREATE TABLE link (
  library text COLLATE "C" NOT NULL,
  key     text COLLATE "C" NOT NULL,
  article bigint           NOT NULL,
  PRIMARY KEY (library, key)
);
CREATE INDEX link_article ON link (library, article);

CREATE TABLE segment (
  library text COLLATE "C" NOT NULL,
  seq     bigint           NOT NULL,
  part    bigint           NOT NULL,
  kind    bigint           NOT NULL, -- 0 article, 1 merged, 2 gone
  article bigint           NOT NULL, -- 0 where merged
  bytes   bytea,
  PRIMARY KEY (library, seq, part)
);
-- Segments are packed already.
ALTER TABLE segment ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE page (
  library  text COLLATE "C" NOT NULL,
  article  bigint           NOT NULL,
  fetched  bigint           NOT NULL,
  url      text COLLATE "C" NOT NULL,
  type     text COLLATE "C" NOT NULL,
  etag     text COLLATE "C" NOT NULL,
  modified text COLLATE "C" NOT NULL,
  body     bytea            NOT NULL, -- zstd
  PRIMARY KEY (library, article)
);
ALTER TABLE page ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE removed (
  library   text COLLATE "C" NOT NULL,
  id        bigint           NOT NULL,
  removal   bigint           NOT NULL, -- what one act removed has one number
  at        bigint           NOT NULL,
  url       text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  title     text COLLATE "C" NOT NULL,
  site      text COLLATE "C" NOT NULL,
  authors   text COLLATE "C" NOT NULL,
  published bigint,
  day_only  bigint           NOT NULL,
  language  text COLLATE "C" NOT NULL,
  words     bigint           NOT NULL,
  added     bigint           NOT NULL,
  added_by  text COLLATE "C" NOT NULL,
  updated   bigint           NOT NULL,
  hash      bytea            NOT NULL,
  channels  text COLLATE "C" NOT NULL,
  rest      bytea            NOT NULL,
  about     text COLLATE "C" NOT NULL DEFAULT '{}',
  archived  text COLLATE "C" NOT NULL DEFAULT '',
  dead      bigint           NOT NULL DEFAULT 0, -- JSON, zstd
  PRIMARY KEY (library, id)
);
CREATE INDEX removed_at ON removed (at);
CREATE INDEX removed_removal ON removed (library, removal);

CREATE TABLE removed_page (
  library  text COLLATE "C" NOT NULL,
  article  bigint           NOT NULL,
  fetched  bigint           NOT NULL,
  url      text COLLATE "C" NOT NULL,
  type     text COLLATE "C" NOT NULL,
  etag     text COLLATE "C" NOT NULL,
  modified text COLLATE "C" NOT NULL,
  body     bytea            NOT NULL,
  PRIMARY KEY (library, article)
);
ALTER TABLE removed_page ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE seen (
  library text COLLATE "C" NOT NULL,
  hash    bigint           NOT NULL,
  article bigint           NOT NULL,
  PRIMARY KEY (library, hash, article)
);
CREATE INDEX seen_article ON seen (library, article);

CREATE TABLE learned (
  library text COLLATE "C" NOT NULL,
  host    text COLLATE "C" NOT NULL,
  hash    bigint           NOT NULL,
  since   bigint           NOT NULL,
  kept    bigint           NOT NULL DEFAULT 0, -- 1: somebody has said that it is none
  PRIMARY KEY (library, host, hash)
);

CREATE TABLE refresh (
  library      text COLLATE "C" NOT NULL,
  article      bigint           NOT NULL,
  url          text COLLATE "C" NOT NULL, -- the address that answered, whose validators these are
  etag         text COLLATE "C" NOT NULL,
  modified     text COLLATE "C" NOT NULL,
  checked      bigint           NOT NULL,
  due          bigint           NOT NULL,
  step         bigint           NOT NULL, -- place in the schedule
  missed       bigint           NOT NULL, -- answers in a row that there is no page
  missed_since bigint,
  pending      bytea, -- SHA-256 of a suspicious text that was found once
  PRIMARY KEY (library, article)
);
CREATE INDEX refresh_due ON refresh (due);

CREATE TABLE question (
  library    text COLLATE "C" NOT NULL,
  id         bigint           NOT NULL,
  channel    text COLLATE "C" NOT NULL,
  person     text COLLATE "C" NOT NULL,
  text       text COLLATE "C" NOT NULL,
  at         bigint           NOT NULL,
  grade      text COLLATE "C" NOT NULL,
  confidence double precision NOT NULL,
  took       bigint           NOT NULL DEFAULT 0,
  channels   text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (library, id)
);
CREATE INDEX question_at ON question (at);

CREATE TABLE quota (
  library text COLLATE "C" NOT NULL,
  person  text COLLATE "C" NOT NULL,
  what    text COLLATE "C" NOT NULL,
  day     bigint           NOT NULL,
  used    bigint           NOT NULL,
  PRIMARY KEY (library, person, what, day)
);

CREATE TABLE card (
  library  text COLLATE "C" NOT NULL,
  id       text COLLATE "C" NOT NULL,
  person   text COLLATE "C" NOT NULL,
  channel  text COLLATE "C" NOT NULL,
  kind     text COLLATE "C" NOT NULL,
  question text COLLATE "C" NOT NULL,
  state    text COLLATE "C" NOT NULL,
  created  bigint           NOT NULL,
  message  text COLLATE "C" NOT NULL DEFAULT '', -- where it is shown to all
  place    text COLLATE "C" NOT NULL DEFAULT '', -- the channel or thread that this stands in
  PRIMARY KEY (library, id)
);
CREATE INDEX card_created ON card (created);
CREATE INDEX card_message ON card (message) WHERE message != '';

CREATE TABLE feedback (
  library  text COLLATE "C" NOT NULL,
  card     text COLLATE "C" NOT NULL,
  person   text COLLATE "C" NOT NULL,
  vote     bigint           NOT NULL, -- 1 or -1
  reason   text COLLATE "C" NOT NULL,
  text     text COLLATE "C" NOT NULL,
  question text COLLATE "C" NOT NULL,
  article  bigint           NOT NULL,
  at       bigint           NOT NULL,
  channels text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (library, card, person)
);
CREATE INDEX feedback_at ON feedback (at);

CREATE TABLE daily (
  library text COLLATE "C" NOT NULL,
  day     bigint           NOT NULL, -- since 1970, UTC
  what    text COLLATE "C" NOT NULL,
  n       bigint           NOT NULL,
  PRIMARY KEY (library, day, what)
);

CREATE TABLE bucket (
  library text COLLATE "C" NOT NULL,
  key     text COLLATE "C" NOT NULL,
  tokens  double precision NOT NULL,
  at      bigint           NOT NULL,
  PRIMARY KEY (library, key)
);

CREATE TABLE audit (
  library text COLLATE "C" NOT NULL,
  id      bigint           NOT NULL,
  at      bigint           NOT NULL,
  actor   text COLLATE "C" NOT NULL,
  verb    text COLLATE "C" NOT NULL,
  target  text COLLATE "C" NOT NULL,
  before  text COLLATE "C" NOT NULL,
  after   text COLLATE "C" NOT NULL,
  PRIMARY KEY (library, id)
);
CREATE INDEX audit_at ON audit (at);

-- Shared tables: small, and in one place wherever the others are spread.

CREATE TABLE job (
  id       bigint           NOT NULL PRIMARY KEY,
  library  text COLLATE "C" NOT NULL,
  kind     text COLLATE "C" NOT NULL,
  url      text COLLATE "C" NOT NULL,
  key      text COLLATE "C" NOT NULL,
  person   text COLLATE "C" NOT NULL,
  state    text COLLATE "C" NOT NULL,
  tries    bigint           NOT NULL DEFAULT 0,
  due      bigint           NOT NULL,
  owner    text COLLATE "C" NOT NULL DEFAULT '',
  until    bigint           NOT NULL DEFAULT 0,
  code     text COLLATE "C" NOT NULL DEFAULT '',
  article  bigint           NOT NULL DEFAULT 0,
  outcome  text COLLATE "C" NOT NULL DEFAULT '',
  created  bigint           NOT NULL,
  channels text COLLATE "C" NOT NULL DEFAULT '',
  lane     bigint           NOT NULL DEFAULT 0,
  host     text COLLATE "C" NOT NULL DEFAULT '',
  deaths   bigint           NOT NULL DEFAULT 0,
  offer    text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX job_library ON job (library, id);
CREATE INDEX job_looked ON job (created) WHERE kind = 'refresh' AND state = 'done';
CREATE UNIQUE INDEX job_open ON job (library, key) WHERE state IN ('queued', 'running', 'waiting');
CREATE INDEX job_person ON job (library, person);
CREATE INDEX job_queued ON job (lane, library, person, id) WHERE state = 'queued';
CREATE INDEX job_running ON job (host) WHERE state = 'running';
CREATE INDEX job_state ON job (state, due);

CREATE TABLE turn (
  library text COLLATE "C" NOT NULL,
  person  text COLLATE "C" NOT NULL,
  turn    bigint           NOT NULL,
  PRIMARY KEY (library, person)
);

CREATE TABLE library_turn (
  library text COLLATE "C" NOT NULL PRIMARY KEY,
  turn    bigint           NOT NULL
);

CREATE TABLE subscription (
  library  text COLLATE "C" NOT NULL,
  feed     text COLLATE "C" NOT NULL,
  channel  text COLLATE "C" NOT NULL,
  person   text COLLATE "C" NOT NULL,
  added    bigint           NOT NULL,
  seen     bigint           NOT NULL DEFAULT -1,
  paused   bigint           NOT NULL DEFAULT 0,
  channels text COLLATE "C" NOT NULL DEFAULT '',
  day      bigint           NOT NULL DEFAULT 0,
  served   bigint           NOT NULL DEFAULT 0, -- items up to this seq are jobs already; -1: none was looked at
  PRIMARY KEY (library, feed)
);
CREATE INDEX subscription_feed ON subscription (feed);

CREATE TABLE notice (
  library text COLLATE "C" NOT NULL,
  feed    text COLLATE "C" NOT NULL,
  what    text COLLATE "C" NOT NULL,
  job     bigint           NOT NULL, -- 0: none
  channel text COLLATE "C" NOT NULL,
  created bigint           NOT NULL,
  PRIMARY KEY (library, feed, what, job)
);

CREATE TABLE feed (
  url       text COLLATE "C" NOT NULL PRIMARY KEY,
  title     text COLLATE "C" NOT NULL DEFAULT '',
  home      text COLLATE "C" NOT NULL DEFAULT '',
  state     text COLLATE "C" NOT NULL DEFAULT 'active',
  etag      text COLLATE "C" NOT NULL DEFAULT '',
  modified  text COLLATE "C" NOT NULL DEFAULT '',
  every     bigint           NOT NULL DEFAULT 0, -- milliseconds between two polls as long as there is something new
  pause     bigint           NOT NULL DEFAULT 0, -- milliseconds that the feed asks for between two polls
  digest    text COLLATE "C" NOT NULL DEFAULT '', -- of its items' keys
  due       bigint           NOT NULL,
  polled    bigint,
  good      bigint           NOT NULL,
  unchanged bigint           NOT NULL DEFAULT 0,
  failed    bigint           NOT NULL DEFAULT 0,
  code      text COLLATE "C" NOT NULL DEFAULT '',
  moved_to  text COLLATE "C" NOT NULL DEFAULT '',
  moved_at  bigint
);
CREATE INDEX feed_due ON feed (state, due);

CREATE TABLE feed_item (
  feed      text COLLATE "C" NOT NULL,
  seq       bigint           NOT NULL,
  key       text COLLATE "C" NOT NULL,
  url       text COLLATE "C" NOT NULL,
  title     text COLLATE "C" NOT NULL,
  published bigint,
  content   bytea, -- its own text, zstd; NULL: none
  PRIMARY KEY (feed, seq)
);
CREATE UNIQUE INDEX feed_item_key ON feed_item (feed, key);

CREATE TABLE request (
  id      text COLLATE "C" NOT NULL PRIMARY KEY,
  guild   text COLLATE "C" NOT NULL,
  event   bytea, -- what Discord sent; NULL once it is answered
  reply   text COLLATE "C" NOT NULL,
  created bigint           NOT NULL
);
CREATE INDEX request_created ON request (created);

CREATE TABLE guild (
  id   text COLLATE "C" NOT NULL PRIMARY KEY,
  lost bigint -- NULL: it is in it
);
CREATE INDEX guild_lost ON guild (lost) WHERE lost IS NOT NULL;

CREATE TABLE counter (
  name text COLLATE "C" NOT NULL PRIMARY KEY,
  n    bigint           NOT NULL
);
