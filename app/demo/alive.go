package demo

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Alive lets the customers of the sample company go on writing while it is served: somebody new every minute or so, and
// whoever was answered once or twice more, so that a visitor sees a conversation from both sides. What they write comes in by
// the ledger, as everybody's mail does. The seed says who writes what and how long they take; a restart goes on where the
// last one stopped.
type Alive struct {
	Deps

	lived     int64 // the journal up to here was made up by Fill, and nobody answers it
	seed      uint64
	scenes    []*scene
	customers []*customer
	company   *company
	zone      *time.Location
	tickets   int // of the month before
}

const (
	letterWork = "sample.letter" // somebody writes for the first time
	replyWork  = "sample.reply"  // somebody writes back
	letters    = "sample.letters"
)

// Wake gets everything ready; its work is done by d.Due, and its follower has to follow. The house is one that Fill filled.
func Wake(d Deps, in SignIns) (*Alive, error) {
	a, err := newAlive(in)
	if err != nil {
		return nil, err
	}
	a.Deps = d
	// Nobody is to be alarmed when the sample falls silent, so it goes on trying.
	patient := due.Policy{Tries: 1 << 20, Parallel: 1, Backoff: due.Doubling(10*time.Second, 10*time.Minute)}
	d.Due.Handle(letterWork, patient, a.letter)
	d.Due.Handle(replyWork, patient, a.reply)
	return a, nil
}

// newAlive gathers who may write, and what.
func newAlive(in SignIns) (*Alive, error) {
	a := &Alive{lived: in.Lived, seed: in.Seed, tickets: in.Tickets, company: &company{staff: roster()}}
	all, err := readScenes()
	if err != nil {
		return nil, err
	}
	for i := range all {
		if s := &all[i]; s.way == email.Name && !s.isSpam() {
			for range s.weight {
				a.scenes = append(a.scenes, s)
			}
		}
	}
	a.customers = meet(a.chance(1), max(4, in.Tickets/5)) // those of the month before
	a.zone, err = time.LoadLocation("Europe/Berlin")
	return a, err
}

func (a *Alive) chance(of uint64) *rand.Rand {
	return rand.New(rand.NewPCG(a.seed, of)) //nolint:gosec // a made-up company needs no secret chance
}

// Begin lets the next mail come soon.
func (a *Alive) Begin(ctx context.Context) error {
	return a.DB.Write(ctx, store.System("sample"), func(tx *store.Tx) error {
		if err := tx.Do(`INSERT INTO counters (name, n) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING`, letters); err != nil {
			return err
		}
		return a.Due.Put(tx, letterWork, "next", tx.Now().Add(20*time.Second), nil)
	})
}

// Follower hears what we sent, and lets whoever got it write back.
func (a *Alive) Follower() *store.Follower {
	f := store.NewFollower("sample.customers")
	store.On(f, func(tx *store.Tx, e store.Entry, d tickets.Delivered) error {
		if e.Seq <= a.lived || d.State != tickets.Sent {
			return nil
		}
		if m, err := a.Tickets.Message(tx, d.Message); err != nil || m.Kind != tickets.Out {
			return err
		}
		wait := time.Duration(20+a.chance(uint64(d.Message)).IntN(41)) * time.Second //nolint:gosec // an id is no negative number
		return a.Due.Put(tx, replyWork, d.Ticket.String(), tx.Now().Add(wait), reply{d.Message})
	})
	return f
}

