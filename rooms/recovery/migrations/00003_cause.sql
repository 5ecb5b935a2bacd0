-- +goose Up
ALTER TABLE complaints ADD COLUMN cause TEXT NOT NULL DEFAULT '';
