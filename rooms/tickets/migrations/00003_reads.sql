-- +goose Up
-- housekeeping: tickets_reads
-- heard is the ticket's version with which the customer's side last said something; what waited for an answer before
-- there were marks counts as unread.
ALTER TABLE tickets ADD COLUMN heard BIGINT NOT NULL DEFAULT 0;
UPDATE tickets SET heard = version WHERE waiting_since > 0;
CREATE TABLE tickets_reads (staff BIGINT NOT NULL, ticket BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (staff, ticket));
