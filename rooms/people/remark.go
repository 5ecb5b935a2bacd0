package people

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Remark is what a colleague noticed about a customer and wants the next one to know.
type Remark struct {
	ID       RemarkID   `json:"id" db:"id"`
	Customer ID         `json:"-" db:"customer"`
	About    RemarkKind `json:"kind" db:"kind" enum:"note,preference,date,wish"`
	Text     string     `json:"text" db:"text"`
	On       string     `json:"on,omitempty" db:"day" doc:"the day of a date: MM-DD when it comes every year, YYYY-MM-DD when it comes once"`
	By       staff.ID   `json:"by,omitzero" db:"author" doc:"absent when the command line wrote it"`
	At       time.Time  `json:"at" db:"at"`
}

// RemarkKind is what a remark is about.
type RemarkKind string

// What a remark can be about.
const (
	Note       RemarkKind = "note"       // what is good to know: has a dog, Rex
	Preference RemarkKind = "preference" // how they like it: short mails
	Day        RemarkKind = "date"       // a day that matters to them
	Wish       RemarkKind = "wish"       // what they would like and never asked for
)

// Observation is a remark as it is made.
type Observation struct {
	About RemarkKind `json:"kind" enum:"note,preference,date,wish"`
	Text  string     `json:"text" doc:"up to 2,000 characters"`
	On    string     `json:"on,omitempty" doc:"for a date: MM-DD when it comes every year, YYYY-MM-DD when it comes once"`
}

const (
	longestRemark = 2000 // characters
	mostRemarks   = 200  // on one card: more is a diary, and nobody reads it before an answer
)

// remark is the remark that was made, if it is one.
func (o Observation) remark() (r Remark, err error) {
	r = Remark{About: o.About, Text: strings.TrimSpace(o.Text), On: strings.TrimSpace(o.On)}
	switch {
	case r.About != Note && r.About != Preference && r.About != Day && r.About != Wish:
		return r, fault.Field("kind", "remark.kind", "A remark is a note, a preference, a date or a wish.")
	case r.Text == "":
		return r, fault.Field("text", "remark.empty", "Write what others should know.")
	case utf8.RuneCountInString(r.Text) > longestRemark:
		return r, fault.Field("text", "remark.too_long", "A remark has up to 2,000 characters; keep to what helps before the next answer.")
	case r.About != Day && r.On != "":
		return r, fault.Field("on", "remark.on", "Only a date has a day; leave it out, or choose the kind “date”.")
	case r.About == Day && !isDay(r.On):
		return r, fault.Field("on", "remark.day", "Write the day as 05-31 when it comes every year, or as 2027-05-31 when it comes once.")
	}
	return r, nil
}

// isDay says whether s is a day of the calendar, with or without a year.
func isDay(s string) bool {
	if len(s) == len("05-31") {
		s = "2024-" + s // a leap year: 29 February is somebody's birthday
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// full refuses one more remark where nobody would read it.
func (c Customer) full() error {
	if len(c.Remarks) >= mostRemarks {
		return fault.New(fault.Conflict, "remark.full", "There are %d remarks on this card already; take away what no longer helps.", mostRemarks)
	}
	return nil
}

// takeable says whether who may take a remark back: whoever made it, and everybody who may act.
func (r Remark) takeable(who web.Who) error {
	if who.May(web.Act) || r.By != 0 && int64(r.By) == who.Staff {
		return nil
	}
	return fault.New(fault.Denied, "remark.not_yours", "Only its author, or somebody who may answer customers, can take a remark back.")
}

// Remark adds to a customer's card what a colleague noticed.
func (room *Room) Remark(ctx context.Context, who web.Who, customer ID, o Observation) (r Remark, err error) {
	if r, err = o.remark(); err != nil {
		return r, err
	}
	return r, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		c, err := room.Look(tx, customer)
		if err != nil {
			return err
		}
		if err := c.full(); err != nil {
			return err
		}
		r.ID, r.Customer, r.By, r.At = store.NewID[remarkKind](tx), customer, staff.ID(who.Staff), tx.Now()
		if err := addRemark(tx, r); err != nil {
			return err
		}
		return tx.Record(customer, Remarked{customer, r.ID, r.About})
	})
}

// Unremark takes a remark off a customer's card.
func (room *Room) Unremark(ctx context.Context, who web.Who, customer ID, remark RemarkID) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := load(tx, customer); err != nil {
			return err
		}
		r, ok, err := remarkOf(tx, customer, remark)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "remark.unknown", "There is no remark %s on this card.", remark)
		}
		if err := r.takeable(who); err != nil {
			return err
		}
		if err := dropRemark(tx, remark); err != nil {
			return err
		}
		return tx.Record(customer, Unremarked{customer, remark, r.About})
	})
}

const remarkColumns = `id, customer, kind, text, day, author, at`

func remarks(tx *store.Tx, customer ID) ([]Remark, error) {
	return store.All[Remark](tx, `SELECT `+remarkColumns+` FROM customers_remarks WHERE customer = $1 ORDER BY id DESC`, customer)
}

func remarkOf(tx *store.Tx, customer ID, remark RemarkID) (Remark, bool, error) {
	return store.Find[Remark](tx, `SELECT `+remarkColumns+` FROM customers_remarks WHERE id = $1 AND customer = $2`, remark, customer)
}

func addRemark(tx *store.Tx, r Remark) error {
	return tx.Do(`INSERT INTO customers_remarks (`+remarkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.ID, r.Customer, r.About, r.Text, r.On, r.By, r.At)
}

func dropRemark(tx *store.Tx, remark RemarkID) error {
	return tx.Do(`DELETE FROM customers_remarks WHERE id = $1`, remark)
}
