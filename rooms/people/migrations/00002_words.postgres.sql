-- +goose Up
-- housekeeping: customers_words
-- In the order of bytes, whatever language the database was made for: beginnings are looked for as ranges.
CREATE TABLE customers_words (word TEXT COLLATE "C" NOT NULL, customer BIGINT NOT NULL, PRIMARY KEY (word, customer));
CREATE INDEX customers_words_customer ON customers_words (customer, word);
ALTER TABLE customers_addresses ALTER COLUMN value TYPE TEXT COLLATE "C";
