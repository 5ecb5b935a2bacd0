-- +goose Up
-- housekeeping: promises
-- What follows from the events of tickets needs none of its own for each change: promises.
-- A ticket or a customer is 0 where there is none, and so is every moment that has not come. settled_at is 0 as long as
-- something is owed: also under a promise that was broken and neither kept late, renewed nor released since. done_at is when
-- what was promised was done at last, under this promise or under one that took its place. allowed and took are working
-- time in microseconds, from when it was made to when it was due, and to when it was done or released.
-- door_team and door_staff are whose the ticket is, and with it who may see the promise; without one, the promise's own.
CREATE TABLE promises (
	id BIGINT PRIMARY KEY, ticket BIGINT NOT NULL, customer BIGINT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL,
	made_by BIGINT NOT NULL, owner BIGINT NOT NULL, team BIGINT NOT NULL, source TEXT NOT NULL, message BIGINT NOT NULL,
	made_at BIGINT NOT NULL, due_at BIGINT NOT NULL, whole_day BOOLEAN NOT NULL, state TEXT NOT NULL, ended_at BIGINT NOT NULL,
	kept_at BIGINT NOT NULL, done_at BIGINT NOT NULL, settled_at BIGINT NOT NULL, instead_of BIGINT NOT NULL, followed_by BIGINT NOT NULL,
	told TEXT NOT NULL, told_at BIGINT NOT NULL, call_tried BOOLEAN NOT NULL, reminded_at BIGINT NOT NULL,
	allowed BIGINT NOT NULL, took BIGINT NOT NULL, door_team BIGINT NOT NULL, door_staff BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX promises_ticket ON promises (ticket, due_at, id);
CREATE INDEX promises_customer ON promises (customer, due_at, id);
CREATE INDEX promises_due ON promises (due_at, id);
CREATE INDEX promises_owner ON promises (owner, due_at, id);
CREATE INDEX promises_team ON promises (door_team, due_at, id);
CREATE INDEX promises_staff ON promises (door_staff, due_at, id);
CREATE INDEX promises_owed ON promises (due_at, id) WHERE settled_at = 0;
CREATE INDEX promises_owed_owner ON promises (owner, due_at, id) WHERE settled_at = 0;
CREATE INDEX promises_owed_team ON promises (door_team, due_at, id) WHERE settled_at = 0;
CREATE INDEX promises_owed_staff ON promises (door_staff, due_at, id) WHERE settled_at = 0;
CREATE INDEX promises_open ON promises (id) WHERE state = 'open';
-- History counts each matter once, from the first promise of it.
CREATE INDEX promises_like ON promises (kind, team, id) WHERE instead_of = 0;
CREATE INDEX promises_kind ON promises (kind, id) WHERE instead_of = 0;
CREATE INDEX promises_first ON promises (id) WHERE instead_of = 0;

-- The words that go with what was done: why a promise was renewed, released or handed on, and why one was made that
-- history speaks against.
CREATE TABLE promises_reasons (
	id BIGINT PRIMARY KEY, promise BIGINT NOT NULL, about TEXT NOT NULL, text TEXT NOT NULL, author BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX promises_reasons_promise ON promises_reasons (promise, id);

CREATE TABLE promises_settings (
	share DOUBLE PRECISION NOT NULL, cases BIGINT NOT NULL, remind TEXT NOT NULL, kinds TEXT NOT NULL, calendar BIGINT NOT NULL, version BIGINT NOT NULL);
INSERT INTO promises_settings (share, cases, remind, kinds, calendar, version) VALUES (0.95, 20, '[480,60]', '[]', 0, 1);