// letter is the next mail of somebody who has not written about it before. Its number names it in the ledger, and moves on
// with the end of the work: whatever breaks in between, no mail comes twice.
func (a *Alive) letter(ctx context.Context, _ due.Job) (func(tx *store.Tx) error, error) {
	var n int
	var boxes map[string]email.Mailbox
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if n, err = store.One[int](tx, `SELECT n FROM counters WHERE name = $1`, letters); err == nil {
			boxes, err = a.boxes(tx)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	st := a.invent(n, a.DB.Now())
	if box, ok := boxes[st.box()]; ok {
		words := st.tell.letter(st.scene, st.by, st.scene.beats[0].words, true)
		p := post{
			from: st.by.address2(), to: append(post{}.to, us(box)), at: a.DB.Now(), subject: st.tell.facts["subject"], words: words,
			html: chance(st.rng, 0.25), id: fmt.Sprintf("letter.%d@%s", n, hostOf(st.by.email)),
		}
		for _, what := range st.scene.beats[0].files {
			p.files = append(p.files, attach(st.rng, what, st.scene.lang, st.tell.facts))
		}
		if err := a.deliver(ctx, box, fmt.Sprintf("sample letter %d", n), p); err != nil {
			return nil, err
		}
	}
	pause := time.Duration(30+st.rng.IntN(61)) * time.Second
	return func(tx *store.Tx) error {
		if err := tx.Do(`UPDATE counters SET n = $2 WHERE name = $1`, letters, n+1); err != nil {
			return err
		}
		return a.Due.Put(tx, letterWork, "next", tx.Now().Add(pause), nil)
	}, nil
}

// invent says who writes the n-th letter, and about what.
func (a *Alive) invent(n int, at time.Time) *story {
	r := a.chance(1<<32 + uint64(n)) //nolint:gosec // no negative number
	c := one(r, a.customers)
	if chance(r, 0.5) { // somebody we have never heard of
		c = meet(r, 1)[0]
	}
	trade := c.firm != nil && chance(r, 0.35)
	s := one(r, slices.DeleteFunc(slices.Clone(a.scenes), func(s *scene) bool { return s.lang != c.lang || (s.kind == "trade") != trade }))
	st := &story{n: n, scene: s, by: c, start: at, rng: r}
	st.cast(a.company, a.zone, 20011+3*(a.tickets+n)+r.IntN(3))
	st.tell.facts["subject"] = st.tell.say(one(r, s.subjects))
	return st
}

// reply is what somebody does who got our answer.
type reply struct {
	Message tickets.MessageID `json:"message"`
}

// reply lets a customer write back, once for each answer: a question more or thanks, and after thanks no more.
func (a *Alive) reply(ctx context.Context, j due.Job) (func(tx *store.Tx) error, error) {
	var r reply
	if err := j.Into(&r); err != nil {
		return nil, err
	}
	var got heard
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) { got, err = a.hears(tx, r.Message); return err })
	if err != nil || got.by == nil {
		return nil, err
	}
	rng := a.chance(uint64(r.Message)) //nolint:gosec // an id is no negative number
	kind := got.answersWith(rng)
	if kind == "" {
		return nil, nil
	}
	t := &teller{rng: rng, lang: got.by.lang, zone: a.zone, at: a.DB.Now(), facts: map[string]string{}, days: map[string]time.Time{}}
	words := t.letter(&scene{lang: got.by.lang, mood: "calm"}, got.by, backWords()[kind+" "+got.by.lang], false)
	p := post{
		from: got.by.address2(), to: append(post{}.to, us(got.box)), at: a.DB.Now(), subject: got.subject(), words: words,
		id: kind + "." + r.Message.String() + "@" + hostOf(got.by.email), answers: got.refs(),
	}
	if chance(rng, 0.6) {
		p.quoted = quote(got.by.lang, got.m.Text, got.m.At.In(a.zone), got.box.Address)
	}
	return nil, a.deliver(ctx, got.box, "sample reply to "+r.Message.String(), p)
}

// heard is an answer of ours as it reached a customer.
type heard struct {
	m   tickets.Message
	t   tickets.Ticket
	box email.Mailbox
	by  *customer // nil when it is nobody of the sample company's
}

// hears finds out who got an answer. Only customers that are made up write back, and only to the company's own mailboxes:
// a visitor may have connected a real one.
func (a *Alive) hears(tx *store.Tx, m tickets.MessageID) (h heard, err error) {
	if h.m, h.t, err = a.Tickets.Outgoing(tx, m); err != nil || h.m.Channel != email.Name {
		return h, err
	}
	boxes, err := a.boxes(tx)
	if err != nil {
		return h, err
	}
	known := false
	for _, b := range boxes {
		if b.ID == h.m.Mailbox {
			h.box, known = b, true
		}
	}
	card, err := a.People.Look(tx, h.t.Customer)
	if err != nil || !known || h.t.Ended == tickets.Spam {
		return h, err
	}
	for _, at := range card.Reach {
		if at.Kind == people.Email && madeUp(at.Value) && slices.ContainsFunc(h.m.To, func(p tickets.Party) bool { return strings.EqualFold(p.Email, at.Value) }) {
			h.by = &customer{email: at.Value, lang: h.speaks(card)}
			h.by.first, h.by.last, _ = strings.Cut(card.Name, " ")
			break
		}
	}
	return h, nil
}

