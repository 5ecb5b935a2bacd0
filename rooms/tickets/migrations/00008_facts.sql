-- +goose Up
-- What puts facts first: safety, health, legal or contract; empty for most.
ALTER TABLE tickets ADD COLUMN facts TEXT NOT NULL DEFAULT '';
CREATE INDEX tickets_facts ON tickets (facts, status, updated_at, id) WHERE facts <> '';
