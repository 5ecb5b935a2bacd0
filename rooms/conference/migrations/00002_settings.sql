-- +goose Up
-- How a company asks others: one row.
CREATE TABLE parts_settings (id BIGINT PRIMARY KEY, chase_after BIGINT NOT NULL, version BIGINT NOT NULL);
INSERT INTO parts_settings (id, chase_after, version) VALUES (1, 960, 1);
