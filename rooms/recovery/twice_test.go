package recovery

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Every verb run twice at once leaves what one after the other would.
func TestTwiceAtOnce(t *testing.T) {
	offered := Proposal{Part: Extra, Choices: []Choice{{Kind: "gift", Amount: euros(6_000)}, {Kind: "call_from_owner"}}}
	for name, prepare := range map[string]func(t *testing.T, d *hall, c Complaint) func() error{
		"Capture": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			ticket := d.ticket(t, "Uma", d.team).ID
			return func() error { return second(d.Capture(t.Context(), d.ann, ticket, Story{What: "Broken."})) }
		},
		"Tell": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.Tell(t.Context(), d.ann, Told{Story: Story{What: "It sticks."}, Internal: true}))
			}
		},
		"Raise": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			ticket := d.ticket(t, "Uma", d.team).ID
			return func() error {
				return d.db.Write(t.Context(), store.System("promises"), func(tx *store.Tx) error {
					_, _, err := d.Raise(tx, Failure{Ticket: ticket, Origin: BrokenPromise})
					return err
				})
			}
		},
		"Wish": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error { return second(d.Wish(t.Context(), d.ann, c.ID, "A call.", false)) }
		},
		"Sort": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error { return second(d.Sort(t.Context(), d.ann, c.ID, Sorting{Severity: new(3)})) }
		},
		"Tick": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error { return second(d.Tick(t.Context(), d.ann, c.ID, "thanked", false)) }
		},
		"Advance": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			for _, todo := range d.whole(t, d.ann, c.ID).Todo {
				must[Complaint](t)(d.Tick(t.Context(), d.ann, c.ID, todo.Key, false))
			}
			return func() error { return second(d.Advance(t.Context(), d.ann, c.ID)) }
		},
		"Follow": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			for range stages.All[1:] {
				d.done(t, d.ann, c.ID)
			}
			return func() error { return second(d.Follow(t.Context(), d.ann, c.ID, Reply{Held: No})) }
		},
		"Ask": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			c := d.inFollowUp(t, "Uma")
			return func() error { return second(d.Ask(t.Context(), d.ann, c.ID, followup.Mail)) }
		},
		"FollowIn": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			c := d.inFollowUp(t, "Uma")
			return func() error {
				return d.db.Write(t.Context(), store.System("portal"), func(tx *store.Tx) error { return d.FollowIn(tx, c.Customer, c.ID, Yes, Yes) })
			}
		},
		"ArrangeAsking": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.ArrangeAsking(t.Context(), d.boss, followup.Settings{Mail: true, Days: 2}))
			}
		},
		"SetPolicy": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			p := must[policies.Policy](t)(d.SetPolicy(t.Context(), d.boss, returns()))
			return func() error { return second(d.SetPolicy(t.Context(), d.boss, p)) }
		},
		"ArrangeBonds": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.ArrangeBonds(t.Context(), d.boss, []policies.Step{{Bond: policies.Regular, Spent: 1}, {Bond: policies.LongStanding, Years: 1}}))
			}
		},
		"Bend": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			p := must[policies.Policy](t)(d.SetPolicy(t.Context(), d.boss, returns()))
			return func() error { return second(d.Bend(t.Context(), d.ann, p.ID, Bending{Ticket: c.Ticket})) }
		},
		"Close": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error { return second(d.Close(t.Context(), d.ann, c.ID, Mistaken, "A slip.")) }
		},
		"Reopen": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			must[Complaint](t)(d.Close(t.Context(), d.ann, c.ID, Mistaken, "A slip."))
			return func() error { return second(d.Reopen(t.Context(), d.ann, c.ID)) }
		},
		"Take": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			var c Complaint
			d.write(t, func(tx *store.Tx) (err error) {
				c, _, err = d.Raise(tx, Failure{Ticket: d.ticketIn(tx, "Kim"), Origin: BrokenPromise})
				return err
			})
			return func() error { return second(d.Take(t.Context(), d.ben, c.ID)) }
		},
		"HandOver": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.HandOver(t.Context(), d.ann, c.ID, staff.ID(d.ben.Staff), "Yours?"))
			}
		},
		"Accept": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			must[Complaint](t)(d.HandOver(t.Context(), d.ann, c.ID, staff.ID(d.ben.Staff), "Yours?"))
			return func() error { return second(d.Accept(t.Context(), d.ben, c.ID)) }
		},
		"Decline": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			must[Complaint](t)(d.HandOver(t.Context(), d.ann, c.ID, staff.ID(d.ben.Staff), "Yours?"))
			return func() error { return second(d.Decline(t.Context(), d.ben, c.ID, "On leave.")) }
		},
		"Unhand": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			must[Complaint](t)(d.HandOver(t.Context(), d.ann, c.ID, staff.ID(d.ben.Staff), "Yours?"))
			return func() error { return second(d.Unhand(t.Context(), d.ann, c.ID)) }
		},
		"Give": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 7_000)))
			}
		},
		"TakeBack": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			gave := must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 2_000)))
			return func() error { return second(d.TakeBack(t.Context(), d.ann, gave.ID, "The wrong one.")) }
		},
		"Offer": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error { return second(d.Offer(t.Context(), d.ann, Case{Complaint: c.ID}, offered)) }
		},
		"Choose": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			o := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Complaint: c.ID}, offered))
			return func() error { return second(d.Choose(t.Context(), d.ann, o.ID, Pick{Remedy: o.Choices[0].ID})) }
		},
		"Send": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			o := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Complaint: c.ID}, offered))
			must[Offer](t)(d.Choose(t.Context(), d.ann, o.ID, Pick{Remedy: o.Choices[0].ID}))
			return func() error { return second(d.Send(t.Context(), d.ann, o.ID)) }
		},
		"Withdraw": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			o := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Complaint: c.ID}, offered))
			return func() error { return second(d.Withdraw(t.Context(), d.ann, o.ID)) }
		},
		"Refuse": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.Refuse(t.Context(), d.ann, Case{Complaint: c.ID}, Refusing{What: "A new lamp", NearestYes: "A repair"}))
			}
		},
		"Answer": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			more := must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 12_000)))
			return func() error {
				return second(d.Answer(t.Context(), d.sue, more.Approval, Verdict{Answer: Yes, Reason: "They waited long."}))
			}
		},
		"Recall": func(t *testing.T, d *hall, c Complaint) func() error {
			t.Helper()
			more := must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 12_000)))
			return func() error { return second(d.Recall(t.Context(), d.ann, more.Approval)) }
		},
		"Empower": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.Empower(t.Context(), d.boss, "agent", authority.Setting{PerCase: euros(5)}))
			}
		},
		"Budget": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error { return second(d.Budget(t.Context(), d.boss, d.team, euros(5))) }
		},
		"Arrange": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.Arrange(t.Context(), d.boss, authority.Arrangement{Days: new(int64(30))}))
			}
		},
		"SetKind": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error { return second(d.SetKind(t.Context(), d.boss, Kind{Key: "noise", Label: "Noise"})) }
		},
		"DropKind": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			must[Kind](t)(d.SetKind(t.Context(), d.boss, Kind{Key: "smell", Label: "Smell"}))
			return func() error { return d.DropKind(t.Context(), d.boss, "smell") }
		},
		"Watch": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error {
				return second(d.Watch(t.Context(), d.boss, Watched{Origin: BreachedClock, Off: true, Severity: 2}))
			}
		},
		"SetItem": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			return func() error { return second(d.SetItem(t.Context(), d.boss, CatalogueItem{Key: "cake", Label: "Cake"})) }
		},
		"DropItem": func(t *testing.T, d *hall, _ Complaint) func() error {
			t.Helper()
			must[CatalogueItem](t)(d.SetItem(t.Context(), d.boss, CatalogueItem{Key: "tea", Label: "Tea"}))
			return func() error { return d.DropItem(t.Context(), d.boss, "tea") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d := furnish(t)
				return d.db, prepare(t, d, d.complaint(t, "Eve"))
			})
		})
	}
}

