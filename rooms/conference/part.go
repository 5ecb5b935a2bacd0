// Package conference brings everyone into a case whom it needs: colleagues, a supplier, another contact of the customer's.
//
// Each of them gets a Part of the ticket: a conversation of its own, with its own people and its own messages. What is said in
// a part is never on the ticket's thread with the customer, nor in another part, and the other way round: they lie in separate
// tables and nothing is quoted by itself. What of the ticket a part is to know is chosen by hand, message by message, and
// written down in the part as it was shared.
//
// Those outside are invited by mail and answer by mail; channels/email sends what is written and brings back what was heard.
// A colleague who is invited and may not see the ticket sees their part of it and nothing else. While a part waits, it says
// since when and whom we last chased; a row in base/due stands for the moment at which they are to be chased.
package conference

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type (
	partKind    struct{}
	messageKind struct{}
	personKind  struct{}
	fileKind    struct{}
)

func (partKind) Prefix() string    { return "prt" }
func (messageKind) Prefix() string { return "pms" }
func (personKind) Prefix() string  { return "pps" }
func (fileKind) Prefix() string    { return "pfl" }

// The ids of this room.
type (
	// ID names a part of a ticket.
	ID = id.Of[partKind]
	// MessageID names something said in a part.
	MessageID = id.Of[messageKind]
	// PersonID names somebody who was invited.
	PersonID = id.Of[personKind]
	// FileID names a file of a part.
	FileID = id.Of[fileKind]
)

// Kind says who is in a part.
type Kind string

// The kinds.
const (
	Colleague Kind = "colleague"
	Supplier  Kind = "supplier"
	Other     Kind = "other"
)

// Kinds are all of them.
var Kinds = []Kind{Colleague, Supplier, Other} //nolint:gochecknoglobals // a constant list

// State says how a part stands.
type State string

// The states.
const (
	Open     State = "open"     // they were asked
	Answered State = "answered" // they said something, and it is for us to go on
	Done     State = "done"
)

// Part is what some people outside the ticket's thread and we say to each other about a ticket.
type Part struct {
	ID           ID                `json:"id" db:"id"`
	Ticket       tickets.ID        `json:"ticket,omitzero" db:"ticket" doc:"only for those who may see the ticket"`
	Title        string            `json:"title" db:"title" doc:"the subject of its mails"`
	Kind         Kind              `json:"kind" db:"kind" enum:"colleague,supplier,other"`
	State        State             `json:"state" db:"state" enum:"open,answered,done"`
	AskedBy      staff.ID          `json:"asked_by,omitzero" db:"asked_by"`
	AskedByName  string            `json:"asked_by_name,omitempty" db:"-"`
	AskedAt      time.Time         `json:"asked_at" db:"asked_at"`
	WaitingSince time.Time         `json:"waiting_since,omitzero" db:"waiting_since" doc:"since when we wait for them; absent while we don't"`
	AnsweredAt   time.Time         `json:"answered_at,omitzero" db:"answered_at" doc:"when they last said something"`
	ChasedAt     time.Time         `json:"chased_at,omitzero" db:"chased_at" doc:"when they were last reminded"`
	Chases       int64             `json:"chases,omitempty" db:"chases" doc:"how often since we wait"`
	ChaseAt      time.Time         `json:"chase_at,omitzero" db:"chase_at" doc:"when they are to be reminded next"`
	ChaseDue     bool              `json:"chase_due,omitempty" db:"chase_due" doc:"that moment has come, and a person is to write"`
	Machine      bool              `json:"machine,omitempty" db:"machine" doc:"a short machine text reminds them by itself, a few times"`
	Language     string            `json:"language,omitempty" db:"language" enum:"en,de" doc:"of the machine text"`
	KnownAs      string            `json:"known_as,omitempty" db:"known_as" doc:"for whom the customer may read that we wait, such as: our carrier; when empty and they hold the ticket, only that it is a supplier, another team or somebody else"`
	Holds        bool              `json:"holds,omitempty" db:"holds" doc:"the ticket is on hold until they answer"`
	Trouble      string            `json:"trouble,omitempty" db:"trouble" doc:"why something did not reach them"`
	DoneAt       time.Time         `json:"done_at,omitzero" db:"done_at"`
	Snippet      string            `json:"snippet,omitempty" db:"snippet" doc:"the beginning of the latest words"`
	Version      int64             `json:"version" db:"version"`
	People       []Person          `json:"people" db:"-" nullable:"false"`
	Messages     []Message         `json:"messages,omitempty" db:"-" doc:"oldest first; only where one part is read"`
	Yours        bool              `json:"yours,omitempty" db:"-" doc:"you were invited to it"`
	Host         bool              `json:"host,omitempty" db:"-" doc:"you may see the whole ticket"`
	Found        *Match            `json:"found,omitempty" db:"-" doc:"where it answers the search it was found by"`
	Number       int64             `json:"-" db:"number"`
	Mailbox      tickets.MailboxID `json:"-" db:"mailbox"`
}

