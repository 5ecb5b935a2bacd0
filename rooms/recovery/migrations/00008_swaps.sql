-- +goose Up
-- Since when what a customer chose is on its way to them, and how often they chose otherwise before.
ALTER TABLE remedies_offers ADD COLUMN sent_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE remedies_offers ADD COLUMN swaps BIGINT NOT NULL DEFAULT 0;
CREATE INDEX remedies_offers_chosen ON remedies_offers (ticket, id) WHERE state = 'chosen' AND sent_at = 0;
