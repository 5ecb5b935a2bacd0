-- +goose Up
-- A company's own rules, and the starter's that it changed or switched off, which have the same id.
CREATE TABLE lexicon_rules (
	language TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, off BOOLEAN NOT NULL, version BIGINT NOT NULL,
	PRIMARY KEY (language, id));

-- How often the rules of a language were changed: who keeps them made ready looks here whether they still are.
CREATE TABLE lexicon_turns (language TEXT PRIMARY KEY, turn BIGINT NOT NULL);
INSERT INTO lexicon_turns (language, turn) VALUES ('en', 0), ('de', 0);
