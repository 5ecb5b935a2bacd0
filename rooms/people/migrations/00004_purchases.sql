-- +goose Up
-- What the shop's systems told us of: name is theirs, such as order-17, and stands for one purchase for ever.
CREATE TABLE purchases (
	id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, customer BIGINT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL, at BIGINT NOT NULL, cancelled_at BIGINT NOT NULL);
CREATE INDEX purchases_customer ON purchases (customer, at, id);
-- Whom another system calls by a name of its own.
CREATE TABLE customers_externals (name TEXT PRIMARY KEY, customer BIGINT NOT NULL);
CREATE INDEX customers_externals_customer ON customers_externals (customer);
