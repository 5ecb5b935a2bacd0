package clocks

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// step is one moment in the life of a ticket: what happens then and what the journal tells of its clocks.
type step struct{ at, what, told string }

// By the policy there from the start: the office is open from nine to five, an answer is due within eight working hours,
// the next within eight, the solution within forty, and a warning comes when a quarter is left.
func TestClocksFollowATicket(t *testing.T) {
	const opened = "resolution started +Mon 10:00, first_answer started Tue 10:00"
	for name, story := range map[string][]step{
		"answered and solved in time": {
			{"Mon 10:00", "", ""},
			{"Mon 15:00", "answer", "resolution paused, first_answer met"},
			{"Tue 09:00", "resolved", "resolution met"},
			{"Wed 09:00", "content", "waited 47 content"},
		},
		"nobody answers": {
			{"Mon 16:00", "", "first_answer warned Tue 10:00"},
			{"Tue 10:00", "", "first_answer breached Tue 10:00"},
			{"Wed 11:00", "answer", "resolution paused"},
		},
		"they write again": {
			{"Mon 11:00", "answer", "resolution paused, first_answer met"},
			{"Tue 09:00", "writes", "resolution resumed +Mon 16:00, next_answer started Tue 17:00"},
			{"Tue 10:00", "writes", ""},
			{"Tue 12:00", "note", ""},
			{"Tue 12:30", "machine", ""},
			{"Tue 15:00", "", "next_answer warned Tue 17:00"},
			{"Tue 16:59", "answer", "resolution paused, next_answer met"},
		},
		"it waits for a third party": {
			{"Mon 11:00", "on_hold", ""},
			{"Mon 12:00", "open", ""},
		},
		"it is spam": {
			{"Mon 10:01", "spam", "resolution dropped, first_answer dropped, waited 0h01"},
			{"+Mon 12:00", "", ""},
		},
		"solved, and then it was not": {
			{"Mon 11:00", "answer", "resolution paused, first_answer met"},
			{"Mon 12:00", "resolved", "resolution met"},
			{"Tue 12:00", "writes", "resolution resumed +Tue 11:00, next_answer started Wed 12:00, resolution withdrawn"},
		},
		"closed in silence, and then they write": {
			{"Mon 11:00", "answer", "resolution paused, first_answer met"},
			{"Mon 12:00", "resolved", "resolution met"},
			{"Tue 12:00", "silent", "waited 26"},
			{"Wed 12:00", "writes", "resolution started +Wed 12:00, next_answer started Thu 12:00"},
			{"Wed 13:00", "content", "waited 51 content, next_answer dropped, resolution met"},
		},
		"all clocks run out": {
			{"Mon 16:00", "", "first_answer warned Tue 10:00"},
			{"Tue 10:00", "", "first_answer breached Tue 10:00"},
			{"Thu 16:00", "", "resolution warned +Mon 10:00"},
			{"+Mon 10:00", "", "resolution breached +Mon 10:00"},
			{"+Mon 11:00", "answer", "resolution paused"},
			{"+Mon 12:00", "resolved", ""},
			{"+Mon 13:00", "content", "waited 171 content"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			d.at(t, "Mon 10:00")
			ticket := d.opens(t, tickets.Inbound{}).ID
			d.settle(t)
			if got := d.told(t); got != opened {
				t.Errorf("opened: told %q, want %q", got, opened)
			}
			for _, s := range story {
				d.at(t, s.at)
				d.does(t, ticket, s.what)
				d.settle(t)
				if got := d.told(t); got != s.told {
					t.Errorf("%s %s: told %q, want %q", s.at, s.what, got, s.told)
				}
			}
			d.follow(t)
			d.follow(t)
			if got := d.told(t); got != "" {
				t.Errorf("told again: %q", got)
			}
		})
	}
}

func hoursOf(first, next, resolution int64) Minutes {
	return Minutes{first * 60, next * 60, resolution * 60}
}

