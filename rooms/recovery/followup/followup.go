// Package followup keeps how customers were asked whether what was done held and whether they trust us again, and what they
// said; and it has the words of the mail that asks.
package followup

import (
	"embed"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// How is the way somebody was asked.
type How string

// The ways.
const (
	Call   How = "call"
	Mail   How = "mail"
	Page   How = "own_page" // the customer's own
	Person How = "in_person"
)

// Check refuses a way that nobody goes.
func (h How) Check() error {
	if slices.Contains([]How{Call, Mail, Page, Person}, h) {
		return nil
	}
	return fault.Field("how", "follow.how", "Say how they were asked: call, mail, in_person, or own_page.")
}

type followKind struct{}

func (followKind) Prefix() string { return "fol" }

// ID names an asking or an answer.
type ID = id.Of[followKind]

// Said is that a customer was asked, or what they said.
type Said struct {
	ID        ID            `json:"id" db:"id"`
	Complaint stages.ID     `json:"-" db:"complaint"`
	At        time.Time     `json:"at" db:"at"`
	How       How           `json:"how" db:"how" enum:"call,mail,own_page,in_person"`
	Staff     staff.ID      `json:"staff,omitzero" db:"staff" doc:"who asked; absent where the machine did, or nobody had to"`
	Held      stages.Answer `json:"held,omitempty" db:"held" enum:"yes,no" doc:"absent where they were asked and have not answered"`
	Trusts    stages.Answer `json:"trusts,omitempty" db:"trusts" enum:"yes,no"`
	By        string        `json:"by" db:"by_actor" doc:"who wrote it down, such as staff:stf_… or customer:cus_…"`
}

const columns = `id, complaint, at, how, staff, held, trusts, by_actor`

// Enter notes that somebody was asked, or what they said.
func Enter(tx *store.Tx, s Said) error {
	return tx.Do(`INSERT INTO complaints_followups (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		store.NewID[followKind](tx), s.Complaint, tx.Now(), s.How, s.Staff, s.Held, s.Trusts, tx.By().String())
}

// Of lists all of a complaint, oldest first.
func Of(tx *store.Tx, which stages.ID) ([]Said, error) {
	all, err := store.All[Said](tx, `SELECT `+columns+` FROM complaints_followups WHERE complaint = $1 ORDER BY id`, which)
	return append([]Said{}, all...), err
}

// Asked is how they were asked last since a moment; false when nobody did.
func Asked(tx *store.Tx, which stages.ID, since time.Time) (Said, bool, error) {
	return store.Find[Said](tx, `SELECT `+columns+` FROM complaints_followups WHERE complaint = $1 AND at >= $2 AND held = '' ORDER BY id DESC LIMIT 1`, which, since)
}

// AllWell says whether somebody answered both with yes in the transaction of that moment.
func AllWell(tx *store.Tx, which stages.ID, at time.Time) (bool, error) {
	_, ok, err := store.Find[ID](tx, `SELECT id FROM complaints_followups WHERE complaint = $1 AND at = $2 AND held = 'yes' AND trusts = 'yes' LIMIT 1`, which, at)
	return ok, err
}

// Settings say whether the machine asks by mail where nobody did.
type Settings struct {
	Mail bool  `json:"mail" db:"ask_mail" doc:"the machine asks by mail; from the start it never does, and a person asks"`
	Days int64 `json:"days" db:"ask_days" minimum:"1" maximum:"60" doc:"working days of eight hours after which it does, where nobody has asked"`
}

// Check refuses what nobody can work by.
func (s Settings) Check() error {
	if s.Days < 1 || s.Days > 60 {
		return fault.Field("days", "follow.days", "The machine asks after 1 to 60 working days.")
	}
	return nil
}

// After is the working time after which the machine asks.
func (s Settings) After() time.Duration { return time.Duration(s.Days) * 8 * time.Hour }

// Read is what is set.
func Read(tx *store.Tx) (Settings, error) {
	return store.One[Settings](tx, `SELECT ask_mail, ask_days FROM complaints_desk`)
}

// Save sets it; false when it was so already.
func Save(tx *store.Tx, s Settings) (changed bool, err error) {
	n, err := tx.Exec(`UPDATE complaints_desk SET ask_mail = $1, ask_days = $2 WHERE ask_mail <> $1 OR ask_days <> $2`, s.Mail, s.Days)
	return n > 0, err
}

//go:embed words.*.json
var texts embed.FS

// Speech is the words of the mail that asks, in the languages there are.
type Speech struct{ book *words.Book }

// Learn reads them.
func Learn() (Speech, error) {
	b, err := words.New(texts)
	return Speech{b}, err
}

// Letter is a mail that asks whether it held and whether they trust us again, for a person to go over before it leaves.
type Letter struct {
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
}

// Letter writes the mail to somebody of that name, who may be nobody we know by name; from is who signs it, or nobody.
func (s Speech) Letter(language, name, from string) (l Letter, err error) {
	l.Language = "en"
	if tag, _, _ := strings.Cut(strings.ToLower(language), "-"); tag == "de" {
		l.Language = tag
	}
	args := map[string]any{"greet": known(name), "name": name, "sign": known(from), "from": from}
	if l.Subject, err = s.book.Say(l.Language, "followup.subject", nil); err == nil {
		l.Text, err = s.book.Say(l.Language, "followup.text", args)
	}
	return l, err
}

func known(name string) string {
	if strings.TrimSpace(name) == "" {
		return "nobody"
	}
	return "name"
}
