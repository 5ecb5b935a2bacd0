package demo

import (
	"bytes"
	"container/heap"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/app/demo/sayings"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// life is the month being lived through.
type life struct {
	Deps
	*company
	end     time.Time
	post    []*store.Follower // send what was said
	told    []*store.Follower // and keep the clocks
	all     []*store.Follower // and everything else
	zone    *time.Location
	going   queue              // stories under way
	aside   []*aside           // what is to come beside the stories
	heard   map[*customer]bool // whose card was written
	threads []*story           // those we have answered by mail
	unsent  time.Time          // when the first words that are not on their way yet were said; zero for none
	rung    time.Time          // when the clocks were last looked at
	glance  time.Duration      // and how soon they are again, in working time
	rings   int
	rang    chan struct{} // base/due has begun everything that was due
	chance  *rand.Rand    // of promises
	given   int           // promises so far

	seed      uint64
	words     map[string]*sayings.Book // by language
	stories   map[tickets.ID]*story
	known     map[recovery.ID]bool // complaints that somebody sees to
	mending   map[tickets.ID]bool  // tickets with a complaint that is under way
	places    []place              // kept for complaints that are to be under way at the end
	listensTo float64              // the share of complaints that are captured
	ended     int                  // complaints, so far
}

// queue is the stories by what happens next.
type queue []*story

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return sooner(q[i], q[j]) < 0 }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push is for container/heap.
func (q *queue) Push(x any) {
	if st, ok := x.(*story); ok {
		*q = append(*q, st)
	}
}

// Pop is for container/heap.
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

// postman is a follower that takes what would have been sent long ago: it is marked as sent, and nothing leaves.
func postman(d Deps) *store.Follower {
	f := store.NewFollower("sample.post")
	take := func(tx *store.Tx, m tickets.MessageID, channel string) error {
		if channel != email.Name {
			return nil
		}
		if _, err := d.Due.Cancel(tx, "mail.send", m.String()); err != nil {
			return err
		}
		return d.Tickets.MarkDelivery(tx, m, tickets.Sent, "")
	}
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Answered) error { return take(tx, e.Message, e.Channel) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Noticed) error { return take(tx, e.Message, e.Channel) })
	return f
}

// live lets everything happen in the order of time.
func (l *life) live(ctx context.Context, stories []*story, progress func(done, all int)) error {
	for i, st := range stories {
		st.unfold(l.company, l.zone, 20011+3*i+st.rng.IntN(3))
		if err := l.until(ctx, st.start); err != nil {
			return err
		}
		heap.Push(&l.going, st)
		if progress != nil {
			progress(i+1, len(stories))
		}
	}
	return l.until(ctx, l.end)
}

// until lets happen what comes before a moment.
func (l *life) until(ctx context.Context, moment time.Time) error {
	for len(l.going) > 0 || len(l.aside) > 0 {
		if len(l.aside) > 0 && (len(l.going) == 0 || l.aside[0].at.Before(l.going[0].acts[0].at)) {
			a := l.aside[0]
			if !a.at.Before(moment) {
				return nil
			}
			l.aside = l.aside[1:]
			if err := l.forward(ctx, a.at); err != nil {
				return err
			}
			if err := a.do(ctx); err != nil {
				return fmt.Errorf("%s at %s: %w", a.what, a.at, err)
			}
			continue
		}
		st := l.going[0]
		at := st.acts[0]
		if !at.at.Before(moment) {
			return nil
		}
		if err := l.forward(ctx, at.at); err != nil {
			return err
		}
		st.tell.at = at.at
		if err := l.happen(ctx, st, at.beat); err != nil {
			return fmt.Errorf("%s (%s) at %s: %w", st.scene.name, string(at.do), at.at, err)
		}
		if st.acts = st.acts[1:]; len(st.acts) == 0 {
			heap.Pop(&l.going)
		} else {
			heap.Fix(&l.going, 0)
		}
	}
	return nil
}

// onTheWay is how long it takes at most until words are sent.
const onTheWay = 3 * time.Minute

