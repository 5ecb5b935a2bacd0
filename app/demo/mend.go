package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/hearthdesk/hearth/app/demo/sayings"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// mender takes one complaint through its stages.
type mender struct {
	l     *life
	st    *story
	r     *rand.Rand
	tell  *teller
	words *sayings.Book
	id    recovery.ID
	owner *colleague
	to    *colleague // asked to take it over
	kind  string
	asked bool   // what they would like
	stays string // the place where it is when the month ends; empty when it ends before
	rests bool   // nothing more happens
	steps []step
}

// step is one thing that somebody does, some working time after the one before.
type step struct {
	wait time.Duration
	do   func(ctx context.Context) error
}

func (m *mender) say(key string) string {
	return upper(m.tell.say(one(m.r, m.words.By[key])))
}

// wish is what they would like, or that they would not say.
func (m *mender) wish() (words string, none bool) {
	if chance(m.r, .12) {
		return "", true
	}
	if w := m.st.scene.wrong; w != nil {
		return upper(m.tell.say(one(m.r, w.wishes))), false
	}
	return m.say("wish"), false
}

func (m *mender) then(wait time.Duration, do func(ctx context.Context) error) {
	m.steps = append(m.steps, step{wait, do})
}

// minutes is some working time between two bounds.
func (m *mender) minutes(least, most int) time.Duration {
	return time.Duration(least+m.r.IntN(most-least)) * time.Minute
}

// plan says what becomes of a complaint, in the working time that is left of the month.
func (m *mender) plan(left time.Duration) {
	m.hears()
	m.looksInto()
	m.puts()
	m.tells()
	m.follows()
	var takes time.Duration
	for _, s := range m.steps {
		takes += s.wait
	}
	room := left - 25*time.Minute
	if m.stays == atSecond {
		room = max(left-6*time.Hour, left/2)
	}
	pace := 1.0
	if m.stays == atTelling || m.stays == atSecond || takes > room { // those two come to their place shortly before the end
		pace = float64(room) / float64(takes)
	}
	m.start(pace)
}

// start lets the first step come, and each after that.
func (m *mender) start(pace float64) {
	if len(m.steps) == 0 || m.rests {
		return
	}
	next := m.steps[0]
	m.steps = m.steps[1:]
	at := m.l.open.Add(m.l.DB.Now(), time.Duration(float64(next.wait)*pace))
	m.l.later(at, "a complaint", func(ctx context.Context) error {
		if err := next.do(ctx); err != nil {
			return err
		}
		m.start(pace)
		return nil
	})
}

// ends says whether the complaint stays where it is now.
func (m *mender) ends(place string) bool { return m.stays == place }

func (m *mender) look(ctx context.Context) (w recovery.Whole, err error) {
	return w, m.l.DB.Read(ctx, func(tx *store.Tx) (err error) { w, err = m.l.Recovery.Look(tx, m.l.house, m.id); return err })
}

// tick ticks the first few checks of the stage.
func (m *mender) tick(ctx context.Context, some int) error {
	w, err := m.look(ctx)
	if err != nil {
		return err
	}
	for i, t := range w.Todo {
		if i >= some || t.Done != nil {
			continue
		}
		if _, err := m.l.Recovery.Tick(ctx, m.owner.who, m.id, t.Key, false); err != nil {
			return err
		}
	}
	return nil
}

const whole = 100 // checks; no stage has as many

// goesOn leaves a stage.
func (m *mender) goesOn(ctx context.Context) error {
	if err := m.tick(ctx, whole); err != nil {
		return err
	}
	_, err := m.l.Recovery.Advance(ctx, m.owner.who, m.id)
	return err
}

// hears is the first stage.
func (m *mender) hears() {
	if m.ends(atHearing) {
		m.then(m.minutes(1, 4), func(ctx context.Context) error { return m.tick(ctx, 1) })
		return
	}
	m.then(m.minutes(3, 12), func(ctx context.Context) error { return m.tick(ctx, whole) })
	if !m.asked {
		m.then(m.minutes(10, 40), func(ctx context.Context) error {
			words, none := m.wish()
			_, err := m.l.Recovery.Wish(ctx, m.owner.who, m.id, words, none)
			return err
		})
	}
	m.then(m.minutes(2, 9), m.goesOn)
	if m.stays == "" && chance(m.r, .2) {
		m.hands()
	}
}

