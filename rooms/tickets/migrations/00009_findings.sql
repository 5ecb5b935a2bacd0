-- +goose Up
-- What the lexicon found in a message that left, and who let it leave against a rule: ids of rules, no words.
CREATE TABLE messages_findings (
	message BIGINT NOT NULL, place BIGINT NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL,
	overruled BOOLEAN NOT NULL, PRIMARY KEY (message, place));
CREATE TABLE messages_overrides (message BIGINT PRIMARY KEY, author TEXT NOT NULL, reason BIGINT NOT NULL);
-- Of a draft: the reason to let it leave, and the rules it was given for.
ALTER TABLE drafts ADD COLUMN override TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN against TEXT NOT NULL DEFAULT '[]';