// forward moves the clock, and on the way lets the followers and the clocks do what they have to.
func (l *life) forward(ctx context.Context, at time.Time) error {
	for {
		next := l.open.Next(l.rung.Add(l.glance))
		if next.After(at) {
			break
		}
		if err := l.send(ctx, next); err != nil {
			return err
		}
		l.rung = next
		l.Clock.set(next)
		if err := l.ring(ctx); err != nil {
			return err
		}
		if err := l.notices(ctx); err != nil {
			return err
		}
	}
	if err := l.send(ctx, at); err != nil {
		return err
	}
	l.Clock.set(at)
	return nil
}

// send puts on its way what was said before a moment.
func (l *life) send(ctx context.Context, before time.Time) error {
	if l.unsent.IsZero() || l.unsent.Add(onTheWay).After(before) {
		return nil
	}
	l.Clock.set(l.unsent.Add(onTheWay))
	l.unsent = time.Time{}
	return l.DB.CatchUp(ctx, l.post...)
}

func (l *life) happen(ctx context.Context, st *story, b beat) error {
	switch b.do {
	case hear, nudge:
		return l.hear(ctx, st, b)
	case absent:
		return l.absent(ctx, st)
	case lost:
		return l.lost(ctx, st)
	case pass:
		return l.pass(ctx, st, b)
	}
	who, err := l.take(ctx, st)
	if err != nil {
		return err
	}
	switch b.do {
	case answer:
		return l.answer(ctx, st, who, b)
	case note:
		words := st.tell.say(b.words)
		_, err = l.Tickets.Note(ctx, who.who, st.ticket, tickets.Memo{Text: words, Mentions: l.mentioned(words)})
	case fields:
		v := st.values(b.arg, false)
		if len(v) > 0 {
			_, err = l.Tickets.Change(ctx, who.who, st.ticket, tickets.Change{Fields: v})
		}
		if day, ok := v["promised_for"].(string); ok && err == nil {
			err = l.gives(ctx, st, who, day)
		}
	case stand:
		err = l.stand(ctx, st, who, b.arg)
	}
	return err
}

// hear is the customer saying something: first by the way of the scene, and then by mail.
func (l *life) hear(ctx context.Context, st *story, b beat) error {
	first := st.ticket == 0
	words := b.words
	if b.do == nudge {
		words = one(st.rng, again(st.scene.lang))
	}
	if first {
		st.tell.facts["subject"] = st.tell.say(one(st.rng, st.scene.subjects))
	}
	words = st.tell.letter(st.scene, st.by, words, first)
	if first {
		st.told = st.tell.body
	}
	if first && st.scene.way != "email" {
		return l.enter(ctx, st, words)
	}
	p, err := l.write(ctx, st, words, b.files)
	if err != nil {
		return err
	}
	e, err := l.deliver(ctx, st.box(), p.from.Email, p)
	if err != nil {
		return err
	}
	if first {
		st.ticket, l.stories[e.Ticket] = e.Ticket, st
		l.unsent = l.DB.Now() // of the acknowledgement
	}
	if e.State != email.Filed || e.Ticket != st.ticket {
		return fmt.Errorf("the mail is %s (%s) on %s, and not on %s", e.State, e.Why, e.Ticket, st.ticket)
	}
	st.refs = append(st.refs, p.id)
	return nil
}

// enter is a contact by form, telephone, letter or at the counter: one of us enters it.
func (l *life) enter(ctx context.Context, st *story, words string) error {
	by := l.house
	if st.scene.way != "form" {
		by = st.agent["desk"].who
	}
	t, err := l.Tickets.Open(ctx, by, tickets.Inbound{
		Channel: st.scene.way, Mailbox: l.boxes[st.box()].ID, Team: l.teams["desk"], From: people.Sender{Name: st.by.name(), Email: st.by.email},
		Subject: st.tell.facts["subject"], Text: words, ExternalID: fmt.Sprintf("%s-%d", st.scene.way, st.n),
	})
	st.ticket, l.stories[t.ID] = t.ID, st
	return err
}

