-- +goose Up
-- How many items a subscription was served on a day, counted from 1970, so that one feed cannot fill a library of Discord's.
ALTER TABLE subscription ADD COLUMN day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN served BIGINT NOT NULL DEFAULT 0;
