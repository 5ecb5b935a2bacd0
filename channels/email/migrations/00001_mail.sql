-- +goose Up
-- housekeeping: mail_folders, mail_acknowledged
CREATE TABLE mail_boxes (
	id BIGINT PRIMARY KEY, address TEXT NOT NULL UNIQUE, aliases TEXT NOT NULL, name TEXT NOT NULL, team BIGINT NOT NULL,
	imap TEXT NOT NULL, smtp TEXT NOT NULL, secret TEXT NOT NULL, dkim TEXT NOT NULL, options TEXT NOT NULL,
	paused BOOLEAN NOT NULL, created_at BIGINT NOT NULL, version BIGINT NOT NULL);

CREATE TABLE mail_ledger (
	id BIGINT PRIMARY KEY, mailbox BIGINT NOT NULL, place TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity BIGINT NOT NULL, uid BIGINT NOT NULL,
	sha256 TEXT NOT NULL, size BIGINT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL,
	state TEXT NOT NULL, why TEXT NOT NULL, detail TEXT NOT NULL, ticket BIGINT NOT NULL, message BIGINT NOT NULL, tries BIGINT NOT NULL,
	came_at BIGINT NOT NULL, state_at BIGINT NOT NULL, by TEXT NOT NULL);
CREATE UNIQUE INDEX mail_ledger_place ON mail_ledger (mailbox, place);
CREATE INDEX mail_ledger_state ON mail_ledger (state, id);
CREATE INDEX mail_ledger_sha ON mail_ledger (sha256, mailbox);
CREATE INDEX mail_ledger_ticket ON mail_ledger (ticket) WHERE ticket > 0;

CREATE TABLE mail_folders (
	mailbox BIGINT NOT NULL, folder TEXT NOT NULL, uidvalidity BIGINT NOT NULL, uidnext BIGINT NOT NULL,
	role TEXT NOT NULL, seen_at BIGINT NOT NULL, trouble TEXT NOT NULL, trouble_since BIGINT NOT NULL, alarmed BOOLEAN NOT NULL,
	PRIMARY KEY (mailbox, folder));

CREATE TABLE mail_acknowledged (mailbox BIGINT NOT NULL, address TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (mailbox, address));
