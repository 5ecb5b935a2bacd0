package conference

import (
	"html"
	"io"
	"math"
	"net/http"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Read shows a part with all that was said in it: to those who see the ticket, and to those who were invited, who are told
// nothing of the ticket.
func (room *Room) Read(tx *store.Tx, who web.Who, part ID) (p Part, err error) {
	if p, err = load(tx, part); err != nil {
		return p, err
	}
	if err := room.present(tx, who, &p); err != nil {
		return Part{}, err
	}
	return p, nil
}

// List shows the parts of a ticket, the oldest first, without what was said in them.
func (room *Room) List(tx *store.Tx, who web.Who, ticket tickets.ID) ([]Part, error) {
	seen, err := room.tickets.Seen(tx, who, []tickets.ID{ticket})
	if err == nil && len(seen) == 0 {
		err = fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s, or it isn't yours to see.", ticket)
	}
	if err != nil {
		return nil, err
	}
	all, err := of(tx, ticket)
	if err != nil {
		return nil, err
	}
	return all, room.dress(tx, who, all)
}

// Mine shows the newest parts that somebody was invited to, before one of them; without what was said in them.
func (room *Room) Mine(tx *store.Tx, who web.Who, before ID, limit int) ([]Part, error) {
	if !sits(who) {
		return []Part{}, nil
	}
	all, err := invitedTo(tx, staff.ID(who.Staff), before, limit)
	if err != nil {
		return nil, err
	}
	return all, room.dress(tx, who, all)
}

// Counts are how much of what is said in parts waits for somebody.
type Counts struct {
	Asked int64 `json:"asked" doc:"parts in which those who asked you wait for an answer; in a closed case nobody does"`
	Reads bool  `json:"reads" doc:"you read by invitation where you ask from; a token, and a phone that may only capture, do not"`
}

// Waiting counts the parts in which others wait for somebody's answer.
func (room *Room) Waiting(tx *store.Tx, who web.Who) (n Counts, err error) {
	if !sits(who) {
		return n, nil
	}
	n.Reads = true
	all, err := askedOf(tx, staff.ID(who.Staff))
	if err != nil {
		return n, err
	}
	about := make([]tickets.ID, len(all))
	for i, p := range all {
		about[i] = p.Ticket
	}
	there, err := room.tickets.Some(tx, about)
	if err != nil {
		return n, err
	}
	over := map[tickets.ID]bool{}
	for _, t := range there {
		over[t.ID] = t.Status == tickets.Closed
	}
	for _, p := range all {
		if !over[p.Ticket] {
			n.Asked++
		}
	}
	return n, nil
}

// present reads what was said in a part, and takes out what is not theirs.
func (room *Room) present(tx *store.Tx, who web.Who, p *Part) (err error) {
	one := []Part{*p}
	if err := room.dress(tx, who, one); err != nil {
		return err
	}
	*p = one[0]
	p.Messages, err = messagesOf(tx, p.ID, mostSaid)
	return err
}

// dress puts names to parts, and takes out of each what is not for whoever reads it.
func (room *Room) dress(tx *store.Tx, who web.Who, all []Part) error {
	var members []staff.ID
	var about []tickets.ID
	for _, p := range all {
		members, about = append(members, p.AskedBy), append(about, p.Ticket)
	}
	names, err := room.staff.Names(tx, members)
	if err != nil {
		return err
	}
	seen, err := room.tickets.Seen(tx, who, about)
	if err != nil {
		return err
	}
	for i := range all {
		p := &all[i]
		s := seatOf(who, *p, seen)
		if !s.host && !s.invited() {
			return unknown(p.ID)
		}
		p.AskedByName, p.Yours, p.Host = names[p.AskedBy], s.invited(), s.host
		if !s.host { // which ticket it is, what its customer is told and how it stands is no business of a guest
			p.Ticket, p.KnownAs, p.Holds, p.Trouble = 0, "", false, ""
		}
	}
	return nil
}

// attachment is a file that somebody may read.
func (room *Room) attachment(tx *store.Tx, who web.Who, f FileID) (File, error) {
	file, ok, err := fileByID(tx, f)
	if err != nil {
		return file, err
	}
	if ok {
		var p Part
		if p, err = load(tx, file.Part); err == nil {
			_, err = room.seat(tx, who, p)
		}
	}
	if !ok || fault.KindOf(err) == fault.NotFound {
		return File{}, fault.New(fault.NotFound, "part.file", "There is no file %s, or it isn't yours to see.", f)
	}
	return file, err
}

// download gives out the bytes of a file.
func (room *Room) download(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var f FileID
	if err := f.UnmarshalText([]byte(r.PathValue("file"))); err != nil {
		return err
	}
	var file File
	err := room.db.Read(r.Context(), func(tx *store.Tx) (err error) { file, err = room.attachment(tx, who, f); return err })
	if err != nil {
		return err
	}
	body, err := room.files.Open(r.Context(), file.SHA256)
	if err != nil {
		return err
	}
	defer body.Close()
	blotted, err := secret.BlotFile("my", file.Name, file.Type, body) // who has a customer's link acts as them
	if err != nil {
		return err
	}
	web.Hand(w, r, web.File{Name: file.Name, Type: file.Type}, blotted) // not for long: an invitation may end
	return nil
}

// page is the HTML of a message as a document of its own, made safe, for a frame. Images on other servers stay away.
func (room *Room) page(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var which MessageID
	if err := which.UnmarshalText([]byte(r.PathValue("message"))); err != nil {
		return err
	}
	var m Message
	err := room.db.Read(r.Context(), func(tx *store.Tx) (err error) {
		if m, err = message(tx, which); err != nil {
			return err
		}
		p, err := load(tx, m.Part)
		if err == nil {
			_, err = room.seat(tx, who, p)
		}
		if fault.KindOf(err) == fault.NotFound {
			err = fault.New(fault.NotFound, "part.message", "There is no message %s, or it isn't yours to see.", which)
		}
		return err
	})
	if err != nil {
		return err
	}
	body := `<div style="white-space:pre-wrap">` + html.EscapeString(m.Text) + `</div>`
	if m.HTML != "" {
		body, _ = text.SafeHTMLAndHeld(m.HTML, text.Images{Inline: func(cid string) (string, bool) {
			for _, f := range m.Files {
				if f.ContentID == cid && cid != "" {
					return web.Prefix + "/parts/files/" + f.ID.String(), true
				}
			}
			return "", false
		}})
	}
	policy := text.FramePolicy(false)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-store")
	_, err = io.WriteString(w, text.FrameDocument(body, policy))
	return err
}

// All lists whole parts after one of them, by their ids, for whoever may take everything with them.
func (room *Room) All(tx *store.Tx, after ID, limit int) ([]Part, error) {
	all, err := store.All[Part](tx, `SELECT `+columns+` FROM parts WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	if err != nil {
		return nil, err
	}
	if err := withPeople(tx, all); err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Messages, err = messagesOf(tx, all[i].ID, math.MaxInt32); err != nil {
			return nil, err
		}
	}
	return all, nil
}
