-- +goose Up
-- Fair turns: who waits for a job, which host its key names, and when libraries and people last had their turn. A turn is a number that
-- rises with each job that is taken.
ALTER TABLE job ADD COLUMN lane   BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN host   TEXT   NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN deaths BIGINT NOT NULL DEFAULT 0;
CREATE INDEX job_queued ON job (lane, library, person, id) WHERE state = 'queued';
CREATE INDEX job_running ON job (host) WHERE state = 'running';

ALTER TABLE library ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
CREATE INDEX library_turn ON library (turn);
CREATE TABLE turn (
  library TEXT   NOT NULL REFERENCES library ON DELETE CASCADE,
  person  TEXT   NOT NULL,
  turn    BIGINT NOT NULL,
  PRIMARY KEY (library, person)
) WITHOUT ROWID;

-- Until now a job that was due later could be queued too.
UPDATE job SET state = 'waiting' WHERE state = 'queued';
