package people

import (
	"context"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

var all = web.Everything(store.Actor{Kind: store.SystemKind, ID: "test", Via: "test"})

// scene is a room with two customers, one of them reached by mail and by phone, and a remark about the other.
type scene struct {
	*Room
	ada, bob Customer
	remark   Remark // on bob's card
}

func setScene(t *testing.T) scene {
	t.Helper()
	s := scene{Room: New(storetest.Open(t, web.Tables, Tables), "DE")}
	err := s.db.Write(t.Context(), all.Actor, func(tx *store.Tx) (err error) {
		if s.bob, err = s.Recognise(tx, Sender{Email: "bob@example.com"}); err == nil {
			s.ada, err = s.Recognise(tx, Sender{Email: "ada@example.com"})
		}
		return err
	})
	if err == nil {
		s.ada, err = s.Reach(t.Context(), all, s.ada.ID, Sender{Phone: "+4930123456"})
	}
	if err == nil {
		s.remark, err = s.Remark(t.Context(), all, s.bob.ID, Observation{About: Wish, Text: "A shelf for records"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write is a verb that runs in its caller's transaction, as one of its own.
func (s scene) write(do func(tx *store.Tx) error) error {
	return s.db.Write(context.Background(), all.Actor, do)
}

func TestVerbsTwiceAtOnce(t *testing.T) {
	ctx := context.Background()
	for name, verb := range map[string]func(s scene) error{
		"meet": func(s scene) error {
			return s.write(func(tx *store.Tx) error {
				return second(s.Recognise(tx, Sender{Name: "Cleo", Email: "cleo@example.com"}))
			})
		},
		"learn a name": func(s scene) error {
			return s.write(func(tx *store.Tx) error {
				return second(s.Recognise(tx, Sender{Name: "Ada", Email: "ada@example.com"}))
			})
		},
		"mark bounced": func(s scene) error {
			return s.write(func(tx *store.Tx) error { return s.MarkBounced(tx, "ada@example.com", "no such user") })
		},
		"correct": func(s scene) error {
			return second(s.Correct(ctx, all, s.ada.ID, Change{Name: new("Ada"), Note: new("Likes tea.")}))
		},
		"reach":  func(s scene) error { return second(s.Reach(ctx, all, s.ada.ID, Sender{Email: "a@example.org"})) },
		"forget": func(s scene) error { return second(s.Forget(ctx, all, s.ada.ID, s.ada.Reach[0].ID)) },
		"remark": func(s scene) error {
			return second(s.Remark(ctx, all, s.ada.ID, Observation{About: Note, Text: "Has a dog, Rex"}))
		},
		"unremark":                     func(s scene) error { return s.Unremark(ctx, all, s.bob.ID, s.remark.ID) },
		"found":                        func(s scene) error { return second(s.Found(ctx, all, "Example", "example.com")) },
		"found one that has no domain": func(s scene) error { return second(s.Found(ctx, all, "Example", "")) },
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

// Two verbs that each pass alone and may not both pass.
func TestTwoVerbsAtOnce(t *testing.T) {
	ctx := context.Background()
	for name, verbs := range map[string]func(s scene) [2]func() error{
		"both ways to reach somebody are forgotten": func(s scene) [2]func() error {
			return [2]func() error{
				func() error { return second(s.Forget(ctx, all, s.ada.ID, s.ada.Reach[0].ID)) },
				func() error { return second(s.Forget(ctx, all, s.ada.ID, s.ada.Reach[1].ID)) },
			}
		},
		"one address is given to two people": func(s scene) [2]func() error {
			return [2]func() error{
				func() error { return second(s.Reach(ctx, all, s.ada.ID, Sender{Email: "both@example.com"})) },
				func() error { return second(s.Reach(ctx, all, s.bob.ID, Sender{Email: "both@example.com"})) },
			}
		},
		"somebody is met by two mails, and the second knows the name": func(s scene) [2]func() error {
			meet := func(name string) func() error {
				return func() error {
					return s.write(func(tx *store.Tx) error {
						return second(s.Recognise(tx, Sender{Name: name, Email: "cleo@example.com"}))
					})
				}
			}
			return [2]func() error{meet("Cleo"), meet("Cleopatra")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
				t.Helper()
				s := setScene(t)
				return s.db, verbs(s)
			})
		})
	}
}

func second[T any](_ T, err error) error { return err }
