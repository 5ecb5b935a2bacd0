-- +goose Up
-- housekeeping: my_links, my_requests, my_notices, my_tries, my_standings
-- A link opens one ticket of a customer, or all where ticket is 0. Of its secret only the hash is kept. What has not come
-- yet is 0.
CREATE TABLE my_links (
	id BIGINT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, customer BIGINT NOT NULL, ticket BIGINT NOT NULL,
	made_at BIGINT NOT NULL, used_at BIGINT NOT NULL, opened_at BIGINT NOT NULL, revoked_at BIGINT NOT NULL);
CREATE INDEX my_links_customer ON my_links (customer, id);
CREATE INDEX my_links_used ON my_links (used_at);

-- Who asked for a link by their address, until it is looked up.
CREATE TABLE my_requests (id BIGINT PRIMARY KEY, address TEXT NOT NULL, language TEXT NOT NULL, at BIGINT NOT NULL);

-- Machine mails that carry a link to all tickets of their customer.
CREATE TABLE my_notices (message BIGINT PRIMARY KEY, at BIGINT NOT NULL);

CREATE TABLE my_tries (key TEXT PRIMARY KEY, n BIGINT NOT NULL, since BIGINT NOT NULL);
CREATE INDEX my_tries_since ON my_tries (since);

-- Since when a ticket stands where it does.
CREATE TABLE my_standings (ticket BIGINT PRIMARY KEY, status TEXT NOT NULL, since BIGINT NOT NULL);

CREATE TABLE my_settings (days BIGINT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL);
INSERT INTO my_settings (days, name, version) VALUES (30, '', 1);
