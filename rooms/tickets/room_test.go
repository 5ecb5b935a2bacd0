package tickets_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type desk struct {
	db    *store.DB
	room  *tickets.Room
	words *lexicon.Room
	st    *staff.Room
	now   time.Time
}

var all = web.Everything(store.Actor{Kind: store.SystemKind, ID: "test", Via: "test"})

// open is a desk without a lexicon: to make its book ready takes longer than most tests.
func open(tb testing.TB) *desk {
	tb.Helper()
	d := &desk{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	d.db = storetest.OpenAt(tb, func() time.Time { return d.now }, web.Tables, search.Tables, staff.Tables, people.Tables, lexicon.Tables, tickets.Tables)
	d.furnish(tb, nil)
	return d
}

func (d *desk) furnish(tb testing.TB, words *lexicon.Room) {
	tb.Helper()
	f, err := files.OpenFolder(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	d.st, d.words = staff.New(d.db, staff.Options{}), words
	d.room = tickets.New(d.db, d.st, people.New(d.db, "DE"), words, f)
}

func (d *desk) receive(tb testing.TB, in tickets.Inbound) tickets.Filed {
	tb.Helper()
	var f tickets.Filed
	err := d.db.Write(tb.Context(), store.System("test"), func(tx *store.Tx) (err error) {
		f, err = d.room.Receive(tx, in)
		if err == nil && f.Stranger != 0 { // strict mode wants to hear of what the caller changes; a stranger changes nothing
			return nil
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func mail(from, ref string, answers ...string) tickets.Inbound {
	return tickets.Inbound{
		Channel: "email", Mailbox: 1, From: people.Sender{Name: from, Email: from + "@example.com"}, Subject: "Cup", Text: "Words of " + from, Ref: ref, Answers: answers,
		To: []tickets.Party{{Email: "support@shop.example", Ours: true}},
	}
}

// Who writes from where on which thread, and where it belongs (mail.md, “Threading and recipients”).
func TestWhereAContactBelongs(t *testing.T) {
	for name, tc := range map[string]struct {
		before []tickets.Inbound
		in     tickets.Inbound
		ticket int  // which of those before it joins; -1 for one of its own
		waits  bool // for a person, because a stranger wrote it
	}{
		"an answer of the customer":         {[]tickets.Inbound{mail("ada", "1")}, mail("ada", "2", "1"), 0, false},
		"no answer to anything":             {[]tickets.Inbound{mail("ada", "1")}, mail("ada", "2"), -1, false},
		"a stranger on a known thread":      {[]tickets.Inbound{mail("ada", "1")}, mail("eve", "2", "1"), 0, true},
		"an answer to what we never saw":    {[]tickets.Inbound{mail("ada", "1", "0")}, mail("ada", "2", "0"), 0, false},
		"what it answers came later":        {[]tickets.Inbound{mail("ada", "2", "1")}, mail("ada", "1"), 0, false},
		"somebody who was in copy":          {[]tickets.Inbound{with(mail("ada", "1"), func(in *tickets.Inbound) { in.Cc = []tickets.Party{{Email: "Bob@example.com"}} })}, mail("bob", "2", "1"), 0, false},
		"the same thread, another mailbox":  {[]tickets.Inbound{mail("ada", "1")}, with(mail("ada", "2", "1"), func(in *tickets.Inbound) { in.Mailbox = 2 }), -1, false},
		"two customers, one subject":        {[]tickets.Inbound{mail("ada", "1")}, mail("bob", "2"), -1, false},
		"a newsletter answered by many":     {[]tickets.Inbound{mail("ada", "1", "news"), with(mail("bob", "2", "news"), func(in *tickets.Inbound) { in.Apart = true })}, mail("ada", "3", "news"), 0, false},
		"a newsletter's second reader":      {[]tickets.Inbound{mail("ada", "1", "news")}, mail("bob", "2", "news"), 0, true},
		"a person decided that it joins":    {[]tickets.Inbound{mail("ada", "1")}, with(mail("eve", "2"), func(in *tickets.Inbound) { in.Join = -1 }), 0, false},
		"a person decided that it does not": {[]tickets.Inbound{mail("ada", "1")}, with(mail("ada", "2", "1"), func(in *tickets.Inbound) { in.Apart = true }), -1, false},
		"a reference of ours":               {[]tickets.Inbound{mail("ada", "1")}, with(mail("ada", "2"), func(in *tickets.Inbound) { in.Marked = -1 }), 0, false},
		"a reference of ours, a stranger":   {[]tickets.Inbound{mail("ada", "1")}, with(mail("eve", "2"), func(in *tickets.Inbound) { in.Marked = -1 }), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			var before []tickets.ID
			for _, in := range tc.before {
				before = append(before, d.receive(t, in).Ticket.ID)
				d.now = d.now.Add(time.Minute)
			}
			if tc.in.Join == -1 {
				tc.in.Join = before[0]
			}
			if tc.in.Marked == -1 {
				tc.in.Marked = before[0]
			}
			got := d.receive(t, tc.in)
			switch {
			case tc.waits:
				if got.Stranger != before[tc.ticket] {
					t.Errorf("a stranger went to %+v", got)
				}
			case tc.ticket < 0:
				if !got.Opened || slices.Contains(before, got.Ticket.ID) {
					t.Errorf("it joined %+v", got)
				}
			case got.Ticket.ID != before[tc.ticket] || got.Opened:
				t.Errorf("it went to %+v, not to %s", got, before[tc.ticket])
			}
		})
	}
}

func with(in tickets.Inbound, do func(*tickets.Inbound)) tickets.Inbound {
	do(&in)
	return in
}

// What a mail says of its writer and who has it, and whom an answer to it goes to.
func TestWhomAnAnswerGoesTo(t *testing.T) {
	us := tickets.Party{Email: "support@shop.example", Ours: true}
	p := func(emails ...string) (all []tickets.Party) {
		for _, e := range emails {
			all = append(all, tickets.Party{Email: e})
		}
		return all
	}
	emails := func(all []tickets.Party) string {
		var b strings.Builder
		for _, one := range all {
			b.WriteString(one.Email + " ")
		}
		return b.String()
	}
	for name, tc := range map[string]struct {
		replyTo, to, cc []tickets.Party
		wantTo, wantCc  []tickets.Party
	}{
		"who wrote":                              {nil, []tickets.Party{us}, nil, p("ada@example.com"), nil},
		"who wrote and everybody in copy":        {nil, append(p("third@example.net"), us), append(p("bob@example.com", "Third@example.net"), us), p("ada@example.com"), p("third@example.net", "bob@example.com")},
		"whom they name":                         {p("ada@home.example"), []tickets.Party{us}, p("bob@example.com"), p("ada@home.example"), p("bob@example.com")},
		"all whom they name, each once":          {p("ada@home.example", "bob@example.com", "ADA@home.example"), []tickets.Party{us}, p("bob@example.com", "cleo@example.com"), p("ada@home.example", "bob@example.com"), p("cleo@example.com")},
		"who wrote, when they name us":           {[]tickets.Party{us}, []tickets.Party{us}, nil, p("ada@example.com"), nil},
		"who wrote, when they name what is none": {p("", "undisclosed"), []tickets.Party{us}, nil, p("ada@example.com"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, in := open(t), mail("ada", "1")
			in.ReplyTo, in.To, in.Cc = tc.replyTo, tc.to, tc.cc
			f := d.receive(t, in)
			m, err := d.room.Answer(t.Context(), all, f.Ticket.ID, tickets.Reply{Text: "Sorry!"})
			if err != nil || emails(m.To) != emails(tc.wantTo) || emails(m.Cc) != emails(tc.wantCc) {
				t.Errorf("to %v, cc %v, %v", m.To, m.Cc, err)
			}
			if err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
				m, err = d.room.Notify(tx, f.Ticket.ID, "acknowledgement", "We got it", "Soon.")
				return err
			}); err != nil || emails(m.To) != "ada@example.com " || len(m.Cc) > 0 {
				t.Errorf("a notice goes to %v, cc %v, %v", m.To, m.Cc, err)
			}
			for _, named := range tc.replyTo { // whoever is to be answered may write back
				if named.Email == "ada@home.example" {
					again := mail("ada", "2", "1")
					again.From.Email = named.Email
					if got := d.receive(t, again); got.Ticket.ID != f.Ticket.ID {
						t.Errorf("what %s wrote back went to %+v", named.Email, got)
					}
					break
				}
			}
		})
	}
}

func TestWhomAnAnswerMayBeSentTo(t *testing.T) {
	d := open(t)
	in := mail("ada", "1")
	in.To = []tickets.Party{{Email: "support@shop.example", Ours: true}, {Email: "third@example.net"}}
	in.Cc = []tickets.Party{{Email: "bob@example.com"}, {Email: "sales@shop.example", Ours: true}}
	f := d.receive(t, in)
	m, err := d.room.Answer(t.Context(), all, f.Ticket.ID, tickets.Reply{Text: "Sorry!"})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.To) != 1 || m.To[0].Email != "ada@example.com" || len(m.Cc) != 2 || m.Cc[0].Email != "third@example.net" || m.Cc[1].Email != "bob@example.com" {
		t.Errorf("to %v, cc %v", m.To, m.Cc)
	}
	m, err = d.room.Answer(t.Context(), all, f.Ticket.ID, tickets.Reply{Text: "Only you.", To: []tickets.Party{{Email: "bob@example.com"}}})
	if err != nil || len(m.To) != 1 || m.To[0].Email != "bob@example.com" || len(m.Cc) != 0 {
		t.Errorf("to %v, cc %v, %v", m.To, m.Cc, err)
	}
	for name, r := range map[string]tickets.Reply{
		"no words":             {Text: " \n"},
		"a broken address":     {Text: "x", To: []tickets.Party{{Email: "a@b\r\nBcc: c@d"}}},
		"nobody but copies":    {Text: "x", Cc: []tickets.Party{{Email: "bob@example.com"}}},
		"a file nobody upload": {Text: "x", Uploads: []tickets.Attachment{{SHA256: fmt.Sprintf("%064d", 1), Name: "x"}}},
	} {
		if _, err := d.room.Answer(t.Context(), all, f.Ticket.ID, r); fault.Of(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAnswerNeverLeavesPastAColleaguesUnseenOne(t *testing.T) {
	d := open(t)
	f := d.receive(t, mail("ada", "1"))
	seen := f.Ticket.Version
	if _, err := d.room.Answer(t.Context(), all, f.Ticket.ID, tickets.Reply{Text: "First.", Seen: seen}); err != nil {
		t.Fatal(err)
	}
	_, err := d.room.Answer(t.Context(), all, f.Ticket.ID, tickets.Reply{Text: "Second.", Seen: seen})
	if f := fault.Of(err); f == nil || f.Code != "answer.unseen" {
		t.Errorf("the second answer: %v", err)
	}
}

// What waits for an answer is emptied only by answering: not by an answer that the customer wrote after.
func TestAnAnswerFromAnotherProgramIsReadLate(t *testing.T) {
	d := open(t)
	start := d.now
	f := d.receive(t, mail("ada", "1"))
	d.now = start.Add(2 * time.Hour)
	d.receive(t, mail("ada", "2", "1"))
	d.now = start.Add(3 * time.Hour)
	machine := mail("ada", "3", "2")
	machine.Machine = true
	d.receive(t, machine)
	read := func(ref string, at time.Time) (tk tickets.Ticket) {
		err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
			f, ok, err := d.room.ReadSent(tx, tickets.Inbound{Mailbox: 1, Subject: "Re: Cup", Text: "From my phone.", Ref: ref, Answers: []string{"1"}, At: at})
			if tk = f.Ticket; !ok {
				t.Error("it answers no ticket")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return tk
	}
	tk := read("a", start.Add(time.Hour))
	if tk.ID != f.Ticket.ID || tk.Status != tickets.Open || !tk.WaitingSince.Equal(start.Add(2*time.Hour)) || !tk.AnsweredAt.Equal(start.Add(time.Hour)) || tk.Snippet != "Words of ada" {
		t.Errorf("after an answer before their last words: %+v", tk)
	}
	tk = read("b", start.Add(150*time.Minute)) // only a machine has spoken since
	if tk.Status != tickets.Pending || !tk.WaitingSince.IsZero() || tk.Snippet != "From my phone." {
		t.Errorf("after an answer to their last words: %+v", tk)
	}
}

// An answer from another program may be read before what it answers, or before the answer to it.
func TestWhereAnAnswerFromAnotherProgramBelongs(t *testing.T) {
	for name, tc := range map[string]struct {
		before []tickets.Inbound
		ref    string
		answer []string
		to     string
		ticket int // of those before; -1 for none yet
	}{
		"it answers a mail here":                       {[]tickets.Inbound{mail("ada", "1")}, "2", []string{"1"}, "ada@example.com", 0},
		"it answers a mail here, to somebody else":     {[]tickets.Inbound{mail("ada", "1")}, "2", []string{"1"}, "supplier@example.net", 0},
		"it answers nothing here":                      {[]tickets.Inbound{mail("ada", "1")}, "2", nil, "ada@example.com", -1},
		"they answered it":                             {[]tickets.Inbound{mail("ada", "3", "2")}, "2", nil, "ADA@example.com", 0},
		"who has it from somebody answered it":         {[]tickets.Inbound{mail("eve", "3", "2")}, "2", nil, "ada@example.com", -1},
		"a newsletter to nobody in particular":         {[]tickets.Inbound{mail("ada", "3", "2")}, "2", nil, "", -1},
		"they and it answer what is not here":          {[]tickets.Inbound{mail("ada", "3", "1")}, "2", []string{"1"}, "ada@example.com", 0},
		"of two who answer one newsletter, the second": {[]tickets.Inbound{mail("ada", "1", "news"), with(mail("bob", "2", "news"), func(in *tickets.Inbound) { in.Apart = true })}, "3", []string{"news"}, "ada@example.com", 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			var before []tickets.ID
			for _, in := range tc.before {
				before = append(before, d.receive(t, in).Ticket.ID)
			}
			s := tickets.Inbound{Mailbox: 1, Subject: "Cup", Text: "From my phone.", Ref: tc.ref, Answers: tc.answer, To: []tickets.Party{{Email: "support@shop.example", Ours: true}}, At: d.now}
			if tc.to != "" {
				s.To = append(s.To, tickets.Party{Email: tc.to})
			}
			err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
				f, ok, err := d.room.ReadSent(tx, s)
				if ok != (tc.ticket >= 0) || ok && f.Ticket.ID != before[tc.ticket] {
					t.Errorf("it went to %s, %v; before it there were %v", f.Ticket.ID, ok, before)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// What comes from archives, in whatever order, waits for an answer only when nobody gave one.
func TestAnOldThreadStandsWhereItStoodInAnyOrder(t *testing.T) {
	old := func(ref string, answers ...string) tickets.Inbound {
		return with(mail("ada", ref, answers...), func(in *tickets.Inbound) { in.Old = true })
	}
	thread := []tickets.Inbound{old("1"), old("2", "1"), old("3", "x", "2"), old("4", "3")} // x was ours, and came after 2
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {3, 2, 4, 1, 0}, {2, 4, 0, 3, 1}, {0, 4, 1, 3, 2}} {
		d := open(t)
		start := d.now
		d.now = start.Add(100 * time.Hour)
		var tk tickets.Ticket
		for _, n := range order {
			if n == 4 {
				err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
					f, ok, err := d.room.ReadSent(tx, tickets.Inbound{Mailbox: 1, Text: "Here it is.", Ref: "x", Answers: []string{"2", "1"}, To: []tickets.Party{{Email: "ada@example.com"}}, At: start.Add(90 * time.Minute)})
					if tk = f.Ticket; !ok {
						t.Errorf("%v: our answer is on no ticket", order)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			in := thread[n]
			in.At = start.Add(time.Duration(n) * time.Hour)
			tk = d.receive(t, in).Ticket
		}
		if tk.Number != 1 || !tk.WaitingSince.Equal(start.Add(2*time.Hour)) || tk.Status != tickets.Open {
			t.Errorf("%v: it is %s and waits since %v: %+v", order, tk.Status, tk.WaitingSince.Sub(start), tk)
		}
	}
}

// A list is merged from many index ranges; it must be exactly what looking at every ticket would give, for everybody.
func TestAListIsWhatLookingAtEveryTicketGives(t *testing.T) {
	d := open(t)
	var teams []staff.TeamID
	for _, name := range []string{"North", "South", "West"} {
		tm, err := d.st.AddTeam(t.Context(), all, name)
		if err != nil {
			t.Fatal(err)
		}
		teams = append(teams, tm.ID)
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	var members []staff.ID
	for i := range 3 {
		m, _, err := d.st.Add(t.Context(), all, staff.Newcomer{Email: fmt.Sprintf("m%d@shop.example", i), Name: fmt.Sprint("M", i), Role: "agent", Teams: teams[i : i+1]})
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, m.ID)
	}
	tags := []string{"vip", "return", "late"}
	var ids []tickets.ID
	for i := range 120 {
		d.now = d.now.Add(time.Duration(rnd.IntN(3)) * time.Second) // many at the same moment
		in := mail(fmt.Sprintf("c%d", rnd.IntN(20)), fmt.Sprint("r", i))
		in.Channel = []string{"email", "api"}[rnd.IntN(2)]
		in.Tags = tags[:rnd.IntN(3)]
		in.Team = append([]staff.TeamID{0}, teams...)[rnd.IntN(4)]
		tk := d.receive(t, in).Ticket
		ids = append(ids, tk.ID)
		if rnd.IntN(2) == 0 {
			who := members[rnd.IntN(3)]
			if _, err := d.room.Assign(t.Context(), all, tk.ID, tickets.Assignment{Staff: &who}); err != nil {
				t.Fatal(err)
			}
		}
		if rnd.IntN(2) == 0 {
			if _, err := d.room.Stand(t.Context(), all, tk.ID, []tickets.Status{tickets.Open, tickets.Pending, tickets.Resolved}[rnd.IntN(3)], ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := d.db.CatchUp(t.Context(), d.room.Followers()...); err != nil {
		t.Fatal(err)
	}
	everybody := []web.Who{all}
	err := d.db.Read(t.Context(), func(tx *store.Tx) error {
		for _, m := range members {
			w, err := d.st.Who(tx, m)
			if err != nil {
				return err
			}
			everybody = append(everybody, w)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 150 {
		who := everybody[rnd.IntN(len(everybody))]
		f := tickets.Filter{Limit: 1 + rnd.IntN(9)}
		for _, s := range tickets.Statuses {
			if rnd.IntN(3) == 0 {
				f.Statuses = append(f.Statuses, s)
			}
		}
		if rnd.IntN(4) == 0 {
			f.Assignee = &append([]staff.ID{0}, members...)[rnd.IntN(4)]
		}
		if rnd.IntN(4) == 0 {
			f.Team = &append([]staff.TeamID{0}, teams...)[rnd.IntN(4)]
		}
		if rnd.IntN(4) == 0 {
			f.Tag = tags[rnd.IntN(2)]
		}
		if rnd.IntN(4) == 0 {
			f.Channel = "api"
		}
		f.Waiting = rnd.IntN(5) == 0
		if rnd.IntN(4) == 0 { // of these only, however long a page is
			f.IDs = []tickets.ID{1}
			for range rnd.IntN(30) {
				f.IDs = append(f.IDs, ids[rnd.IntN(len(ids))])
			}
		}
		check(t, d, who, f, ids, i)
	}
}

func check(t *testing.T, d *desk, who web.Who, f tickets.Filter, ids []tickets.ID, round int) {
	t.Helper()
	var want, got []tickets.ID
	err := d.db.Read(t.Context(), func(tx *store.Tx) error {
		var fit []tickets.Ticket
		for _, id := range ids {
			tk, err := d.room.Look(tx, id)
			if err != nil {
				return err
			}
			if fits(d, who, f, tk) {
				fit = append(fit, tk)
			}
		}
		slices.SortFunc(fit, func(a, b tickets.Ticket) int {
			x, y := b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID)
			if f.Waiting {
				x, y = a.WaitingSince.Compare(b.WaitingSince), cmp.Compare(a.ID, b.ID)
			}
			if x == 0 {
				x = y
			}
			return x
		})
		for _, tk := range fit {
			want = append(want, tk.ID)
		}
		for {
			page, err := d.room.List(tx, who, f)
			if err != nil {
				return err
			}
			if f.IDs != nil && page.Next != "" {
				t.Errorf("round %d: of named tickets there is a second page", round)
			}
			for _, tk := range page.Items {
				got = append(got, tk.ID)
			}
			if f.After = page.Next; f.After == "" {
				return nil
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("round %d, filter %+v for %s:\ngot  %v\nwant %v", round, f, who.Name, got, want)
	}
}

func fits(d *desk, who web.Who, f tickets.Filter, t tickets.Ticket) bool {
	return d.room.Sees(who, t) && (f.IDs == nil || slices.Contains(f.IDs, t.ID)) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, t.Status)) && (f.Assignee == nil || *f.Assignee == t.Assignee) &&
		(f.Team == nil || *f.Team == t.Team) && (f.Tag == "" || slices.Contains(t.Tags, f.Tag)) && (f.Channel == "" || f.Channel == t.Channel) &&
		(!f.Waiting || !t.WaitingSince.IsZero())
}

func TestCountsAreWhatIsThere(t *testing.T) {
	d := open(t)
	a, b := d.receive(t, mail("ada", "1")).Ticket, d.receive(t, mail("bob", "2")).Ticket
	if _, err := d.room.Answer(t.Context(), all, a.ID, tickets.Reply{Text: "Yes."}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // catching up twice counts once
		if err := d.db.CatchUp(t.Context(), d.room.Followers()...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.room.Stand(t.Context(), all, b.ID, tickets.Closed, tickets.Spam); err != nil {
		t.Fatal(err)
	}
	if err := d.db.CatchUp(t.Context(), d.room.Followers()...); err != nil {
		t.Fatal(err)
	}
	got := map[tickets.Status]int64{}
	err := d.db.Read(t.Context(), func(tx *store.Tx) error {
		counts, err := d.room.Counts(tx, all)
		for _, c := range counts {
			got[c.Status] += c.N
		}
		return err
	})
	if err != nil || len(got) != 2 || got[tickets.Pending] != 1 || got[tickets.Closed] != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func (d *desk) look(t *testing.T, ticket tickets.ID) (tk tickets.Ticket) {
	t.Helper()
	if err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) { tk, err = d.room.Look(tx, ticket); return err }); err != nil {
		t.Fatal(err)
	}
	return tk
}

// happened are the entries of the journal after one.
func (d *desk) happened(t *testing.T, after int64) []store.Entry {
	t.Helper()
	entries, err := d.db.Journal(t.Context(), after, 500)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
