package tickets

import (
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

// Hold says, inside the caller's transaction, that a ticket waits for a third party.
func (room *Room) Hold(tx *store.Tx, ticket ID) error {
	t, err := load(tx, ticket)
	if err != nil {
		return err
	}
	return room.Move(tx, &t, OnHold, "", "by_hand")
}

// Unhold says that the third party a ticket was on hold for has answered, or need not any more: it waits for us. A ticket that
// stands elsewhere by now stays there.
func (room *Room) Unhold(tx *store.Tx, ticket ID) error {
	t, err := load(tx, ticket)
	if err != nil || t.Status != OnHold {
		return err
	}
	return room.Move(tx, &t, Open, "", "heard")
}

// File shows an attachment and the message it came or went with, inside the caller's transaction.
func (room *Room) File(tx *store.Tx, f FileID) (File, Message, error) {
	file, ok, err := fileByID(tx, f)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "file.unknown", "There is no file %s, or it isn't yours to see.", f)
	}
	if err != nil {
		return file, Message{}, err
	}
	m, err := message(tx, file.Message)
	return file, m, err
}
