-- +goose Up
-- Where a card is shown to all, so that it goes with its message: ids of the message, and of the channel or thread that it stands in. '' is
-- not known, or shown to one person alone.
ALTER TABLE card ADD COLUMN message TEXT NOT NULL DEFAULT '';
ALTER TABLE card ADD COLUMN place TEXT NOT NULL DEFAULT '';
CREATE INDEX card_message ON card (message) WHERE message != '';
