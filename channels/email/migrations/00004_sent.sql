-- +goose Up
-- housekeeping: mail_sent
-- What one of us wrote in another program and that is on no ticket yet, by its own name and those it answers.
CREATE TABLE mail_sent (mailbox BIGINT NOT NULL, ref TEXT NOT NULL, mail BIGINT NOT NULL, PRIMARY KEY (mailbox, ref, mail));
CREATE INDEX mail_sent_mail ON mail_sent (mail);
