package tickets_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// scene is a desk with one ticket that was answered once, a field, a type, a colleague and a team.
type scene struct {
	*tickets.Room
	db      *store.DB
	ticket  tickets.ID
	version int64
	answer  tickets.MessageID
	upload  string
	third   tickets.ID
	ben     staff.ID
	orders  staff.TeamID
}

func setScene(t *testing.T) scene {
	t.Helper()
	db := storetest.Open(t, web.Tables, search.Tables, staff.Tables, people.Tables, tickets.Tables)
	f, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	st := staff.New(db, staff.Options{})
	s := scene{Room: tickets.New(db, st, people.New(db, "DE"), nil, f), db: db}
	blob := must[files.Blob](t)(f.Put(t.Context(), strings.NewReader("a picture")))
	s.upload = blob.SHA256
	ben, _, err := st.Add(t.Context(), all, staff.Newcomer{Email: "ben@shop.example", Name: "Ben", Role: "agent"})
	s.ben = must[staff.Member](t)(ben, err).ID
	s.orders = must[staff.Team](t)(st.AddTeam(t.Context(), all, "Orders")).ID
	must[tickets.Type](t)(s.SetType(t.Context(), all, tickets.Type{Key: "return", Label: "Return"}))
	must[tickets.Field](t)(s.SetField(t.Context(), all, tickets.Field{Key: "order", Label: "Order", Kind: tickets.TextField}))
	s.ticket = must[tickets.Ticket](t)(s.Open(t.Context(), all, mail("ada", "1"))).ID
	s.answer = must[tickets.Message](t)(s.Answer(t.Context(), all, s.ticket, tickets.Reply{Text: "Sorry!"})).ID
	must[struct{}](t)(struct{}{}, s.write(func(tx *store.Tx) error {
		look, err := s.Look(tx, s.ticket)
		if s.version = look.Version; err != nil {
			return err
		}
		return s.name(tx, "out@shop.example")
	}))
	s.third = must[tickets.Ticket](t)(s.Open(t.Context(), all, mail("dora", "10"))).ID
	return s
}

// asBen is what Ben may do.
func (s scene) asBen() web.Who {
	w := all
	w.Staff, w.Actor = int64(s.ben), store.Actor{Kind: store.StaffKind, ID: s.ben.String(), Via: "test"}
	return w
}

// name is what a follower does in its transaction, which answers to the entry it follows.
func (s scene) name(tx *store.Tx, ref string) error {
	return errors.Join(s.Name(tx, s.answer, 1, ref), tx.Record(s.ticket, tickets.Delivered{Ticket: s.ticket, Message: s.answer, State: tickets.Queued}))
}

// write is a verb that runs in its caller's transaction, as one of its own.
func (s scene) write(do func(tx *store.Tx) error) error {
	return s.db.Write(context.Background(), all.Actor, do)
}

func (s scene) receive(in tickets.Inbound) error {
	return s.write(func(tx *store.Tx) error { return second(s.Receive(tx, in)) })
}

