-- +goose Up
-- Looks at pages that found nothing new are many; they are forgotten after a week.
CREATE INDEX job_looked ON job (created) WHERE kind = 'refresh' AND state = 'done';
