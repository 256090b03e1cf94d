-- +goose Up
-- A library may have nothing of a feed brought in for a while, without ending its subscription.
ALTER TABLE subscription ADD COLUMN paused BIGINT NOT NULL DEFAULT 0;
