-- +goose Up
INSERT INTO counters (name, n) VALUES ('mailbox', 0);
