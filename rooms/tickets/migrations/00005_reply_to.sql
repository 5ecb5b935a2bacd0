-- +goose Up
ALTER TABLE messages ADD COLUMN reply_to TEXT NOT NULL DEFAULT '[]';
