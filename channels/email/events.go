package email

import (
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type ledgerKind struct{}

func (ledgerKind) Prefix() string { return "mal" }

// LedgerID names a mail in the ledger.
type LedgerID = id.Of[ledgerKind]

// What happens here. Kinds and fields are for ever.

// Seen says a mail was seen on the server.
type Seen struct {
	Mail    LedgerID          `json:"mail"`
	Mailbox tickets.MailboxID `json:"mailbox"`
}

// Kind names it.
func (Seen) Kind() string { return "mail.seen" }

// Arrived says a mail is here and safe.
type Arrived struct {
	Mail    LedgerID          `json:"mail"`
	Mailbox tickets.MailboxID `json:"mailbox"`
}

// Kind names it.
func (Arrived) Kind() string { return "mail.arrived" }

// Settled says where a mail went: filed, waiting, set_aside, failed, repaired or discarded.
type Settled struct {
	Mail    LedgerID          `json:"mail"`
	Mailbox tickets.MailboxID `json:"mailbox"`
	State   State             `json:"state"`
	Why     Why               `json:"why,omitempty"`
	Ticket  tickets.ID        `json:"ticket,omitzero"`
}

// Kind names it.
func (Settled) Kind() string { return "mail.settled" }

// Connected says a mailbox was added or its settings changed.
type Connected struct {
	Mailbox tickets.MailboxID `json:"mailbox"`
	New     bool              `json:"new,omitempty"`
}

// Kind names it.
func (Connected) Kind() string { return "mail.connected" }

// Disconnected says a mailbox was removed.
type Disconnected struct {
	Mailbox tickets.MailboxID `json:"mailbox"`
}

// Kind names it.
func (Disconnected) Kind() string { return "mail.disconnected" }

// Alarmed says a mailbox has not been read for some minutes, or can be read again.
type Alarmed struct {
	Mailbox tickets.MailboxID `json:"mailbox"`
	Folder  string            `json:"folder"`
	Over    bool              `json:"over,omitempty"`
}

// Kind names it.
func (Alarmed) Kind() string { return "mail.alarmed" }
