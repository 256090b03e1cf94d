-- +goose Up
-- Requests from Discord that were taken up, shared by all libraries; forgotten after a quarter of an hour.
CREATE TABLE request (
  id      TEXT   NOT NULL PRIMARY KEY,
  guild   TEXT   NOT NULL,
  event   BLOB,            -- what Discord sent; NULL once it is answered
  reply   TEXT   NOT NULL,
  created BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX request_created ON request (created);

-- Guilds that the bot is in, or was in until lost.
CREATE TABLE guild (
  id   TEXT NOT NULL PRIMARY KEY,
  lost BIGINT -- NULL: it is in it
) WITHOUT ROWID;
CREATE INDEX guild_lost ON guild (lost) WHERE lost IS NOT NULL;
