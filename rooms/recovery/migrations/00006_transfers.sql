-- +goose Up
-- housekeeping: complaints_transfers
-- How often a matter went from one to another, and from whom last: who has to tell it a third time was not helped.
CREATE TABLE complaints_transfers (ticket BIGINT PRIMARY KEY, n BIGINT NOT NULL, from_staff BIGINT NOT NULL, from_team BIGINT NOT NULL, at BIGINT NOT NULL);
-- Within how many days after it was solved a customer who writes about the same matter again was not helped; 0 for the usual ones.
ALTER TABLE complaints_failures ADD COLUMN days BIGINT NOT NULL DEFAULT 0;
