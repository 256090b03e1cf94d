-- +goose Up
-- A feed that was subscribed to where not everybody sees brings its articles in for that place alone: as article.channels; '' is everybody.
ALTER TABLE subscription ADD COLUMN channels TEXT NOT NULL DEFAULT '';
