-- +goose Up
-- housekeeping: tickets_counted, tickets_counts, tickets_refs, tickets_parties
CREATE TABLE tickets (
	id BIGINT PRIMARY KEY, number BIGINT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL, ended TEXT NOT NULL,
	priority TEXT NOT NULL, type TEXT NOT NULL, product TEXT NOT NULL, channel TEXT NOT NULL, mailbox BIGINT NOT NULL,
	customer BIGINT NOT NULL, company BIGINT NOT NULL, assignee BIGINT NOT NULL, team BIGINT NOT NULL,
	tags TEXT NOT NULL, fields TEXT NOT NULL, external_id TEXT NOT NULL, snippet TEXT NOT NULL,
	created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, waiting_since BIGINT NOT NULL, answered_at BIGINT NOT NULL,
	resolved_at BIGINT NOT NULL, reopened BIGINT NOT NULL, merged_into BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE UNIQUE INDEX tickets_number ON tickets (number);
CREATE UNIQUE INDEX tickets_external ON tickets (channel, external_id) WHERE external_id <> '';
-- Every list is read from ranges of these, in its own order.
CREATE INDEX tickets_status ON tickets (status, updated_at, id);
CREATE INDEX tickets_team ON tickets (team, status, updated_at, id);
CREATE INDEX tickets_assignee ON tickets (assignee, status, updated_at, id);
CREATE INDEX tickets_mailbox ON tickets (mailbox, status, updated_at, id);
CREATE INDEX tickets_channel ON tickets (channel, status, updated_at, id);
CREATE INDEX tickets_customer ON tickets (customer, updated_at, id);
CREATE INDEX tickets_waiting ON tickets (waiting_since, id) WHERE waiting_since > 0;
CREATE INDEX tickets_waiting_team ON tickets (team, waiting_since, id) WHERE waiting_since > 0;
CREATE INDEX tickets_waiting_assignee ON tickets (assignee, waiting_since, id) WHERE waiting_since > 0;

CREATE TABLE tickets_tags (
	tag TEXT NOT NULL, status TEXT NOT NULL, updated_at BIGINT NOT NULL, ticket BIGINT NOT NULL, PRIMARY KEY (tag, status, updated_at, ticket));
CREATE INDEX tickets_tags_ticket ON tickets_tags (ticket);

CREATE TABLE tickets_parties (ticket BIGINT NOT NULL, email TEXT NOT NULL, PRIMARY KEY (ticket, email));
CREATE TABLE tickets_refs (
	mailbox BIGINT NOT NULL, ref TEXT NOT NULL, ticket BIGINT NOT NULL, message BIGINT NOT NULL, PRIMARY KEY (mailbox, ref, ticket));
CREATE INDEX tickets_refs_ticket ON tickets_refs (ticket);

CREATE TABLE messages (
	id BIGINT PRIMARY KEY, ticket BIGINT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, mailbox BIGINT NOT NULL,
	author TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL, cc TEXT NOT NULL, subject TEXT NOT NULL,
	text TEXT NOT NULL, quoted TEXT NOT NULL, signature TEXT NOT NULL, html TEXT NOT NULL,
	ref TEXT NOT NULL, answers TEXT NOT NULL, raw TEXT NOT NULL, machine BOOLEAN NOT NULL, flaws TEXT NOT NULL,
	at BIGINT NOT NULL, state TEXT NOT NULL, state_at BIGINT NOT NULL, trouble TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX messages_ticket ON messages (ticket, id);
CREATE INDEX messages_ref ON messages (ref) WHERE ref <> '';

CREATE TABLE messages_files (
	id BIGINT PRIMARY KEY, message BIGINT NOT NULL, ticket BIGINT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL,
	sha256 TEXT NOT NULL, content_id TEXT NOT NULL, inline BOOLEAN NOT NULL);
CREATE INDEX messages_files_message ON messages_files (message);
CREATE INDEX messages_files_sha ON messages_files (sha256);

CREATE TABLE tickets_reasons (id BIGINT PRIMARY KEY, ticket BIGINT NOT NULL, text TEXT NOT NULL);
CREATE TABLE tickets_fields (
	key TEXT PRIMARY KEY, label TEXT NOT NULL, kind TEXT NOT NULL, choices TEXT NOT NULL, types TEXT NOT NULL, required BOOLEAN NOT NULL);
CREATE TABLE tickets_types (key TEXT PRIMARY KEY, label TEXT NOT NULL);

CREATE TABLE tickets_counted (
	ticket BIGINT PRIMARY KEY, status TEXT NOT NULL, team BIGINT NOT NULL, assignee BIGINT NOT NULL, mailbox BIGINT NOT NULL);
CREATE TABLE tickets_counts (
	status TEXT NOT NULL, team BIGINT NOT NULL, assignee BIGINT NOT NULL, mailbox BIGINT NOT NULL, n BIGINT NOT NULL,
	PRIMARY KEY (status, team, assignee, mailbox));
INSERT INTO counters (name, n) VALUES ('ticket', 0);
