-- +goose Up
CREATE TABLE calendars (
	id BIGINT PRIMARY KEY, name TEXT NOT NULL, zone TEXT NOT NULL, week TEXT NOT NULL, holidays TEXT NOT NULL,
	public TEXT NOT NULL, always BOOLEAN NOT NULL, version BIGINT NOT NULL);
INSERT INTO calendars (id, name, zone, week, holidays, public, always, version) VALUES (1, 'Office hours', 'UTC',
	'[[],[{"from":540,"to":1020}],[{"from":540,"to":1020}],[{"from":540,"to":1020}],[{"from":540,"to":1020}],[{"from":540,"to":1020}],[]]',
	'[]', '', FALSE, 1);

-- The one that counts wherever no other is chosen.
CREATE TABLE calendars_default (calendar BIGINT NOT NULL);
INSERT INTO calendars_default (calendar) VALUES (1);