// hands asks a colleague to take it over, who mostly does.
func (m *mender) hands() {
	var all []*colleague
	for _, p := range m.l.staff {
		if p != m.owner && p.role == "agent" && (m.st.scene.lang == "en" || p.german) {
			all = append(all, p)
		}
	}
	m.to = one(m.r, all)
	m.then(m.minutes(10, 50), func(ctx context.Context) error {
		_, err := m.l.Recovery.HandOver(ctx, m.owner.who, m.id, m.to.id, m.say("handover"))
		return err
	})
	takes := chance(m.r, .7)
	m.then(m.minutes(15, 90), func(ctx context.Context) error {
		if !takes {
			_, err := m.l.Recovery.Decline(ctx, m.to.who, m.id, m.say("declined"))
			return err
		}
		m.owner = m.to
		_, err := m.l.Recovery.Accept(ctx, m.to.who, m.id)
		return err
	})
}

// looksInto is the second stage.
func (m *mender) looksInto() {
	if m.ends(atHearing) {
		return
	}
	m.then(m.minutes(50, 260), func(ctx context.Context) error { return m.tick(ctx, 1) })
	if m.ends(atDoubt) {
		m.doubts(false)
		return
	}
	m.then(m.minutes(30, 200), m.goesOn)
	if m.stays == "" && chance(m.r, .3) {
		m.doubts(true)
	}
}

// doubts asks a supervisor whether we may say no, who mostly finds a yes.
func (m *mender) doubts(answered bool) {
	all := m.words.About(m.kind)
	if len(all) == 0 {
		return
	}
	f := one(m.r, all)
	var a recovery.Approval
	m.then(m.minutes(10, 60), func(ctx context.Context) (err error) {
		a, err = m.l.Recovery.Refuse(ctx, m.owner.who, m.this(), recovery.Refusing{What: m.fill(f.What), Why: m.fill(f.Why), NearestYes: m.fill(f.Nearest)})
		return err
	})
	if !answered {
		return
	}
	yes := chance(m.r, .62)
	m.then(m.minutes(25, 190), func(ctx context.Context) error {
		v := recovery.Verdict{Answer: recovery.No, Reason: m.fill(f.No)}
		if yes {
			v = recovery.Verdict{Answer: recovery.Yes, Reason: m.fill(f.Yes)}
			if f.Gift != "" {
				v.Give = &recovery.Gift{Part: recovery.Extra, Choice: recovery.Choice{What: m.fill(f.Gift), Amount: euros(f.Cost)}}
			}
		}
		return m.answers(ctx, a, v)
	})
}

func (m *mender) fill(words string) string { return upper(m.tell.say(words)) }

func (m *mender) this() recovery.Case { return recovery.Case{Complaint: m.id} }

func euros(n int) *money.Amount { return &money.Amount{Minor: int64(n) * 100, Currency: "EUR"} }

// answers is a supervisor of the team answering a question, or the owner of the shop where it is more than theirs.
func (m *mender) answers(ctx context.Context, a recovery.Approval, v recovery.Verdict) error {
	ida := m.l.staff[0]
	boss := ida
	for _, p := range m.l.staff {
		if p.role == "supervisor" && p.id != a.AskedBy && p.who.Sees(int64(a.Team)) {
			boss = p
		}
	}
	_, err := m.l.Recovery.Answer(ctx, boss.who, a.ID, v)
	if f := fault.Of(err); f != nil && boss != ida && (f.Code == "authority.case" || f.Code == "authority.customer") {
		_, err = m.l.Recovery.Answer(ctx, ida.who, a.ID, v)
	}
	return err
}

// gives gives something; what is more than the owner of the complaint may give is asked for.
func (m *mender) gives(ctx context.Context, part recovery.Part, kind, what string, cost int) (recovery.Settlement, error) {
	g := recovery.Gift{Part: part, Choice: recovery.Choice{Kind: kind, What: what, Amount: euros(cost)}}
	if kind == "other" {
		g.Kind = ""
	}
	return m.l.Recovery.Give(ctx, m.owner.who, m.this(), g)
}

