-- +goose Up
-- What was asked on a ticket is read beside what was given there, whatever complaint it belongs to.
CREATE INDEX approvals_ticket ON approvals (ticket, id) WHERE ticket > 0;
