package demo

import (
	"context"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/promises"
)

// fate is what becomes of a promise.
type fate int

const (
	kept fate = iota
	renewed
	keptLate
	released
	forgotten
)

// fates are those of the first promises of a month, so that a small one shows all; later ones come as chance has it.
var fates = []fate{kept, renewed, kept, keptLate, kept, kept, released, kept, forgotten} //nolint:gochecknoglobals // a constant list

// next is the fate of the next promise: nearly all of them are kept, some at a later time of which the customer was told.
func (l *life) next() fate {
	if l.given++; l.given <= len(fates) {
		return fates[l.given-1]
	}
	switch r := l.chance.Float64(); {
	case r < .94:
		return kept
	case r < .965:
		return renewed
	case r < .985:
		return keptLate
	case r < .995:
		return released
	}
	return forgotten
}

// gives remembers the day that somebody has just named to a customer.
func (l *life) gives(ctx context.Context, st *story, who *colleague, day string) error {
	if day <= l.DB.Now().In(l.zone).Format(time.DateOnly) {
		return nil
	}
	m := promises.Making{Kind: "delivery", Due: day, Source: promises.Composer, Message: st.last.id, What: "The " + st.thing.model + " is with you"}
	if st.scene.lang == "de" {
		m.What = st.thing.model + " ist bei Ihnen"
	}
	if st.scene.kind == "repair" {
		m.Kind, m.What = "repair", "The "+st.thing.model+" is mended"
		if st.scene.lang == "de" {
			m.What = st.thing.model + " ist repariert"
		}
	}
	return l.give(ctx, st, who, m)
}

// ringsBack promises now and then to ring somebody back, which is what is promised most.
func (l *life) ringsBack(ctx context.Context, st *story, who *colleague) error {
	if st.by.phone == "" || !chance(l.chance, .3) {
		return nil
	}
	at := l.open.Add(l.DB.Now(), time.Duration(4+l.chance.IntN(20))*time.Hour).Truncate(time.Hour)
	m := promises.Making{Kind: "call_back", Due: at.Format(time.RFC3339), Source: promises.Call, What: "Ring back about the " + st.thing.model}
	if st.scene.lang == "de" {
		m.What = "Rückruf wegen " + st.thing.model
	}
	return l.give(ctx, st, who, m)
}

// give makes a promise and decides what becomes of it. What takes its time takes it whatever was promised.
func (l *life) give(ctx context.Context, st *story, who *colleague, m promises.Making) error {
	m.Ticket = st.ticket
	p, err := l.Promises.Make(ctx, who.who, m)
	if f := fault.Of(err); f != nil && f.Code == "promise.unlikely" {
		p, err = l.anyway(ctx, st, who, m)
	}
	if err != nil {
		return err
	}
	now := l.DB.Now()
	allowed := l.open.Between(now, p.Due)
	takes := time.Duration(20+l.chance.IntN(160)) * time.Minute
	if m.Kind != "call_back" {
		takes *= 5
	}
	early := l.open.Add(now, min(takes, allowed*9/10))
	switch l.next() {
	case kept:
		l.keeps(who, p.ID, early)
	case renewed:
		l.renews(st, who, p, l.open.Add(now, allowed*time.Duration(40+l.chance.IntN(50))/100))
	case keptLate:
		l.keeps(who, p.ID, l.open.Add(p.Due, time.Duration(10+l.chance.IntN(400))*time.Minute))
	case released:
		why := l.because(st, "released")
		l.does(who, early, "release", func(ctx context.Context, by *colleague) error {
			_, err := l.Promises.Release(ctx, by.who, p.ID, why)
			return err
		})
	case forgotten:
	}
	return nil
}

// anyway promises what history speaks against: a call for the earliest time on offer, and a day that was named with a reason.
func (l *life) anyway(ctx context.Context, st *story, who *colleague, m promises.Making) (promises.Promise, error) {
	m.Anyway = l.because(st, "anyway "+m.Kind)
	if m.Kind == "call_back" {
		err := l.DB.Read(ctx, func(tx *store.Tx) error {
			o, err := l.Promises.Offer(tx, who.who, promises.Asked{Kind: m.Kind, Ticket: st.ticket})
			if !o.Earliest.IsZero() {
				m.Due, m.Anyway = o.Earliest.Format(time.RFC3339), ""
			}
			return err
		})
		if err != nil {
			return promises.Promise{}, err
		}
	}
	return l.Promises.Make(ctx, who.who, m)
}

// because is why a promise is made, moved or given back.
func (l *life) because(st *story, what string) string {
	return upper(st.tell.say(one(l.chance, l.words[st.scene.lang].By[what])))
}

func (l *life) keeps(who *colleague, p promises.ID, at time.Time) {
	l.does(who, at, "keep", func(ctx context.Context, by *colleague) error {
		_, err := l.Promises.Keep(ctx, by.who, p)
		return err
	})
}

// renews tells the customer in time that it will be later, and keeps it then.
func (l *life) renews(st *story, who *colleague, p promises.Promise, at time.Time) {
	r := promises.Renewal{Due: l.open.Add(p.Due, time.Duration(8+l.chance.IntN(16))*time.Hour).Format(time.RFC3339), Told: promises.ByMail, Reason: l.because(st, "later "+p.Kind)}
	switch {
	case st.by.phone != "" && chance(l.chance, .7):
		r.Told = promises.ByCall
	case st.by.phone != "":
		r.CallTried = true
	}
	soon := time.Duration(1+l.chance.IntN(7)) * time.Hour
	l.does(who, at, "renew", func(ctx context.Context, by *colleague) error {
		next, err := l.Promises.Renew(ctx, by.who, p.ID, r)
		if err == nil {
			l.keeps(by, next.ID, l.open.Add(l.DB.Now(), soon))
		}
		return err
	})
}

// does lets something be done to a promise later, by who made it, or by the owner of the house when the ticket went to others
// meanwhile. Of one that nobody waits for any more nothing is done.
func (l *life) does(who *colleague, at time.Time, what string, do func(ctx context.Context, by *colleague) error) {
	l.later(at, what, func(ctx context.Context) error {
		err := do(ctx, who)
		if fault.KindOf(err) == fault.NotFound {
			err = do(ctx, l.staff[0])
		}
		if fault.KindOf(err) == fault.Conflict {
			return nil
		}
		return err
	})
}
