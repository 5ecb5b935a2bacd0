-- +goose Up
-- housekeeping: mail_consents
CREATE TABLE mail_consents (mailbox BIGINT PRIMARY KEY, consent TEXT NOT NULL);
