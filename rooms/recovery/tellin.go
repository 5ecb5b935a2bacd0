package recovery

import (
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Handed is how something that was told came, and what came along.
type Handed struct {
	Channel string // of the ticket: tell, letter, walk_in
	From    people.Sender
	Subject string         // of the ticket; the beginning of the words when empty
	Files   []tickets.File // bytes are in base/files already
}

// TellIn is Tell in the caller's transaction, with what came along. What is among colleagues opens no ticket, so its files
// stay with the caller.
func (room *Room) TellIn(tx *store.Tx, who web.Who, in Told, by Handed) (Complaint, error) {
	if in.Team != 0 {
		if _, err := room.staff.Team(tx, in.Team); err != nil {
			return Complaint{}, err
		}
	}
	if in.Internal {
		c := in.complaint(who)
		c.Internal, c.Team = true, in.Team
		_, err := room.open(tx, &c, "")
		return c, err
	}
	if by.From == (people.Sender{}) {
		return Complaint{}, fault.Field("from", "complaint.from", "Say whose complaint it is, by a mail address or a phone number; or that it is a colleague's.")
	}
	filed, err := room.tickets.Receive(tx, tickets.Inbound{
		Channel: by.Channel, From: by.From, Subject: by.Subject, Text: in.What, Team: in.Team, Files: by.Files, Apart: true,
	})
	if err != nil {
		return Complaint{}, err
	}
	return room.captured(tx, who, filed.Ticket, in.Story)
}
