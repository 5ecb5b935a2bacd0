package tickets

import (
	"encoding/json"
	"strings"

	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Timeline lists what happened to a ticket, oldest first, with the names and reasons the journal itself does not hold.
func (room *Room) Timeline(tx *store.Tx, who web.Who, ticket ID, after int64, limit int) (page web.Page[Moment], err error) {
	t, err := room.Mine(tx, who, ticket)
	if err != nil {
		return page, err
	}
	entries, err := tx.About(t.ID.String(), after, limit)
	if err != nil {
		return page, err
	}
	reasons, err := reasonsOf(tx, t.ID)
	if err != nil {
		return page, err
	}
	page.Items = make([]Moment, 0, len(entries))
	for _, e := range entries {
		if e.Kind == (Held{}).Kind() { // what somebody is writing is their own
			continue
		}
		m := Moment{Seq: e.Seq, At: e.At, By: e.By, Via: e.Via, Kind: e.Kind, Body: e.Body}
		var why struct {
			Reason ReasonID `json:"reason"`
		}
		if json.Unmarshal(e.Body, &why) == nil {
			m.Reason = reasons[why.Reason]
		}
		page.Items = append(page.Items, m)
	}
	if len(entries) == limit {
		page.Next = id.Seq(entries[limit-1].Seq)
	}
	return page, room.actors(tx, page.Items)
}

// actors puts names to the actors of a timeline.
func (room *Room) actors(tx *store.Tx, all []Moment) error {
	var customers []people.ID
	var members []staff.ID
	for _, m := range all {
		kind, name, _ := strings.Cut(m.By, ":")
		switch store.ActorKind(kind) {
		case store.CustomerKind:
			var c people.ID
			if c.UnmarshalText([]byte(name)) == nil {
				customers = append(customers, c)
			}
		case store.StaffKind:
			var s staff.ID
			if s.UnmarshalText([]byte(name)) == nil {
				members = append(members, s)
			}
		case store.TokenKind, store.SystemKind: // called by what they are
		}
	}
	theirs, err := room.people.Names(tx, customers)
	if err != nil {
		return err
	}
	ours, err := room.staff.Names(tx, members)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for c, n := range theirs {
		names[store.Actor{Kind: store.CustomerKind, ID: c.String()}.String()] = n
	}
	for s, n := range ours {
		names[store.Actor{Kind: store.StaffKind, ID: s.String()}.String()] = n
	}
	for i := range all {
		all[i].Name = names[all[i].By]
	}
	return nil
}

// Audience says who may see an entry of the journal about a ticket: whoever may see the ticket; of a draft, its author.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	if e.Kind == (Held{}).Kind() {
		var held Held
		err := json.Unmarshal(e.Body, &held)
		return web.Audience{Needs: web.View, Only: int64(held.Staff)}, err
	}
	var ticket ID
	if ticket.UnmarshalText([]byte(e.Subject)) != nil {
		return web.Audience{Needs: web.View}, nil //nolint:nilerr // what is about no ticket is a setting of this room
	}
	t, ok, err := store.Find[place](tx, `SELECT status, team, assignee, mailbox FROM tickets WHERE id = $1`, ticket)
	if err != nil || !ok {
		return web.Audience{Needs: web.Reports}, err
	}
	return web.Audience{Needs: web.View, Team: int64(t.Team), Staff: int64(t.Assignee)}, nil
}