// box is the local part of the mailbox the customer writes to.
func (st *story) box() string {
	switch {
	case st.scene.repairs:
		return "repairs"
	case st.scene.lang == "de":
		return "hallo"
	}
	return "hello"
}

// write puts words into a mail, below an answer of ours with the words it answers.
func (l *life) write(ctx context.Context, st *story, words string, files []string) (p post, err error) {
	st.mails++
	_, host, _ := strings.Cut(st.by.email, "@")
	box := l.boxes[st.box()]
	p = post{
		from: st.by.address2(), at: l.DB.Now(), subject: st.tell.facts["subject"], words: words, html: chance(st.rng, 0.25),
		id: fmt.Sprintf("%d.%d.letter@%s", st.n, st.mails, host),
	}
	p.to = append(p.to, us(box))
	if st.ticket != 0 {
		p.subject = "Re: " + p.subject
		if st.scene.lang == "de" {
			p.subject = "AW: " + strings.TrimPrefix(p.subject, "Re: ")
		}
		if err := l.sent(ctx, st); err != nil {
			return p, err
		}
		p.answers = st.refs
		if st.last.ref != "" && chance(st.rng, 0.6) {
			p.quoted = quote(st.scene.lang, st.last.words, st.last.at.In(l.zone), box.Address)
		}
	}
	for _, what := range files {
		p.files = append(p.files, attach(st.rng, what, st.scene.lang, st.tell.facts))
	}
	return p, nil
}

// sent learns under which reference our last words went out.
func (l *life) sent(ctx context.Context, st *story) error {
	if st.last.id == 0 || st.last.ref != "" {
		return nil
	}
	if !l.unsent.IsZero() {
		l.unsent = time.Time{}
		if err := l.DB.CatchUp(ctx, l.post...); err != nil {
			return err
		}
	}
	return l.DB.Read(ctx, func(tx *store.Tx) error {
		m, err := l.Tickets.Message(tx, st.last.id)
		if m.Ref != "" {
			st.last.ref = m.Ref
			st.refs = append(st.refs, m.Ref)
		}
		return err
	})
}

// deliver hands a mail to the built-in receiver's side of the house.
func (l *life) deliver(ctx context.Context, box, sender string, p post) (e email.Entry, err error) {
	raw, err := p.bytes()
	if err != nil {
		return e, err
	}
	return l.receive(ctx, box, sender, raw)
}

func (l *life) receive(ctx context.Context, box, sender string, raw []byte) (e email.Entry, err error) {
	to := l.boxes[box]
	if e, err = l.Email.Store(ctx, email.Arrival{Mailbox: to.ID, Folder: "SMTP", Sender: sender, Recipients: []string{to.Address}}, bytes.NewReader(raw)); err != nil {
		return e, err
	}
	if err := l.Email.File(ctx, e.ID); err != nil {
		return e, err
	}
	return l.Email.Entry(ctx, e.ID)
}

// take makes the ticket somebody's, and sorts it: what it is, about which product, how soon.
func (l *life) take(ctx context.Context, st *story) (*colleague, error) {
	if st.owner == nil {
		st.owner = st.agent[st.team]
		if _, err := l.Tickets.Assign(ctx, st.owner.who, st.ticket, tickets.Assignment{Staff: &st.owner.id}); err != nil {
			return nil, err
		}
	}
	if st.sorted {
		return st.owner, nil
	}
	st.sorted = true
	ch := tickets.Change{Type: &st.scene.kind, Priority: &st.scene.priority, Fields: map[string]any{}}
	for _, b := range st.scene.beats {
		if b.do == fields {
			maps.Copy(ch.Fields, st.values(b.arg, true))
		}
	}
	if st.scene.about != "none" {
		ch.Product = &st.thing.model
	}
	if len(st.scene.tags) > 0 {
		ch.Tags = &st.scene.tags
	}
	t, err := l.Tickets.Change(ctx, st.owner.who, st.ticket, ch)
	if err != nil || l.heard[st.by] || st.scene.isSpam() {
		return st.owner, err
	}
	l.heard[st.by] = true
	return st.owner, introduce(ctx, l.Deps, st.owner.who, t.Customer, st.by, st.memo())
}

