-- +goose Up
-- What all teams gave in a month is read at once.
CREATE INDEX ledger_entries_counts ON ledger_entries (counts_at);
