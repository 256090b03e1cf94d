-- +goose Up
-- How long a question took, and where it was asked if not everybody sees that: the ids of the channels, divided by blanks; '' is everybody.
ALTER TABLE question ADD COLUMN took     BIGINT NOT NULL DEFAULT 0; -- microseconds; 0: not measured
ALTER TABLE question ADD COLUMN channels TEXT   NOT NULL DEFAULT '';
ALTER TABLE feedback ADD COLUMN channels TEXT   NOT NULL DEFAULT '';
CREATE INDEX article_added ON article (library, added);
