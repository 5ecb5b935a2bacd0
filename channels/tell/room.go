package tell

import (
	"context"
	"embed"
	"io"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/push"
	"github.com/hearthdesk/hearth/base/qr"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this channel.
var Tables = store.Migrations{Room: "tell", FS: migrations}

// Words are what it writes beside what people wrote.
//
//go:embed words.*.json
var Words embed.FS

// House is what the channel stands on.
type House struct {
	Words    *words.Book
	DB       *store.DB
	Due      *due.Queue
	Files    files.Store
	Staff    *staff.Room
	Hours    *hours.Room
	Tickets  *tickets.Room
	Recovery *recovery.Room
	Push     *push.Sender // tells phones; without it nobody's is told
}

// Room is the door to what is told.
type Room struct {
	words    *words.Book
	db       *store.DB
	due      *due.Queue
	files    files.Store
	staff    *staff.Room
	hours    *hours.Room
	tickets  *tickets.Room
	recovery *recovery.Room
	push     *push.Sender
	base     string // where links begin
}

// New furnishes the channel. Words, the database, the queue and the files may be nil when only the routes are wanted.
func New(h House) *Room {
	room := &Room{words: h.Words, db: h.DB, due: h.Due, files: h.Files, staff: h.Staff, hours: h.Hours, tickets: h.Tickets, recovery: h.Recovery, push: h.Push}
	if h.Due != nil {
		h.Due.HandleTx(answering, due.Policy{}, room.tick)
	}
	return room
}

// LinkTo says where links lead, once that is known: before the doors open, and never after.
func (room *Room) LinkTo(base string) { room.base = strings.TrimSuffix(base, "/") }

// Audience says who may see an entry of the journal of this channel: whoever may see the ticket or complaint it became; of
// what is proposed, whoever told of it and their team.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	var c ID
	if c.UnmarshalText([]byte(e.Subject)) == nil {
		p, ok, err := loadProposed(tx, c)
		if err != nil || !ok {
			return web.Audience{Needs: web.Reports}, err
		}
		return web.Audience{Needs: web.Capture, Team: int64(p.Team), Staff: int64(p.Staff)}, nil
	}
	return room.recovery.Audience(tx, store.Entry{Kind: recovery.Raised{}.Kind(), Subject: e.Subject})
}

// Names says whether something that was told names a blob.
func (room *Room) Names(tx *store.Tx, sha string) (bool, error) { return names(tx, sha) }

// Became is what something became that was told.
type Became struct {
	Shown
	Whole *recovery.Whole `json:"whole,omitempty" doc:"the complaint, with what you may give"`
}

// Tell enters what somebody wrote down. Whatever it becomes, it is there together with its files or not at all.
func (room *Room) Tell(ctx context.Context, who web.Who, in Told) (b Became, err error) {
	if err := in.tidy(); err != nil {
		return b, err
	}
	kept, err := room.attached(ctx, in.Files)
	if err != nil {
		return b, err
	}
	return b, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		c := Capture{ID: store.NewID[captureKind](tx), Staff: staff.ID(who.Staff), About: in.About, Came: in.Came, Where: in.Where, At: tx.Now()}
		if err := room.become(tx, who, in, kept, &c); err != nil {
			return err
		}
		if err := insert(tx, c); err != nil {
			return err
		}
		b.Files = []File{}
		for _, k := range kept {
			f := File{store.NewID[fileKind](tx), c.ID, k.Name, k.Type, k.Size, k.SHA256}
			if err := insertFile(tx, f); err != nil {
				return err
			}
			b.Files = append(b.Files, f)
		}
		b.Capture = c
		told := Captured{Capture: c.ID, Staff: c.Staff, Came: c.Came, Complaint: c.Complaint, Ticket: c.Ticket, Files: len(kept), Placed: c.Where != ""}
		if c.About != Complaint {
			told.About = c.About
		}
		if err := tx.Record(c.subject(), told); err != nil {
			return err
		}
		if c.Complaint == 0 {
			return room.stand(tx, []*Shown{&b.Shown})
		}
		w, err := room.recovery.Look(tx, who, c.Complaint)
		b.Whole = &w
		return err
	})
}

// subject is what the journal says it is about.
func (c Capture) subject() interface{ String() string } {
	switch {
	case c.Ticket != 0:
		return c.Ticket
	case c.Complaint != 0:
		return c.Complaint
	}
	return c.ID
}

