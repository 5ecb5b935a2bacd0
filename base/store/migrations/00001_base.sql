-- +goose Up
-- housekeeping: meta, counters, journal, journal_head, followers, stuck, leases, claims
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE counters (name TEXT PRIMARY KEY, n BIGINT NOT NULL);
INSERT INTO counters (name, n) VALUES ('node', 0);

CREATE TABLE journal (
	seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, by TEXT NOT NULL, via TEXT NOT NULL,
	subject TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE TABLE journal_head (seq BIGINT NOT NULL);
INSERT INTO journal_head (seq) VALUES (0);

CREATE TABLE followers (name TEXT PRIMARY KEY, seq BIGINT NOT NULL);
CREATE TABLE stuck (
	follower TEXT NOT NULL, seq BIGINT NOT NULL, kind TEXT NOT NULL, tries BIGINT NOT NULL, error TEXT NOT NULL,
	next_try BIGINT NOT NULL, parked BOOLEAN NOT NULL, PRIMARY KEY (follower, seq));

CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL);
CREATE TABLE claims (key TEXT PRIMARY KEY, at BIGINT NOT NULL);
CREATE INDEX claims_at ON claims (at);
