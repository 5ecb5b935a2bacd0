-- +goose Up
CREATE TABLE complaints (
	id BIGINT PRIMARY KEY, ticket BIGINT NOT NULL, customer BIGINT NOT NULL, team BIGINT NOT NULL, kind TEXT NOT NULL, severity BIGINT NOT NULL,
	what TEXT NOT NULL, wish TEXT NOT NULL, wish_none BOOLEAN NOT NULL, internal BOOLEAN NOT NULL, origin TEXT NOT NULL, stage TEXT NOT NULL, place BIGINT NOT NULL,
	owner BIGINT NOT NULL, offered_to BIGINT NOT NULL, raised_by BIGINT NOT NULL, raised_at BIGINT NOT NULL, due_at BIGINT NOT NULL, late_at BIGINT NOT NULL,
	held TEXT NOT NULL, trusts TEXT NOT NULL, ended TEXT NOT NULL, closed_at BIGINT NOT NULL, reopened BIGINT NOT NULL, version BIGINT NOT NULL);
-- A ticket has at most one that is open.
CREATE UNIQUE INDEX complaints_open ON complaints (ticket) WHERE ticket > 0 AND closed_at = 0;
CREATE INDEX complaints_ticket ON complaints (ticket, id);
CREATE INDEX complaints_team ON complaints (team, id);
CREATE INDEX complaints_owner ON complaints (owner, id);
CREATE INDEX complaints_raised_by ON complaints (raised_by, id);
CREATE INDEX complaints_offered_to ON complaints (offered_to, id) WHERE offered_to > 0;

CREATE TABLE complaints_stages (
	complaint BIGINT NOT NULL, n BIGINT NOT NULL, stage TEXT NOT NULL, owner BIGINT NOT NULL, entered_at BIGINT NOT NULL, left_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL, late_at BIGINT NOT NULL, done TEXT NOT NULL, PRIMARY KEY (complaint, n));
CREATE TABLE complaints_handovers (
	id BIGINT PRIMARY KEY, complaint BIGINT NOT NULL, from_staff BIGINT NOT NULL, to_staff BIGINT NOT NULL, summary TEXT NOT NULL, state TEXT NOT NULL,
	reason TEXT NOT NULL, at BIGINT NOT NULL, answered_at BIGINT NOT NULL);
CREATE INDEX complaints_handovers_complaint ON complaints_handovers (complaint, id);
CREATE TABLE complaints_reasons (complaint BIGINT NOT NULL, at BIGINT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (complaint, at));
-- Those of the starter that were changed, and the company's own.
CREATE TABLE complaints_kinds (key TEXT PRIMARY KEY, label TEXT NOT NULL, stages TEXT NOT NULL, off BOOLEAN NOT NULL);

CREATE TABLE remedies (
	id BIGINT PRIMARY KEY, offer BIGINT NOT NULL, complaint BIGINT NOT NULL, ticket BIGINT NOT NULL, customer BIGINT NOT NULL, team BIGINT NOT NULL, matter TEXT NOT NULL,
	part TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL, note TEXT NOT NULL, state TEXT NOT NULL,
	staff BIGINT NOT NULL, at BIGINT NOT NULL, given_at BIGINT NOT NULL, back_at BIGINT NOT NULL, why TEXT NOT NULL, entry BIGINT NOT NULL, approval BIGINT NOT NULL);
CREATE INDEX remedies_matter ON remedies (matter, id);
CREATE INDEX remedies_offer ON remedies (offer, id) WHERE offer > 0;
CREATE INDEX remedies_complaint ON remedies (complaint, id) WHERE complaint > 0;
CREATE TABLE remedies_offers (
	id BIGINT PRIMARY KEY, complaint BIGINT NOT NULL, ticket BIGINT NOT NULL, customer BIGINT NOT NULL, team BIGINT NOT NULL, matter TEXT NOT NULL, part TEXT NOT NULL,
	state TEXT NOT NULL, reserved BIGINT NOT NULL, staff BIGINT NOT NULL, at BIGINT NOT NULL, ended_at BIGINT NOT NULL, named TEXT NOT NULL);
CREATE INDEX remedies_offers_matter ON remedies_offers (matter, id);
CREATE INDEX remedies_offers_customer ON remedies_offers (customer, id) WHERE state = 'open';
CREATE TABLE remedies_kinds (key TEXT PRIMARY KEY, label TEXT NOT NULL, part TEXT NOT NULL, cost BIGINT NOT NULL, free BOOLEAN NOT NULL, off BOOLEAN NOT NULL);

CREATE TABLE approvals (
	id BIGINT PRIMARY KEY, about TEXT NOT NULL, complaint BIGINT NOT NULL, ticket BIGINT NOT NULL, customer BIGINT NOT NULL, team BIGINT NOT NULL,
	kind TEXT NOT NULL, severity BIGINT NOT NULL, remedy BIGINT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL, nearest TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL,
	state TEXT NOT NULL, asked_by BIGINT NOT NULL, asked_at BIGINT NOT NULL, answered_by BIGINT NOT NULL, answered_at BIGINT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX approvals_state ON approvals (state, id);
CREATE INDEX approvals_asked_by ON approvals (asked_by, id);
CREATE INDEX approvals_case ON approvals (complaint, ticket, id);
-- The words by which an answer is found again.
CREATE TABLE approvals_words (word TEXT NOT NULL, approval BIGINT NOT NULL, PRIMARY KEY (word, approval));
CREATE INDEX approvals_words_approval ON approvals_words (approval);

-- What a role may give without asking, in minor units; role 0 stands for every role without a line of its own.
CREATE TABLE authority (role BIGINT PRIMARY KEY, per_case BIGINT NOT NULL, per_customer BIGINT NOT NULL, team_month BIGINT NOT NULL);
INSERT INTO authority (role, per_case, per_customer, team_month) VALUES
	(0, 10000, 20000, 0), (1, 200000, 500000, 0), (2, 200000, 500000, 0), (3, 50000, 100000, 0), (4, 10000, 20000, 0), (5, 50000, 100000, 0), (6, 10000, 20000, 0);
CREATE TABLE authority_budgets (team BIGINT PRIMARY KEY, month BIGINT NOT NULL);
CREATE TABLE authority_desk (currency TEXT NOT NULL, period_days BIGINT NOT NULL);
INSERT INTO authority_desk (currency, period_days) VALUES ('EUR', 365);
