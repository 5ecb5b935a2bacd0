package lexicon

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// What stands on the shelf.
const (
	aFramework = "framework"
	aQuestion  = "question"
)

const mostShelved = 300 // of a kind and language

// piece is a framework or a planned question of a company's own.
type piece[T any] struct {
	ID   string `db:"id"`
	Body T      `db:"body,json"`
	Off  bool   `db:"off"`
}

func pieces[T any](tx *store.Tx, language, kind string) ([]piece[T], error) {
	return store.All[piece[T]](tx, `SELECT id, body, off FROM lexicon_shelf WHERE language = $1 AND kind = $2 ORDER BY id`, language, kind)
}

// KeptPiece is a framework or a planned question of a company's own, with its language.
type KeptPiece[T any] struct {
	Language string `json:"language" db:"language"`
	Body     T      `json:"body" db:"body,json"`
	Off      bool   `json:"off" db:"off"`
}

// OwnFrameworks are those of a company's own, in every language.
func (room *Room) OwnFrameworks(tx *store.Tx) ([]KeptPiece[Framework], error) {
	return store.All[KeptPiece[Framework]](tx, `SELECT language, body, off FROM lexicon_shelf WHERE kind = 'framework' ORDER BY language, id`)
}

// OwnQuestions are the planned questions of a company's own, in every language.
func (room *Room) OwnQuestions(tx *store.Tx) ([]KeptPiece[Question], error) {
	return store.All[KeptPiece[Question]](tx, `SELECT language, body, off FROM lexicon_shelf WHERE kind = 'question' ORDER BY language, id`)
}

// Shelved says of a framework or a question whose it is and how it stands.
type Shelved struct {
	Own     bool `json:"own,omitempty" doc:"the company's own, or changed by it"`
	Off     bool `json:"off,omitempty" doc:"switched off"`
	Starter bool `json:"starter,omitempty" doc:"the starter has one of this id, which stands again when this one is removed"`
	Unsound bool `json:"unsound,omitempty" doc:"not offered, because its patterns make no sense to this version of the program; save it anew"`

	Findings []Finding `json:"findings,omitempty" doc:"what the lexicon says of its words, when it is saved"`
}

// ListedFramework is a framework as it is listed.
type ListedFramework struct {
	Framework
	Shelved
}

// ListedQuestion is a planned question as it is listed.
type ListedQuestion struct {
	Question
	Shelved
}

func (f Framework) id() string { return f.ID }
func (q Question) id() string  { return q.ID }

// standing is what can stand on the shelf.
type standing interface {
	Framework | Question
	id() string
	sound(sets map[string]string) error
}

// shelved is all of a kind: the company's own first, then the starter's that it did not replace, in their order.
func shelved[T standing](tx *store.Tx, language, kind string, starter []T, each func(T, Shelved)) error {
	ours, err := pieces[T](tx, language, kind)
	if err != nil {
		return err
	}
	sets, err := starterSets(language)
	if err != nil {
		return err
	}
	there := func(id string) bool { return slices.ContainsFunc(starter, func(s T) bool { return s.id() == id }) }
	own := func(id string) int { return slices.IndexFunc(ours, func(p piece[T]) bool { return p.ID == id }) }
	ofOurs := func(p piece[T]) Shelved {
		return Shelved{Own: true, Off: p.Off, Starter: there(p.ID), Unsound: p.Body.sound(sets) != nil}
	}
	for _, p := range ours {
		if !there(p.ID) {
			each(p.Body, ofOurs(p))
		}
	}
	for _, s := range starter { // one that was changed keeps its place
		if n := own(s.id()); n >= 0 {
			each(ours[n].Body, ofOurs(ours[n]))
		} else {
			each(s, Shelved{Starter: true})
		}
	}
	return nil
}

// shelfOf is what the starter has in a language.
func shelfOf(language string) (Skeletons, error) {
	all, err := skeletons()
	if err != nil {
		return Skeletons{}, err
	}
	s, ok := all[language]
	if !ok {
		return s, noLanguage(language)
	}
	return s, nil
}

// Frameworks are those of a language, switched off ones and the company's own among them.
func (room *Room) Frameworks(tx *store.Tx, language string) (all []ListedFramework, err error) {
	starter, err := shelfOf(language)
	if err != nil {
		return nil, err
	}
	return all, shelved(tx, language, aFramework, starter.Frameworks, func(f Framework, s Shelved) { all = append(all, ListedFramework{f, s}) })
}

// Questions are the planned ones of a language, switched off ones and the company's own among them.
func (room *Room) Questions(tx *store.Tx, language string) (all []ListedQuestion, err error) {
	starter, err := shelfOf(language)
	if err != nil {
		return nil, err
	}
	return all, shelved(tx, language, aQuestion, starter.Questions, func(q Question, s Shelved) { all = append(all, ListedQuestion{q, s}) })
}

// SetFramework enters a framework of the company's own, or changes or switches off one there is. The words it opens with are
// held against the lexicon; what must not be said refuses it.
func (room *Room) SetFramework(ctx context.Context, who web.Who, language string, f Framework, off bool) (l ListedFramework, err error) {
	l = ListedFramework{Framework: f, Shelved: Shelved{Own: true, Off: off}}
	l.Starter, l.Findings, err = set(ctx, room, who, language, aFramework, f, off, func(tx *store.Tx) ([]Finding, error) {
		found, err := room.wordsOf(tx, language, f)
		return found, errors.Join(err, stopped("paragraphs", f.text(), found))
	}, FrameworkChanged{language, f.ID, off})
	return l, err
}

