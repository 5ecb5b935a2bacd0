-- +goose Up
ALTER TABLE messages ADD COLUMN quoted_html TEXT NOT NULL DEFAULT '';
