// Package drafts keeps what somebody is writing on a ticket until it leaves.
//
// An answer or a note is a draft on the server from its first words on: it survives a closed lid, is there on every machine
// of its author's and seen by nobody else. It leaves from here at its moment, as its author and with what they may then, and
// until that moment it can be taken back. What must not leave any more is held and says why.
package drafts

import (
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// State says what is to become of a draft.
type State string

// The states of a draft.
const (
	Writing State = "draft"   // somebody is at it
	Leaving State = "leaving" // it leaves at its time unless it is taken back
	Stopped State = "held"    // it was to leave and could not; trouble says why
)

// Draft is what one of us is writing on a ticket, an answer or a note: each has one on each ticket, and nobody sees
// another's. It is kept here, so that it is there on every machine, and leaves from here, so that no browser has to stay open.
type Draft struct {
	ID       tickets.DraftID      `json:"id,omitzero" db:"id" doc:"from its first words until it leaves or is thrown away"`
	Ticket   tickets.ID           `json:"ticket" db:"ticket"`
	Kind     string               `json:"kind" db:"kind" enum:"reply,note"`
	HTML     string               `json:"html" db:"html" maxLength:"1000000"`
	Text     string               `json:"text" db:"text" maxLength:"200000"`
	To       []tickets.Party      `json:"to,omitempty" db:"recipients,json" maxItems:"50"`
	Cc       []tickets.Party      `json:"cc,omitempty" db:"cc,json" maxItems:"50"`
	Files    []tickets.Attachment `json:"attachments" db:"-" maxItems:"30" nullable:"false"`
	Mentions []staff.ID           `json:"mentions,omitempty" db:"mentions,json" maxItems:"50"`
	Seen     int64                `json:"seen" db:"seen" doc:"the ticket's version the writer had read"`
	State    State                `json:"state" db:"state" enum:"draft,leaving,held"`
	LeavesAt time.Time            `json:"leaves_at,omitzero" db:"leaves_at"`
	Then     tickets.Status       `json:"then,omitempty" db:"onward" doc:"where the ticket stands afterwards"`
	Trouble  string               `json:"trouble,omitempty" db:"trouble" doc:"why it is held"`
	Code     string               `json:"trouble_code,omitempty" db:"code" doc:"the same, for translation"`
	SavedAt  time.Time            `json:"saved_at,omitzero" db:"saved_at"`
	Override string               `json:"override,omitempty" db:"override" doc:"why it leaves although a rule of the lexicon would stop it"`
	Against  []string             `json:"-" db:"against,json"` // the rules that this was said of
}

// What a draft becomes.
const (
	asReply = "reply"
	asNote  = "note"
)

// check says what can't be kept as a draft. Words and recipients may still be missing.
func (d *Draft) check() error {
	switch {
	case d.Kind != asReply && d.Kind != asNote:
		return fault.Field("kind", "draft.kind", "A draft becomes a reply or a note.")
	case d.Kind == asNote && len(d.To)+len(d.Cc) > 0:
		return fault.Field("to", "note.recipients", "A note stays among colleagues, so it can't have recipients.")
	case d.Kind == asReply && len(d.Mentions) > 0:
		return fault.Field("mentions", "reply.mentions", "Only a note can mention colleagues; the customer reads a reply.")
	}
	return nil
}

// write makes the draft one that somebody is at.
func (d *Draft) write() {
	d.State, d.LeavesAt, d.Then, d.Trouble, d.Code = Writing, time.Time{}, "", "", ""
	d.Override, d.Against = "", []string{}
}

func (d *Draft) reply() tickets.Reply {
	return tickets.Reply{Text: d.Text, HTML: d.HTML, To: d.To, Cc: d.Cc, Files: d.files(), Seen: d.Seen, Draft: d.ID, Override: d.Override, Against: d.Against, Closing: d.Then == tickets.Resolved}
}

func (d *Draft) memo() tickets.Memo {
	return tickets.Memo{Text: d.Text, HTML: d.HTML, Mentions: d.Mentions, Files: d.files(), Seen: d.Seen}
}

func (d *Draft) files() []tickets.File {
	all := []tickets.File{}
	for _, a := range d.Files {
		all = append(all, a.File())
	}
	return all
}

// onward is where the ticket goes after the draft has left. When the customer went on since its writer looked, nothing is
// settled by it: the ticket waits for us.
func (d *Draft) onward(t tickets.Ticket) (s tickets.Status, why string) {
	switch {
	case d.Then == "":
		return "", ""
	case d.Seen == 0 || t.Heard <= d.Seen:
		return d.Then, "by_hand"
	case d.Kind == asReply:
		return tickets.Open, "heard"
	}
	return "", ""
}

// Sending says when a draft leaves, and what then.
type Sending struct {
	In   *int           `json:"in,omitempty" minimum:"0" maximum:"60" doc:"seconds in which it can be taken back; 8 when neither this nor at is given"`
	At   time.Time      `json:"at,omitzero" doc:"or a moment up to a year ahead"`
	Then tickets.Status `json:"then,omitempty" enum:"open,pending,on_hold,resolved" doc:"where the ticket stands afterwards"`

	Override string `json:"override,omitempty" maxLength:"2000" doc:"why it leaves although a rule of severity stop is against it"`
}

const (
	usualPause = 8 // seconds
	farthest   = 366 * 24 * time.Hour
)

// moment is when a draft sent now leaves.
func (s Sending) moment(now time.Time) (time.Time, error) {
	pause := usualPause
	if s.In != nil {
		pause = *s.In
	}
	switch {
	case s.In != nil && !s.At.IsZero():
		return now, fault.Field("at", "sending.twice", "Say in how many seconds it leaves, or when, not both.")
	case pause < 0 || pause > 60:
		return now, fault.Field("in", "sending.pause", "It can wait for up to 60 seconds; for longer say when it leaves.")
	case s.At.IsZero():
		return now.Add(time.Duration(pause) * time.Second), nil
	case !s.At.After(now):
		return now, fault.Field("at", "sending.past", "This moment has passed; choose a later one.")
	case s.At.Sub(now) > farthest:
		return now, fault.Field("at", "sending.far", "This is more than a year ahead; choose an earlier moment.")
	}
	return s.At.UTC(), nil
}

// check says where a ticket can't go after a draft.
func (s Sending) check() error {
	if s.Then != "" && !slices.Contains([]tickets.Status{tickets.Open, tickets.Pending, tickets.OnHold, tickets.Resolved}, s.Then) {
		return fault.Field("then", "sending.then", "After this the ticket can be open, pending, on_hold or resolved; close it by itself.")
	}
	return nil
}
