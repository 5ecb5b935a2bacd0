package email

import (
	"cmp"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// acknowledgeAgain is how long somebody who was told hears nothing more from the machine, whatever they write: two
// machines that take each other for people stop after one mail each.
const acknowledgeAgain = time.Hour

// acknowledge tells somebody who opened a ticket that it arrived and when a person will answer.
func (room *Room) acknowledge(tx *store.Tx, box Mailbox, t tickets.Ticket, address string) error {
	n, err := tx.Exec(`INSERT INTO mail_acknowledged (mailbox, address, at) VALUES ($1, $2, $3) ON CONFLICT (mailbox, address) DO UPDATE SET at = excluded.at WHERE mail_acknowledged.at < $4`,
		box.ID, address, tx.Now(), tx.Now().Add(-acknowledgeAgain))
	if err != nil || n == 0 {
		return err
	}
	by, zone, err := room.clocks.AnswerBy(tx, t)
	if err != nil {
		return err
	}
	lang := cmp.Or(box.Options.Locale, "en")
	args := map[string]any{"ticket": room.reference(t.Number), "subject": t.Subject, "name": t.CustomerName, "mailbox": box.Name, "greet": "nobody", "known": "no", "by": tx.Now()}
	if t.CustomerName != "" {
		args["greet"] = "name"
	}
	if !by.IsZero() {
		args["known"], args["by"] = "yes", by.In(zone)
	}
	subject, err := room.words.Say(lang, "acknowledge.subject", args)
	if err != nil {
		return err
	}
	var text string
	if own := box.Options.Words; own != "" {
		if !by.IsZero() {
			by = by.In(zone)
		}
		text, err = room.fill(own, lang, t.CustomerName, room.reference(t.Number), t.Subject, box.Name, by)
	} else {
		text, err = room.words.Say(lang, "acknowledge.text", args)
	}
	if err != nil {
		return err
	}
	_, err = room.tickets.Notify(tx, t.ID, "acknowledgement", subject, text)
	return err
}
