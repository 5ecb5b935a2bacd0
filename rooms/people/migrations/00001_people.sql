-- +goose Up
CREATE TABLE customers (
	id BIGINT PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL, company BIGINT NOT NULL,
	note TEXT NOT NULL, met_at BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX customers_company ON customers (company, id);

CREATE TABLE customers_addresses (
	id BIGINT PRIMARY KEY, customer BIGINT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
	bounced_at BIGINT NOT NULL DEFAULT 0, bounce TEXT NOT NULL DEFAULT '', UNIQUE (kind, value));
CREATE INDEX customers_addresses_customer ON customers_addresses (customer, id);

CREATE TABLE companies (id BIGINT PRIMARY KEY, name TEXT NOT NULL, domain TEXT NOT NULL, version BIGINT NOT NULL);
CREATE UNIQUE INDEX companies_domain ON companies (domain) WHERE domain <> '';
