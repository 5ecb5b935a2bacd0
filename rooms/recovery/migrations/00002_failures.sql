-- +goose Up
-- Which failures open a recovery by themselves, and how severe they are; those that are not here do, as slight ones.
CREATE TABLE complaints_failures (origin TEXT PRIMARY KEY, off BOOLEAN NOT NULL, severity BIGINT NOT NULL);
