package promises

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/odds"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// chapter is history: so many promises of a kind and team that took so much working time.
type chapter struct {
	kind    string
	team    staff.TeamID
	state   State
	n       int
	hours   float64 // until it was kept or released
	allowed float64
}

// remembers enters what happened before, as the room keeps it.
func (d *desk) remembers(tb testing.TB, all ...chapter) {
	tb.Helper()
	d.write(tb, func(tx *store.Tx) error {
		made := tx.Now().AddDate(0, -2, 0)
		for _, c := range all {
			for range c.n {
				took := micros(c.hours * float64(time.Hour/time.Microsecond))
				p := Promise{
					ID: store.NewID[promiseKind](tx), Customer: 1, Kind: c.kind, What: "Before", Owner: d.id("Anna"), Team: c.team, Source: Hand, MadeAt: made,
					Due: made.Add(1), State: c.state, EndedAt: made.Add(1), SettledAt: made.Add(1), Allowed: micros(c.allowed * float64(time.Hour/time.Microsecond)), Took: took,
				}
				if c.state != LetOff && took > 0 {
					p.DoneAt = made.Add(1)
				}
				if err := insert(tx, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (d *desk) offers(tb testing.TB, name string, a Asked) (o Offer) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) (err error) { o, err = d.Offer(tx, d.staff[name], a); return err })
	return o
}

// A date is offered when 95 of 100 like promises were kept by then; the narrowest history with enough cases counts.
func TestOffers(t *testing.T) {
	d := furnish(t)
	for name, tc := range map[string]struct {
		past     []chapter
		asked    string
		like     Likeness
		cases    int
		ok       bool
		earliest string // "" when none is known
		never    bool
		share    float64 // -1 when none is told
	}{
		"nobody knows":            {nil, "Mon 09:01", TooFew, 0, true, "", false, -1},
		"too few know":            {[]chapter{{"repair", d.hall, InTime, 19, 30, 40}}, "Mon 09:01", TooFew, 19, true, "", false, -1},
		"sooner than ever kept":   {[]chapter{{"repair", d.hall, InTime, 19, 6, 8}, {"repair", d.hall, InTime, 1, 12, 16}}, "Mon 14:00", SameTeam, 20, false, "Mon 15:00", false, 0},
		"when 19 of 20 were kept": {[]chapter{{"repair", d.hall, InTime, 19, 6, 8}, {"repair", d.hall, InTime, 1, 12, 16}}, "Mon 15:00", SameTeam, 20, true, "Mon 15:00", false, .95},
		"when 18 of 20 were kept": {[]chapter{{"repair", d.hall, InTime, 18, 6, 8}, {"repair", d.hall, InTime, 2, 12, 16}}, "Mon 16:00", SameTeam, 20, false, "Tue 13:00", false, .9},
		"the weekend is no time":  {[]chapter{{"repair", d.hall, InTime, 40, 39, 40}}, "Sun 12:00", SameTeam, 40, true, "Fri 16:00", false, 1},
		"the same kind elsewhere, where one's own team knows too little": {[]chapter{{"repair", d.hall, InTime, 5, 1, 8}, {"repair", d.yard, InTime, 15, 9, 16}}, "Mon 16:00", SameKind, 20, false, "Tue 10:00", false, .25},
		"any kind, where the kind knows too little":                      {[]chapter{{"repair", d.hall, InTime, 5, 1, 8}, {"refund", d.yard, InTime, 30, 2, 16}}, "Mon 10:30", AnyKind, 35, false, "Mon 11:00", false, 5. / 35},
		"one's own team, whatever others need":                           {[]chapter{{"repair", d.hall, InTime, 20, 1, 8}, {"repair", d.yard, InTime, 100, 39, 40}}, "Mon 10:00", SameTeam, 20, true, "Mon 10:00", false, 1},
		"broken ones were not kept by their time, whenever that is":      {[]chapter{{"repair", d.hall, InTime, 18, 2, 8}, {"repair", d.hall, Missed, 2, 0, 4}}, "Fri 12:00", SameTeam, 20, false, "", true, .9},
		"broken ones that were kept late tell when":                      {[]chapter{{"repair", d.hall, InTime, 18, 2, 8}, {"repair", d.hall, Missed, 2, 10, 4}}, "Mon 16:00", SameTeam, 20, false, "Tue 11:00", false, .9},
		"renewed ones that were kept at last tell when":                  {[]chapter{{"repair", d.hall, InTime, 18, 2, 8}, {"repair", d.hall, Replaced, 2, 10, 1}}, "Mon 16:00", SameTeam, 20, false, "Tue 11:00", false, .9},
		"others were not kept by their time, and say nothing of later":   {[]chapter{{"repair", d.hall, InTime, 18, 2, 8}, {"repair", d.hall, Replaced, 2, 0, 1}}, "Mon 11:00", SameTeam, 20, true, "Mon 11:00", false, 1},
		"all were renewed": {[]chapter{{"repair", d.hall, Replaced, 25, 0, 8}}, "Fri 12:00", SameTeam, 25, false, "", true, 0},
		"released ones are no cases, but were watched": {[]chapter{{"repair", d.hall, InTime, 19, 2, 8}, {"repair", d.hall, LetOff, 100, 3, 8}}, "Mon 09:01", TooFew, 19, true, "", false, -1},
		"a quarter of an hour is rounded up":           {[]chapter{{"repair", d.hall, InTime, 20, 2.1, 8}}, "Mon 11:15", SameTeam, 20, true, "Mon 11:15", false, 1},
		"words take their time":                        {[]chapter{{"repair", d.hall, InTime, 20, 2.1, 8}}, "Mon 11:00", SameTeam, 20, true, "Mon 11:15", false, 0}, // six minutes short of two hours and six
		"but not that much":                            {[]chapter{{"repair", d.hall, InTime, 20, 2.1, 8}}, "Mon 10:53", SameTeam, 20, false, "Mon 11:15", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d.write(t, func(tx *store.Tx) error { return tx.Do(`DELETE FROM promises`) })
			d.remembers(t, tc.past...)
			o := d.offers(t, "Anna", Asked{Kind: "repair", Due: rfc(t, tc.asked)})
			at, share := "", -1.
			if !o.Earliest.IsZero() {
				at = say(o.Earliest)
			}
			if o.Share != nil {
				share = *o.Share
			}
			if o.Like != tc.like || o.Cases != tc.cases || o.OK != tc.ok || o.NeedsReason == tc.ok || at != tc.earliest || o.Never != tc.never || share < tc.share-1e-9 || share > tc.share+1e-9 || o.Wanted != .95 {
				t.Errorf("%+v, share %f; want %+v", o, share, tc)
			}

			// What is offered can be promised, and only that without a reason.
			m := Making{Customer: d.knows(t, eve), Kind: "repair", What: "The lamp", Due: rfc(t, tc.asked)}
			want := ""
			if !tc.ok {
				want = "promise.unlikely"
			}
			if _, err := d.Make(t.Context(), d.staff["Anna"], m); code(t, err) != want {
				t.Errorf("made: %v, want %q", err, want)
			} else if err != nil && (!strings.Contains(err.Error(), tc.earliest[min(4, len(tc.earliest)):]) || strings.Contains(err.Error(), "whatever") != tc.never) {
				t.Errorf("%v does not tell of %s", err, tc.earliest)
			}
			m.Anyway = " The part is here. "
			p := d.promises(t, "Anna", m)
			if n := len(p.Reasons); tc.ok && n != 0 || !tc.ok && (n != 1 || p.Reasons[0].About != "anyway" || p.Reasons[0].Text != "The part is here.") {
				t.Errorf("reasons %+v", p.Reasons)
			}
			if !o.Earliest.IsZero() {
				m.Due, m.Anyway = o.Earliest.Format(time.RFC3339), ""
				d.promises(t, "Anna", m)
			}
		})
	}
}

// The settings say how sure one wants to be, and from how many cases on; only the newest count.
func TestOffersBySettings(t *testing.T) {
	d := furnish(t)
	d.remembers(t, chapter{"repair", d.hall, InTime, 60, 20, 24}, chapter{"repair", d.hall, InTime, 30, 2, 8}, chapter{"repair", d.hall, InTime, 10, 4, 8})
	earliest := func(ch SettingsChange) string {
		t.Helper()
		must[Settings](t)(d.Configure(t.Context(), admin, ch))
		o := d.offers(t, "Anna", Asked{Kind: "repair"})
		return fmt.Sprint(o.Like, " ", o.Cases, " ", say(o.Earliest), " ", o.OK)
	}
	share, cases, many := .5, int64(101), int64(100)
	for _, tc := range []struct {
		ch   SettingsChange
		want string
	}{
		{SettingsChange{}, "kind_and_team 100 Wed 13:00 true"},
		{SettingsChange{Share: &share}, "kind_and_team 100 Wed 13:00 true"},
		{SettingsChange{Cases: &cases}, "few 100 Mon 00:00 true"},
		{SettingsChange{Cases: &many}, "kind_and_team 100 Wed 13:00 true"},
	} {
		if got := earliest(tc.ch); got != tc.want {
			t.Errorf("%+v: %s; want %s", tc.ch, got, tc.want)
		}
	}
	share = .4
	if _, err := d.Configure(t.Context(), admin, SettingsChange{Share: &share}); code(t, err) != "promises.share" {
		t.Error(err)
	}
	// The newest 500 are looked at: what was slow once is forgotten.
	d.remembers(t, chapter{"repair", d.hall, InTime, 490, 1, 8}, chapter{"repair", d.hall, InTime, 10, 3, 8})
	if got := earliest(SettingsChange{}); got != "kind_and_team 500 Mon 10:00 true" {
		t.Error(got)
	}
}

// Promises that are open were not kept until now: they count as watched so far.
func TestOpenOnesAreWatched(t *testing.T) {
	h := nineToFive(t, "UTC")
	now := when(t, "Tue 09:00")
	var all []past
	for range 20 {
		all = append(all, past{State: InTime, DoneAt: now, Took: microsOf(2 * time.Hour)})
	}
	for range 20 {
		all = append(all, past{State: Open, MadeAt: when(t, "Mon 09:00")})
	}
	if l := learned(all, now, h); l.cases != 20 || l.curve.Left(7*time.Hour) != .5 {
		t.Errorf("%+v", l)
	}
	if l := learned(all[:20], now, h); l.curve.Left(7*time.Hour) != 0 {
		t.Errorf("%+v", l)
	}
}

// Of 100 dates that were the earliest on offer, at least the share that is wanted is kept when the world stays as it is: the
// promise of the offer itself, held against chance.
func TestWhatIsOfferedIsKept(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	takes := func() time.Duration { // mostly a day, sometimes a week
		d := time.Duration(random.ExpFloat64() * float64(8*time.Hour))
		if random.IntN(10) == 0 {
			d += time.Duration(random.ExpFloat64() * float64(40*time.Hour))
		}
		return d
	}
	const histories, tries = 200, 200
	kept := 0
	for range histories {
		cases := make([]odds.Case, mostCases)
		for i := range cases {
			took, allowed := takes(), time.Duration(random.IntN(100))*time.Hour
			cases[i] = odds.Case{Took: min(took, max(allowed, took*time.Duration(random.IntN(2)))), Happened: true}
			cases[i].Happened = cases[i].Took == took
		}
		need, seen := odds.KaplanMeier(cases).Until(.05)
		if !seen {
			kept += tries // nothing was offered
			continue
		}
		for range tries {
			if takes() <= need {
				kept++
			}
		}
	}
	if share := float64(kept) / histories / tries; share < .94 || share > .97 {
		t.Errorf("%.3f of what was offered was kept", share)
	}
}