// Person is somebody who was invited to a part.
type Person struct {
	ID        PersonID  `json:"id" db:"id"`
	Part      ID        `json:"-" db:"part"`
	Name      string    `json:"name,omitempty" db:"name"`
	Email     string    `json:"email" db:"email"`
	Staff     staff.ID  `json:"staff,omitzero" db:"staff"`
	InvitedBy staff.ID  `json:"invited_by,omitzero" db:"invited_by"`
	InvitedAt time.Time `json:"invited_at" db:"invited_at"`
	Trouble   string    `json:"trouble,omitempty" db:"trouble" doc:"why mail does not reach them"`
}

// MessageType says who speaks to whom.
type MessageType string

// The kinds of messages.
const (
	Out    MessageType = "out"    // from one of us to those in the part
	In     MessageType = "in"     // from one of them
	Notice MessageType = "notice" // machine text to them: a reminder
)

// Message is one thing said in a part.
type Message struct {
	ID         MessageID         `json:"id" db:"id"`
	Part       ID                `json:"-" db:"part"`
	Kind       MessageType       `json:"kind" db:"kind" enum:"out,in,notice"`
	Author     string            `json:"author,omitempty" db:"author" doc:"such as staff:stf_…; absent where somebody outside wrote it"`
	Name       string            `json:"name,omitempty" db:"name" doc:"of who wrote it, as it was then"`
	Person     PersonID          `json:"person,omitzero" db:"person" doc:"which of those in the part wrote it"`
	To         []tickets.Party   `json:"to" db:"recipients,json" nullable:"false"`
	Subject    string            `json:"subject,omitempty" db:"subject"`
	Text       string            `json:"text" db:"text"`
	Quoted     string            `json:"quoted,omitempty" db:"quoted" doc:"what was cut off as quoted; shown folded"`
	HTML       string            `json:"-" db:"html"`
	Rich       bool              `json:"rich,omitempty" db:"-" doc:"it has a page of its own: GET /parts/messages/{message}/page"`
	Shared     []Extract         `json:"shared,omitempty" db:"shared,json" doc:"what of the ticket went along, as it was then"`
	Chase      bool              `json:"chase,omitempty" db:"chase" doc:"it reminds them"`
	Machine    bool              `json:"machine,omitempty" db:"machine" doc:"written by a program"`
	At         time.Time         `json:"at" db:"at"`
	State      tickets.State     `json:"state" db:"state" enum:"received,queued,sent,failed,bounced,kept"`
	StateAt    time.Time         `json:"-" db:"state_at"`
	Trouble    string            `json:"trouble,omitempty" db:"trouble" doc:"why it failed or bounced"`
	Files      []File            `json:"attachments" db:"-" nullable:"false"`
	Mailbox    tickets.MailboxID `json:"-" db:"mailbox"`
	Ref        string            `json:"-" db:"ref"`
	Answers    []string          `json:"-" db:"answers,json"`
	Raw        string            `json:"-" db:"raw"`
	QuotedHTML string            `json:"-" db:"-"`
}

