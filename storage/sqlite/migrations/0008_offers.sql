-- +goose Up
-- What can be added where a job failed, and articles that were read from an archive's copy, or whose pages have gone since.
ALTER TABLE job ADD COLUMN offer TEXT NOT NULL DEFAULT ''; -- JSON; '' is none
ALTER TABLE article ADD COLUMN archived TEXT NOT NULL DEFAULT ''; -- the copy's address
ALTER TABLE article ADD COLUMN dead BIGINT NOT NULL DEFAULT 0; -- 1: there is no page at its address any more
ALTER TABLE removed ADD COLUMN archived TEXT NOT NULL DEFAULT '';
ALTER TABLE removed ADD COLUMN dead BIGINT NOT NULL DEFAULT 0;
