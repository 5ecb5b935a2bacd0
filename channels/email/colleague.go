package email

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/machine"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/channels/email/server"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
)

const colleagueWork = "mail.colleague"

// Letter is a mail that the machine writes to one of us: that something waits for them, and where to look. It holds no words
// of a customer but the subject of their matter, for it lies in a mailbox that we do not look after.
type Letter struct {
	Name    string       `json:"name"`
	Email   string       `json:"email"`
	Subject string       `json:"subject"`
	Text    string       `json:"text"`
	Team    staff.TeamID `json:"team,omitzero"` // by whose mailbox it goes out, where there are several
}

// WriteTo has a letter go to a colleague, once under a key, in the caller's transaction. It goes out by a mailbox that can
// send, tried for about two days as an answer is; a desk that has none sends none.
func (room *Room) WriteTo(tx *store.Tx, key string, l Letter) error {
	if _, err := people.PlainEmail(l.Email); err != nil || room.due == nil {
		return err
	}
	return room.due.Put(tx, colleagueWork, key, tx.Now(), l)
}

// deliverLetter sends one.
func (room *Room) deliverLetter(ctx context.Context, j due.Job) (func(tx *store.Tx) error, error) {
	var l Letter
	if err := j.Into(&l); err != nil {
		return nil, err
	}
	var all []Mailbox
	if err := room.db.Read(ctx, func(tx *store.Tx) (err error) { all, err = boxes(tx); return err }); err != nil {
		return nil, err
	}
	box, trouble := sender(all, 0, l.Team)
	if trouble != "" { // what waits is shown in the workspace as well
		return nil, nil //nolint:nilnil // there is nothing to mark
	}
	secrets, err := room.secrets(box)
	if err != nil {
		return nil, err
	}
	raw, err := message.Compose(message.Outgoing{
		From: message.Address{Name: box.Name, Email: box.Address}, To: []message.Address{{Name: l.Name, Email: l.Email}}, Subject: l.Subject, Date: room.db.Now(),
		MessageID: room.messageID(key(j.Key), box), Text: l.Text + "\n",
		More: []message.Field{{Name: machine.Header, Value: box.Address}, {Name: "Auto-Submitted", Value: "auto-generated"}, {Name: "X-Auto-Response-Suppress", Value: "All"}},
	})
	if err == nil {
		raw, err = dkimSign(raw, box, secrets)
	}
	if err != nil {
		return nil, due.GiveUp(fmt.Errorf("this letter can't be written: %w", err))
	}
	_, err = room.transmit(ctx, box, secrets, []string{l.Email}, raw)
	if final, ok := errors.AsType[*smtp.SMTPError](err); ok && final.Code >= 500 && !server.Refused[final.Code] {
		return nil, due.GiveUp(fmt.Errorf("the mail server refused it: %d %s", final.Code, final.Message))
	}
	return nil, err
}

type key string

func (k key) String() string { return string(k) }
