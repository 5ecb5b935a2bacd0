-- +goose Up
-- What the company is: which trade it is in, for the rules of that trade. One row.
CREATE TABLE lexicon_company (id BIGINT PRIMARY KEY, trade TEXT NOT NULL);
INSERT INTO lexicon_company (id, trade) VALUES (1, '');

-- Questions that were proposed to be planned, and that the company does not want to plan.
CREATE TABLE lexicon_declined (language TEXT NOT NULL, id TEXT NOT NULL, ask TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (language, id));
