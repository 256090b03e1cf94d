-- +goose Up
-- Settings that nobody set, such as a library's salt, left an entry without a verb in the log of what moderators did. It is none of theirs.
DELETE FROM audit WHERE verb = '';
