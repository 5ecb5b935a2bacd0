-- +goose Up
-- housekeeping: web_answers
CREATE TABLE web_answers (
	key TEXT PRIMARY KEY, request TEXT NOT NULL, status BIGINT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX web_answers_at ON web_answers (at);
