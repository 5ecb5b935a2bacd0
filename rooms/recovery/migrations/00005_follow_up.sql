-- +goose Up
-- That a customer was asked whether it held (held is empty then), and what they said.
CREATE TABLE complaints_followups (
	id BIGINT PRIMARY KEY, complaint BIGINT NOT NULL, at BIGINT NOT NULL, how TEXT NOT NULL, staff BIGINT NOT NULL, held TEXT NOT NULL, trusts TEXT NOT NULL, by_actor TEXT NOT NULL);
CREATE INDEX complaints_followups_complaint ON complaints_followups (complaint, id);
-- Whether the machine asks by mail where nobody did, and after how many working days.
CREATE TABLE complaints_desk (ask_mail BOOLEAN NOT NULL, ask_days BIGINT NOT NULL);
INSERT INTO complaints_desk (ask_mail, ask_days) VALUES (FALSE, 3);
