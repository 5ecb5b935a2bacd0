// Package tickets keeps what every contact becomes: a ticket that stays open until the customer is content.
//
// A mail, form, chat, call or letter opens a ticket or joins the one it belongs to; people answer, write notes, pass it on
// and mark where it stands. Who writes on somebody else's ticket is confirmed before they join it. Recipients freeze when an
// answer is written, and a note can never be sent. What waits for a human answer is on a list that only answering empties.
package tickets

import (
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets/wording"
)

type (
	ticketKind  struct{}
	messageKind struct{}
	fileKind    struct{}
	reasonKind  struct{}
	draftKind   struct{}
	// MailboxKind is that of a way in; the channel that keeps them makes the ids.
	MailboxKind struct{}
)

func (ticketKind) Prefix() string  { return "tkt" }
func (messageKind) Prefix() string { return "msg" }
func (fileKind) Prefix() string    { return "fil" }
func (reasonKind) Prefix() string  { return "why" }
func (draftKind) Prefix() string   { return "drf" }

// Prefix names the kind.
func (MailboxKind) Prefix() string { return "mbx" }

// The ids of this room.
type (
	// ID names a ticket.
	ID = id.Of[ticketKind]
	// MessageID names something said.
	MessageID = id.Of[messageKind]
	// FileID names an attachment.
	FileID = id.Of[fileKind]
	// ReasonID names the words of a reason.
	ReasonID = id.Of[reasonKind]
	// DraftID names something that is being written.
	DraftID = id.Of[draftKind]
	// MailboxID names the way in that a channel keeps; tickets only hold on to it.
	MailboxID = id.Of[MailboxKind]
)

// Status is where a ticket stands, as contract.md defines it.
type Status string

// The statuses.
const (
	Fresh    Status = "new"      // no human answer yet; set by the system
	Open     Status = "open"     // waiting for us
	Pending  Status = "pending"  // waiting for the customer
	OnHold   Status = "on_hold"  // waiting for a third party
	Resolved Status = "resolved" // we think it is done, the customer is asked
	Closed   Status = "closed"   // over, as Ended says
)

// Statuses in the order of life.
var Statuses = []Status{Fresh, Open, Pending, OnHold, Resolved, Closed} //nolint:gochecknoglobals // a constant list

// Ended says how a closed ticket ended.
type Ended string

// The ways a ticket ends.
const (
	Content Ended = "content" // the customer's own yes
	Silent  Ended = "silent"  // asked, no answer
	Spam    Ended = "spam"
	Merged  Ended = "merged"
)

// Priority says how soon.
type Priority string

// The priorities.
const (
	Low    Priority = "low"
	Normal Priority = "normal"
	High   Priority = "high"
	Urgent Priority = "urgent"
)

// Matter says why facts come first in a ticket: evidence before an answer, and no softening words.
type Matter string

// The matters in which facts come first. Most tickets are of none.
const (
	Safety   Matter = "safety"
	Health   Matter = "health"
	Legal    Matter = "legal"
	Contract Matter = "contract"
)

// check refuses what is no matter; none is no matter too.
func (m Matter) check() error {
	if m == "" || slices.Contains([]Matter{Safety, Health, Legal, Contract}, m) {
		return nil
	}
	return fault.Field("facts_first", "facts.unknown", "Facts come first in matters of safety, health, legal or contract; there is no %q.", string(m))
}

