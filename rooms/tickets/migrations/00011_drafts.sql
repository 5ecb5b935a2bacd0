-- +goose Up
-- What is bound to a draft, such as what it promises, goes on with the message it becomes, and ends with it when it is thrown
-- away: so a draft has a key of its own. One that was there before gets it when it is next saved.
ALTER TABLE drafts ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX drafts_id ON drafts (id) WHERE id <> 0;
