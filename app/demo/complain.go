package demo

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery"
)

// wrong is what a scene complains about.
type wrong struct {
	kind     string
	severity int
	remedy   string // that makes it right
	cost     int    // of it, in euros; 0 for a share of the price
	what     string // it is called for the customer
	wishes   []string
}

// parseWrong reads what stands behind c: in a scene.
func parseWrong(line string) (w wrong, ok bool) {
	parts := strings.Split(line, " | ")
	if len(parts) != 3 {
		return w, false
	}
	sort, remedy := strings.Fields(parts[0]), strings.Fields(parts[1])
	if len(sort) != 2 || len(remedy) != 2 {
		return w, false
	}
	w.kind, w.remedy, w.what = sort[0], remedy[0], parts[2]
	var err error
	if w.severity, err = strconv.Atoi(sort[1]); err != nil {
		return w, false
	}
	if remedy[1] != "price" {
		if w.cost, err = strconv.Atoi(remedy[1]); err != nil {
			return w, false
		}
	}
	return w, true
}

// place is where a complaint is to stand when the month ends, and how long before that it is heard, in working time.
type place struct {
	name             string
	soonest, longest time.Duration
}

// The places that are kept for complaints under way; all others come to their end.
const (
	atHearing  = "captured"
	atDoubt    = "doubted" // may we say no? Meanwhile it becomes late
	atChoice   = "chosen"  // the customer may choose
	atOwner    = "dear"    // it costs more than anybody but the owner of the shop may give
	atTelling  = "told"
	atDistrust = "distrusts"
	atSecond   = "again" // it did not hold
)

func places() []place {
	return []place{
		{atHearing, 20 * time.Minute, 4 * time.Hour},
		{atTelling, 6 * time.Hour, 16 * time.Hour},
		{atOwner, 7 * time.Hour, 20 * time.Hour},
		{atChoice, 9 * time.Hour, 26 * time.Hour},
		{atDoubt, 28 * time.Hour, 46 * time.Hour},
		{atDistrust, 45 * time.Hour, 75 * time.Hour},
		{atSecond, 50 * time.Hour, 90 * time.Hour},
	}
}

// fits says whether a complaint can be kept at a place: what is grave can't wait, what is dear leaves an agent nothing to
// offer, and only what has a price can become too dear.
func (p place) fits(w *wrong) bool {
	switch p.name {
	case atOwner:
		return w.cost == 0 && w.severity < 3
	case atChoice:
		return w.cost > 0 && w.cost <= 60 && w.severity < 3
	case atTelling:
		return w.severity < 3
	}
	return true
}

// reserve finds a place for a complaint that is heard now.
func (l *life) reserve(left time.Duration, w *wrong) string {
	for i, p := range l.places {
		if left < p.soonest || left > p.longest || !p.fits(w) {
			continue
		}
		l.places = append(l.places[:i:i], l.places[i+1:]...)
		return p.name
	}
	return ""
}

// complains lets who has just answered a complaint capture it.
func (l *life) complains(ctx context.Context, st *story, who *colleague) error {
	w := st.scene.wrong
	if w == nil || st.captured || l.mending[st.ticket] {
		return nil
	}
	st.captured = true
	m := l.mender(st, uint64(st.n)) //nolint:gosec // no negative number
	left := l.open.Between(l.DB.Now(), l.end)
	m.stays = l.reserve(left, w)
	if m.stays == "" && (left < 14*time.Hour || !chance(m.r, l.listensTo)) {
		return nil
	}
	story := recovery.Story{What: upper(st.told), Severity: w.severity, Kind: w.kind}
	if m.stays == atDoubt {
		story.Severity = 2 // the others may take longer than there is left
	}
	if m.stays != atHearing && chance(m.r, .5) {
		story.Wish, story.WishNone = m.wish()
	}
	c, err := l.Recovery.Capture(ctx, who.who, st.ticket, story)
	if f := fault.Of(err); f != nil && f.Code == "complaint.there" { // somebody works on it already
		return nil
	}
	if err != nil {
		return err
	}
	l.mending[st.ticket], l.known[c.ID] = true, true
	m.id, m.owner, m.kind, m.asked = c.ID, who, c.Kind, c.Asked()
	m.plan(left)
	return nil
}

