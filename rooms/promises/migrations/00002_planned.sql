-- +goose Up
-- housekeeping: promises_planned
-- What an answer that is being written promises; by_when is how it was said, a day or a moment. message is 0 until the answer
-- has left and the promise could not be made; trouble and code say why.
CREATE TABLE promises_planned (
	id BIGINT PRIMARY KEY, ticket BIGINT NOT NULL, staff BIGINT NOT NULL, draft BIGINT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL,
	by_when TEXT NOT NULL, due_at BIGINT NOT NULL, whole_day BOOLEAN NOT NULL, owner BIGINT NOT NULL, anyway TEXT NOT NULL,
	planned_at BIGINT NOT NULL, message BIGINT NOT NULL, trouble TEXT NOT NULL, code TEXT NOT NULL);
CREATE INDEX promises_planned_draft ON promises_planned (draft);
CREATE INDEX promises_planned_ticket ON promises_planned (ticket);
CREATE INDEX promises_planned_staff ON promises_planned (staff, planned_at);