// puts is the third stage: it is made right, and something comes on top.
func (m *mender) puts() {
	if m.ends(atHearing) || m.ends(atDoubt) {
		return
	}
	m.right()
	if m.ends(atOwner) {
		return
	}
	if m.ends(atChoice) || m.stays == "" && chance(m.r, .16) {
		m.offers()
	} else if m.stays != "" || chance(m.r, .86) {
		m.then(m.minutes(5, 40), func(ctx context.Context) error {
			if w, err := m.look(ctx); err != nil || !w.ExtraMissing && len(w.Remedies) > 0 {
				return err
			}
			return m.adds(ctx)
		})
	}
	if !m.ends(atChoice) {
		m.then(m.minutes(20, 70), m.goesOn)
	}
}

// right makes it right. Where that takes more than agents may give, a supervisor says yes.
func (m *mender) right() {
	var s recovery.Settlement
	m.then(m.minutes(40, 260), func(ctx context.Context) (err error) {
		w := m.st.scene.wrong
		if w == nil {
			s, err = m.gives(ctx, recovery.Right, "credit", m.say("right"), 5+m.r.IntN(15))
			return err
		}
		cost := w.cost
		if cost == 0 {
			cost = m.st.thing.price * 9 / 20
		}
		if m.ends(atOwner) {
			cost = 640 + m.r.IntN(25)*10
		}
		s, err = m.gives(ctx, recovery.Right, w.remedy, m.fill(w.what), cost)
		return err
	})
	if m.ends(atOwner) {
		return
	}
	m.then(m.minutes(20, 150), func(ctx context.Context) error {
		if s.State != recovery.Asking {
			return nil
		}
		return m.sanctions(ctx)
	})
}

// sanctions is a yes to whatever waits for one.
func (m *mender) sanctions(ctx context.Context) error {
	w, err := m.look(ctx)
	if err != nil {
		return err
	}
	for _, a := range w.Questions {
		if a.State != "open" || a.About != recovery.More {
			continue
		}
		if err := m.answers(ctx, a, recovery.Verdict{Answer: recovery.Yes, Reason: m.say("more")}); err != nil {
			return err
		}
	}
	return nil
}

// adds gives something extra.
func (m *mender) adds(ctx context.Context) error {
	e := one(m.r, m.words.Extras)
	if e.Kind == "call_from_owner" {
		_, err := m.l.Recovery.Give(ctx, m.owner.who, m.this(), recovery.Gift{Part: recovery.Extra, Choice: recovery.Choice{Kind: e.Kind, What: e.What}})
		return err
	}
	s, err := m.gives(ctx, recovery.Extra, e.Kind, e.What, e.Cost)
	if err == nil && s.State == recovery.Asking {
		err = m.sanctions(ctx)
	}
	return err
}

// offers lets the customer choose what comes on top.
func (m *mender) offers() {
	var o recovery.Offer
	m.then(m.minutes(5, 40), func(ctx context.Context) (err error) {
		p := recovery.Proposal{Part: recovery.Extra}
		all := m.words.Extras
		for _, i := range m.r.Perm(len(all))[:3] {
			ch := recovery.Choice{Kind: all[i].Kind, What: all[i].What, Amount: euros(all[i].Cost)}
			if ch.Kind == "other" {
				ch.Kind = ""
			}
			p.Choices = append(p.Choices, ch)
		}
		o, err = m.l.Recovery.Offer(ctx, m.owner.who, m.this(), p)
		if f := fault.Of(err); f != nil && (f.Code == "authority.case" || f.Code == "authority.customer") { // they got a lot already
			o = recovery.Offer{}
			return nil
		}
		return err
	})
	if m.ends(atChoice) {
		return
	}
	named := chance(m.r, .15)
	m.then(m.minutes(180, 600), func(ctx context.Context) error {
		if o.ID == 0 {
			return nil
		}
		pick := recovery.Pick{Remedy: one(m.r, o.Choices).ID}
		if named {
			pick = recovery.Pick{Other: m.say("named")}
		}
		_, err := m.l.Recovery.Choose(ctx, m.owner.who, o.ID, pick)
		return err
	})
}

