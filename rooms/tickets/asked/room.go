package asked

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/lexicon/declined"
)

const (
	lookBack    = 180 * 24 * time.Hour
	mostAnswers = 5000 // the newest that are read
)

// Room is the door to what colleagues ask.
type Room struct {
	db    *store.DB
	words *lexicon.Room
}

// New furnishes the room; db may be nil when only the routes are wanted.
func New(db *store.DB, words *lexicon.Room) *Room { return &Room{db, words} }

// Proposed are the questions of a language that might be planned, from the newest answers of colleagues that who may see.
func (room *Room) Proposed(ctx context.Context, who web.Who, language string) (all []Proposal, err error) {
	var said []Said
	var known []string
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		questions, err := room.words.Questions(tx, language)
		if err != nil {
			return err
		}
		for _, q := range questions { // those that are switched off are known as well
			known = append(known, q.Ask)
		}
		not, err := declined.List(tx, language)
		if err != nil {
			return err
		}
		for _, q := range not {
			known = append(known, q.Ask)
		}
		said, err = answers(tx, who)
		return err
	})
	if err != nil {
		return nil, err
	}
	// The answers are thought about outside the look at the database; a judgement is a look of its own, and there are few.
	return Propose(said, language, known, func(ask string) (found []lexicon.Finding, err error) {
		return found, room.db.Read(ctx, func(tx *store.Tx) error { found, err = room.words.JudgeQuestion(tx, language, ask); return err })
	})
}

// answers are the newest of colleagues on tickets that who may see.
func answers(tx *store.Tx, who web.Who) ([]Said, error) {
	since := tx.Now().Add(-lookBack)
	args := []any{since, mostAnswers, id.NewMaker(0).Next(since)} // whose ids are older came earlier, and are not looked at

	may := "TRUE"
	if !who.All {
		args = append(args, who.Staff)
		may = "(t.assignee = $4 AND t.assignee > 0 OR t.team IN (0"
		for _, team := range who.Teams {
			args = append(args, team)
			may += fmt.Sprintf(", $%d", len(args))
		}
		may += "))"
	}
	return store.All[Said](tx, `SELECT m.ticket, t.customer, m.author, t.type, m.text FROM messages m JOIN tickets t ON t.id = m.ticket
		WHERE m.kind = 'out' AND m.author LIKE 'staff:%' AND m.at > $1 AND m.id > $3 AND `+may+` ORDER BY m.id DESC LIMIT $2`, args...)
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/messages/questions", Needs: web.View | web.Settings, Say: "List questions that colleagues often ask customers, and that might be planned; none of them holds a word that was written to one customer alone"},
		func(ctx context.Context, who web.Who, in *struct {
			Language string `query:"language" required:"true" maxLength:"10"`
		},
		) (page web.Page[Proposal], err error) {
			page.Items, err = room.Proposed(ctx, who, in.Language)
			return page, err
		})
}