// Running clocks follow the policies and the calendars.
func TestClocksFollowPolicies(t *testing.T) {
	one := TargetID(1)
	add := func(t *testing.T, d *desk, target Target) {
		t.Helper()
		must[Target](t)(d.Add(t.Context(), admin, target))
	}
	for name, tc := range map[string]struct {
		do    func(t *testing.T, d *desk, ticket tickets.ID)
		told  string
		after []step
	}{
		"a target is shortened": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				m := hoursOf(4, 4, 40)
				must[Target](t)(d.Change(t.Context(), admin, one, TargetChange{Targets: &m}))
			},
			"first_answer retimed Mon 14:00",
			[]step{{"Mon 13:00", "", "first_answer warned Mon 14:00"}, {"Mon 14:00", "", "first_answer breached Mon 14:00"}},
		},
		"a target is lengthened past a breach": {
			func(t *testing.T, d *desk, ticket tickets.ID) {
				t.Helper()
				d.at(t, "Tue 11:00")
				if got, want := d.told(t), "first_answer breached Tue 10:00"; got != want {
					t.Errorf("told %q, want %q", got, want)
				}
				m := hoursOf(16, 8, 40)
				must[Target](t)(d.Change(t.Context(), admin, one, TargetChange{Targets: &m}))
			},
			"first_answer retimed Wed 10:00",
			[]step{{"Tue 14:00", "", "first_answer warned Wed 10:00"}, {"Tue 15:00", "answer", "resolution paused, first_answer met"}},
		},
		"a target is taken away": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				must[Target](t)(d.Change(t.Context(), admin, one, TargetChange{Targets: &Minutes{Resolution: 2400}}))
			},
			"first_answer retimed",
			[]step{{"Tue 12:00", "answer", "resolution paused"}},
		},
		"the warning comes earlier": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				must[Target](t)(d.Change(t.Context(), admin, one, TargetChange{Warn: &Ahead{Before: 420}}))
			},
			"",
			[]step{{"Mon 10:59", "", ""}, {"Mon 11:00", "", "first_answer warned Tue 10:00"}},
		},
		"its name changes": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				name := "Everybody"
				must[Target](t)(d.Change(t.Context(), admin, one, TargetChange{Name: &name}))
			},
			"", nil,
		},
		"another policy comes before": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				add(t, d, Target{Name: "Mail", When: Conditions{Channels: []string{"email"}}, Targets: hoursOf(2, 2, 0)})
			},
			"first_answer retimed Mon 12:00, resolution retimed",
			[]step{{"Mon 12:00", "", "first_answer breached Mon 12:00"}},
		},
		"another policy is for others": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				add(t, d, Target{Name: "Chat", When: Conditions{Channels: []string{"chat"}}, Targets: hoursOf(2, 2, 0)})
			},
			"", nil,
		},
		"the policies change places": {
			func(t *testing.T, d *desk, ticket tickets.ID) {
				t.Helper()
				a := must[Target](t)(d.Add(t.Context(), admin, Target{Name: "Mail", When: Conditions{Channels: []string{"email"}}, Targets: hoursOf(2, 2, 40)}))
				b := must[Target](t)(d.Add(t.Context(), admin, Target{Name: "Normal", When: Conditions{Priorities: []string{"normal"}}, Targets: hoursOf(3, 3, 40)}))
				d.settle(t)
				if got, want := d.told(t), "first_answer retimed Mon 12:00, resolution retimed +Mon 10:00"; got != want {
					t.Errorf("told %q, want %q", got, want)
				}
				must[[]Target](t)(d.Order(t.Context(), admin, []TargetID{b.ID, a.ID, one}))
			},
			"first_answer retimed Mon 13:00, resolution retimed +Mon 10:00", nil,
		},
		"no policy is left": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				if err := d.Remove(t.Context(), admin, one); err != nil {
					t.Fatal(err)
				}
			},
			"first_answer retimed, resolution retimed",
			[]step{{"Wed 12:00", "", ""}, {"Wed 13:00", "answer", ""}, {"Thu 13:00", "content", "waited 75 content"}},
		},
		"the priority rises, and falls": {
			func(t *testing.T, d *desk, ticket tickets.ID) {
				t.Helper()
				add(t, d, Target{Name: "Urgent", When: Conditions{Priorities: []string{"urgent", "high"}}, Targets: hoursOf(1, 1, 4)})
				d.does(t, ticket, "priority urgent")
			},
			"first_answer retimed Mon 11:00, resolution retimed Mon 14:00",
			[]step{{"Mon 10:30", "priority high", ""}, {"Mon 10:45", "priority low", "first_answer retimed Tue 10:00, resolution retimed +Mon 10:00"}},
		},
		"a tag is put on": {
			func(t *testing.T, d *desk, ticket tickets.ID) {
				t.Helper()
				add(t, d, Target{Name: "VIP", When: Conditions{Tags: []string{"vip"}}, Targets: hoursOf(1, 1, 40)})
				d.does(t, ticket, "tags loud vip")
			},
			"first_answer retimed Mon 11:00, resolution retimed +Mon 10:00", nil,
		},
		"another team takes it": {
			func(t *testing.T, d *desk, ticket tickets.ID) {
				t.Helper()
				team := must[staff.Team](t)(d.staff.AddTeam(t.Context(), admin, "Gold")).ID
				add(t, d, Target{Name: "Gold", When: Conditions{Teams: []string{team.String()}}, Targets: hoursOf(1, 1, 40)})
				must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ticket, tickets.Assignment{Team: &team}))
			},
			"first_answer retimed Mon 11:00, resolution retimed +Mon 10:00", nil,
		},
		"the office moves": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				zone := "America/New_York"
				must[hours.Calendar](t)(d.hours.Change(t.Context(), admin, 1, hours.Change{Zone: &zone}))
			},
			"resolution retimed Fri 21:00, first_answer retimed Mon 21:00", nil,
		},
		"a holiday is declared": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				must[hours.Calendar](t)(d.hours.Change(t.Context(), admin, 1, hours.Change{Holidays: &[]hours.Holiday{{Date: hours.On(2026, 7, 7), Name: "Outing"}}}))
			},
			"resolution retimed +Tue 10:00, first_answer retimed Wed 10:00", nil,
		},
		"the calendar is renamed": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				name := "House"
				must[hours.Calendar](t)(d.hours.Change(t.Context(), admin, 1, hours.Change{Name: &name}))
			},
			"", nil,
		},
		"another calendar is the default": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				c := must[hours.Calendar](t)(d.hours.Add(t.Context(), admin, hours.Calendar{Name: "Always", Zone: "UTC", Always: true}))
				must[hours.Calendar](t)(d.hours.Prefer(t.Context(), admin, c.ID))
			},
			"resolution retimed Wed 02:00, first_answer retimed Mon 18:00", nil,
		},
		"its calendar is removed": {
			func(t *testing.T, d *desk, _ tickets.ID) {
				t.Helper()
				c := must[hours.Calendar](t)(d.hours.Add(t.Context(), admin, hours.Calendar{Name: "Always", Zone: "UTC", Always: true}))
				must[Target](t)(d.Change(t.Context(), admin, one, TargetChange{Calendar: &c.ID}))
				d.settle(t)
				if got, want := d.told(t), "resolution retimed Wed 02:00, first_answer retimed Mon 18:00"; got != want {
					t.Errorf("told %q, want %q", got, want)
				}
				if err := d.hours.Remove(t.Context(), admin, c.ID); err != nil {
					t.Fatal(err)
				}
			},
			"resolution retimed +Mon 10:00, first_answer retimed Tue 10:00", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			d.at(t, "Mon 10:00")
			ticket := d.opens(t, tickets.Inbound{}).ID
			d.settle(t)
			d.told(t)
			tc.do(t, d, ticket)
			d.settle(t)
			if got := d.told(t); got != tc.told {
				t.Errorf("told %q, want %q", got, tc.told)
			}
			for _, s := range tc.after {
				d.at(t, s.at)
				d.does(t, ticket, s.what)
				d.settle(t)
				if got := d.told(t); got != s.told {
					t.Errorf("%s %s: told %q, want %q", s.at, s.what, got, s.told)
				}
			}
		})
	}
}