// mender is what it takes to put something right in a story; of says whose chance.
func (l *life) mender(st *story, of uint64) *mender {
	r := rand.New(rand.NewPCG(l.seed, 1<<40+of)) //nolint:gosec // a made-up month
	t := *st.tell
	t.rng = r
	return &mender{l: l, st: st, r: r, tell: &t, words: l.words[st.scene.lang]}
}

// notices looks for recoveries that failures opened, and has somebody see to each.
func (l *life) notices(ctx context.Context) error {
	var all []recovery.Row
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		open := false
		page, err := l.Recovery.List(tx, l.house, recovery.Filter{Closed: &open, Limit: 200})
		all = page.Items
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range slices.Backward(all) { // the oldest first
		if !l.known[c.ID] {
			l.known[c.ID] = true
			l.sees(c.Complaint, uint64(c.Number)) //nolint:gosec // no negative number
		}
	}
	return nil
}

// watchesLess is what the company learns in its first days: where one clock in five is late, a recovery for each of them is
// more than twelve people can see to. What was promised and broken, and what did not hold, still opens one.
func (l *life) watchesLess(ctx context.Context) error {
	_, err := l.Recovery.Watch(ctx, l.admin().who, recovery.Watched{Origin: recovery.BreachedClock, Severity: 1, Off: true})
	for _, o := range []recovery.Origin{recovery.SecondPass, recovery.Repeated} { // its people pass much on, and its customers repeat themselves
		if err == nil {
			_, err = l.Recovery.Watch(ctx, l.admin().who, recovery.Watched{Origin: o, Severity: 1, Off: true})
		}
	}
	if err == nil {
		_, err = l.Recovery.Watch(ctx, l.admin().who, recovery.Watched{Origin: recovery.BrokenPromise, Severity: 2})
	}
	return err
}

// sees has somebody see to a recovery that a failure opened: soon, unless whoever answers captures it before.
func (l *life) sees(c recovery.Complaint, of uint64) {
	st := l.stories[c.Ticket]
	if st == nil { // it was opened by hand, from the repair queue
		return
	}
	m := l.mender(st, 1<<32+of*16+uint64(c.Severity)+uint64(l.DB.Now().Unix())<<8) //nolint:gosec // no negative number
	m.id, m.kind = c.ID, "delay"
	now := l.DB.Now()
	left := l.open.Between(now, l.end)
	at := l.open.Add(now, min(time.Duration(20+m.r.IntN(200))*time.Minute, left*2/3))
	l.later(at, "a recovery", func(ctx context.Context) error {
		if l.mending[c.Ticket] || !at.Before(l.end) {
			return nil
		}
		l.mending[c.Ticket] = true
		return m.begin(ctx, c.Origin)
	})
}

// begin makes a recovery somebody's, and decides whether there was a failure at all.
func (m *mender) begin(ctx context.Context, o recovery.Origin) error {
	l := m.l
	w, err := m.look(ctx)
	c := w.Complaint
	if err != nil || !c.Open() {
		return err
	}
	if m.owner = l.whoIs(c.Owner); m.owner == nil {
		m.owner = m.st.agent[m.st.team]
		if _, err := l.Recovery.Take(ctx, m.owner.who, m.id); fault.KindOf(err) == fault.NotFound { // the ticket is another team's
			m.owner = l.staff[0]
			_, err = l.Recovery.Take(ctx, m.owner.who, m.id)
			if err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
	}
	left := l.open.Between(l.DB.Now(), l.end)
	if spam := m.st.scene.isSpam(); spam || left < 3*time.Hour || chance(m.r, .4) {
		why := string(o)
		if spam {
			why = "spam"
		}
		m.then(min(left/2, time.Duration(5+m.r.IntN(90))*time.Minute), func(ctx context.Context) error {
			delete(l.mending, m.st.ticket)
			_, err := l.Recovery.Close(ctx, m.owner.who, m.id, recovery.Mistaken, m.say("mistaken "+why))
			return err
		})
		m.start(1)
		return nil
	}
	kind, severity := m.kind, c.Severity
	if w := m.st.scene.wrong; w != nil {
		kind, severity = w.kind, w.severity
	} else if o == recovery.Reopening {
		kind = "mistake"
	}
	m.kind = kind
	if _, err := l.Recovery.Sort(ctx, m.owner.who, m.id, recovery.Sorting{Kind: &kind, Severity: &severity}); err != nil {
		return err
	}
	m.asked = c.Asked()
	m.plan(left)
	return nil
}
