-- +goose Up
-- Numbers that rise, shared by all libraries, in rows: not every engine has sequences. n is the last one given.
CREATE TABLE counter (
  name TEXT   NOT NULL PRIMARY KEY,
  n    BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO counter SELECT 'job', coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'job';
INSERT INTO counter SELECT 'turn', coalesce(max(turn), 0) FROM library;

-- When a library had its last turn: beside job, so that a claim does not wait for whoever writes into the library.
DROP INDEX library_turn;
CREATE TABLE library_turn (
  library TEXT   NOT NULL PRIMARY KEY REFERENCES library ON DELETE CASCADE,
  turn    BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO library_turn SELECT id, turn FROM library WHERE turn > 0;
ALTER TABLE library DROP COLUMN turn;
