-- +goose Up
-- housekeeping: staff_phones
-- A session of a phone may capture and no more, and lasts for longer than one at a desk.
ALTER TABLE sessions ADD COLUMN phone BOOLEAN NOT NULL DEFAULT FALSE;

-- Ways for a phone to sign in, once each: the hashes of a link's secret and of a code that can be typed.
CREATE TABLE staff_phones (hash TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, staff BIGINT NOT NULL, expires_at BIGINT NOT NULL);
CREATE INDEX staff_phones_staff ON staff_phones (staff);
