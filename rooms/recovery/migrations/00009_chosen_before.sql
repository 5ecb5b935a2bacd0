-- +goose Up
-- What was chosen before a customer could choose otherwise may long have reached them: it stays what it is.
UPDATE remedies_offers SET sent_at = ended_at WHERE state = 'chosen' AND sent_at = 0;
