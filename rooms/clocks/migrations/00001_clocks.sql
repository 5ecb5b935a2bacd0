-- +goose Up
-- housekeeping: clocks, targets_edition
-- What follows from the events of tickets needs none of its own for each change: clocks.
CREATE TABLE targets (
	id BIGINT PRIMARY KEY, place BIGINT NOT NULL, name TEXT NOT NULL, conditions TEXT NOT NULL, calendar BIGINT NOT NULL,
	targets TEXT NOT NULL, warn TEXT NOT NULL, hold_pauses BOOLEAN NOT NULL, version BIGINT NOT NULL);
INSERT INTO targets (id, place, name, conditions, calendar, targets, warn, hold_pauses, version) VALUES
	(1, 1, 'Standard', '{}', 0, '{"first_answer":480,"next_answer":480,"resolution":2400}', '{"percent":25}', FALSE, 1);

-- n is another after every change of policies or of what they count by; since is the moment from which they promise anything.
CREATE TABLE targets_edition (n BIGINT NOT NULL, since BIGINT NOT NULL);
INSERT INTO targets_edition (n, since) VALUES (1, 0);

-- One row holds all clocks of a ticket: wake_at is the moment its row in due waits for, due_at the first moment at which a
-- running clock is late, living says whether any of them still matters.
CREATE TABLE clocks (
	ticket BIGINT PRIMARY KEY, team BIGINT NOT NULL, assignee BIGINT NOT NULL, policy BIGINT NOT NULL, watch TEXT NOT NULL,
	wake_at BIGINT NOT NULL, due_at BIGINT NOT NULL, living BOOLEAN NOT NULL);
CREATE INDEX clocks_living ON clocks (ticket) WHERE living;
CREATE INDEX clocks_due ON clocks (due_at, ticket) WHERE due_at > 0;
CREATE INDEX clocks_team ON clocks (team, due_at, ticket) WHERE due_at > 0;
CREATE INDEX clocks_assignee ON clocks (assignee, due_at, ticket) WHERE due_at > 0;
