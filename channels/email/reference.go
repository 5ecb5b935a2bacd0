package email

import (
	"encoding/base32"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Our references survive what happens to mail on its way. A Message-ID of ours comes back in In-Reply-To; where a relay
// rewrites it, the number at the foot of our mails comes back in the quotation, and on servers that deliver
// name+token@host the reply address itself carries it. The number is signed, so that nobody can make one up. It only says
// which ticket is meant: who writes still has to be on it.

var code = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// reference is the number of a ticket as it stands at the foot of our mails, such as HTH-1204-8k2m4q7r.
func (room *Room) reference(number int64) string {
	n := strconv.FormatInt(number, 10)
	return "HTH-" + n + "-" + room.sign(n)
}

func (room *Room) sign(n string) string {
	return code.EncodeToString(room.keys.MAC("mail.reference", []byte(n))[:5])
}

// messageID is what a message of ours is called for ever, without brackets. Only who was sent it knows the name, so a letter
// about it that others make up is not believed.
func (room *Room) messageID(m fmt.Stringer, box Mailbox) string {
	_, host, _ := strings.Cut(box.Address, "@")
	return fmt.Sprintf("%s.%s.hearth@%s", m, room.sign(m.String()), host)
}

var (
	referenceForm = regexp.MustCompile(`(?i)\bHTH-(\d{1,18})-([0-9a-z]{8})\b`)
	partForm      = regexp.MustCompile(`(?i)\bHTP-(\d{1,18})-([0-9a-z]{8})\b`)
)

// marked finds the ticket that a reference of ours names: in the address it was sent to, or in the quotation.
func (room *Room) marked(tx *store.Tx, m *message.Message) (tickets.ID, error) {
	for _, where := range []string{room.tags(m), m.Text, m.HTML} {
		for _, n := range room.numbers(where) {
			if t, ok, err := room.tickets.Numbered(tx, n); err != nil || ok {
				return t.ID, err
			}
		}
	}
	return 0, nil
}

// numbers are those of tickets that references of ours in a text name.
func (room *Room) numbers(said string) (all []int64) {
	for _, found := range referenceForm.FindAllStringSubmatch(said, 20) {
		if room.sign(found[1]) != strings.ToLower(found[2]) {
			continue
		}
		if n, err := strconv.ParseInt(found[1], 10, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// tags are the tokens in the addresses a mail was sent to: name+hth-1204-8k2m4q7r@host.
func (room *Room) tags(m *message.Message) string {
	var b strings.Builder
	for _, list := range [][]message.Address{m.To, m.Cc} {
		for _, a := range list {
			local, _, _ := strings.Cut(a.Email, "@")
			if _, tag, ok := strings.Cut(local, "+"); ok {
				b.WriteString(tag + " ")
			}
		}
	}
	return b.String()
}

// replyAddress is where answers to our mail should go.
func (room *Room) replyAddress(box Mailbox, number int64) string {
	if !box.Options.PlusAddress {
		return ""
	}
	local, host, _ := strings.Cut(box.Address, "@")
	return local + "+" + strings.ToLower(room.reference(number)) + "@" + host
}
