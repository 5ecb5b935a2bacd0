-- +goose Up
-- A company's own frameworks and planned questions, and the starter's that it changed or switched off, which have the same id.
-- Every change of them holds the row of their language in lexicon_turns.
CREATE TABLE lexicon_shelf (
	language TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, off BOOLEAN NOT NULL, version BIGINT NOT NULL,
	PRIMARY KEY (language, kind, id));
