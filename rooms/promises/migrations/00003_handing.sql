-- +goose Up
-- Who is asked to see to a promise, and since when; 0 for nobody.
ALTER TABLE promises ADD COLUMN offered_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE promises ADD COLUMN offered_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX promises_offered ON promises (offered_to, due_at, id) WHERE offered_to <> 0;
-- Teams that have hours of their own, and whether reminders also go out by mail.
ALTER TABLE promises_settings ADD COLUMN teams TEXT NOT NULL DEFAULT '[]';
ALTER TABLE promises_settings ADD COLUMN mail BOOLEAN NOT NULL DEFAULT TRUE;
