-- +goose Up
-- What somebody on the staff wrote down of what they were told or given, and what it became: a complaint, a ticket, or both.
CREATE TABLE tell_captures (
	id BIGINT PRIMARY KEY, staff BIGINT NOT NULL, came TEXT NOT NULL, place TEXT NOT NULL, complaint BIGINT NOT NULL, ticket BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX tell_captures_staff ON tell_captures (staff, id);
CREATE INDEX tell_captures_complaint ON tell_captures (complaint);

-- The pictures and voice notes that came along; bytes are in base/files.
CREATE TABLE tell_files (
	id BIGINT PRIMARY KEY, capture BIGINT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX tell_files_capture ON tell_files (capture, id);
CREATE INDEX tell_files_sha256 ON tell_files (sha256);

-- housekeeping: tell_solved
-- Who brought how many complaints of a kind to a good end.
CREATE TABLE tell_solved (complaint BIGINT PRIMARY KEY, staff BIGINT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX tell_solved_staff ON tell_solved (staff, kind);