// Ticket is one matter of one customer.
type Ticket struct {
	ID           ID               `json:"id" db:"id"`
	Number       int64            `json:"number" db:"number"`
	Subject      string           `json:"subject" db:"subject"`
	Status       Status           `json:"status" db:"status" enum:"new,open,pending,on_hold,resolved,closed"`
	Ended        Ended            `json:"ended,omitempty" db:"ended"`
	Priority     Priority         `json:"priority" db:"priority" enum:"low,normal,high,urgent"`
	Type         string           `json:"type,omitempty" db:"type"`
	Product      string           `json:"product,omitempty" db:"product"`
	Facts        Matter           `json:"facts_first,omitempty" db:"facts" enum:"safety,health,legal,contract" doc:"evidence before an answer, and no softening words"`
	Channel      string           `json:"channel" db:"channel"`
	Mailbox      MailboxID        `json:"mailbox,omitzero" db:"mailbox"`
	Customer     people.ID        `json:"customer" db:"customer"`
	CustomerName string           `json:"customer_name,omitempty" db:"-"`
	Company      people.CompanyID `json:"company,omitzero" db:"company"`
	Assignee     staff.ID         `json:"assignee,omitzero" db:"assignee"`
	Team         staff.TeamID     `json:"team,omitzero" db:"team"`
	Tags         []string         `json:"tags" db:"tags,json" nullable:"false"`
	Fields       map[string]any   `json:"fields,omitempty" db:"fields,json"`
	ExternalID   string           `json:"external_id,omitempty" db:"external_id"`
	Snippet      string           `json:"snippet,omitempty" db:"snippet" doc:"the beginning of the latest words"`
	CreatedAt    time.Time        `json:"created_at" db:"created_at"`
	UpdatedAt    time.Time        `json:"updated_at" db:"updated_at"`
	WaitingSince time.Time        `json:"waiting_since,omitzero" db:"waiting_since" doc:"when the customer wrote the first thing no human answered"`
	AnsweredAt   time.Time        `json:"answered_at,omitzero" db:"answered_at" doc:"the first human answer"`
	ResolvedAt   time.Time        `json:"resolved_at,omitzero" db:"resolved_at"`
	Reopened     int64            `json:"reopened" db:"reopened"`
	MergedInto   ID               `json:"merged_into,omitzero" db:"merged_into"`
	Version      int64            `json:"version" db:"version"`
	Heard        int64            `json:"-" db:"heard"` // the version with which the customer's side last said something
	Unread       bool             `json:"unread,omitempty" db:"-" doc:"the customer's side said something that you have not read"`
}

// hear is the customer speaking: the ticket waits for us, from the first unanswered word on. A machine's words (a
// vacation notice) are kept and change nothing.
func (t *Ticket) hear(now time.Time, machine bool) (reopened bool) {
	if machine {
		return false
	}
	t.Heard = t.Version + 1
	if t.WaitingSince.IsZero() || now.Before(t.WaitingSince) { // an older word may come later
		t.WaitingSince = now
	}
	reopened = t.Status == Resolved || t.Status == Closed
	if reopened {
		t.Reopened++
		t.ResolvedAt = time.Time{}
	}
	if t.Status != Fresh {
		t.Status, t.Ended = Open, ""
	}
	return reopened
}

// answer is one of us speaking to the customer: now it waits for them.
func (t *Ticket) answer(now time.Time) (first bool, err error) {
	if t.Ended == Merged {
		return false, fault.New(fault.Conflict, "ticket.merged", "This ticket was merged into %s; answer there.", t.MergedInto)
	}
	first = t.AnsweredAt.IsZero()
	if first {
		t.AnsweredAt = now
	}
	t.WaitingSince = time.Time{}
	t.Status, t.Ended = Pending, ""
	return first, nil
}

// answeredThen is one of us having spoken to the customer at a moment past, after which they wrote, first at next: what they
// wrote since still waits, and the ticket stays where it stands. moved says that it waits from there on.
func (t *Ticket) answeredThen(at, next time.Time) (first, moved bool, err error) {
	was := *t
	if first, err = t.answer(at); err != nil {
		return false, false, err
	}
	t.Status, t.Ended, t.WaitingSince = was.Status, was.Ended, was.WaitingSince
	if at.Before(t.AnsweredAt) {
		t.AnsweredAt = at
	}
	if t.Status == Fresh {
		t.Status = Open
	}
	if moved = !was.WaitingSince.IsZero() && was.WaitingSince.Before(next); moved {
		t.WaitingSince = next
	}
	return first, moved, nil
}

// stand moves the ticket to where somebody says it stands.
func (t *Ticket) stand(s Status, ended Ended, now time.Time) error {
	if err := t.mayStand(s, ended); err != nil {
		return err
	}
	switch s {
	case Resolved:
		if t.Status != Resolved {
			t.ResolvedAt = now
		}
	case Open, Pending, OnHold:
		if t.Status == Resolved || t.Status == Closed {
			t.Reopened++
		}
		t.ResolvedAt = time.Time{}
	case Fresh, Closed: // the one is refused, the other keeps when it was resolved
	}
	if ended == Spam {
		t.WaitingSince = time.Time{}
	}
	t.Status, t.Ended = s, ended
	return nil
}

// mayStand says why a ticket can't be moved there.
func (t *Ticket) mayStand(s Status, ended Ended) error {
	switch {
	case !slices.Contains(Statuses, s):
		return fault.Field("status", "status.unknown", "There is no status %q.", s)
	case s == Fresh:
		return fault.Field("status", "status.new", "A ticket is new only until somebody answers; choose another status.")
	case t.Ended == Merged:
		return fault.New(fault.Conflict, "ticket.merged", "This ticket was merged into %s; change that one.", t.MergedInto)
	case s != Closed && ended != "":
		return fault.Field("ended", "ended.early", "Only a closed ticket has ended.")
	case s == Closed && !slices.Contains([]Ended{Content, Silent, Spam}, ended):
		return fault.Field("ended", "ended.missing", "Say how it ended: content (the customer said so), silent (asked, no answer) or spam.")
	case ended == Silent && t.Status != Resolved:
		return fault.New(fault.Conflict, "ended.not_asked", "Ask the customer first: a ticket ends as silent only after it was resolved and they did not answer.")
	}
	return nil
}

