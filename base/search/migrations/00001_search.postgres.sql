-- +goose Up
-- housekeeping: search_docs
CREATE TABLE search_docs (
	n BIGINT PRIMARY KEY, kind TEXT NOT NULL, id BIGINT NOT NULL, grp BIGINT NOT NULL, scope TEXT NOT NULL,
	words TSVECTOR NOT NULL) WITH (toast_tuple_target = 8160);
-- Many are read one after another: only those of long texts lie apart from their rows, and none is compressed.
ALTER TABLE search_docs ALTER COLUMN words SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX search_docs_id ON search_docs (id, kind);
CREATE INDEX search_docs_grp ON search_docs (grp, n);
CREATE INDEX search_docs_scope ON search_docs (scope, n);
-- A short list of pending entries halves the cost of writing; the usual one of 4 MB would slow every question down.
CREATE INDEX search_docs_words ON search_docs USING GIN (words) WITH (fastupdate = on, gin_pending_list_limit = 256);
