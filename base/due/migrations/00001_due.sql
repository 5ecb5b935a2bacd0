-- +goose Up
-- housekeeping: due
CREATE TABLE due (
	kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,
	put_at BIGINT NOT NULL, due_at BIGINT NOT NULL, wake_at BIGINT NOT NULL,
	tries BIGINT NOT NULL, last_error TEXT NOT NULL, parked BOOLEAN NOT NULL,
	holder TEXT NOT NULL, moved BOOLEAN NOT NULL, cancelled BOOLEAN NOT NULL,
	PRIMARY KEY (kind, key));
CREATE INDEX due_waiting ON due (kind, wake_at) WHERE holder = '' AND NOT parked;
CREATE INDEX due_running ON due (holder) WHERE holder <> '';
CREATE INDEX due_parked ON due (put_at) WHERE parked;