// Extract is what of a message of the ticket was shared with a part.
type Extract struct {
	Message tickets.MessageID `json:"message"`
	Name    string            `json:"name,omitempty" doc:"whose words they are, where that was to be told"`
	At      time.Time         `json:"at"`
	When    string            `json:"when,omitempty" doc:"the same, in the language of the part and the desk's own time"`
	Text    string            `json:"text"`
}

// File is an attachment; its bytes lie in base/files under their sha256.
type File struct {
	ID        FileID    `json:"id" db:"id"`
	Part      ID        `json:"-" db:"part"`
	Message   MessageID `json:"-" db:"message"`
	Name      string    `json:"name" db:"name"`
	Type      string    `json:"type" db:"type"`
	Size      int64     `json:"size" db:"size"`
	SHA256    string    `json:"-" db:"sha256"`
	ContentID string    `json:"-" db:"content_id"`
	Inline    bool      `json:"-" db:"inline"`
}

const (
	mostPeople   = 20
	mostParts    = 50 // of a ticket
	mostShared   = 20
	mostWords    = 200_000 // bytes of a message
	mostTitle    = 200     // characters
	mostKnownAs  = 80
	mostChases   = 3                    // that the machine writes while nobody answers
	longestAhead = 366 * 24 * time.Hour // a reminder lies at most so far ahead
)

// ask is one of us saying something that wants an answer: from the first such word on we wait.
func (p *Part) ask(now, chase time.Time) {
	if p.State != Open || p.WaitingSince.IsZero() {
		p.WaitingSince, p.Chases, p.ChasedAt = now, 0, time.Time{}
	}
	p.State, p.DoneAt, p.ChaseAt, p.ChaseDue = Open, time.Time{}, chase, false
}

// hear is one of them saying something. A machine's words (a vacation notice) are kept and change nothing.
func (p *Part) hear(now time.Time, machine bool) {
	if machine {
		return
	}
	p.State, p.AnsweredAt, p.DoneAt = Answered, now, time.Time{}
	p.rest()
}

// end is one of us saying that nothing is left to be said.
func (p *Part) end(now time.Time) error {
	if p.State == Done {
		return fault.New(fault.Conflict, "part.done", "This part is done already.")
	}
	p.State, p.DoneAt = Done, now
	p.rest()
	return nil
}

// rest is that nobody waits any more.
func (p *Part) rest() {
	p.WaitingSince, p.ChaseAt, p.ChaseDue, p.Holds = time.Time{}, time.Time{}, false, false
}

// waits says whether we wait for them.
func (p *Part) waits() bool { return p.State == Open && !p.WaitingSince.IsZero() }

// chase is somebody, or the machine, reminding them.
func (p *Part) chase(now, next time.Time) error {
	if !p.waits() {
		return fault.New(fault.Conflict, "part.not_waiting", "We wait for nobody in this part, so there is nobody to remind.")
	}
	p.ChasedAt, p.ChaseAt, p.ChaseDue = now, next, false
	p.Chases++
	return nil
}

// resume is that the ticket is open again while we wait: who was left alone while it was closed is reminded from now on.
func (p *Part) resume(chase time.Time) bool {
	if !p.waits() || !p.ChaseAt.IsZero() {
		return false
	}
	p.ChaseAt = chase
	return true
}

// come is that the moment to remind them has come; byMachine says that the machine does, else a person is to.
func (p *Part) come(now time.Time) (due, byMachine bool) {
	if !p.waits() || p.ChaseAt.IsZero() || p.ChaseAt.After(now) || p.ChaseDue {
		return false, false
	}
	if p.Machine && p.Chases < mostChases && p.Trouble == "" {
		return true, true
	}
	p.ChaseDue = true
	return true, false
}

