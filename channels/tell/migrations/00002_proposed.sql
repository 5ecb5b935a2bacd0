-- +goose Up
-- What sort of story somebody told.
ALTER TABLE tell_captures ADD COLUMN about TEXT NOT NULL DEFAULT 'complaint';

-- Ideas, and processes gone wrong: who sees to them, by when whoever told is answered, and how they ended. The id is that of
-- what was told.
CREATE TABLE tell_proposed (
	id BIGINT PRIMARY KEY, about TEXT NOT NULL, what TEXT NOT NULL, staff BIGINT NOT NULL, team BIGINT NOT NULL, owner BIGINT NOT NULL, at BIGINT NOT NULL,
	answer_by BIGINT NOT NULL, ended TEXT NOT NULL, answer TEXT NOT NULL, answered_by BIGINT NOT NULL, answered_at BIGINT NOT NULL);
CREATE INDEX tell_proposed_open ON tell_proposed (answer_by, id) WHERE ended = '';
CREATE INDEX tell_proposed_over ON tell_proposed (answered_at, id) WHERE ended <> '';
