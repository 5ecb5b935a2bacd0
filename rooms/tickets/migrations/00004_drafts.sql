-- +goose Up
-- housekeeping: drafts, drafts_files
CREATE TABLE drafts (
	staff BIGINT NOT NULL, ticket BIGINT NOT NULL, kind TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL,
	recipients TEXT NOT NULL, cc TEXT NOT NULL, mentions TEXT NOT NULL, seen BIGINT NOT NULL, state TEXT NOT NULL,
	leaves_at BIGINT NOT NULL, onward TEXT NOT NULL, trouble TEXT NOT NULL, code TEXT NOT NULL,
	saved_at BIGINT NOT NULL, PRIMARY KEY (staff, ticket));
CREATE TABLE drafts_files (
	staff BIGINT NOT NULL, ticket BIGINT NOT NULL, place BIGINT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL,
	type TEXT NOT NULL, size BIGINT NOT NULL, content_id TEXT NOT NULL, PRIMARY KEY (staff, ticket, place));
CREATE INDEX drafts_files_sha ON drafts_files (sha256);