// speaks is the language a customer writes in: that of their card, else that of the mailbox they chose, else that of the
// greeting we wrote to them in theirs.
func (h heard) speaks(card people.Customer) string {
	german := strings.HasPrefix(h.box.Address, "hallo@") || strings.HasPrefix(h.m.Text, "Guten Tag") || strings.HasPrefix(h.m.Text, "Liebe")
	if card.Language == "de" || card.Language == "" && german {
		return "de"
	}
	return "en"
}

// answersWith is what a customer answers with: ask or thanks, or nothing when they have said thank you.
func (h heard) answersWith(r *rand.Rand) string {
	said := func(kind string) bool {
		return slices.ContainsFunc(h.m.Answers, func(ref string) bool { return strings.HasPrefix(strings.TrimPrefix(ref, "<"), kind+".msg_") })
	}
	switch done := h.t.Status == tickets.Resolved || h.t.Status == tickets.Closed; {
	case said("thanks"):
		return ""
	case !said("ask") && !done && chance(r, 0.45):
		return "ask"
	}
	return "thanks"
}

func (h heard) subject() string {
	if h.by.lang == "de" {
		return "AW: " + h.t.Subject
	}
	return "Re: " + h.t.Subject
}

// refs are what the answer answered and the answer itself, oldest first.
func (h heard) refs() []string {
	all := slices.Clone(h.m.Answers)
	slices.Reverse(all)
	return append(all, h.m.Ref)
}

// boxes are the sample company's own mailboxes, as far as they take mail, by the local part of their address.
func (a *Alive) boxes(tx *store.Tx) (map[string]email.Mailbox, error) {
	all, err := a.Email.Mailboxes(tx)
	own := map[string]email.Mailbox{}
	for _, b := range all {
		if local, at, _ := strings.Cut(b.Address, "@"); at == domain && b.IMAP == "" && !b.Paused {
			own[local] = b
		}
	}
	return own, err
}

// deliver hands a mail in. The place names it, so that the same one twice changes nothing.
func (a *Alive) deliver(ctx context.Context, to email.Mailbox, place string, p post) error {
	raw, err := p.bytes()
	if err != nil {
		return err
	}
	e, err := a.Email.Store(ctx, email.Arrival{Mailbox: to.ID, Place: place, Folder: "SMTP", Sender: p.from.Email, Recipients: []string{to.Address}}, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return a.Email.File(ctx, e.ID)
}

// madeUp says whether an address can belong to nobody (RFC 2606).
func madeUp(address string) bool {
	host := "." + hostOf(address)
	return slices.ContainsFunc([]string{".example.com", ".example.net", ".example.org"}, func(end string) bool { return strings.HasSuffix(host, end) })
}

func hostOf(address string) string {
	_, host, _ := strings.Cut(address, "@")
	return host
}

// backWords fit any answer.
func backWords() map[string]string {
	return map[string]string{
		"thanks en": "[Thank you, that was quick. That is all I wanted to know.|Thank you for the friendly answer, that helps me a lot.|Perfect, thank you. I had expected to wait for days.|" +
			"That sounds good to me. Thank you for looking after it.|Wonderful, thank you. I'll write again if anything comes up.|Thank you! That clears it up.|Much appreciated. It is good to know that somebody reads this.]",
		"ask en": "[Thank you for answering so quickly. Do I have to do anything now, or will you see to it?|Thank you. Can I reach you by telephone as well, if something comes up?|" +
			"Thanks for this. Will I hear from you again, or shall I write when it is done?|That helps, thank you. One more question: until when do I have to decide?|" +
			"Thank you. And whom do I turn to if it doesn't work out: you, or somebody else?]",
		"thanks de": "[danke für die schnelle Antwort, damit ist alles geklärt.|vielen Dank, das hilft mir sehr.|wunderbar, danke. Ich hatte mit Tagen gerechnet.|" +
			"das klingt gut. Danke, dass Sie sich darum kümmern.|danke, so machen wir es. Ich melde mich, wenn noch etwas ist.|vielen Dank für die freundliche Auskunft!]",
		"ask de": "[danke für die schnelle Antwort. Muss ich jetzt noch etwas tun, oder kümmern Sie sich darum?|danke. Kann ich Sie auch anrufen, wenn noch etwas ist?|" +
			"vielen Dank. Melden Sie sich noch einmal, oder soll ich nachfragen?|das hilft, danke. Eine Frage noch: Bis wann muss ich mich entscheiden?|danke. Und an wen wende ich mich, wenn es doch nicht klappt?]",
	}
}
