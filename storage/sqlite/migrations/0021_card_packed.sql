-- +goose Up
-- The state of a card, packed. NULL: it stands in state, as the states of before do.
ALTER TABLE card ADD COLUMN packed BLOB;