// memo is what is worth knowing about a few customers.
func (st *story) memo() string {
	if !chance(st.rng, 0.12) {
		return ""
	}
	return one(st.rng, []string{
		"Hard of hearing, please write.", "Has the very first Mirja, number 1. Ask about it.", "Prefers to be rung after five.", "Likes it short.",
		"Was let down by us twice in spring. Be careful with dates.", "Buys for the whole family.", "Writes in the middle of the night, doesn't expect an answer then.",
	})
}

func (l *life) pass(ctx context.Context, st *story, b beat) error {
	by, nobody, to := st.owner, staff.ID(0), l.teams[b.arg]
	if by == nil {
		by = st.agent[st.team]
	}
	_, err := l.Tickets.Assign(ctx, by.who, st.ticket, tickets.Assignment{Staff: &nobody, Team: &to, Reason: st.tell.say(b.words)})
	st.owner, st.team = nil, b.arg
	return err
}

func (l *life) answer(ctx context.Context, st *story, who *colleague, b beat) error {
	words := st.tell.reply(st.scene, st.by, who.first, b.words)
	r := tickets.Reply{Text: words}
	for _, what := range b.files {
		f := attach(st.rng, what, st.scene.lang, st.tell.facts)
		blob, err := l.Files.Put(ctx, bytes.NewReader(f.data))
		if err != nil {
			return err
		}
		r.Uploads = append(r.Uploads, tickets.Attachment{SHA256: blob.SHA256, Name: f.name})
	}
	m, err := l.Tickets.Answer(ctx, who.who, st.ticket, r)
	if err != nil {
		return err
	}
	st.last = said{id: m.ID, words: words, at: m.At}
	if l.unsent.IsZero() {
		l.unsent = m.At
	}
	if !st.threaded && st.scene.way == "email" {
		l.threads, st.threaded = append(l.threads, st), true
	}
	if err := l.complains(ctx, st, who); err != nil {
		return err
	}
	return l.ringsBack(ctx, st, who)
}

// mentioned are the colleagues a note calls by name.
func (l *life) mentioned(words string) (all []staff.ID) {
	for _, p := range l.staff {
		if strings.Contains(words, "@"+p.first) {
			all = append(all, p.id)
		}
	}
	return all
}

func (l *life) stand(ctx context.Context, st *story, who *colleague, arg string) error {
	status, ended := tickets.Closed, tickets.Ended(arg)
	switch arg {
	case "pending": // the answer did that
		return nil
	case "hold":
		status, ended = tickets.OnHold, ""
	case "resolved":
		status, ended = tickets.Status(arg), ""
	}
	if ended == tickets.Silent {
		var t tickets.Ticket
		err := l.DB.Read(ctx, func(tx *store.Tx) (err error) { t, err = l.Tickets.Look(tx, st.ticket); return err })
		if err != nil || t.Status != tickets.Resolved {
			return err
		}
	}
	_, err := l.Tickets.Stand(ctx, who.who, st.ticket, status, ended)
	return err
}

// values reads what a scene puts into custom fields: what is plain at first sight, or what comes of the conversation.
func (st *story) values(arg string, first bool) map[string]any {
	all := map[string]any{}
	for pair := range strings.SplitSeq(arg, ", ") {
		key, v, _ := strings.Cut(pair, " ")
		if first != (key == "order_number" || key == "under_warranty" || key == "wood") {
			continue
		}
		switch key {
		case "order_number":
			all[key] = st.tell.facts["order"]
		case "under_warranty":
			all[key] = v == "yes"
		case "wood":
			for _, w := range woods() {
				if w.in(st.scene.lang) == st.tell.facts[v] {
					all[key] = w.en
				}
			}
		case "refund":
			all[key] = 39.0
			if v == "price" {
				all[key] = float64(st.thing.price)
			}
		default:
			d, ok := st.tell.days[v]
			if !ok {
				st.tell.open = append(st.tell.open, v)
				continue
			}
			all[key] = d.Format(time.DateOnly)
		}
	}
	return all
}