// Party is somebody a message went to or came from, frozen as they were then.
type Party struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	Ours  bool   `json:"ours,omitempty" doc:"one of our own mailboxes"`
}

// MessageType says who speaks to whom.
type MessageType string

// The kinds of messages.
const (
	In     MessageType = "in"     // from the customer's side
	Out    MessageType = "out"    // from one of us to the customer
	Note   MessageType = "note"   // among ourselves; can never be sent
	Notice MessageType = "notice" // machine text to the customer: acknowledgement, survey …
)

// Message is one thing said in a ticket.
type Message struct {
	ID         MessageID   `json:"id" db:"id"`
	Ticket     ID          `json:"ticket" db:"ticket"`
	Kind       MessageType `json:"kind" db:"kind" enum:"in,out,note,notice"`
	Channel    string      `json:"channel" db:"channel"`
	Mailbox    MailboxID   `json:"mailbox,omitzero" db:"mailbox"`
	Author     string      `json:"author" db:"author" doc:"such as staff:stf_… or customer:cus_…"`
	From       Party       `json:"from" db:"sender,json"`
	To         []Party     `json:"to" db:"recipients,json" nullable:"false"`
	Cc         []Party     `json:"cc,omitempty" db:"cc,json"`
	ReplyTo    []Party     `json:"reply_to,omitempty" db:"reply_to,json" doc:"to whom its writer wants answers to go"`
	Subject    string      `json:"subject,omitempty" db:"subject"`
	Text       string      `json:"text" db:"text" doc:"what they said, without what they quoted"`
	Quoted     string      `json:"quoted,omitempty" db:"quoted" doc:"what was cut off as quoted; shown folded"`
	Signature  string      `json:"signature,omitempty" db:"signature"`
	HTML       string      `json:"html,omitempty" db:"html" doc:"without what they quoted, and made safe to show; remote images are held back"`
	QuotedHTML string      `json:"-" db:"-"`
	HeldImages bool        `json:"held_images,omitempty" db:"-" doc:"the HTML has images on other servers, which load only when somebody asks"`
	Ref        string      `json:"ref,omitempty" db:"ref" doc:"the channel's own name for it, such as a Message-ID"`
	Answers    []string    `json:"-" db:"answers,json"`
	Raw        string      `json:"raw,omitempty" db:"raw" doc:"sha256 of the bytes as they came"`
	Machine    bool        `json:"machine,omitempty" db:"machine" doc:"written by a program"`
	Flaws      []string    `json:"flaws,omitempty" db:"flaws,json" doc:"what had to be mended to read it"`
	At         time.Time   `json:"at" db:"at"`
	State      State       `json:"state" db:"state" enum:"received,queued,sent,failed,bounced,kept"`
	StateAt    time.Time   `json:"state_at" db:"state_at"`
	Trouble    string      `json:"trouble,omitempty" db:"trouble" doc:"why it failed or bounced"`
	Version    int64       `json:"version" db:"version" doc:"the ticket's, after this was said"`
	Files      []File      `json:"attachments" db:"-" nullable:"false"`

	Findings []wording.Finding `json:"findings,omitempty" db:"-" doc:"what the lexicon found in it when it left; only colleagues see this"`
	Override *wording.Override `json:"override,omitempty" db:"-" doc:"who let it leave against a rule, and why"`
}

// State is what became of a message.
type State string

// The states of a message.
const (
	Received State = "received"
	Queued   State = "queued"
	Sent     State = "sent"
	Failed   State = "failed"
	Bounced  State = "bounced"
	Kept     State = "kept" // a note, or an answer that only the API and the customer's own page show
)

// File is an attachment; its bytes lie in base/files under their sha256.
type File struct {
	ID        FileID    `json:"id" db:"id"`
	Message   MessageID `json:"-" db:"message"`
	Ticket    ID        `json:"-" db:"ticket"`
	Name      string    `json:"name" db:"name"`
	Type      string    `json:"type" db:"type"`
	Size      int64     `json:"size" db:"size"`
	SHA256    string    `json:"sha256" db:"sha256"`
	ContentID string    `json:"content_id,omitempty" db:"content_id"`
	Inline    bool      `json:"inline,omitempty" db:"inline"`
}