// More clocks than fit in one transaction follow a policy that changes, and a change in the middle starts over.
func TestManyClocksFollowAPolicy(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Mon 10:00")
	const many = 2*batch + 50
	for range many {
		d.opens(t, tickets.Inbound{})
	}
	d.settle(t)
	d.told(t)
	for _, first := range []int64{4, 2} {
		m := hoursOf(first, 8, 40)
		must[Target](t)(d.Change(t.Context(), admin, 1, TargetChange{Targets: &m}))
	}
	d.settle(t)
	n := 0
	d.look(t, func(tx *store.Tx) (err error) {
		n, err = store.One[int](tx, `SELECT count(*) FROM clocks WHERE due_at = $1`, when(t, "Mon 12:00"))
		return err
	})
	if n != many {
		t.Errorf("%d of %d clocks followed", n, many)
	}
}

// A clock of the server that jumps tells nothing twice and takes nothing back.
func TestTheServersClockJumps(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Mon 10:00")
	ticket := d.opens(t, tickets.Inbound{}).ID
	d.settle(t)
	d.told(t)
	for _, s := range []step{
		{"+Sun 10:00", "", "resolution breached +Mon 10:00, first_answer breached Tue 10:00"},
		{"Mon 11:00", "", ""},
		{"Mon 11:00", "note", ""},
		{"+Sat 10:00", "", ""},
		{"Mon 12:00", "answer", "resolution paused, first_answer withdrawn, first_answer met, resolution withdrawn"},
		{"Mon 13:00", "writes", "resolution resumed +Mon 11:00, next_answer started Tue 13:00"},
	} {
		d.at(t, s.at)
		d.does(t, ticket, s.what)
		d.settle(t)
		if got := d.told(t); got != s.told {
			t.Errorf("%s %s: told %q, want %q", s.at, s.what, got, s.told)
		}
	}
}

