package email_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// counter is a node with one mailbox, a ticket that came by it, and mails that stand in many states.
type counter struct {
	*node
	box                                        tickets.MailboxID
	ticket                                     tickets.ID
	fresh, stranger, bounce, failed, elsewhere email.LedgerID
}

func setCounter(t *testing.T) counter {
	t.Helper()
	c := counter{node: newGround(t).node(t)}
	c.box = c.connect(t, email.Mailbox{Address: support, Aliases: []string{"help@shop.example"}})
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	take := func(raw []byte, file bool) email.Entry {
		t.Helper()
		e, err := c.Store(t.Context(), c.arrival(), bytes.NewReader(raw))
		ok(err)
		if file {
			ok(c.File(t.Context(), e.ID))
			e, err = c.Entry(t.Context(), e.ID)
			ok(err)
		}
		return e
	}
	c.ticket = take(letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "It broke."), true).Ticket
	c.stranger = take(letter("Eve <eve@example.com>", "Re: Cup", "2@example.com", "1@example.com", "Tell me."), true).ID
	c.bounce = take(fiveMails()[3], true).ID
	c.fresh = take(letter("Bob <bob@example.com>", "Pot", "3@example.com", "", "It leaks."), false).ID
	c.failed = take(letter("Cleo <cleo@example.com>", "Jar", "4@example.com", "", "No lid."), false).ID
	c.elsewhere = take(letter("Dan <dan@example.com>", "Mug", "5@example.com", "", "No handle."), false).ID
	ok(c.db.Write(t.Context(), anybody.Actor, func(tx *store.Tx) error {
		// As after the last try, and as a mail that its server never gave.
		if _, err := tx.Exec(`UPDATE mail_ledger SET state = 'failed', why = 'accident' WHERE id IN ($1, $2)`, c.failed, c.elsewhere); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE mail_ledger SET sha256 = '' WHERE id = $1`, c.elsewhere); err != nil {
			return err
		}
		return tx.Record(c.failed, email.Settled{Mail: c.failed, Mailbox: c.box, State: email.Failed})
	}))
	return c
}

func (c counter) arrival() email.Arrival {
	return email.Arrival{Mailbox: c.box, Sender: "peer@example.com", Recipients: []string{support}}
}

func (c counter) repair(l email.LedgerID, r email.Repair) error {
	return second(c.Repair(context.Background(), anybody, l, r))
}

func TestVerbsTwiceAtOnce(t *testing.T) {
	ctx := context.Background()
	for name, verb := range map[string]func(c counter) error{
		"connect": func(c counter) error {
			return second(c.Connect(ctx, anybody, email.Mailbox{Address: "sales@shop.example"}, email.Secrets{Password: "secret"}))
		},
		"rename": func(c counter) error {
			return second(c.Change(ctx, anybody, c.box, email.Settings{Name: new("The Shop")}, email.Secrets{}))
		},
		"new password": func(c counter) error {
			return second(c.Change(ctx, anybody, c.box, email.Settings{}, email.Secrets{Password: "another"}))
		},
		"disconnect": func(c counter) error { return c.Disconnect(ctx, anybody, c.box) },
		"store": func(c counter) error {
			return second(c.Store(ctx, c.arrival(), strings.NewReader("From: a@example.com\r\n\r\nHello.")))
		},
		"file": func(c counter) error { return c.File(ctx, c.fresh) },
		"import": func(c counter) error {
			return second(c.Import(ctx, c.box, []byte("From: a@example.com\r\n\r\nHello."), false))
		},
		"confirm":       func(c counter) error { return c.repair(c.stranger, email.Repair{Do: "join"}) },
		"join another":  func(c counter) error { return c.repair(c.bounce, email.Repair{Do: "join", Ticket: c.ticket}) },
		"open":          func(c counter) error { return c.repair(c.stranger, email.Repair{Do: "open"}) },
		"discard":       func(c counter) error { return c.repair(c.bounce, email.Repair{Do: "discard", Why: "Not ours."}) },
		"retry":         func(c counter) error { return c.repair(c.failed, email.Repair{Do: "retry"}) },
		"ask once more": func(c counter) error { return c.repair(c.elsewhere, email.Repair{Do: "retry"}) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				c := setCounter(t)
				return c.db, func() error { return verb(c) }
			})
		})
	}
}

// Two verbs that meet on the same thing.
func TestTwoVerbsAtOnce(t *testing.T) {
	ctx := context.Background()
	for name, verbs := range map[string]func(c counter) [2]func() error{
		"two mailboxes want one alias": func(c counter) [2]func() error {
			want := func(address string) func() error {
				return func() error {
					return second(c.Connect(ctx, anybody, email.Mailbox{Address: address, Aliases: []string{"hello@shop.example"}}, email.Secrets{}))
				}
			}
			return [2]func() error{want("a@shop.example"), want("b@shop.example")}
		},
		"a mail and its answer come at once": func(c counter) [2]func() error {
			take := func(raw []byte) func() error {
				return func() error {
					e, err := c.Store(ctx, c.arrival(), bytes.NewReader(raw))
					if err != nil {
						return err
					}
					return c.File(ctx, e.ID)
				}
			}
			return [2]func() error{
				take(letter("Fay <fay@example.com>", "Plate", "6@example.com", "", "It is flat.")),
				take(letter("Fay <fay@example.com>", "Re: Plate", "7@example.com", "6@example.com", "And round.")),
			}
		},
		"the same mail by two ways": func(c counter) [2]func() error {
			take := func(place string) func() error {
				return func() error {
					a := c.arrival()
					a.Place = place
					e, err := c.Store(ctx, a, strings.NewReader("From: a@example.com\r\nSubject: Hi\r\n\r\nHello."))
					if err != nil {
						return err
					}
					return c.File(ctx, e.ID)
				}
			}
			return [2]func() error{take("imap 1 1 INBOX"), take("smtp x")}
		},
		"two discard a mail, each with a reason of their own": func(c counter) [2]func() error {
			return [2]func() error{
				func() error { return c.repair(c.bounce, email.Repair{Do: "discard", Why: "Not ours."}) },
				func() error { return c.repair(c.bounce, email.Repair{Do: "discard", Why: "Spam."}) },
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
				t.Helper()
				c := setCounter(t)
				return c.db, verbs(c)
			})
		})
	}
}

func second[T any](_ T, err error) error { return err }