// tells is the fourth stage: the customer gets the whole account.
func (m *mender) tells() {
	switch m.stays {
	case atHearing, atDoubt, atChoice, atOwner:
		return
	case atTelling:
		m.then(m.minutes(5, 25), func(ctx context.Context) error { return m.tick(ctx, 3) })
		return
	}
	m.then(m.minutes(15, 110), m.goesOn)
}

// follows is the last stage.
func (m *mender) follows() {
	switch m.stays {
	case atHearing, atDoubt, atChoice, atOwner, atTelling:
		return
	case atDistrust:
		m.hears2nd(recovery.Yes, recovery.No)
		return
	case atSecond:
		m.hears2nd(recovery.No, "")
		m.then(m.minutes(30, 120), func(ctx context.Context) error { return m.tick(ctx, 1) })
		return
	}
	switch m.l.ending(m.r) {
	case "silent":
		m.then(m.minutes(800, 1900), func(ctx context.Context) error { return m.tick(ctx, whole) })
		m.then(m.minutes(600, 1100), func(ctx context.Context) error { return m.closes(ctx, recovery.Silent) })
		return
	case "second":
		m.hears2nd(recovery.No, "")
		m.repairs()
	case "untrusted":
		m.hears2nd(recovery.Yes, recovery.No)
		m.then(m.minutes(60, 200), m.adds)
	case "reopened":
		m.content()
		m.then(m.minutes(500, 900), func(ctx context.Context) error {
			_, err := m.l.Recovery.Reopen(ctx, m.owner.who, m.id)
			if f := fault.Of(err); f != nil && f.Code == "complaint.there" { // something else went wrong on that ticket meanwhile
				m.rests = true
				return nil
			}
			m.l.mending[m.st.ticket] = true
			return err
		})
		m.then(m.minutes(40, 200), m.goesOn)
		m.repairs()
	}
	m.content()
}

// repairs is the way from the third stage to the last once more.
func (m *mender) repairs() {
	m.then(m.minutes(60, 240), func(ctx context.Context) error {
		s, err := m.gives(ctx, recovery.Right, "other", m.say("second"), 20+5*m.r.IntN(8))
		if err == nil && s.State == recovery.Asking {
			err = m.sanctions(ctx)
		}
		return err
	})
	m.then(m.minutes(20, 60), m.goesOn)
	m.then(m.minutes(15, 60), m.goesOn)
}

// hears2nd asks whether it held.
func (m *mender) hears2nd(held, trusts recovery.Answer) {
	m.then(m.minutes(700, 1700), func(ctx context.Context) error {
		if err := m.tick(ctx, whole); err != nil {
			return err
		}
		_, err := m.l.Recovery.Follow(ctx, m.owner.who, m.id, recovery.Reply{Held: held, Trusts: trusts})
		return err
	})
}

// content asks whether it held; it did, and with that it is over.
func (m *mender) content() {
	m.then(m.minutes(700, 1700), func(ctx context.Context) error {
		if err := m.tick(ctx, whole); err != nil {
			return err
		}
		delete(m.l.mending, m.st.ticket)
		_, err := m.l.Recovery.Follow(ctx, m.owner.who, m.id, recovery.Reply{Held: recovery.Yes, Trusts: recovery.Yes})
		return err
	})
}

func (m *mender) closes(ctx context.Context, ended recovery.Ended) error {
	delete(m.l.mending, m.st.ticket)
	_, err := m.l.Recovery.Close(ctx, m.owner.who, m.id, ended, "")
	return err
}

// endings are those of the first complaints of a month, so that a small one shows all; later ones come as chance has it.
var endings = []string{"content", "content", "silent", "second", "content", "untrusted", "content", "reopened"} //nolint:gochecknoglobals // a constant list

func (l *life) ending(r *rand.Rand) string {
	if l.ended++; l.ended <= len(endings) {
		return endings[l.ended-1]
	}
	switch f := r.Float64(); {
	case f < .12:
		return "silent"
	case f < .19:
		return "second"
	case f < .24:
		return "untrusted"
	case f < .28:
		return "reopened"
	}
	return "content"
}

// whoIs finds a colleague; nil for nobody.
func (c *company) whoIs(which staff.ID) *colleague {
	for _, p := range c.staff {
		if p.id == which {
			return p
		}
	}
	return nil
}
