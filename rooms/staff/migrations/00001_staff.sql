-- +goose Up
-- housekeeping: sessions, tokens_used, staff_links, staff_tries, staff_version
CREATE TABLE roles (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, may TEXT NOT NULL, all_teams BOOLEAN NOT NULL, built_in BOOLEAN NOT NULL);
INSERT INTO roles (id, name, may, all_teams, built_in) VALUES
	(1, 'owner', '["act","approve","capture","money","people","reports","settings","view"]', TRUE, TRUE),
	(2, 'admin', '["act","approve","capture","money","people","reports","settings","view"]', TRUE, TRUE),
	(3, 'supervisor', '["act","approve","capture","money","reports","view"]', FALSE, TRUE),
	(4, 'agent', '["act","capture","money","view"]', FALSE, TRUE),
	(5, 'leader', '["capture","reports"]', FALSE, TRUE),
	(6, 'light', '["capture","money"]', FALSE, TRUE);

-- address is the e-mail in lower case: one account for each.
CREATE TABLE staff (
	id BIGINT PRIMARY KEY, email TEXT NOT NULL, address TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role BIGINT NOT NULL,
	language TEXT NOT NULL, password TEXT NOT NULL, disabled BOOLEAN NOT NULL, added_at BIGINT NOT NULL);

-- A removed team stays for the names in old timelines.
CREATE TABLE teams (id BIGINT PRIMARY KEY, name TEXT NOT NULL, removed BOOLEAN NOT NULL);
CREATE TABLE teams_members (team BIGINT NOT NULL, staff BIGINT NOT NULL, PRIMARY KEY (team, staff));
CREATE INDEX teams_members_staff ON teams_members (staff);

CREATE TABLE sessions (
	id BIGINT PRIMARY KEY, staff BIGINT NOT NULL, hash TEXT NOT NULL UNIQUE, device TEXT NOT NULL, opened_at BIGINT NOT NULL, seen_at BIGINT NOT NULL);
CREATE INDEX sessions_staff ON sessions (staff);
CREATE INDEX sessions_seen_at ON sessions (seen_at);

-- A revoked token stays for the names in old timelines.
CREATE TABLE tokens (
	id BIGINT PRIMARY KEY, staff BIGINT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
	created_at BIGINT NOT NULL, revoked_at BIGINT NOT NULL);
CREATE INDEX tokens_staff ON tokens (staff);
CREATE TABLE tokens_used (token BIGINT PRIMARY KEY, at BIGINT NOT NULL);

-- One-time links; staff 0 sets up the house and its owner.
CREATE TABLE staff_links (hash TEXT PRIMARY KEY, staff BIGINT NOT NULL, expires_at BIGINT NOT NULL);

-- Failed tries to sign in, by the hash of who tried and whence.
CREATE TABLE staff_tries (key TEXT PRIMARY KEY, fails BIGINT NOT NULL, at BIGINT NOT NULL, until BIGINT NOT NULL);
CREATE INDEX staff_tries_at ON staff_tries (at);

-- Grows with every change of what somebody may do, so that each node knows when its memory is old.
CREATE TABLE staff_version (n BIGINT NOT NULL);
INSERT INTO staff_version (n) VALUES (0);