// SetQuestion enters a planned question, or changes or switches off one there is. One that the lexicon finds blunt is refused:
// such a question is never asked.
func (room *Room) SetQuestion(ctx context.Context, who web.Who, language string, q Question, off bool) (l ListedQuestion, err error) {
	l = ListedQuestion{Question: q, Shelved: Shelved{Own: true, Off: off}}
	l.Starter, l.Findings, err = set(ctx, room, who, language, aQuestion, q, off, func(tx *store.Tx) ([]Finding, error) {
		found, err := room.wordsOfQuestion(tx, language, q)
		if n := slices.IndexFunc(found, func(f Finding) bool { return f.Family == "diagnostic" }); err == nil && n >= 0 {
			return found, fault.Field("ask", "lexicon.blunt", "This tests people, even gently asked for. %s", found[n].Why)
		}
		return found, errors.Join(err, stopped("ask", q.Ask, found))
	}, QuestionChanged{language, q.ID, off})
	return l, err
}

// set puts something on the shelf. Its words are looked at before anybody has to wait for that.
func set[T standing](ctx context.Context, room *Room, who web.Who, language, kind string, body T, off bool, words func(*store.Tx) ([]Finding, error), event store.Event) (starter bool, found []Finding, err error) {
	if err := fitting(language, kind, body); err != nil {
		return false, nil, err
	}
	if !off { // what is switched off is offered to nobody, whatever it says
		if err := room.db.Read(ctx, func(tx *store.Tx) error { found, err = words(tx); return err }); err != nil {
			return false, found, err
		}
	}
	err = room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if err := room.locked(tx, language); err != nil {
			return err
		}
		ours, err := pieces[T](tx, language, kind)
		if err != nil {
			return err
		}
		if len(ours) >= mostShelved && !slices.ContainsFunc(ours, func(p piece[T]) bool { return p.ID == body.id() }) {
			return fault.New(fault.Invalid, "lexicon.shelf_full", "A company has at most %d of its own in a language.", mostShelved)
		}
		return errors.Join(tx.Do(`INSERT INTO lexicon_shelf (language, kind, id, body, off, version) VALUES ($1, $2, $3, $4, $5, 1)
			ON CONFLICT (language, kind, id) DO UPDATE SET body = excluded.body, off = excluded.off, version = lexicon_shelf.version + 1`,
			language, kind, body.id(), store.JSON(body), off), tx.Record(ruleID(body.id()), event))
	})
	s, there := shelfOf(language)
	starter = there == nil && (slices.ContainsFunc(s.Frameworks, func(f Framework) bool { return kind == aFramework && f.ID == body.id() }) ||
		slices.ContainsFunc(s.Questions, func(q Question) bool { return kind == aQuestion && q.ID == body.id() }))
	return starter, found, err
}

// fitting says in a sentence why something can't stand on the shelf.
func fitting[T standing](language, kind string, body T) error {
	if _, err := shelfOf(language); err != nil {
		return err
	}
	if id := body.id(); id == "" || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
		return fault.Field("id", "lexicon.shelf_id", "A name for programs is made of small letters, digits, dots and dashes.")
	}
	sets, err := starterSets(language)
	if err != nil {
		return err
	}
	if err := body.sound(sets); err != nil {
		return fault.New(fault.Invalid, "lexicon."+kind, "%s.", upper(err.Error()))
	}
	return nil
}

// locked makes every other change of a language wait until this transaction ends.
func (room *Room) locked(tx *store.Tx, language string) error {
	ok, err := hold(tx, language)
	if err == nil && !ok {
		err = noLanguage(language)
	}
	return err
}

// RemoveFramework takes a framework of the company's own away; one of the starter's is as it was.
func (room *Room) RemoveFramework(ctx context.Context, who web.Who, language, id string) error {
	return room.unshelve(ctx, who, language, aFramework, id, FrameworkRemoved{language, id})
}

// RemoveQuestion takes a planned question of the company's own away; one of the starter's is as it was.
func (room *Room) RemoveQuestion(ctx context.Context, who web.Who, language, id string) error {
	return room.unshelve(ctx, who, language, aQuestion, id, QuestionRemoved{language, id})
}

func (room *Room) unshelve(ctx context.Context, who web.Who, language, kind, id string, event store.Event) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if err := room.locked(tx, language); err != nil {
			return err
		}
		n, err := tx.Exec(`DELETE FROM lexicon_shelf WHERE language = $1 AND kind = $2 AND id = $3`, language, kind, id)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "lexicon.not_shelved", "There is no %s %s of your own.", kind, id)
		}
		if err != nil {
			return err
		}
		return tx.Record(ruleID(id), event)
	})
}

// Tried is how a framework would do.
type Tried struct {
	Fits     bool      `json:"fits" doc:"whether it would be offered first for these words"`
	Findings []Finding `json:"findings" nullable:"false" doc:"of the words it opens with; places are those in the text"`
	Text     string    `json:"text" doc:"as it stands in a draft"`
}

// Try tells how a framework would do without saving it, for a message a customer might write.
func (room *Room) Try(ctx context.Context, language string, f Framework, d Draft) (t Tried, err error) {
	if err := fitting(language, aFramework, f); err != nil {
		return t, err
	}
	return t, room.db.Read(ctx, func(tx *store.Tx) error {
		sets, err := starterSets(language)
		if err != nil {
			return err
		}
		t.Fits = fits(f.When, d, sets, d.passages()) > 0
		t.Text = f.text()
		t.Findings, err = room.wordsOf(tx, language, f)
		return err
	})
}

// fits is how well something fits. What made sense once and no longer does fits nothing.
func fits(w When, d Draft, sets map[string]string, theirs []passage) int {
	words, err := compileAll(w.Words, sets)
	if err != nil {
		slog.Warn("something of your own is not offered, because its patterns make no sense any more", "why", err)
		return -1
	}
	return w.fit(d, words, theirs)
}
