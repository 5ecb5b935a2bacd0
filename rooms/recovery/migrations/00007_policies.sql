-- +goose Up
-- The rules we keep, why, and how far each bends for whom; what is empty does not bend.
CREATE TABLE authority_policies (
	id BIGINT PRIMARY KEY, name TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, bends TEXT NOT NULL, off BOOLEAN NOT NULL, since BIGINT NOT NULL, changed_at BIGINT NOT NULL);
-- That a rule was bent, for whom and by what; undone_at when what was given for it was taken back.
CREATE TABLE authority_bends (
	id BIGINT PRIMARY KEY, policy BIGINT NOT NULL, at BIGINT NOT NULL, staff BIGINT NOT NULL, complaint BIGINT NOT NULL, ticket BIGINT NOT NULL, customer BIGINT NOT NULL, bond TEXT NOT NULL,
	remedy BIGINT NOT NULL, approval BIGINT NOT NULL, undone_at BIGINT NOT NULL);
CREATE INDEX authority_bends_policy ON authority_bends (policy, at);
CREATE INDEX authority_bends_remedy ON authority_bends (remedy) WHERE remedy > 0;
-- From what on somebody is a regular customer, and a long-standing one: what they bought in all, in minor units of the desk's
-- money, or years since the first purchase or contact; 0 for not by that.
CREATE TABLE authority_bonds (bond TEXT PRIMARY KEY, spent BIGINT NOT NULL, years BIGINT NOT NULL);
INSERT INTO authority_bonds (bond, spent, years) VALUES ('regular', 50000, 1), ('long_standing', 200000, 3);
-- The policy that a question to a supervisor is about.
ALTER TABLE approvals ADD COLUMN policy BIGINT NOT NULL DEFAULT 0;
CREATE INDEX remedies_staff ON remedies (staff, given_at);
CREATE INDEX complaints_closed ON complaints (closed_at) WHERE closed_at > 0;
