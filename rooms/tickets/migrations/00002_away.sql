-- +goose Up
CREATE INDEX tickets_counts_assignee ON tickets_counts (assignee, team) WHERE assignee <> 0;