// Answering and taking back the same question, and choosing from an offer while it is withdrawn, are each one or the other.
func TestOneOrTheOther(t *testing.T) {
	for name, pair := range map[string]func(t *testing.T, d *hall, c Complaint) [2]func() error{
		"answered and recalled": func(t *testing.T, d *hall, c Complaint) [2]func() error {
			t.Helper()
			more := must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 12_000)))
			return [2]func() error{
				func() error {
					return second(d.Answer(t.Context(), d.sue, more.Approval, Verdict{Answer: Yes, Reason: "They waited."}))
				},
				func() error { return second(d.Recall(t.Context(), d.ann, more.Approval)) },
			}
		},
		"chosen and withdrawn": func(t *testing.T, d *hall, c Complaint) [2]func() error {
			t.Helper()
			o := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Complaint: c.ID}, Proposal{Part: Extra, Choices: []Choice{{Kind: "gift", Amount: euros(900)}}}))
			return [2]func() error{
				func() error { return second(d.Choose(t.Context(), d.ann, o.ID, Pick{Remedy: o.Choices[0].ID})) },
				func() error { return second(d.Withdraw(t.Context(), d.ann, o.ID)) },
			}
		},
		"chosen otherwise and taken back": func(t *testing.T, d *hall, _ Complaint) [2]func() error {
			t.Helper()
			ticket := d.ticket(t, "Uma", d.team)
			o := d.chose(t, ticket, 0, Choice{Kind: "gift", Amount: euros(900)}, Choice{Kind: "call_from_owner"})
			return [2]func() error{
				func() error { return d.swap(t, ticket, o, 1) },
				func() error { return second(d.TakeBack(t.Context(), d.ann, o.Choices[0].ID, "A slip.")) },
			}
		},
		"given and the limit lowered": func(t *testing.T, d *hall, c Complaint) [2]func() error {
			t.Helper()
			return [2]func() error{
				func() error {
					return second(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 9_000)))
				},
				func() error {
					return second(d.Empower(t.Context(), d.boss, "agent", authority.Setting{PerCase: euros(8_000)}))
				},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
				t.Helper()
				d := furnish(t)
				return d.db, pair(t, d, d.complaint(t, "Eve"))
			})
		})
	}
}
