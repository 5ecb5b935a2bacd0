package portal

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// A form carries a key: whose page it stands on, when it was made, and a number of its own. No other website can make one,
// and what is done under one key is done once.
const (
	formPurpose = "my.form"
	nonceSize   = 16
	markSize    = 16
	// formRests is how long a page may lie open before it is sent; claims of keys are kept for longer.
	formRests = 5 * 24 * time.Hour
)

// formKey makes the key of a form for whoever has the link, "" for who has none yet.
func (room *Room) formKey(hash, what string, now time.Time) string {
	b := make([]byte, nonceSize, nonceSize+8+markSize)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	b = binary.BigEndian.AppendUint64(b, uint64(max(now.Unix(), 0)))
	b = append(b, room.keys.MAC(formPurpose, bound(b, hash, what))[:markSize]...)
	return base64.RawURLEncoding.EncodeToString(b)
}

func bound(b []byte, hash, what string) []byte {
	return append(append([]byte{}, b...), hash+"\x00"+what...)
}

// genuine says why a key is not one of a form that we made for them not long ago.
func (room *Room) genuine(key, hash, what string, now time.Time) error {
	b, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || len(b) != nonceSize+8+markSize {
		return stale()
	}
	made, mark := b[:nonceSize+8], b[nonceSize+8:]
	at := time.Unix(int64(binary.BigEndian.Uint64(made[nonceSize:])&(1<<40-1)), 0)
	if !room.keys.Marked(formPurpose, bound(made, hash, what), mark) || now.Sub(at) > formRests {
		return stale()
	}
	return nil
}

func stale() error {
	return fault.New(fault.Conflict, "my.stale", "This page lay open for long. Please send it once more.")
}

// form is what came in a POST.
type form struct {
	Key, Do, Text, Email, Offer, Pick, Other, Held, Trusts string
	Files                                                  []*multipart.FileHeader
}

const (
	mostForm  = mostBytes + 1<<20 // bytes of a whole POST with files
	mostAsk   = 64 << 10          // bytes of a POST by anybody
	mostField = 200_000           // bytes of one field
)

// readForm reads a POST of one of our pages of at most so many bytes; w may be nil. Files are taken only from who has a
// link, for large ones go to the disk before anything else is known of the form; whoever calls removes them again.
func readForm(w http.ResponseWriter, r *http.Request, most int64, files bool) (f form, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind != "multipart/form-data":
		err = r.ParseForm()
	case files:
		err = r.ParseMultipartForm(1 << 20) //nolint:gosec // bounded just above
	default:
		err = http.ErrNotMultipart
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || errors.Is(err, multipart.ErrMessageTooLarge) {
		return f, tooLarge()
	}
	if err != nil {
		return f, fault.New(fault.Invalid, "my.unreadable", "What your browser sent can't be read.")
	}
	for name, into := range map[string]*string{"key": &f.Key, "do": &f.Do, "text": &f.Text, "email": &f.Email, "offer": &f.Offer, "pick": &f.Pick, "other": &f.Other, "held": &f.Held, "trusts": &f.Trusts} {
		v := r.PostForm.Get(name)
		if len(v) > mostField {
			return f, tooLarge()
		}
		*into = strings.ReplaceAll(strings.ToValidUTF8(v, "\uFFFD"), "\x00", "")
	}
	f.Text, f.Other = secret.Blot("my", f.Text), secret.Blot("my", f.Other) // colleagues read it, and who has the link acts as the customer
	if r.MultipartForm == nil {
		return f, nil
	}
	total := int64(0)
	for _, h := range r.MultipartForm.File["files"] {
		if h.Size == 0 { // a field for files that was left empty
			continue
		}
		total += h.Size
		f.Files = append(f.Files, h)
	}
	if total > mostBytes {
		return f, tooLarge()
	}
	return f, nil
}

func tooLarge() error {
	return fault.New(fault.Invalid, "my.large", "This is more than 10 MB. Please send less at once.")
}

// keep keeps the files that came along. What is in them is what they are, whatever the browser says.
func (room *Room) keep(ctx context.Context, all []*multipart.FileHeader) (kept []tickets.File, err error) {
	for _, h := range all {
		f, err := room.keepOne(ctx, h)
		if err != nil {
			return nil, err
		}
		kept = append(kept, f)
	}
	return kept, nil
}

func (room *Room) keepOne(ctx context.Context, h *multipart.FileHeader) (f tickets.File, err error) {
	body, err := h.Open()
	if err != nil {
		return f, err
	}
	defer body.Close()
	kind, err := files.KindOf(body)
	if err != nil {
		return f, err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return f, err
	}
	b, err := room.files.Put(ctx, body)
	name := text.CleanName(h.Filename)
	if name == "" {
		name = "file"
	}
	return tickets.File{Name: name, Type: kind, Size: b.Size, SHA256: b.SHA256}, err
}