// rename proves a title.
func (p *Part) rename(title string) error {
	p.Title = strings.Join(strings.Fields(plain(title)), " ")
	switch {
	case p.Title == "":
		return fault.Field("title", "part.title", "Give the part a title; it is the subject of its mails.")
	case utf8.RuneCountInString(p.Title) > mostTitle:
		return fault.Field("title", "part.title_long", "A title has at most %d characters.", mostTitle)
	}
	return nil
}

// call proves for whom the customer may read that we wait.
func (p *Part) call(name string) error {
	p.KnownAs = strings.Join(strings.Fields(plain(name)), " ")
	if utf8.RuneCountInString(p.KnownAs) > mostKnownAs {
		return fault.Field("known_as", "part.known_as", "What the customer reads has at most %d characters.", mostKnownAs)
	}
	return nil
}

// sorted proves who is in a part.
func (p *Part) sorted() error {
	if !slices.Contains(Kinds, p.Kind) {
		return fault.Field("kind", "part.kind", "A part is with a colleague, a supplier or somebody else.")
	}
	if p.Language == "" {
		p.Language = "en"
	}
	if p.Language != "en" && p.Language != "de" {
		return fault.Field("language", "part.language", "Machine text is written in en or de.")
	}
	return nil
}

// person finds somebody by their address or as a member of staff.
func (p *Part) person(email string, member staff.ID) (Person, bool) {
	i := slices.IndexFunc(p.People, func(o Person) bool {
		return email != "" && strings.EqualFold(o.Email, email) || member != 0 && o.Staff == member
	})
	if i < 0 {
		return Person{}, false
	}
	return p.People[i], true
}

// others are those in a part that a message goes to: all but who wrote it.
func (p *Part) others(but PersonID) []tickets.Party {
	to := []tickets.Party{}
	for _, o := range p.People {
		if o.ID != but {
			to = append(to, tickets.Party{Name: o.Name, Email: o.Email})
		}
	}
	return to
}

// said makes words fit to be kept, and refuses none and too many.
func said(words string) (string, error) {
	words = strings.TrimSpace(plain(words))
	switch {
	case words == "":
		return "", fault.Field("text", "part.empty", "Write what they are to read.")
	case len(words) > mostWords:
		return "", fault.Field("text", "part.long", "This is too long for a mail; attach it as a file.")
	}
	return words, nil
}

// plain takes out what can't be kept in a text.
func plain(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "") }

// Letter is what a message says, as it leaves: its words, and below them what of the ticket was shared.
func (m Message) Letter() string {
	var b strings.Builder
	b.WriteString(m.Text)
	for _, x := range m.Shared {
		b.WriteString("\n\n> ")
		if x.Name != "" {
			b.WriteString(x.Name + ", ")
		}
		b.WriteString(cmp.Or(x.When, x.At.UTC().Format("2006-01-02 15:04")+" UTC") + "\n>")
		for line := range strings.SplitSeq(strings.TrimSpace(x.Text), "\n") {
			b.WriteString("\n> " + strings.TrimRight(line, " \r"))
		}
	}
	return strings.TrimSpace(b.String())
}

// unsigned is what somebody wrote without their name at its end.
func unsigned(words, name string) string {
	read := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	}
	words = strings.TrimSpace(words)
	body, last := words[:strings.LastIndexByte(words, '\n')+1], words[strings.LastIndexByte(words, '\n')+1:]
	names, signed := read(name), read(last)
	if len(signed) == 0 || slices.ContainsFunc(signed, func(w string) bool { return !slices.Contains(names, w) }) {
		return words
	}
	return strings.TrimSpace(body)
}

// snippet is the beginning of a message.
func (m Message) snippet() string {
	if m.Text == "" && len(m.Shared) > 0 {
		return text.Snippet(m.Shared[0].Text, 140)
	}
	return text.Snippet(m.Text, 140)
}