// become makes a complaint of it, a ticket, or both; or something that is proposed.
func (room *Room) become(tx *store.Tx, who web.Who, in Told, kept []tickets.File, c *Capture) error {
	if in.About != Complaint {
		return room.propose(tx, who, in, c)
	}
	say, err := room.tongue(tx, who)
	if err != nil {
		return err
	}
	words := say.body(in)
	if in.complains() {
		told := recovery.Told{Story: recovery.Story{What: words, Wish: in.Wish}, Internal: in.From == nil}
		made, err := room.recovery.TellIn(tx, who, told, recovery.Handed{Channel: in.Came.channel(), From: in.sender(), Subject: say.subject(in), Files: kept})
		c.Complaint, c.Ticket = made.ID, made.Ticket
		return err
	}
	filed, err := room.tickets.Receive(tx, tickets.Inbound{Channel: in.Came.channel(), From: in.sender(), Subject: say.subject(in), Text: words, Files: kept, Apart: true})
	c.Ticket = filed.Ticket.ID
	return err
}

// tongue says what we add, in the language of whoever tells.
type tongue struct {
	book *words.Book
	lang string
}

func (room *Room) tongue(tx *store.Tx, who web.Who) (tongue, error) {
	t := tongue{room.words, string(staff.English)}
	if who.Staff == 0 {
		return t, nil
	}
	m, err := room.staff.Load(tx, staff.ID(who.Staff))
	t.lang = string(m.Language)
	return t, err
}

func (t tongue) say(key string, args map[string]any) string {
	said, err := t.book.Say(t.lang, key, args)
	if err != nil { // a slip of ours that a test finds
		return key
	}
	return said
}

// body is what is kept as their words: with what stands for them where there are none, and the place in a line of its own.
func (t tongue) body(in Told) string {
	said := in.What
	if said == "" {
		said = t.say("tell.see."+in.stands(), nil)
	}
	if in.Where != "" {
		said += "\n\n" + t.say("tell.where", map[string]any{"place": in.Where})
	}
	return said
}

// stands is what stands for words.
func (t Told) stands() string {
	switch {
	case t.Came == Letter:
		return "letter"
	case len(t.Files) > 0 && t.Files[0].Voice:
		return "voice"
	}
	return "picture"
}

// subject names a ticket that came with few words; empty where its words do.
func (t tongue) subject(in Told) string {
	if in.Came == Heard {
		return ""
	}
	return t.say("tell.subject."+string(in.Came), map[string]any{"name": in.call()})
}

// Upload is a file that was handed in and belongs to nothing yet; what nothing names is swept away after a day.
type Upload struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Type   string `json:"type"`
}

// Hand keeps a picture or a voice note until it is told of.
func (room *Room) Hand(ctx context.Context, body io.Reader, voice bool) (u Upload, err error) {
	b, err := room.files.Put(ctx, body)
	if err != nil {
		return u, err
	}
	u = Upload{SHA256: b.SHA256, Size: b.Size}
	u.Type, _, err = room.see(ctx, b.SHA256, voice)
	return u, err
}

// see finds out what a file is, and how large.
func (room *Room) see(ctx context.Context, sha string, voice bool) (kind string, size int64, err error) {
	size, sniffed, err := files.Look(ctx, room.files, sha)
	if err == nil {
		kind, err = kindOf(sniffed, voice)
	}
	return kind, size, err
}

// attached finds the files that were handed in before.
func (room *Room) attached(ctx context.Context, all []Attached) (kept []tickets.File, err error) {
	for _, a := range all {
		kind, size, err := room.see(ctx, a.SHA256, a.Voice)
		if err != nil {
			return nil, err
		}
		name := text.CleanName(a.Name)
		if name == "" {
			name = "file"
		}
		kept = append(kept, tickets.File{Name: name, Type: kind, Size: size, SHA256: a.SHA256})
	}
	return kept, nil
}

// Shown is what somebody told, as they see it again.
type Shown struct {
	Capture
	Number int64          `json:"number,omitempty" doc:"of its ticket"`
	Status tickets.Status `json:"status,omitempty" doc:"of its ticket"`
	Ended  string         `json:"ended,omitempty" doc:"how its complaint, its ticket or what is proposed ended"`
	Stage  recovery.Stage `json:"stage,omitempty" doc:"of its complaint"`
	Owner  staff.ID       `json:"owner,omitzero"`
	What   string         `json:"what,omitempty" doc:"its beginning"`
	Files  []File         `json:"files" nullable:"false"`

	AnswerBy time.Time `json:"answer_by,omitzero" doc:"of what is proposed: by when you are answered"`
	Answer   string    `json:"answer,omitempty" doc:"of what was proposed: what was done, or why it is not"`
}

