-- +goose Up
-- Day is MM-DD or YYYY-MM-DD, and empty unless the remark is of a day; author is a member of staff, or 0.
CREATE TABLE customers_remarks (
	id BIGINT PRIMARY KEY, customer BIGINT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL,
	author BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX customers_remarks_customer ON customers_remarks (customer, id);
