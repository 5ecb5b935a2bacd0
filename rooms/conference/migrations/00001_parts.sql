-- +goose Up
-- A part of a ticket: a conversation of its own. Nothing of it lies in a table of tickets, and nothing of theirs lies here but
-- what was shared by hand, as it was then (parts_messages.shared, parts_files). Moments that have not come are 0.
CREATE TABLE parts (
	id BIGINT PRIMARY KEY, number BIGINT NOT NULL UNIQUE, ticket BIGINT NOT NULL, mailbox BIGINT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
	state TEXT NOT NULL, asked_by BIGINT NOT NULL, asked_at BIGINT NOT NULL, waiting_since BIGINT NOT NULL, answered_at BIGINT NOT NULL,
	chased_at BIGINT NOT NULL, chases BIGINT NOT NULL, chase_at BIGINT NOT NULL, chase_due BOOLEAN NOT NULL, machine BOOLEAN NOT NULL,
	language TEXT NOT NULL, known_as TEXT NOT NULL, holds BOOLEAN NOT NULL, trouble TEXT NOT NULL, done_at BIGINT NOT NULL,
	snippet TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX parts_ticket ON parts (ticket, id);

CREATE TABLE parts_people (
	id BIGINT PRIMARY KEY, part BIGINT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, staff BIGINT NOT NULL, invited_by BIGINT NOT NULL,
	invited_at BIGINT NOT NULL, trouble TEXT NOT NULL);
CREATE UNIQUE INDEX parts_people_part ON parts_people (part, email);
CREATE INDEX parts_people_staff ON parts_people (staff, part) WHERE staff <> 0;

CREATE TABLE parts_messages (
	id BIGINT PRIMARY KEY, part BIGINT NOT NULL, kind TEXT NOT NULL, author TEXT NOT NULL, name TEXT NOT NULL, person BIGINT NOT NULL,
	recipients TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, quoted TEXT NOT NULL, html TEXT NOT NULL, shared TEXT NOT NULL,
	chase BOOLEAN NOT NULL, machine BOOLEAN NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, state_at BIGINT NOT NULL, trouble TEXT NOT NULL,
	mailbox BIGINT NOT NULL, ref TEXT NOT NULL, answers TEXT NOT NULL, raw TEXT NOT NULL);
CREATE INDEX parts_messages_part ON parts_messages (part, id);
CREATE INDEX parts_messages_ref ON parts_messages (ref) WHERE ref <> '';

CREATE TABLE parts_files (
	id BIGINT PRIMARY KEY, part BIGINT NOT NULL, message BIGINT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL,
	sha256 TEXT NOT NULL, content_id TEXT NOT NULL, inline BOOLEAN NOT NULL);
CREATE INDEX parts_files_part ON parts_files (part, message);
CREATE INDEX parts_files_sha ON parts_files (sha256);

-- By which names (Message-IDs) mails of a part are known in a mailbox.
-- housekeeping: parts_refs
CREATE TABLE parts_refs (mailbox BIGINT NOT NULL, ref TEXT NOT NULL, part BIGINT NOT NULL, PRIMARY KEY (mailbox, ref));

INSERT INTO counters (name, n) VALUES ('part', 0);
