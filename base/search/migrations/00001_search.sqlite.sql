-- +goose Up
-- housekeeping: search_docs, search_words
CREATE TABLE search_docs (
	n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id BIGINT NOT NULL, grp BIGINT NOT NULL, scope TEXT NOT NULL,
	words TEXT NOT NULL, also TEXT NOT NULL);
CREATE UNIQUE INDEX search_docs_id ON search_docs (id, kind);
CREATE INDEX search_docs_grp ON search_docs (grp, n);

-- The terms come finished from Go; ascii takes every other character as part of a word, whatever Unicode it knows.
CREATE VIRTUAL TABLE search_words USING fts5(words, also, scope, content='search_docs', content_rowid='n', columnsize=0, tokenize='ascii');
-- What is erased leaves the index at once, not when it happens to be merged.
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
