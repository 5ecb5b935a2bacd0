-- +goose Up
-- housekeeping: ledger_accounts
-- minor is what was given, below zero when it was taken back; counts_at is the moment it counts from against limits: that of
-- what it takes back, so that taking back never makes room for more than the limit.
CREATE TABLE ledger_entries (
	id BIGINT PRIMARY KEY, key TEXT NOT NULL UNIQUE, at BIGINT NOT NULL, counts_at BIGINT NOT NULL, by_actor TEXT NOT NULL, staff BIGINT NOT NULL, team BIGINT NOT NULL,
	customer BIGINT NOT NULL, ticket BIGINT NOT NULL, matter TEXT NOT NULL, remedy TEXT NOT NULL, part TEXT NOT NULL, kind TEXT NOT NULL,
	minor BIGINT NOT NULL, currency TEXT NOT NULL, reverses BIGINT NOT NULL);
CREATE UNIQUE INDEX ledger_entries_reverses ON ledger_entries (reverses) WHERE reverses > 0;
CREATE INDEX ledger_entries_customer ON ledger_entries (customer, id);
CREATE INDEX ledger_entries_matter ON ledger_entries (matter, id);
CREATE INDEX ledger_entries_ticket ON ledger_entries (ticket, id);
CREATE INDEX ledger_entries_team ON ledger_entries (team, counts_at);
CREATE TABLE ledger_lines (
	entry BIGINT NOT NULL, n BIGINT NOT NULL, account TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL, PRIMARY KEY (entry, n));
CREATE INDEX ledger_lines_account ON ledger_lines (account, entry);
-- What every account comes to, and the lock that two who give at once wait for.
CREATE TABLE ledger_accounts (account TEXT NOT NULL, currency TEXT NOT NULL, minor BIGINT NOT NULL, entries BIGINT NOT NULL, PRIMARY KEY (account, currency));
