// Package tell is the way in for everybody who works here, with whatever they hold in their hand: a cleaner hears a guest
// complain, a porter is given a letter, somebody walks in. Two lines, a picture or a voice note, who it was and where; in
// twenty seconds, signed in once.
//
// What goes wrong becomes a complaint of whoever heard it, and of a customer we can reach a ticket too; a letter and
// somebody who walked in become a ticket like any mail; an idea, or a process gone wrong, gets an owner and an answer by a
// date. Whoever told is shown who can really solve it and is there now, and hears how it ended. Posters with a code lead here, and know where they hang.
package tell

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type (
	captureKind struct{}
	fileKind    struct{}
)

func (captureKind) Prefix() string { return "cap" }
func (fileKind) Prefix() string    { return "tfl" }

// The ids of this channel.
type (
	// ID names something that was told.
	ID = id.Of[captureKind]
	// FileID names a picture or voice note of it.
	FileID = id.Of[fileKind]
)

// Came is how it came to whoever tells.
type Came string

// The ways.
const (
	Heard  Came = "told"    // somebody said so
	Letter Came = "letter"  // on paper
	WalkIn Came = "walk_in" // somebody stood there
)

// channel is what tickets call it.
func (c Came) channel() string {
	if c == Heard {
		return "tell"
	}
	return string(c)
}

// Sort is what sort of story it is.
type Sort string

// The sorts.
const (
	Complaint Sort = "complaint" // something went wrong for somebody, or they brought something
	Idea      Sort = "idea"      // something could be better
	Process   Sort = "process"   // the way we do something does not work
)

// From is whose it is.
type From struct {
	Name  string `json:"name,omitempty" maxLength:"200"`
	Email string `json:"email,omitempty" maxLength:"320"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
}

// Attached is a file that was handed in before with POST /tell/files. What it is, is what is in it.
type Attached struct {
	SHA256 string `json:"sha256" pattern:"^[0-9a-f]{64}$"`
	Name   string `json:"name,omitempty" maxLength:"255"`
	Voice  bool   `json:"voice,omitempty" doc:"a voice note; else a picture"`
}

// Told is what somebody writes down.
type Told struct {
	About Sort       `json:"about,omitempty" enum:"complaint,idea,process" doc:"complaint when absent; an idea, or a process gone wrong, is among colleagues and gets an owner and an answer by a date"`
	Came  Came       `json:"came,omitempty" enum:"told,letter,walk_in" doc:"told when absent"`
	What  string     `json:"what,omitempty" maxLength:"10000" doc:"in their words; a letter or a voice note may stand for it"`
	Wish  string     `json:"wanted,omitempty" maxLength:"10000" doc:"what they would like"`
	Where string     `json:"where,omitempty" maxLength:"100" doc:"the place, as on the poster"`
	From  *From      `json:"from,omitempty" doc:"whose it is, by a mail address or a phone number; absent: it stays among colleagues"`
	Wrong bool       `json:"wrong,omitempty" doc:"of a letter or somebody who walked in: something went wrong, so it is a complaint too"`
	Files []Attached `json:"files,omitempty" maxItems:"6"`
}

const (
	longest  = 10_000 // characters
	mostSize = 15 << 20
)

// tidy makes what was written fit to keep.
func (t *Told) tidy() error {
	t.Came, t.About = cmp.Or(t.Came, Heard), cmp.Or(t.About, Complaint)
	t.What, t.Wish, t.Where = plain(t.What), plain(t.Wish), strings.Join(strings.Fields(plain(t.Where)), " ")
	if utf8.RuneCountInString(t.What) > longest {
		return fault.Field("what", "words.long", "This is longer than %d characters; keep to what helps.", longest)
	}
	if f := t.From; f != nil {
		f.Name, f.Email, f.Phone = plain(f.Name), plain(f.Email), plain(f.Phone)
		if f.Email == "" && f.Phone == "" {
			if f.Name != "" {
				return fault.Field("email", "tell.unreachable", "Say how we reach them, by mail or phone; or leave the name out, and it stays among colleagues.")
			}
			t.From = nil
		}
	}
	if t.About != Complaint && (t.From != nil || t.Wish != "" || t.Came != Heard) {
		return fault.Field("about", "tell.about", "An idea, or a process that does not work, stays among colleagues; what a customer waits for is told as theirs.")
	}
	if t.What == "" && len(t.Files) == 0 {
		return fault.Field("what", "tell.empty", "Write what happened, in their words; or add a picture or a voice note.")
	}
	return nil
}

func plain(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""))
}

// complains says whether something went wrong, so that somebody puts it right. What has no customer is among colleagues, and
// is dealt with as a complaint, for a ticket needs somebody to answer.
func (t Told) complains() bool { return t.Came == Heard || t.Wrong || t.From == nil }

// sender is whose it is, as people are recognised.
func (t Told) sender() people.Sender {
	if t.From == nil {
		return people.Sender{}
	}
	return people.Sender{Name: t.From.Name, Email: t.From.Email, Phone: t.From.Phone}
}

// call is how to name whose it is in a line.
func (t Told) call() string { return t.sender().String() }

// Capture is what was told, and what it became.
type Capture struct {
	ID        ID          `json:"id" db:"id"`
	About     Sort        `json:"about" db:"about" enum:"complaint,idea,process"`
	Staff     staff.ID    `json:"staff" db:"staff" doc:"who told it"`
	Came      Came        `json:"came" db:"came" enum:"told,letter,walk_in"`
	Where     string      `json:"where,omitempty" db:"place"`
	Complaint recovery.ID `json:"complaint,omitzero" db:"complaint"`
	Ticket    tickets.ID  `json:"ticket,omitzero" db:"ticket"`
	At        time.Time   `json:"at" db:"at"`
}

// File is a picture or voice note that came along.
type File struct {
	ID      FileID `json:"id" db:"id"`
	Capture ID     `json:"-" db:"capture"`
	Name    string `json:"name" db:"name"`
	Type    string `json:"type" db:"type"`
	Size    int64  `json:"size" db:"size"`
	SHA256  string `json:"-" db:"sha256"`
}

// pictures are what a browser shows and what can carry no script.
var pictures = []string{"image/jpeg", "image/png", "image/webp", "image/gif"} //nolint:gochecknoglobals // a constant list

// kindOf is what a file is, by what is in it. Phones record voices into the boxes of films: one that is said to be a voice,
// and is in such a box, is one.
func kindOf(kind string, voice bool) (string, error) {
	if !voice {
		if slices.Contains(pictures, kind) {
			return kind, nil
		}
		return "", fault.New(fault.Invalid, "tell.no_picture", "This is no picture that everybody can look at. Please take it as JPEG or PNG.")
	}
	switch kind {
	case "video/webm", "video/mp4", "video/3gpp":
		return strings.Replace(kind, "video/", "audio/", 1), nil
	case "application/ogg", "video/ogg":
		return "audio/ogg", nil
	case "audio/x-m4a":
		return "audio/mp4", nil
	}
	if strings.HasPrefix(kind, "audio/") {
		return kind, nil
	}
	return "", fault.New(fault.Invalid, "tell.no_voice", "This is no voice note that can be played.")
}
