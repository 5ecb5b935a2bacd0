-- +goose Up
-- housekeeping: tickets_tag_counts, tickets_tag_counted
-- How often a tag is used in a team, kept up by a follower, in the order of bytes: a prefix is a range.
CREATE TABLE tickets_tag_counts (tag TEXT COLLATE "C" NOT NULL, team BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tag, team));
CREATE TABLE tickets_tag_counted (ticket BIGINT PRIMARY KEY, team BIGINT NOT NULL, tags TEXT NOT NULL);
INSERT INTO tickets_tag_counts (tag, team, n) SELECT g.tag, t.team, count(*) FROM tickets_tags g JOIN tickets t ON t.id = g.ticket GROUP BY g.tag, t.team;
INSERT INTO tickets_tag_counted (ticket, team, tags) SELECT id, team, tags FROM tickets WHERE tags <> '[]' AND tags <> 'null';