// Mine is what somebody told, the newest first, and what became of it. What they may see of it does not end when it is no
// longer theirs: how it ended is told to whoever told.
func (room *Room) Mine(tx *store.Tx, who web.Who, limit int) ([]Shown, error) {
	all, err := by(tx, staff.ID(who.Staff), limit)
	if err != nil {
		return nil, err
	}
	return room.show(tx, all)
}

// About is what was told of a complaint that who may see.
func (room *Room) About(tx *store.Tx, who web.Who, which recovery.ID) ([]Shown, error) {
	if _, err := room.recovery.Look(tx, who, which); err != nil {
		return nil, err
	}
	all, err := about(tx, which)
	if err != nil {
		return nil, err
	}
	return room.show(tx, all)
}

func (room *Room) show(tx *store.Tx, all []Capture) ([]Shown, error) {
	ids := make([]ID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	kept, err := filesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	shown, each := make([]Shown, len(all)), make([]*Shown, len(all))
	for i, c := range all {
		shown[i] = Shown{Capture: c, Files: append([]File{}, kept[c.ID]...)}
		each[i] = &shown[i]
	}
	return shown, room.stand(tx, each)
}

// stand says how it stands with what things became, however many they are in three questions.
func (room *Room) stand(tx *store.Tx, all []*Shown) error {
	var filed []tickets.ID
	var raised []recovery.ID
	var told []ID
	for _, s := range all {
		if s.Ticket != 0 {
			filed = append(filed, s.Ticket)
		}
		if s.Complaint != 0 {
			raised = append(raised, s.Complaint)
		}
		if s.About != Complaint {
			told = append(told, s.ID)
		}
	}
	some, err := room.tickets.Some(tx, filed)
	if err != nil {
		return err
	}
	stood := make(map[tickets.ID]tickets.Ticket, len(some))
	for _, t := range some {
		stood[t.ID] = t
	}
	complaints, err := room.recovery.Some(tx, raised)
	if err != nil {
		return err
	}
	proposed, err := proposedIn(tx, told)
	for _, s := range all {
		if t, ok := stood[s.Ticket]; ok {
			s.Number, s.Status, s.Ended, s.Owner, s.What = t.Number, t.Status, string(t.Ended), t.Assignee, t.Snippet
		}
		if c, ok := complaints[s.Complaint]; ok {
			s.Stage, s.Ended, s.Owner, s.What = c.Stage, string(c.Ended), c.Owner, text.Snippet(c.What, 140)
		}
		if p, ok := proposed[s.ID]; ok {
			s.Ended, s.Owner, s.What, s.AnswerBy, s.Answer = string(p.Ended), p.Owner, text.Snippet(p.What, 140), p.AnswerBy, p.Answer
		}
	}
	return err
}

// look is a file that who may see: they told it, or may see what it became.
func (room *Room) look(tx *store.Tx, who web.Who, which FileID) (File, error) {
	gone := fault.New(fault.NotFound, "file.unknown", "There is no file %s, or it isn't yours to see.", which)
	f, c, ok, err := file(tx, which)
	switch {
	case err != nil:
		return f, err
	case !ok:
		return f, gone
	case c.Staff != 0 && int64(c.Staff) == who.Staff:
		return f, nil
	case c.About != Complaint:
		var p Proposed
		if p, ok, err = loadProposed(tx, c.ID); err == nil && (!ok || !decides(who, p.Team)) {
			err = gone
		}
	case c.Complaint != 0:
		_, err = room.recovery.Look(tx, who, c.Complaint)
	default:
		var seen []tickets.ID
		if seen, err = room.tickets.Seen(tx, who, []tickets.ID{c.Ticket}); err == nil && len(seen) == 0 {
			err = gone
		}
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		err = gone
	}
	return f, err
}

// Poster is the way to this page from a wall.
type Poster struct {
	Place  string `json:"place"`
	URL    string `json:"url"`
	QR     string `json:"qr" doc:"a picture (SVG)"`
	Public bool   `json:"public" doc:"phones can reach this address; false when it is of this machine alone"`
}

// Poster makes the code for a place. Whoever comes by it finds the place filled in.
func (room *Room) Poster(place string) (p Poster, err error) {
	p = Poster{Place: strings.Join(strings.Fields(plain(place)), " "), URL: room.base + "/tell"}
	if p.Place != "" {
		p.URL += "?" + url.Values{"where": {p.Place}}.Encode()
	}
	p.Public = reachable(room.base)
	p.QR, err = qr.SVG(p.URL)
	return p, err
}

// reachable says whether others than this machine can open an address.
func reachable(base string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.Hostname() == "localhost" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err != nil || !ip.IsLoopback() && !ip.IsUnspecified()
}
