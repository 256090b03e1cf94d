-- +goose Up
-- Which process runs which shard of Discord's gateway, where several share one store, and the session that the next one takes up.
CREATE TABLE process (
  shard    BIGINT NOT NULL PRIMARY KEY,
  shards   BIGINT NOT NULL,
  owner    TEXT   NOT NULL,
  until    BIGINT NOT NULL,
  session  TEXT   NOT NULL,
  sequence BIGINT NOT NULL,
  resume   TEXT   NOT NULL,
  wanted   TEXT   NOT NULL
) WITHOUT ROWID;
