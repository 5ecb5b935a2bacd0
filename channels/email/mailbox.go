// Package email is the way in and out by mail: IMAP or a built-in SMTP receiver in, SMTP out.
//
// Every mail that arrives gets a row in the ledger, keyed by where it lay, and its bytes are stored before anyone is told
// that we have it. Filing reads the bytes, finds out whether a person, a machine, a bounce or ourselves wrote them, and
// hands them to tickets; what can't be filed waits in the repair queue, where people see it and decide. An answer gets its
// Message-ID and a row in base/due in the transaction of the journal's follower; a crash between the mail server's yes and
// our mark can send it twice under the same Message-ID, which is the best mail allows.
package email

import (
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/server"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Name is what tickets call this channel.
const Name = "email"

// Mailbox is one address customers write to.
type Mailbox struct {
	ID        tickets.MailboxID `json:"id" db:"id"`
	Address   string            `json:"address" db:"address"`
	Aliases   []string          `json:"aliases,omitempty" db:"aliases,json" doc:"other addresses that end up here"`
	Name      string            `json:"name" db:"name" doc:"whom customers see as the sender"`
	Team      staff.TeamID      `json:"team,omitzero" db:"team" doc:"whose its tickets are"`
	IMAP      string            `json:"imap,omitempty" db:"imap" doc:"imaps://user@host, imap+starttls://… or imap://…; empty when the built-in receiver takes its mail"`
	SMTP      string            `json:"smtp,omitempty" db:"smtp" doc:"smtps://user@host, smtp+starttls://… or smtp://…; empty when it can't send"`
	Options   Options           `json:"options" db:"options,json"`
	Paused    bool              `json:"paused,omitempty" db:"paused"`
	CreatedAt time.Time         `json:"created_at" db:"created_at"`
	Version   int64             `json:"version" db:"version"`

	Findings []lexicon.Finding `json:"findings,omitempty" doc:"when it is saved: what the lexicon says of the words it acknowledges with"`

	// Sealed by base/secret, never in an answer.
	secret string
	dkim   string
}

// Options are the finer settings of a mailbox.
type Options struct {
	Folders     []string `json:"folders,omitempty" doc:"folders to read; INBOX when empty"`
	Sent        string   `json:"sent,omitempty" doc:"the Sent folder; found by itself when empty, - to leave it alone"`
	Acknowledge bool     `json:"acknowledge,omitempty" doc:"tell people who open a ticket when somebody will answer"`
	Words       string   `json:"acknowledgement,omitempty" maxLength:"4000" doc:"in which words, with {name}, {number}, {subject}, {by} and {mailbox} to be filled in; a line with {by} is left out when nobody has said by when; the program's own when empty"`
	MarkSeen    bool     `json:"mark_seen,omitempty" doc:"mark mails as read on the server once they are filed; else the server is only read"`
	MoveTo      string   `json:"move_to,omitempty" doc:"move mails here once they are filed"`
	MaxBytes    int64    `json:"max_bytes,omitempty" doc:"a larger mail waits in the repair queue; 50 MB when zero"`
	DKIMDomain  string   `json:"dkim_domain,omitempty"`
	DKIMSelect  string   `json:"dkim_selector,omitempty"`
	PlusAddress bool     `json:"plus_address,omitempty" doc:"replies come back to name+token@…, for servers that deliver such addresses here"`
	Insecure    bool     `json:"allow_plaintext,omitempty" doc:"allow a connection without TLS to another machine"`
	Locale      string   `json:"locale,omitempty" enum:"en,de" doc:"of machine text"`
}

// Secrets are what a mailbox signs in and signs with.
type Secrets struct {
	Password string `json:"password,omitempty"`
	// OAuth 2 (RFC 6749) for XOAUTH2: a refresh token and where to trade it for an access token.
	RefreshToken string `json:"refresh_token,omitempty"`
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
	TokenURL     string `json:"token_url,omitempty"`
	DKIMKey      string `json:"-"` // PEM, RSA or Ed25519; sealed apart
}

const defaultMaxBytes = 50 << 20

// maxBytes is the largest mail the mailbox takes by itself.
func (m Mailbox) maxBytes() int64 {
	if m.Options.MaxBytes > 0 {
		return m.Options.MaxBytes
	}
	return defaultMaxBytes
}

// folders are those to read, the Sent folder apart.
func (m Mailbox) folders() []string {
	if len(m.Options.Folders) == 0 {
		return []string{"INBOX"}
	}
	return m.Options.Folders
}

// reads says whether a folder is one of those.
func (m Mailbox) reads(f Folder) bool {
	switch {
	case m.Paused || m.IMAP == "":
		return false
	case f.Role == "sent":
		return m.Options.Sent == "" || m.Options.Sent == f.Name
	}
	return slices.Contains(m.folders(), f.Name)
}

// ours says whether an address is that of any mailbox.
func ours(all []Mailbox, address string) bool {
	return slices.ContainsFunc(all, func(m Mailbox) bool { return m.has(address) })
}

// has says whether an address is one of this mailbox's, also with a +tag.
func (m Mailbox) has(address string) bool {
	plain, err := people.PlainEmail(address)
	if err != nil {
		return false
	}
	all := append([]string{m.Address}, m.Aliases...)
	return slices.Contains(all, plain) || slices.Contains(all, untagged(plain))
}

// untagged is name@host for name+tag@host (RFC 5233).
func untagged(address string) string {
	local, host, _ := strings.Cut(address, "@")
	name, _, _ := strings.Cut(local, "+")
	return name + "@" + host
}

// check refuses settings that can't work, each with a sentence.
func (m *Mailbox) check() (err error) {
	if m.Address, err = people.PlainEmail(m.Address); err != nil {
		return err
	}
	for i, a := range m.Aliases {
		if m.Aliases[i], err = people.PlainEmail(a); err != nil {
			return err
		}
	}
	if m.Name == "" {
		m.Name = m.Address
	}
	if strings.ContainsAny(m.Name, "\r\n\x00") {
		return fault.Field("name", "name.malformed", "A name is one line.")
	}
	if into := m.Options.MoveTo; into != "" && (slices.Contains(m.Options.Folders, into) || strings.EqualFold(into, "INBOX")) {
		return fault.Field("options.move_to", "folder.read", "Mails can't be moved to %s, because it is read: they would come in again.", into)
	}
	if m.IMAP != "" {
		if _, err := m.server("imap", m.IMAP); err != nil {
			return err
		}
	}
	if m.SMTP != "" {
		if _, err := m.server("smtp", m.SMTP); err != nil {
			return err
		}
	}
	return nil
}

// server reads one of the mailbox's servers, which has been checked or is being so.
func (m Mailbox) server(kind, raw string) (server.Server, error) {
	return server.Read(kind, raw, m.Address, m.Options.Insecure)
}

// State is where a mail in the ledger stands.
type State string

// The states of a mail. What is Waiting or Failed is the repair queue.
const (
	Fetched   State = "fetched"   // seen on the server, not here yet
	Stored    State = "stored"    // its bytes are safe here
	Filed     State = "filed"     // it is on a ticket
	Waiting   State = "waiting"   // a person must decide: stranger, oversized, unreadable, bounce
	SetAside  State = "set_aside" // not for a ticket: loop, duplicate, bounce, own
	Failed    State = "failed"    // our accident; tried several times
	Repaired  State = "repaired"  // a person put it on a ticket
	Discarded State = "discarded" // a person threw it away, saying why
)

// Why says more about a state.
type Why string

// The reasons.
const (
	Stranger   Why = "stranger"
	Oversized  Why = "oversized"
	Unreadable Why = "unreadable"
	Bounce     Why = "bounce"
	Loop       Why = "loop"
	Duplicate  Why = "duplicate"
	Own        Why = "own"
	Accident   Why = "accident"
)

// Entry is one mail in the ledger.
type Entry struct {
	ID          LedgerID          `json:"id" db:"id"`
	Mailbox     tickets.MailboxID `json:"mailbox" db:"mailbox"`
	Place       string            `json:"-" db:"place"`
	Folder      string            `json:"folder" db:"folder"`
	UIDValidity int64             `json:"uidvalidity,omitempty" db:"uidvalidity"`
	UID         int64             `json:"uid,omitempty" db:"uid"`
	SHA256      string            `json:"sha256,omitempty" db:"sha256"`
	Size        int64             `json:"size" db:"size"`
	Sender      string            `json:"sender,omitempty" db:"sender"`
	Recipients  []string          `json:"recipients,omitempty" db:"recipients,json"`
	Subject     string            `json:"subject,omitempty" db:"subject"`
	MessageID   string            `json:"message_id,omitempty" db:"message_id"`
	State       State             `json:"state" db:"state" enum:"fetched,stored,filed,waiting,set_aside,failed,repaired,discarded"`
	Why         Why               `json:"why,omitempty" db:"why"`
	Detail      string            `json:"detail,omitempty" db:"detail" doc:"in words for a person"`
	Ticket      tickets.ID        `json:"ticket,omitzero" db:"ticket"`
	Message     tickets.MessageID `json:"message,omitzero" db:"message"`
	Part        conference.ID     `json:"part,omitzero" db:"part" doc:"the part of the ticket it answers, where it is none of the customer's thread"`
	Tries       int64             `json:"tries,omitempty" db:"tries"`
	CameAt      time.Time         `json:"came_at" db:"came_at"`
	StateAt     time.Time         `json:"state_at" db:"state_at"`
	By          string            `json:"by,omitempty" db:"by" doc:"who repaired or discarded it"`
}

// settle moves the entry to a state.
func (e *Entry) settle(tx *store.Tx, s State, why Why, detail string) {
	e.State, e.Why, e.Detail, e.StateAt = s, why, detail, tx.Now()
}

// open says whether the entry waits for a person.
func (e Entry) open() bool { return e.State == Waiting || e.State == Failed }
