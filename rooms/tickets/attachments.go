package tickets

import (
	"html"
	"io"
	"net/http"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
)

// MaxUpload is how large one file may be.
const MaxUpload = 50 << 20

// Upload is a file that was handed in and belongs to nothing yet; what no answer names is swept away after a day.
type Upload struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

func (room *Room) attachments(api *web.API) {
	web.Raw(api, web.Route{Method: http.MethodPost, Path: "/messages/files", Needs: web.Act, Say: "Upload a file for an answer (the body is the file)", Status: http.StatusCreated, Limit: MaxUpload, Takes: "application/octet-stream", Made: Upload{}}, room.upload)
	web.Raw(api, web.Route{
		Method: http.MethodGet, Path: "/messages/{message}/page", Tail: true, Needs: web.View, Say: "Show a message as a document for a frame", Gives: "text/html",
		Asks: []web.Ask{
			{Name: "remote", Type: "boolean", Say: "true to load images from other servers"},
			{Name: "quoted", Type: "boolean", Say: "true for what was cut off as quoted"},
		},
	}, room.page)
	web.Raw(api, web.Route{Method: http.MethodGet, Path: "/messages/files/{file}", Needs: web.View, Say: "Read an attachment"}, room.download)
}

func (room *Room) upload(w http.ResponseWriter, r *http.Request, _ web.Who) error {
	b, err := room.files.Put(r.Context(), r.Body)
	if err != nil {
		return err
	}
	return web.Send(w, http.StatusCreated, Upload{b.SHA256, b.Size})
}

func (room *Room) download(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var f FileID
	if err := f.UnmarshalText([]byte(r.PathValue("file"))); err != nil {
		return err
	}
	var file File
	err := room.db.Read(r.Context(), func(tx *store.Tx) (err error) {
		var ok bool
		if file, ok, err = fileByID(tx, f); err != nil {
			return err
		}
		if ok {
			_, err = room.Mine(tx, who, file.Ticket)
		}
		if !ok || err != nil {
			return fault.New(fault.NotFound, "file.unknown", "There is no file %s, or it isn't yours to see.", f)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return room.Hand(w, r, file)
}

// Hand gives out the bytes of a file.
func (room *Room) Hand(w http.ResponseWriter, r *http.Request, file File) error {
	body, err := room.files.Open(r.Context(), file.SHA256)
	if err != nil {
		return err
	}
	defer body.Close()
	blotted, err := secret.BlotFile("my", file.Name, file.Type, body) // who has a customer's link acts as them
	if err != nil {
		return err
	}
	web.Hand(w, r, web.File{Name: file.Name, Type: file.Type, Lasts: true}, blotted)
	return nil
}

// page is the HTML of a message as a document of its own, for a frame: its own images come from the files that came along,
// those on other servers only with ?remote=true. With ?quoted=true it is what was cut off as quoted.
func (room *Room) page(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var m MessageID
	if err := m.UnmarshalText([]byte(r.PathValue("message"))); err != nil {
		return err
	}
	var msg Message
	err := room.db.Read(r.Context(), func(tx *store.Tx) (err error) {
		if msg, err = message(tx, m); err == nil {
			_, err = room.Mine(tx, who, msg.Ticket)
		}
		if err == nil && r.URL.Query().Get("quoted") == "true" {
			msg.Text = strings.TrimSpace(msg.Signature + "\n\n" + msg.Quoted)
			msg.HTML, err = quotedHTML(tx, m)
		}
		if fault.KindOf(err) == fault.NotFound {
			err = fault.New(fault.NotFound, "message.unknown", "There is no message %s, or it isn't yours to see.", m)
		}
		return err
	})
	if err != nil {
		return err
	}
	remote := r.URL.Query().Get("remote") == "true"
	body, _ := shown(msg, remote)
	if body == "" {
		body = `<div style="white-space:pre-wrap">` + html.EscapeString(msg.Text) + `</div>`
	}
	policy := text.FramePolicy(remote)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	// What was said never changes, but how it is made safe may: after a day it is asked for again. And it is kept for the
	// session that asked, not for who signs in next on the same machine.
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("Vary", "Cookie, Authorization")
	_, err = io.WriteString(w, text.FrameDocument(body, policy)) //nolint:gosec // made safe by text, and under its policy
	return err
}

// show makes the HTML of a message safe to show, and says whether images were held back.
func show(m *Message) { m.HTML, m.HeldImages = shown(*m, false) }

// shown is the HTML of a message made safe, its inline pictures taken from the files that came along.
func shown(m Message, remote bool) (safe string, held bool) {
	if m.HTML == "" {
		return "", false
	}
	return text.SafeHTMLAndHeld(m.HTML, text.Images{Remote: remote, Inline: func(cid string) (string, bool) {
		for _, f := range m.Files {
			if f.ContentID == cid && cid != "" {
				return web.Prefix + "/messages/files/" + f.ID.String(), true
			}
		}
		return "", false
	}})
}

// Names says whether a message or a draft names a blob as an attachment.
func (room *Room) Names(tx *store.Tx, sha string) (bool, error) {
	_, ok, err := store.Find[string](tx, `SELECT sha256 FROM messages_files WHERE sha256 = $1 UNION ALL SELECT sha256 FROM drafts_files WHERE sha256 = $1 LIMIT 1`, sha)
	return ok, err
}