func TestVerbsTwiceAtOnce(t *testing.T) {
	ctx := context.Background()
	for name, verb := range map[string]func(s scene) error{
		"open":                  func(s scene) error { return second(s.Open(ctx, all, mail("bob", ""))) },
		"open for a known one":  func(s scene) error { return second(s.Open(ctx, all, mail("ada", ""))) },
		"open an imported one":  func(s scene) error { return second(s.Open(ctx, all, with(mail("bob", ""), external))) },
		"import for a known":    func(s scene) error { return second(s.Open(ctx, all, with(mail("ada", ""), external))) },
		"receive":               func(s scene) error { return s.receive(mail("bob", "")) },
		"receive an answer":     func(s scene) error { return s.receive(mail("ada", "2", "1")) },
		"receive of a stranger": func(s scene) error { return s.receive(mail("eve", "2", "1")) },
		"receive what joins": func(s scene) error {
			return s.receive(with(mail("eve", "2"), func(in *tickets.Inbound) { in.Join = s.ticket }))
		},
		"read sent": func(s scene) error {
			return s.write(func(tx *store.Tx) error {
				_, _, err := s.ReadSent(tx, tickets.Inbound{Mailbox: 1, Subject: "Re: Cup", Text: "From my phone.", Ref: "3", Answers: []string{"1"}})
				return err
			})
		},
		"resolve": func(s scene) error { return second(s.Stand(ctx, all, s.ticket, tickets.Resolved, "")) },
		"reopen":  func(s scene) error { return second(s.Stand(ctx, all, s.ticket, tickets.Open, "")) },
		"close":   func(s scene) error { return second(s.Stand(ctx, all, s.ticket, tickets.Closed, tickets.Content)) },
		"assign": func(s scene) error {
			return second(s.Assign(ctx, all, s.ticket, tickets.Assignment{Staff: &s.ben, Reason: "He knows cups."}))
		},
		"hand over": func(s scene) error { return second(s.Assign(ctx, all, s.ticket, tickets.Assignment{Team: &s.orders})) },
		"rename":    func(s scene) error { return second(s.Change(ctx, all, s.ticket, tickets.Change{Subject: new("Pot")})) },
		"prioritise": func(s scene) error {
			return second(s.Change(ctx, all, s.ticket, tickets.Change{Priority: new(tickets.High)}))
		},
		"put facts first": func(s scene) error {
			return second(s.Change(ctx, all, s.ticket, tickets.Change{Facts: new(tickets.Legal)}))
		},
		"tag": func(s scene) error {
			return second(s.Change(ctx, all, s.ticket, tickets.Change{Tags: &[]string{"vip", "cup"}}))
		},
		"fill fields": func(s scene) error {
			return second(s.Change(ctx, all, s.ticket, tickets.Change{Type: new("return"), Fields: map[string]any{"order": "A-1"}}))
		},
		"answer": func(s scene) error { return second(s.Answer(ctx, all, s.ticket, tickets.Reply{Text: "Again."})) },
		"answer with a file": func(s scene) error {
			return second(s.Answer(ctx, all, s.ticket, tickets.Reply{Text: "See the picture.", Uploads: []tickets.Attachment{{SHA256: s.upload, Name: "cup.png"}}}))
		},
		"answer what was read": func(s scene) error {
			return second(s.Answer(ctx, all, s.ticket, tickets.Reply{Text: "Again.", Seen: s.version}))
		},
		"note": func(s scene) error {
			return second(s.Note(ctx, all, s.ticket, tickets.Memo{Text: "Look here.", Mentions: []staff.ID{s.ben}}))
		},
		"read": func(s scene) error { return s.Read(ctx, s.asBen(), s.ticket, s.version) },
		"answer as one of us": func(s scene) error {
			return second(s.Answer(ctx, s.asBen(), s.ticket, tickets.Reply{Text: "Again.", Seen: s.version}))
		},
		"note with a file": func(s scene) error {
			return second(s.Note(ctx, all, s.ticket, tickets.Memo{HTML: "<p>See the picture.", Uploads: []tickets.Attachment{{SHA256: s.upload, Name: "cup.png"}}}))
		},
		"change many": func(s scene) error {
			return second(s.ChangeMany(ctx, s.asBen(), tickets.Batch{
				IDs: []tickets.ID{s.ticket, s.third}, Status: tickets.Resolved, AddTags: []string{"cup"}, Priority: new(tickets.High), Assign: &tickets.Assignment{Team: &s.orders},
			}))
		},
		"notify": func(s scene) error {
			return s.write(func(tx *store.Tx) error {
				return second(s.Notify(tx, s.ticket, "acknowledgement", "We got it", "Soon."))
			})
		},
		"mark sent": func(s scene) error {
			return s.write(func(tx *store.Tx) error { return s.MarkDelivery(tx, s.answer, tickets.Sent, "") })
		},
		"mark failed": func(s scene) error {
			return s.write(func(tx *store.Tx) error { return s.MarkDelivery(tx, s.answer, tickets.Failed, "no such host") })
		},
		"mark bounced": func(s scene) error {
			return s.write(func(tx *store.Tx) error {
				_, _, err := s.MarkBounced(tx, 1, "out@shop.example", "no such user")
				return err
			})
		},
		"set a field": func(s scene) error {
			return second(s.SetField(ctx, all, tickets.Field{Key: "size", Label: "Size", Kind: tickets.NumberField}))
		},
		"change a field": func(s scene) error {
			return second(s.SetField(ctx, all, tickets.Field{Key: "order", Label: "Number", Kind: tickets.TextField}))
		},
		"set a type": func(s scene) error {
			return second(s.SetType(ctx, all, tickets.Type{Key: "question", Label: "Question"}))
		},
		"rename a type": func(s scene) error {
			return second(s.SetType(ctx, all, tickets.Type{Key: "return", Label: "Sent back"}))
		},
		"drop a field": func(s scene) error { return s.Drop(ctx, all, "field", "order") },
		"drop a type":  func(s scene) error { return s.Drop(ctx, all, "type", "return") },
		"name an answer": func(s scene) error {
			return s.write(func(tx *store.Tx) error { return s.name(tx, "other@shop.example") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				s := setScene(t)
				return s.db, func() error { return verb(s) }
			})
		})
	}
}

// Two people import the same old ticket, which was written by two customers.
func TestTwoImportsOfOneTicketAtOnce(t *testing.T) {
	storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
		t.Helper()
		s := setScene(t)
		by := func(who string) func() error {
			return func() error { return second(s.Open(context.Background(), all, with(mail(who, ""), external))) }
		}
		return s.db, [2]func() error{by("enid"), by("finn")} // whoever comes second, as many are met: the scene knows neither
	})
}

func external(in *tickets.Inbound) { in.ExternalID = "4711" }

// Two verbs on one ticket, at once and in turn: neither takes back what the other did.
func TestTwoVerbsOnOneTicketAtOnce(t *testing.T) {
	storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
		t.Helper()
		s := setScene(t)
		done := 0
		t.Cleanup(func() {
			if t.Failed() || done < 2 {
				return
			}
			err := s.db.Read(context.Background(), func(tx *store.Tx) error {
				now, err := s.Look(tx, s.ticket)
				if err == nil && (len(now.Tags) != 1 || now.Status != tickets.Open || now.Version != s.version+2) {
					t.Errorf("the ticket is %+v", now)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		var mu sync.Mutex
		count := func(do func() error) func() error {
			return func() error {
				defer func() { mu.Lock(); done++; mu.Unlock() }()
				return do()
			}
		}
		return s.db, [2]func() error{
			count(func() error {
				return second(s.Change(context.Background(), all, s.ticket, tickets.Change{Tags: &[]string{"vip"}}))
			}),
			count(func() error { return s.receive(mail("ada", "2", "1")) }),
		}
	})
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func second[T any](_ T, err error) error { return err }
