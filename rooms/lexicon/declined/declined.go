// Package declined keeps the questions that were proposed to be planned, and that the company does not want to plan: they are
// not proposed again, nor is what is like them.
package declined

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

// Room is the door to declined questions. Its tables are among those of the lexicon.
type Room struct{ db *store.DB }

// New furnishes the room; db may be nil when only the routes are wanted.
func New(db *store.DB) *Room { return &Room{db} }

// Question is one that is not to be proposed.
type Question struct {
	ID  string `json:"id" db:"id"`
	Ask string `json:"ask" db:"ask"`
}

const (
	longest = 500 // characters
	most    = 1000
)

// List lists those of a language.
func List(tx *store.Tx, language string) ([]Question, error) {
	return store.All[Question](tx, `SELECT id, ask FROM lexicon_declined WHERE language = $1 ORDER BY id`, language)
}

// Kept is a declined question with its language.
type Kept struct {
	Language string `json:"language" db:"language"`
	Question
}

// All lists those of every language, for an export.
func All(tx *store.Tx) ([]Kept, error) {
	return store.All[Kept](tx, `SELECT language, id, ask FROM lexicon_declined ORDER BY language, id`)
}

func idOf(ask string) string {
	sum := sha256.Sum256([]byte(strings.Join(lexicon.Folded(ask), " ")))
	return hex.EncodeToString(sum[:8])
}

// Decline notes that a question is not to be proposed any more.
func (room *Room) Decline(ctx context.Context, who web.Who, language, ask string) (q Question, err error) {
	if q.Ask = strings.Join(strings.Fields(ask), " "); q.Ask == "" || utf8.RuneCountInString(q.Ask) > longest {
		return q, fault.Field("ask", "lexicon.declined", "Say which question, in at most %d characters.", longest)
	}
	q.ID = idOf(q.Ask)
	return q, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		ours, err := held(tx, language)
		if err == nil && len(ours) >= most {
			err = fault.New(fault.Conflict, "lexicon.declined_many", "%d declined questions are as many as can be kept.", most)
		}
		if err != nil {
			return err
		}
		return errors.Join(tx.Do(`INSERT INTO lexicon_declined (language, id, ask, at) VALUES ($1, $2, $3, $4) ON CONFLICT (language, id) DO NOTHING`, language, q.ID, q.Ask, tx.Now()),
			tx.Record(subject(q.ID), Changed{language, q.ID, false}))
	})
}

// Reconsider lets a question be proposed again.
func (room *Room) Reconsider(ctx context.Context, who web.Who, language, id string) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := held(tx, language); err != nil {
			return err
		}
		n, err := tx.Exec(`DELETE FROM lexicon_declined WHERE language = $1 AND id = $2`, language, id)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "lexicon.not_declined", "No question %s was declined.", id)
		}
		if err != nil {
			return err
		}
		return tx.Record(subject(id), Changed{language, id, true})
	})
}

// held are those of a language, which stay as they are until the transaction ends.
func held(tx *store.Tx, language string) ([]Question, error) {
	_, there, err := store.Find[int64](tx, `SELECT turn FROM lexicon_turns WHERE language = $1`+tx.Lock(), language)
	if err == nil && !there {
		err = fault.New(fault.NotFound, "lexicon.language", "There is no lexicon in %q, only in %s.", language, strings.Join(lexicon.Languages, " and "))
	}
	if err != nil {
		return nil, err
	}
	return List(tx, language)
}

// subject is what the journal says it is about.
type subject string

func (s subject) String() string { return string(s) }

// Changed says that a question is not to be proposed any more, or that it may be again. Its fields are for ever.
type Changed struct {
	Language string `json:"language"`
	ID       string `json:"id"`
	Back     bool   `json:"back,omitempty"`
}

// Kind names it.
func (Changed) Kind() string { return "lexicon.question_declined" }

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/lexicon/{language}/questions/declined", Needs: web.Settings, Say: "List the questions that are not to be proposed"},
		func(ctx context.Context, _ web.Who, in *struct {
			Language string `path:"language" maxLength:"10"`
		},
		) (page web.Page[Question], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = List(tx, in.Language); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/lexicon/{language}/questions/declined", Needs: web.Settings, Say: "Decline a question that is proposed to be planned: it is not proposed any more", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			Language string `path:"language" maxLength:"10"`
			Body     struct {
				Ask string `json:"ask" maxLength:"500"`
			}
		},
		) (Question, error) {
			return room.Decline(ctx, who, in.Language, in.Body.Ask)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/lexicon/{language}/questions/declined/{id}", Needs: web.Settings, Say: "Let a declined question be proposed again"},
		func(ctx context.Context, who web.Who, in *struct {
			Language string `path:"language" maxLength:"10"`
			ID       string `path:"id" maxLength:"40"`
		},
		) (web.None, error) {
			return web.None{OK: true}, room.Reconsider(ctx, who, in.Language, in.ID)
		})
}
