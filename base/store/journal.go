package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Event is a thing that happened: ids and facts, never words, addresses, names or amounts that a reader might not see.
// Kind names it, room first and past tense: "tickets.received". Kinds and fields are for ever.
type Event interface{ Kind() string }

// Entry is an event as the journal keeps it.
type Entry struct {
	Seq     int64           `json:"seq" db:"seq"`
	At      time.Time       `json:"at" db:"at"`
	By      string          `json:"by" db:"by"`
	Via     string          `json:"via" db:"via"`
	Subject string          `json:"subject" db:"subject"`
	Kind    string          `json:"kind" db:"kind"`
	Body    json.RawMessage `json:"body" db:"body,json"`
}

type pending struct {
	at            time.Time
	by            Actor
	subject, kind string
	body          string
}

const insertEntry = `INSERT INTO journal (seq, at, by, via, subject, kind, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`

func (p pending) args(seq int64) []any {
	return []any{seq, micros(p.at), p.by.String(), p.by.Via, p.subject, p.kind, p.body}
}

// Journal reads up to limit entries after seq, oldest first.
func (tx *Tx) Journal(after int64, limit int) ([]Entry, error) {
	return All[Entry](tx, `SELECT seq, at, by, via, subject, kind, body FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2`, after, limit)
}

// About reads up to limit entries about one subject after seq, oldest first.
func (tx *Tx) About(subject string, after int64, limit int) ([]Entry, error) {
	return All[Entry](tx, `SELECT seq, at, by, via, subject, kind, body FROM journal WHERE subject = $1 AND seq > $2 ORDER BY seq LIMIT $3`, subject, after, limit)
}

// Journal reads up to limit entries after seq, oldest first.
func (db *DB) Journal(ctx context.Context, after int64, limit int) (all []Entry, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		all, err = tx.Journal(after, limit)
		return err
	})
	return all, err
}

// Head is the newest sequence in the journal, 0 when it is empty.
func (db *DB) Head(ctx context.Context) (seq int64, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		seq, err = tx.Head()
		return err
	})
	return seq, err
}

// Head is the newest sequence in the journal, 0 when it is empty.
func (tx *Tx) Head() (int64, error) { return One[int64](tx, `SELECT seq FROM journal_head`) }

// Check asks the database whether it is in order; on SQLite every page is looked at.
func (db *DB) Check(ctx context.Context) error {
	return db.Read(ctx, func(tx *Tx) error {
		if tx.Engine() != "sqlite" {
			_, err := tx.Head()
			return err
		}
		said, err := One[string](tx, `PRAGMA quick_check(1)`)
		if err == nil && said != "ok" {
			err = errors.New(said)
		}
		return err
	})
}