// An answer in time that the clocks have not heard of yet is no breach, however late the journal is read.
func TestLateNewsAreNoBreach(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Mon 10:00")
	ticket := d.opens(t, tickets.Inbound{}).ID
	d.settle(t)
	d.at(t, "Tue 09:59")
	d.told(t)
	d.does(t, ticket, "answer")
	d.now.Store(when(t, "Tue 10:30").UnixMicro())
	d.work(t)
	if got := d.told(t); got != "" {
		t.Errorf("before the news: %q", got)
	}
	d.settle(t)
	d.at(t, "Tue 10:31")
	if got, want := d.told(t), "resolution paused, first_answer met"; got != want {
		t.Errorf("after the news: %q, want %q", got, want)
	}
}

// What is fetched late counts from when it was said: the customer waited all the same.
func TestWordsCountFromWhenTheyWereSaid(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Mon 10:00")
	d.opens(t, tickets.Inbound{})
	d.settle(t)
	d.at(t, "Wed 10:00")
	d.told(t)
	ticket := d.opens(t, tickets.Inbound{At: when(t, "Tue 15:00")}).ID
	d.settle(t)
	if got, want := d.told(t), "resolution started +Tue 15:00, first_answer started Wed 15:00"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
		return tx.Record(ticket, tickets.Answered{Ticket: ticket, Elsewhere: true, At: when(t, "Tue 16:00")})
	})
	if err != nil {
		t.Fatal(err)
	}
	d.settle(t)
	s := d.shown(t, admin, ticket)[0]
	if first := s.Clocks[1]; first.Clock != FirstAnswer || !first.EndedAt.Equal(when(t, "Tue 16:00")) {
		t.Errorf("first answer %+v", first)
	}
}

// An empty house that is filled with old mail has broken no promise; from then on it promises.
func TestOldMailIsPromisedNothing(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Wed 12:00")
	old := d.opens(t, tickets.Inbound{At: when(t, "Mon 10:00")}).ID
	d.settle(t)
	if got := d.told(t); got != "" {
		t.Errorf("told %q of old mail", got)
	}
	d.does(t, old, "answer")
	d.does(t, old, "writes")
	d.opens(t, tickets.Inbound{At: when(t, "Wed 11:30")})
	d.settle(t)
	if got, want := d.told(t), "next_answer started Thu 12:00, resolution started +Wed 11:30, first_answer started Thu 11:30"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	s := d.shown(t, admin, old)
	if len(s) != 1 || s[0].Clocks[2].Clock != Customer || s[0].Clocks[2].Spent != 50*3600 {
		t.Errorf("the customer's own clock: %+v", s)
	}
}

// Several readers of the journal and of what is due, at once, leave what one would.
func TestManyHandsKeepClocks(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Mon 10:00")
	var all []tickets.ID
	for range 40 {
		all = append(all, d.opens(t, tickets.Inbound{}).ID)
	}
	done := make(chan error, 3)
	for range cap(done) {
		go func() {
			for range 5 {
				if err := d.db.CatchUp(context.Background(), d.Followers()...); err != nil && err.Error() != "store: another node moved the bookmark" {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	d.settle(t)
	d.at(t, "Tue 10:00")
	kinds := map[string]int{}
	entries := must[[]store.Entry](t)(d.db.Journal(t.Context(), 0, 10_000))
	for _, e := range entries {
		kinds[e.Kind]++
	}
	want := map[string]int{
		"tickets.opened": len(all), "tickets.received": len(all), "customers.met": 1, "clocks.started": 2 * len(all), "clocks.breached": len(all),
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
}

// Clocks that are kept and read between any two things that happen tell the same as clocks that never leave the room.
func TestKeptClocksTellTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := anyLife(t)
		terms := anyTerms(t)
		held, stored := &Watch{Terms: terms}, &Watch{Terms: terms}
		for _, d := range life {
			d.at = d.at.Truncate(time.Microsecond)
			if d.what == "retimed" {
				terms = d.terms
			}
			if d.other != nil {
				theirs := keep(d.other).watch(Terms{})
				d.other = &theirs
			}
			a, b := d.do(held), d.do(stored)
			if diff := cmp.Diff(strip(a), strip(b)); diff != "" {
				t.Fatalf("%s tells other things:\n%s", d, diff)
			}
			k := keep(stored)
			var read kept
			if err := jsonOf(k, &read); err != nil {
				t.Fatal(err)
			}
			again := read.watch(terms)
			stored = &again
			if diff := cmp.Diff(keep(held), k); diff != "" {
				t.Fatalf("%s leaves other clocks:\n%s", d, diff)
			}
			if !held.Next().Equal(stored.Next()) {
				t.Fatalf("%s wants to be asked again at %s, not at %s", d, stored.Next(), held.Next())
			}
		}
	})
}

// strip leaves out which clock it was: the kept ones have other places.
func strip(events []Event) []Event {
	for i := range events {
		events[i].Clock = 0
	}
	return events
}
