-- +goose Up
-- housekeeping: push_keys, push_subscriptions
-- The pair of keys by which push services know this house (RFC 8292); the private one is sealed. One row, made once.
CREATE TABLE push_keys (n BIGINT PRIMARY KEY, public TEXT NOT NULL, sealed TEXT NOT NULL);

-- Where a browser can be reached while nobody looks at it. The address is as good as a key to it, so it is sealed; hash tells
-- two apart. One for each session.
CREATE TABLE push_subscriptions (
	id BIGINT PRIMARY KEY, staff BIGINT NOT NULL, session BIGINT NOT NULL UNIQUE, hash TEXT NOT NULL, sealed TEXT NOT NULL, made_at BIGINT NOT NULL);
CREATE INDEX push_subscriptions_staff ON push_subscriptions (staff);
CREATE INDEX push_subscriptions_hash ON push_subscriptions (hash);
