-- +goose Up
UPDATE messages SET recipients = '[]' WHERE recipients = 'null'; -- a call or a form is to nobody, and says so with a list
