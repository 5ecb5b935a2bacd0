package lexicon

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room: a company's own rules. The starter lexicon is in the program.
var Tables = store.Migrations{Room: "lexicon", FS: migrations}

// Situation fills in what is known of a ticket a draft is for: where it goes, who they are, what was said and by whom.
type Situation func(ctx context.Context, who web.Who, ticket string) (Draft, error)

// Room is the door to the lexicon.
type Room struct {
	db        *store.DB
	situation Situation

	mu    sync.Mutex
	books map[string]kept
}

// kept is a book made ready, which turn of its rules it has, and which of the company's own are left out of it.
type kept struct {
	book    *Book
	turn    int64
	unsound []string
}

// New furnishes the room; db may be nil when only the OpenAPI document is wanted. Books are made ready when they are first
// asked for: nobody waits for them when a server starts.
func New(db *store.DB, situation Situation) *Room {
	return &Room{db: db, situation: situation, books: map[string]kept{}}
}

const mostOwn = 1000

func noLanguage(language string) error {
	return fault.New(fault.NotFound, "lexicon.language", "There is no lexicon in %q, only in %s.", language, strings.Join(Languages, " and "))
}

// Book is the lexicon of a language as the company has it.
func (room *Room) Book(tx *store.Tx, language string) (*Book, error) {
	k, err := room.kept(tx, language)
	return k.book, err
}

// kept is Book with what is left out of it: a rule that was sound once need not be so after an upgrade.
func (room *Room) kept(tx *store.Tx, language string) (k kept, err error) {
	now, ok, err := turn(tx, language)
	if err != nil {
		return k, err
	}
	if !ok {
		return k, noLanguage(language)
	}
	room.mu.Lock()
	defer room.mu.Unlock() // also while a book is made: who else wants it would only make it too
	before, ok := room.books[language]
	if ok && before.turn == now {
		return before, nil
	}
	ours, err := ownRules(tx, language)
	if err != nil {
		return k, err
	}
	is, err := trade(tx)
	if err != nil {
		return k, err
	}
	k.turn = now
	book, flawed, err := together(language, is, ours)
	if err == nil && len(flawed) > 0 { // the others go on, and one of the starter's stands again where it was replaced
		k.unsound = flawed.rules()
		book, flawed, err = together(language, is, slices.DeleteFunc(ours, func(o own) bool { return slices.Contains(k.unsound, o.ID) }))
	}
	if err == nil {
		err = flawed.fault()
	}
	if err != nil {
		return k, err
	}
	if len(k.unsound) > 0 && !slices.Equal(k.unsound, before.unsound) {
		slog.Warn("rules of your own are not sound any more and left out of the lexicon", "language", language, "rules", k.unsound)
	}
	k.book = book
	room.books[language] = k
	return k, nil
}

// together is the starter's book for a trade with the company's own rules in it, and which of them are not sound.
func together(language, trade string, ours []own) (*Book, flaws, error) {
	if len(ours) == 0 && trade == "" {
		b, err := ready[language]()
		return b, nil, err
	}
	f, err := Starter(language)
	if err != nil {
		return nil, nil, err
	}
	f.Rules = slices.DeleteFunc(f.Rules, func(r Rule) bool {
		return slices.ContainsFunc(ours, func(o own) bool { return o.ID == r.ID })
	})
	proven := len(f.Rules)
	for _, o := range ours {
		if !o.Off {
			f.Rules = append(f.Rules, o.Body)
		}
	}
	b, flawed, err := build(f, proven)
	if b != nil {
		b.trade = trade
	}
	return b, flawed, err
}

// Listed is a rule as it is listed.
type Listed struct {
	Rule
	Own bool `json:"own,omitempty" doc:"the company's own, or changed by it"`
	Off bool `json:"off,omitempty" doc:"switched off"`

	Unsound bool `json:"unsound,omitempty" doc:"left out, because it makes no sense to this version of the program or its examples fail; enter it anew"`
}

// Rules are those of a language, switched off ones and the company's own among them.
func (room *Room) Rules(tx *store.Tx, language string) ([]Listed, error) {
	k, err := room.kept(tx, language)
	if err != nil {
		return nil, err
	}
	ours, err := ownRules(tx, language)
	if err != nil {
		return nil, err
	}
	f, err := Starter(language)
	if err != nil {
		return nil, err
	}
	all := make([]Listed, 0, len(f.Rules)+len(ours))
	for _, r := range f.Rules {
		if !slices.ContainsFunc(ours, func(o own) bool { return o.ID == r.ID }) {
			all = append(all, listed(r, false, false))
		}
	}
	for _, o := range ours {
		l := listed(o.Body, true, o.Off)
		l.Unsound = slices.Contains(k.unsound, o.ID)
		all = append(all, l)
	}
	return all, nil
}

