package app

import (
	"io"
	"net/http"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// importMail takes one old mail from a file; the same bytes twice change nothing.
func (h *House) importMail(r *http.Request) (any, error) {
	var box tickets.MailboxID
	if s := r.URL.Query().Get("mailbox"); s != "" {
		if err := box.UnmarshalText([]byte(s)); err != nil {
			return nil, err
		}
	} else {
		var all []email.Mailbox
		if err := h.DB.Read(r.Context(), func(tx *store.Tx) (err error) { all, err = h.Email.Mailboxes(tx); return err }); err != nil {
			return nil, err
		}
		if len(all) != 1 {
			return nil, fault.Field("mailbox", "mailbox.missing", "Say which mailbox the mails belong to with --mailbox; there are %d.", len(all))
		}
		box = all[0].ID
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 100<<20))
	if err != nil {
		return nil, fault.New(fault.Invalid, "body.too_large", "This mail is larger than 100 MB.")
	}
	return h.Email.Import(r.Context(), box, raw, r.URL.Query().Get("dry") == "yes")
}
