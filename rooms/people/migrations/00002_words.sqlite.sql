-- +goose Up
-- housekeeping: customers_words
CREATE TABLE customers_words (word TEXT NOT NULL, customer BIGINT NOT NULL, PRIMARY KEY (word, customer));
CREATE INDEX customers_words_customer ON customers_words (customer, word);
