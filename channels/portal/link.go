// Package portal is the customer's own page, day and night: what we know, who has it, for whom it waits and since when, and
// what is promised by when. There they answer, choose what we offered, and say whether they are content.
//
// They come by a link that is theirs alone: from a mail of ours, from a colleague, or by asking for one with their mail
// address. Of a link only the hash is kept; it opens one ticket, or all of its customer, until nobody has used it for some
// weeks, an address of theirs is taken away, or one of us revokes it. A page shows only what was said to them or by them,
// and of everything else nothing: no note, no name of a status, no limit, no reason. It needs no script.
//
// What they do is done by them (customer:… via portal), through the same verbs as what comes by mail.
package portal

import (
	"mime/multipart"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Name is what tickets call this channel.
const Name = "portal"

type (
	linkKind    struct{}
	requestKind struct{}
)

func (linkKind) Prefix() string    { return "lnk" }
func (requestKind) Prefix() string { return "req" }

// The ids of this channel.
type (
	// LinkID names a link. It is no secret.
	LinkID = id.Of[linkKind]
	// RequestID names somebody's asking for a link.
	RequestID = id.Of[requestKind]
)

// Link opens the page of a customer.
type Link struct {
	ID       LinkID     `json:"id" db:"id"`
	Customer people.ID  `json:"customer" db:"customer"`
	Ticket   tickets.ID `json:"ticket,omitzero" db:"ticket" doc:"the only one it opens; absent when it opens all of the customer's"`
	MadeAt   time.Time  `json:"made_at" db:"made_at"`
	UsedAt   time.Time  `json:"-" db:"used_at"` // or made, whichever is later
	OpenedAt time.Time  `json:"opened_at,omitzero" db:"opened_at" doc:"when it was last used; to the day"`
	Revoked  time.Time  `json:"-" db:"revoked_at"`
}

// opens says whether a link still opens anything.
func (l Link) opens(now time.Time, s Settings) bool {
	return l.ID != 0 && l.Revoked.IsZero() && now.Before(l.UsedAt.AddDate(0, 0, s.Days))
}

// shows says whether a link shows a ticket: one of its customer's, and not what was thrown away.
func (l Link) shows(t tickets.Ticket) bool {
	return t.ID != 0 && t.Customer == l.Customer && (l.Ticket == 0 || l.Ticket == t.ID) && t.Ended != tickets.Spam
}

// rested says that a use is worth noting: not each of many on the same day.
func (l Link) rested(now time.Time) bool {
	return now.Sub(l.UsedAt) >= 24*time.Hour || l.OpenedAt.IsZero()
}

// actor is its customer, as the journal names them.
func (l Link) actor() store.Actor {
	return store.Actor{Kind: store.CustomerKind, ID: l.Customer.String(), Via: Name}
}

// What somebody may do on a page within an hour.
const (
	mostSayings   = 30 // answers by one link
	mostAsked     = 3  // mails with a link to one address
	mostAskedFrom = 20 // askings from one place
)

// The limits of an answer.
const (
	longestAnswer = 20_000   // characters
	mostBytes     = 10 << 20 // of all files
	mostFiles     = 5
)

// Said is what a customer writes on their page.
type Said struct {
	Text  string
	Files []*multipart.FileHeader
}

func (s *Said) check() error {
	s.Text = strings.TrimSpace(strings.ReplaceAll(s.Text, "\r\n", "\n"))
	switch {
	case s.Text == "":
		return fault.Field("text", "my.empty", "Write what you would like to tell us.")
	case utf8.RuneCountInString(s.Text) > longestAnswer:
		return fault.Field("text", "my.long", "This is longer than %d characters; please send the rest as a file.", longestAnswer)
	case len(s.Files) > mostFiles:
		return fault.Field("files", "my.files", "Send up to %d files at once.", mostFiles)
	}
	return nil
}

// mayConfirm says whether a customer is asked if all is well.
func mayConfirm(t tickets.Ticket) error {
	if t.Status != tickets.Resolved {
		return fault.New(fault.Conflict, "my.not_asked", "This is not waiting for your yes; look at how it stands now.")
	}
	return nil
}
