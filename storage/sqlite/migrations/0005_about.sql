-- +goose Up
-- What a page says of its article beyond its head (archivist.About), as JSON. Lists and answers do not read it.
ALTER TABLE article ADD COLUMN about TEXT NOT NULL DEFAULT '{}';
ALTER TABLE removed ADD COLUMN about TEXT NOT NULL DEFAULT '{}';