// listed has lists where a rule has nothing to list.
func listed(r Rule, ours, off bool) Listed {
	r.Find, r.Bad = append([]string{}, r.Find...), append([]string{}, r.Bad...)
	return Listed{Rule: r, Own: ours, Off: off}
}

// Set enters a rule of the company's own, or changes or switches off one there is. Its examples are tried first. Others that
// are not sound any more are no reason to refuse this one.
func (room *Room) Set(ctx context.Context, who web.Who, language string, r Rule, off bool) (l Listed, err error) {
	if strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
		return l, fault.Field("id", "lexicon.id", "A rule's id is made of small letters, digits, dots and dashes.")
	}
	l = listed(r, true, off)
	return l, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		ours, err := room.held(tx, language)
		if err != nil {
			return err
		}
		o := own{ID: r.ID, Body: r, Off: off}
		ours = append(slices.DeleteFunc(ours, func(o own) bool { return o.ID == r.ID }), o)
		if len(ours) > mostOwn {
			return fault.New(fault.Invalid, "lexicon.many", "A company has at most %d rules of its own in a language.", mostOwn)
		}
		_, flawed, err := together(language, "", ours)
		if err != nil {
			return err
		}
		if err := slices.DeleteFunc(flawed, func(f flaw) bool { return f.rule != r.ID }).fault(); err != nil {
			return err
		}
		return errors.Join(keep(tx, language, o), tx.Record(ruleID(r.ID), Changed{language, r.ID, off}))
	})
}

// Remove takes a rule of the company's own away; one of the starter's is as it was.
func (room *Room) Remove(ctx context.Context, who web.Who, language, rule string) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := room.held(tx, language); err != nil {
			return err
		}
		there, err := drop(tx, language, rule)
		if err == nil && !there {
			err = fault.New(fault.NotFound, "lexicon.unknown", "There is no rule %s of your own.", rule)
		}
		return errors.Join(err, tx.Record(ruleID(rule), Removed{language, rule}))
	})
}

func (room *Room) held(tx *store.Tx, language string) ([]own, error) {
	ok, err := hold(tx, language)
	if err == nil && !ok {
		err = noLanguage(language)
	}
	if err != nil {
		return nil, err
	}
	return ownRules(tx, language)
}

// Ask is what is to be checked.
type Ask struct {
	Text   string
	Ticket string // whose conversation counts; may be empty
	Locale string // BCP 47
	Zone   string // IANA name: where the days of whoever writes begin and end

	Closing bool // it is to be the last word of the matter
}

// Check holds a text against the lexicon of its language, in the light of a ticket when one is named. A text in a
// language without a lexicon has no findings.
func (room *Room) Check(ctx context.Context, who web.Who, ask Ask) (c Checked, err error) {
	c = Checked{Findings: []Finding{}, Promises: []Promise{}}
	zone, err := time.LoadLocation(ask.Zone)
	if err != nil || ask.Zone == "Local" {
		return c, fault.Field("zone", "lexicon.zone", "There is no time zone %q. Zones are written like Europe/Berlin.", ask.Zone)
	}
	var d Draft
	if ask.Ticket != "" {
		if d, err = room.situation(ctx, who, ask.Ticket); err != nil {
			return c, err
		}
	}
	d.Text, d.Language, d.Closing = ask.Text, LanguageOf(ask.Text, ask.Locale), ask.Closing
	return c, room.db.Read(ctx, func(tx *store.Tx) error {
		d.Now = tx.Now().In(zone)
		theirs := d.Language
		if said := d.theirs(); said != "" {
			theirs = LanguageOf(said, ask.Locale)
		}
		if d.Language != "" {
			book, err := room.Book(tx, d.Language)
			if err != nil {
				return err
			}
			if strings.HasPrefix(strings.ToLower(ask.Locale), d.Language+"-") {
				d.Language = ask.Locale // en-GB puts days first, en-US months
			}
			c = book.Look(d)
		}
		if d.Language == "" {
			if c.Findings, err = room.look(tx, d); err != nil {
				return err
			}
		}
		if theirs == "" || strings.HasPrefix(d.Language, theirs) { // feelings are told in the customer's own language
			return nil
		}
		book, err := room.Book(tx, theirs)
		if err == nil {
			c.Heat = book.listen(d.Talk).heat
		}
		return err
	})
}
