-- +goose Up
-- What was added where not everybody sees stays there: the ids of the channels that see an article, divided by blanks; '' is everybody.
ALTER TABLE article ADD COLUMN channels TEXT NOT NULL DEFAULT '';
CREATE INDEX article_private ON article (library, id) WHERE channels <> '';
ALTER TABLE job ADD COLUMN channels TEXT NOT NULL DEFAULT '';
